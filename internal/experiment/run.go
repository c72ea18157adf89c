package experiment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"time"

	"basin/internal/files"
)

// CellsFile is the file in a folder that holds the finished cells, one a line.
const CellsFile = "cells.jsonl"

// Options say how a recipe is run.
type Options struct {
	// Full computes the full grid, else the quick one.
	Full bool
	// Seeds is the number of seeds of each point; 0 takes the recipe's.
	Seeds int
	// Workers is the number of cells that run at once; 0 takes GOMAXPROCS.
	Workers int
	// Version of the program, for the records.
	Version string
	// Data is where data sets come from.
	Data *Data
	// Elsewhere, if not nil, computes cells in place of the goroutines here: all of them, or
	// until ctx is cancelled. It tells of each cell, by its key, the share that is done, or its
	// record at the end; what tell returns ends it. Calls of tell do not overlap.
	Elsewhere func(ctx context.Context, cells []Cell, tell func(key string, share float64, finished *Record) error) error
	// Observe, if not nil, is told of every cell that ends and from time to time of those
	// under way. Calls do not overlap.
	Observe func(Progress)
}

// Progress is how far a run is.
type Progress struct {
	// Cells of the run in all, and Done of them, Kept of which an earlier run did.
	Cells, Done, Kept int
	// Share of the work of this run that is done, from 0 to 1, and the time Left that
	// this makes likely; 0 while nothing can be said.
	Share float64
	Left  time.Duration
	// Finished is the cell that just ended, nil for news of cells under way.
	Finished *Record
}

// Outcome is what a run has computed.
type Outcome struct {
	Recipe *Recipe
	Full   bool
	Seeds  int
	// Cells of the run, with a record each where it is done.
	Cells   []Cell
	Records map[string]Record
	// Kept is the number of cells that were there already, Other that of cells in the
	// folder that belong to another grid.
	Kept, Other int
	// Workers that ran at once, 0 where others computed the cells, and the time it took.
	Workers int
	Elapsed time.Duration
}

// Done returns the number of finished cells.
func (o *Outcome) Done() int {
	done := 0
	for _, c := range o.Cells {
		if _, ok := o.Records[c.Key]; ok {
			done++
		}
	}
	return done
}

// Run computes the cells of a recipe that are not yet in the folder, which it makes,
// and appends each to the file of cells as it ends. When ctx is cancelled, or a cell
// fails, cells under way are dropped, and the outcome is returned with the error: what
// is finished is kept, and the next Run goes on from there. Cells of other grids of the
// recipe may share the folder, but one run at a time. What others put into the folder stays,
// and a run that ends without a cell leaves nothing of its own. A cell that was computed before a setting existed counts as
// one with its default.
func Run(ctx context.Context, r *Recipe, dir string, o Options) (*Outcome, error) {
	cells, err := r.Cells(o.Full, o.Seeds)
	if err != nil {
		return nil, err
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	leave, err := enter(dir)
	if err != nil {
		return nil, err
	}
	defer leave()
	l, err := openLog(filepath.Join(dir, CellsFile), r, kinds(cells))
	if err != nil {
		return nil, err
	}
	run := &running{options: o, records: l, states: inFolder(dir), begin: time.Now()}
	out := &Outcome{Recipe: r, Full: o.Full, Seeds: len(cells) / countPoints(cells), Cells: cells, Records: map[string]Record{}, Other: len(l.done) + l.strange}
	for _, c := range cells {
		record, done := l.done[c.Key]
		if !done {
			run.queue = append(run.queue, c)
			run.work += c.Cost
			continue
		}
		out.Records[c.Key] = record
		out.Kept++
		out.Other--
	}
	run.progress = Progress{Cells: len(cells), Done: out.Kept, Kept: out.Kept}
	out.Workers = max(1, min(o.Workers, len(run.queue)))
	compute := func() error { return run.all(ctx, out.Workers) }
	if o.Elsewhere != nil && len(run.queue) > 0 {
		out.Workers, compute = 0, func() error { return run.elsewhere(ctx) }
	}
	err = errors.Join(compute(), l.close())
	for _, c := range run.queue {
		if record, done := l.done[c.Key]; done {
			out.Records[c.Key] = record
		}
	}
	out.Elapsed = time.Since(run.begin)
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	return out, err
}

// enter makes a folder, if it is not there, and keeps other runs from it. leave lets them in;
// it removes a folder that was made here, unless there is something in it.
func enter(dir string) (leave func(), err error) {
	_, err = os.Stat(dir)
	fresh := errors.Is(err, os.ErrNotExist)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("experiment: %w", err)
	}
	empty := func() {
		if fresh {
			_ = os.Remove(dir) // it refuses where there is something
		}
	}
	release, err := files.Lock(filepath.Join(dir, CellsFile+".lock"))
	var locked *files.LockedError
	switch {
	case errors.As(err, &locked):
		empty()
		return nil, fmt.Errorf("experiment: %s: process %d computes cells there: wait for its end, or use another folder", dir, locked.Process)
	case err != nil:
		empty()
		return nil, fmt.Errorf("experiment: %w", err)
	}
	return func() { release(); empty() }, nil
}

