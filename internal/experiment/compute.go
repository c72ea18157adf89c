package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// Means are what a cell is computed with beside its task. They change no result.
type Means struct {
	// Data is where data sets come from.
	Data *Data
	// States keeps trainings under way; nil keeps none.
	States States
	// Version of the program, for the record.
	Version string
	// Progress, if not nil, is told of the share of the cell that is done.
	Progress func(share float64)
}

// Compute computes the cell on the calling goroutine. Errors name the cell.
func (c Cell) Compute(ctx context.Context, m Means) (Record, error) {
	begin := time.Now()
	bench := &Bench{Seed: c.Seed, Data: m.Data, progress: m.Progress, cell: c.Key, states: m.States}
	result, err := c.Task.Run(ctx, bench)
	if err == nil {
		err = c.recipe.CheckResult(result)
	}
	if err != nil {
		return Record{}, fmt.Errorf("experiment: %s: cell at %s: %w", c.recipe.Name, c.Where(), err)
	}
	return Record{
		Recipe: c.recipe.Name, Key: c.Key, At: c.recipe.byAxis(c.At), Seed: c.Seed, Values: result.Values, Series: result.Series,
		Seconds: time.Since(begin).Seconds(), Version: m.Version, Task: c.task,
	}, nil
}

// Request is a cell as another process is asked for it.
type Request struct {
	Recipe string           `json:"recipe"`
	Key    string           `json:"key"`
	At     map[string]Place `json:"at"`
	Seed   uint64           `json:"seed"`
	Task   json.RawMessage  `json:"task"`
}

// Request returns what to ask for.
func (c Cell) Request() Request {
	return Request{Recipe: c.recipe.Name, Key: c.Key, At: c.recipe.byAxis(c.At), Seed: c.Seed, Task: c.task}
}

// Where names the cell: its places and its seed.
func (c Cell) Where() string { return fmt.Sprintf("%s, seed %d", c.recipe.Text(c.At), c.Seed) }

// ErrOtherCell says that a request means another cell here than where it was made: the two
// programs differ.
var ErrOtherCell = errors.New("the cell is another one in this program: want programs of one version")

// Kinds returns the types that tasks of the recipe have, in both grids.
func (r *Recipe) Kinds() ([]reflect.Type, error) {
	var cells []Cell
	for _, full := range []bool{false, true} {
		points, err := r.Points(full)
		if err != nil {
			return nil, fmt.Errorf("experiment: %s: %w", r.Name, err)
		}
		for _, p := range points {
			cells = append(cells, Cell{Point: p})
		}
	}
	return kinds(cells), nil
}

// Cell returns the cell that a request asks for. kinds are those of [Recipe.Kinds]. One that
// has not the key of the request is [ErrOtherCell].
func (r *Recipe) Cell(q Request, kinds []reflect.Type) (Cell, error) {
	record := Record{Recipe: q.Recipe, Key: q.Key, At: q.At, Seed: q.Seed, Task: q.Task}
	for _, kind := range kinds {
		if cell, ok := r.today(record, kind); ok && cell.Key == q.Key && q.Recipe == r.Name {
			return cell, nil
		}
	}
	return Cell{}, fmt.Errorf("experiment: %s, %v, seed %d: %w", q.Recipe, q.At, q.Seed, ErrOtherCell)
}
