package tune

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"basin"

	"basin/internal/experiment"
	"basin/settings"
)

// Options say what is searched, and how large a search it may be.
type Options struct {
	// Base are the settings to better, with the data, and the share of the training samples that
	// is held out for validation, above 0.
	Base settings.Settings
	// Preset is the name of the preset that Base was made from.
	Preset string
	// Time that the search may take; Trials above 0, with Base.Learning.Epochs, make a plan of that
	// size in its place. FixedEpochs keeps the epochs also where the time decides.
	Time        time.Duration
	Trials      int
	FixedEpochs bool
	// Seeds of the last rung; 0 goes by the number of validation samples.
	Seeds int
	// Planned, if not nil, is told of the plan, the task of trial 0, and whether the plan was in
	// the folder already. What it returns ends the search.
	Planned func(p Plan, base *basin.Task, found bool) error
	// Run says where data come from, how many cells run at once, here or elsewhere, and who is
	// told of them.
	Run experiment.Options
	// States keeps trainings from rung to rung where cells are computed elsewhere; nil keeps them
	// in the folder.
	States experiment.States
}

func (o *Options) workers() int {
	if o.Run.Workers > 0 {
		return o.Run.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// search is one under way.
type search struct {
	options Options
	dir     string
	plan    Plan
	space   space
	trials  []start
	outcome *experiment.Outcome
	// rung is under way, counted from 0; start and began are when the first news came, and the
	// share of the search that was done then.
	rung  int
	start time.Time
	began float64
	// ratio is that of samples measured to samples learned, see [paired.Difference].
	ratio float64
	// standing are the trials of the last rung, the best first.
	standing []standing
}

// standing is how a trial did on a rung.
type standing struct {
	number   int
	accuracy experiment.Statistic
	bySeed   map[uint64]float64
}

// Search makes a plan, or takes that of the folder, and computes what is missing of it. When ctx
// is cancelled, what is finished stays in the folder, and the next Search goes on from there.
func Search(ctx context.Context, dir string, o Options) (*Outcome, error) {
	o.Base.Learning.Best = false
	if o.Base.Data.Validation == 0 {
		return nil, errors.New("tune: no validation samples to compare trials on: want data.validation above 0")
	}
	if o.Base.Learning.Epochs == 0 {
		return nil, errors.New("tune: learning.epochs is 0, so that nothing is learned: want 1 or more")
	}
	if o.Run.Data == nil {
		o.Run.Data = &experiment.Data{}
	}
	s := &search{options: o, dir: dir}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	err := s.run(ctx)
	out := s.result()
	if out.Whole && errors.Is(err, context.Canceled) {
		err = nil // the last cell was faster
	}
	return out, err
}

// prepare finds the plan, or makes it, and draws its trials.
func (s *search) prepare(ctx context.Context) error {
	o := &s.options
	task, err := o.Run.Data.Divided(ctx, o.Base, o.Base.Seed, basin.Limit{})
	if err != nil {
		return err
	}
	if _, err := task.Draw(); err != nil {
		return err
	}
	other, err := o.Run.Data.Divided(ctx, Trial{Training: experiment.Training{Settings: o.Base}}.Seeded(2), o.Base.Seed, basin.Limit{})
	if err != nil {
		return err
	}
	if other.Fingerprint() != task.Fingerprint() { // validation samples are drawn, and not a part of their own
		s.ratio = float64(task.Held.Count()) / float64(task.Training.Count())
	}
	s.space = space{Base: o.Base, Shape: task.Shape, Classes: len(task.LabelNames), Samples: task.Training.Count(), Epochs: o.Base.Learning.Epochs}
	own := stored{Wanted: wanted{Trials: o.Trials, Seeds: o.Seeds}, Data: task.Fingerprint(), Base: o.Base}
	if o.FixedEpochs || o.Trials > 0 {
		own.Wanted.Epochs = s.space.Epochs
	}
	path := filepath.Join(s.dir, PlanFile)
	found, err := own.read(path)
	if err == nil && !found {
		if own.Plan, err = s.makePlan(ctx, task); err == nil {
			err = own.write(path)
		}
	}
	if err != nil {
		return err
	}
	s.plan, s.space.Epochs, s.space.Limit = own.Plan, own.Plan.Epochs, own.Plan.Limit
	if s.trials, err = s.space.trials(s.plan.Trials); err != nil {
		return err
	}
	if o.Planned != nil {
		return o.Planned(s.plan, task, found)
	}
	return nil
}

// makePlan chooses the size of the search.
func (s *search) makePlan(ctx context.Context, task *basin.Task) (Plan, error) {
	o := &s.options
	early, last := seedsFor(task.Held.Count(), o.Seeds)
	if o.Trials > 0 {
		return Plan{
			Trials: o.Trials, Epochs: s.space.Epochs, Limit: fixedCosts * s.space.cost(s.space.base()),
			Rungs: rungs(o.Trials, s.space.Epochs, early, last),
		}, nil
	}
	begin := time.Now()
	unit, err := probe(ctx, s.space, *o)
	if err != nil {
		return Plan{}, err
	}
	return choose(s.space, budget{
		time: o.Time - time.Since(begin), workers: o.workers(), unit: unit, samples: task.Training.Count(), each: cellSeconds,
		fixed: o.FixedEpochs, early: early, last: last, wanted: o.Seeds > 0,
	})
}

// cellSeconds is about what a cell takes beside its training: it draws a network and keeps it.
const cellSeconds = 0.05

// run computes rung after rung, and the cell of the test samples.
func (s *search) run(ctx context.Context) error {
	states := s.options.States
	if states == nil {
		states = experiment.StatesOf(s.dir)
	}
	if _, err := os.Stat(filepath.Join(s.dir, experiment.CellsFile)); errors.Is(err, fs.ErrNotExist) {
		if err := states.Drop(stateBegin); err != nil { // of cells that are gone
			return fmt.Errorf("tune: %w", err)
		}
	}
	in := make([]int, s.plan.Trials)
	for i := range in {
		in[i] = i
	}
	before := 0
	for k, rung := range s.plan.Rungs {
		s.rung = k
		var points []experiment.Point
		for _, number := range in {
			points = append(points, s.point(number, rung, before))
		}
		out, err := s.compute(ctx, points, rung.Seeds)
		if err != nil {
			return err
		}
		s.standing = s.compare(out)
		if last := k == len(s.plan.Rungs)-1; last {
			in = nil
		} else {
			in = goOn(s.standing, s.plan.Rungs[k+1].Trials)
		}
		if err := s.drop(states, out, in); err != nil {
			return err
		}
		before = rung.Epochs
	}
	s.rung++
	_, err := s.compute(ctx, []experiment.Point{s.testPoint(s.winner().number)}, 1)
	return err
}

// compute computes points and adds them to the outcome of the search.
func (s *search) compute(ctx context.Context, points []experiment.Point, seeds int) (*experiment.Outcome, error) {
	o := s.options.Run
	o.Full, o.Seeds = false, seeds
	o.Data = &experiment.Data{Options: o.Data.Options} // what it holds would grow from rung to rung
	if observe := o.Observe; observe != nil {
		o.Observe = func(p experiment.Progress) { observe(s.ofAll(p)) }
	}
	out, err := experiment.Run(ctx, recipe(points), s.dir, o)
	if out == nil {
		return nil, err
	}
	if s.outcome == nil {
		s.outcome = &experiment.Outcome{Recipe: recipe(nil), Records: map[string]experiment.Record{}, Workers: out.Workers}
		s.outcome.Recipe.Tables, s.outcome.Recipe.Findings = s.tables, func(*experiment.Table) []string { return s.result().Verdict }
	}
	all := s.outcome
	all.Cells = append(all.Cells, out.Cells...)
	for key, record := range out.Records {
		all.Records[key] = record
	}
	all.Seeds, all.Workers = max(all.Seeds, out.Seeds), max(all.Workers, out.Workers)
	all.Kept, all.Elapsed = all.Kept+out.Kept, all.Elapsed+out.Elapsed
	return out, err
}

// ofAll turns the progress of a rung into that of the search. The time left takes all trials to
// cost the same.
func (s *search) ofAll(p experiment.Progress) experiment.Progress {
	before, done := 0, 0
	if s.outcome != nil {
		done = len(s.outcome.Cells)
		p.Kept += s.outcome.Kept
	}
	final := float64(s.options.Base.Learning.Epochs)
	cells, work, worked := 1, final, 0.0
	for k, rung := range s.plan.Rungs {
		w := float64(rung.Trials * rung.Seeds * (rung.Epochs - before))
		switch {
		case k < s.rung:
			worked += w
		case k == s.rung:
			worked += w * p.Share
		}
		cells, work, before = cells+rung.Trials*rung.Seeds, work+w, rung.Epochs
	}
	if s.rung == len(s.plan.Rungs) {
		worked += final * p.Share
	}
	p.Cells, p.Done, p.Share = cells, p.Done+done, worked/work
	if fresh := p.Share - s.began; s.start.IsZero() {
		s.start, s.began = time.Now(), p.Share
		p.Left = 0
	} else if p.Left = 0; fresh > 0 {
		p.Left = time.Duration(float64(time.Since(s.start)) * (1 - p.Share) / fresh)
	}
	return p
}

// compare ranks the trials of a rung by their mean accuracy, the first of equals before others.
// One without a value in some cell did not stay finite: it is behind all others.
func (s *search) compare(out *experiment.Outcome) []standing {
	var list []standing
	for _, row := range out.Table().Rows {
		number, _ := row.At[0].Number()
		st := standing{number: int(number), accuracy: row.Values[experiment.Accuracy], bySeed: map[uint64]float64{}}
		if st.accuracy.N < row.Seeds {
			st.accuracy = experiment.Statistic{Mean: -1}
		}
		for _, c := range out.Cells {
			if accuracy, ok := out.Records[c.Key].Values[experiment.Accuracy]; ok && c.At[0] == row.At[0] {
				st.bySeed[c.Seed] = accuracy
			}
		}
		list = append(list, st)
	}
	slices.SortStableFunc(list, func(a, b standing) int {
		return cmp.Or(cmp.Compare(b.accuracy.Mean, a.accuracy.Mean), cmp.Compare(a.number, b.number))
	})
	return list
}

// goOn returns the trials of the next rung, of which the base is one, in their order.
func goOn(ranked []standing, count int) []int {
	in := []int{0}
	for _, st := range ranked {
		if st.number != 0 && len(in) < count {
			in = append(in, st.number)
		}
	}
	slices.Sort(in)
	return in
}

// drop forgets the trainings of the trials that do not go on. Equal settings share a training.
func (s *search) drop(states experiment.States, out *experiment.Outcome, in []int) error {
	keep, all := map[string]bool{}, map[string]bool{}
	for _, c := range out.Cells {
		key, err := c.Task.(Trial).key(c.Seed)
		if err != nil {
			return err
		}
		number, _ := c.At[0].Number()
		all[key] = true
		keep[key] = keep[key] || slices.Contains(in, int(number))
	}
	for key := range all {
		if keep[key] {
			continue
		}
		if err := states.Drop(key); err != nil {
			return fmt.Errorf("tune: %w", err)
		}
	}
	return nil
}