// kinds returns the types of the tasks of cells.
func kinds(cells []Cell) []reflect.Type {
	var list []reflect.Type
	for _, c := range cells {
		if kind := reflect.TypeOf(c.Task); !slices.Contains(list, kind) {
			list = append(list, kind)
		}
	}
	return list
}

// countPoints returns the number of points of cells.
func countPoints(cells []Cell) int {
	n := 0
	for _, c := range cells {
		if c.Seed == 1 {
			n++
		}
	}
	return n
}

// running is a run under way.
type running struct {
	options Options
	queue   []Cell
	begin   time.Time

	records Records
	states  States

	mutex    sync.Mutex
	progress Progress
	work     float64   // cost of the whole queue
	worked   float64   // cost of what is done of it
	told     time.Time // when the observer was last told
}

// tellEvery bounds how often the observer hears of cells under way.
const tellEvery = 200 * time.Millisecond

// all runs the queue, the most costly cells first, and returns the first error.
func (r *running) all(ctx context.Context, workers int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan Cell)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for cell := range next {
				if err := r.one(ctx, cell); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, cell := range byCost(r.queue) {
		if ctx.Err() != nil {
			break
		}
		select {
		case next <- cell:
		case <-ctx.Done():
		}
	}
	close(next)
	group.Wait()
	return context.Cause(ctx)
}

// one computes a cell and writes its record.
func (r *running) one(ctx context.Context, cell Cell) error {
	if ctx.Err() != nil {
		return nil
	}
	told := 0.0
	record, err := cell.Compute(ctx, Means{Data: r.options.Data, States: r.states, Version: r.options.Version, Progress: func(share float64) {
		r.advance(cell.Cost*(share-told), nil)
		told = share
	}})
	if err != nil {
		return err
	}
	if err := r.finish(cell, record, told); err != nil {
		return err
	}
	return r.states.Drop(cell.Key)
}

// finish writes the record of a cell, of which a share was told of before.
func (r *running) finish(cell Cell, record Record, told float64) error {
	if err := r.records.Add(record); err != nil {
		return fmt.Errorf("experiment: %w", err)
	}
	r.advance(cell.Cost*(1-told), &record)
	return nil
}

// elsewhere has the queue computed by Options.Elsewhere.
func (r *running) elsewhere(ctx context.Context) error {
	told, cells := map[string]float64{}, map[string]Cell{}
	for _, c := range r.queue {
		cells[c.Key] = c
	}
	return r.options.Elsewhere(ctx, byCost(r.queue), func(key string, share float64, record *Record) error {
		cell, asked := cells[key]
		switch {
		case !asked:
			return nil
		case record == nil:
			r.advance(cell.Cost*(share-told[key]), nil)
			told[key] = share
			return nil
		}
		if err := cell.recipe.CheckResult(Result{Values: record.Values, Series: record.Series}); err != nil {
			return fmt.Errorf("experiment: %s: cell at %s %w", cell.recipe.Name, cell.Where(), err)
		}
		delete(cells, key) // it counts once
		return r.finish(cell, *record, told[key])
	})
}

// byCost returns cells in the order in which they begin: the most costly first.
func byCost(cells []Cell) []Cell {
	order := slices.Clone(cells)
	slices.SortStableFunc(order, func(a, b Cell) int { return cmp.Compare(b.Cost, a.Cost) })
	return order
}

// advance counts work that is done and tells the observer.
func (r *running) advance(cost float64, finished *Record) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.worked += cost
	if finished != nil {
		r.progress.Done++
	}
	now := time.Now()
	if r.options.Observe == nil || finished == nil && now.Sub(r.told) < tellEvery {
		return
	}
	r.told = now
	p := r.progress
	p.Finished = finished
	if p.Share = min(1, r.worked/r.work); p.Share > 0 {
		p.Left = time.Duration(float64(now.Sub(r.begin)) * (1 - p.Share) / p.Share)
	}
	r.options.Observe(p)
}

// Text writes places, one for each axis, for people.
func (r *Recipe) Text(at []Place) string {
	text := ""
	for i, p := range at {
		if i > 0 {
			text += ", "
		}
		text += r.Axes[i].Name + " " + p.String()
	}
	return text
}

func (r *Recipe) byAxis(at []Place) map[string]Place {
	places := map[string]Place{}
	for i, p := range at {
		places[r.Axes[i].Name] = p
	}
	return places
}
