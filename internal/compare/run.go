package compare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"basin"

	"basin/baseline"
	"basin/dataset"
	"basin/settings"
)

// Setup says what is compared.
type Setup struct {
	// Presets are the networks, at least one; the others are compared with the first, whose
	// settings of the data hold for all.
	Presets []Preset
	// Methods are learned beside them.
	Methods []Method
	// Data are those that the settings name, opened without a test share.
	Data *dataset.Data
	// Seeds is the number of seeds, at least 1: that of the settings and those that follow it.
	Seeds int
	// Workers is the number of goroutines of every learner; GOMAXPROCS for 0 or less.
	Workers int
	// Quick takes at most [QuickTraining] and [QuickHeld] samples, [QuickShown] and [QuickUnits].
	Quick bool
	// Check, if not nil, is asked before a network is drawn; its error ends the run.
	Check func(*basin.Task) error
	// Note, if not nil, is told what the preprocessing assumes, each line once.
	Note func(note string)
	// Observe, if not nil, is told as learning goes on.
	Observe func(Progress)
}

// Preset is a network to compare with.
type Preset struct {
	// Name is that in results.
	Name     string
	Settings settings.Settings
}

// What quick takes at most.
const (
	QuickTraining = 2000
	QuickHeld     = 1000
	QuickShown    = 30_000 // samples in all epochs, or those of one epoch
	QuickUnits    = 1000
)

// Progress is what an observer is told.
type Progress struct {
	// Learner is the title of what learns, Seed its seed.
	Learner string
	Seed    uint64
	// Done of Total trainings have ended.
	Done, Total int
	// Samples learned by the one under way.
	Samples int64
	// Finished is not nil when a training has ended.
	Finished *Result
}

// Result is one training of one learner, measured.
type Result struct {
	Method string `json:"method"`
	// Preset is that of a network.
	Preset   string  `json:"preset,omitempty"`
	Seed     uint64  `json:"seed"`
	Accuracy float64 `json:"accuracy"`
	// BalancedAccuracy is the mean over classes of the share of their samples that is right.
	BalancedAccuracy float64 `json:"balanced_accuracy"`
	// Parameters counts what was learned: couplings, weights, thresholds, values kept.
	Parameters   int64   `json:"parameters"`
	TrainSeconds float64 `json:"train_seconds"`
	PredictPerS  float64 `json:"predict_per_s"`
	// Operations are the synaptic operations of a prediction: see [baseline.Cost], and of a
	// network the effective ones. Accumulates are those of them without a multiplication.
	Operations  float64 `json:"synaptic_operations"`
	Accumulates float64 `json:"accumulates"`
	// MemoryBytes are all that a prediction reads, ModelBytes those of a model file, or of the
	// parameters and what was drawn.
	MemoryBytes int64 `json:"memory_bytes"`
	ModelBytes  int64 `json:"model_bytes"`
	// Choice is what was chosen on training samples.
	Choice string `json:"choice,omitempty"`
	// Difference is that of the accuracy to the first network; McNemar is the probability of
	// their division of the samples that only one of both has right. Both are nil for it.
	Difference *float64 `json:"difference,omitempty"`
	McNemar    *float64 `json:"mcnemar_p,omitempty"`
	// TrainingSamples were learned, HeldSamples of the part Split measured.
	TrainingSamples int    `json:"training_samples"`
	HeldSamples     int    `json:"held_samples"`
	Split           string `json:"split"`
	Quick           bool   `json:"quick,omitempty"`

	said, labels []int
}

// Run learns and measures all, seed after seed, and calls each with every result as it comes; an
// error of each ends it. A method that fails is left out, and its error is among those returned
// at the end. The report holds what is finished, also with an error, such as that of ctx; it is
// nil where nothing is.
func Run(ctx context.Context, s Setup, each func(*Result) error) (*Report, error) {
	c, err := newContest(s)
	if err != nil {
		return nil, err
	}
	var faults []error
	for k := range s.Seeds {
		err := c.seed(ctx, k, each, func(err error) { faults = append(faults, err) })
		if err != nil {
			faults = append(faults, err)
			break
		}
	}
	if c.report.Rows[0].Results == nil {
		return nil, errors.Join(faults...)
	}
	c.report.Unfinished = s.Seeds * len(c.report.Rows)
	for _, row := range c.report.Rows {
		c.report.Unfinished -= len(row.Results)
	}
	c.report.sum()
	return c.report, errors.Join(faults...)
}

// contest is a comparison under way.
type contest struct {
	Setup
	report *Report
	tasks  []*basin.Task // of the presets; the same for all seeds unless these divide the samples
	noted  map[string]bool
	done   int
}

func newContest(s Setup) (*contest, error) {
	if len(s.Presets) == 0 || s.Seeds < 1 {
		return nil, fmt.Errorf("compare: %d presets and %d seeds, want 1 or more", len(s.Presets), s.Seeds)
	}
	s.Presets = slices.Clone(s.Presets)
	for i := range s.Presets {
		own := &s.Presets[i].Settings
		own.Data = s.Presets[0].Settings.Data
		if own.Learning.Best {
			return nil, errors.New("compare: learning.best chooses an epoch by the samples that are measured here, want false")
		}
	}
	of, d := s.Presets[0].Settings.Data, s.Data
	if d == nil {
		return nil, errors.New("compare: no data")
	}
	c := &contest{Setup: s, noted: map[string]bool{}, report: &Report{Setup: s}}
	switch {
	case of.Validation > 0:
		c.report.Drawn = d.Validation == nil
	case d.Test == nil && of.TestShare == 0:
		return nil, fmt.Errorf("compare: %s: no samples to measure on, want data.test_share or data.validation above 0", of.Set)
	default:
		c.report.Drawn = d.Test == nil
	}
	for i, p := range s.Presets {
		title := "Basin"
		if len(s.Presets) > 1 {
			title += "'s " + p.Name
		}
		c.report.Rows = append(c.report.Rows, &Row{Method: Network, Preset: s.Presets[i].Name, Title: title})
	}
	for _, m := range s.Methods {
		c.report.Rows = append(c.report.Rows, &Row{Method: m.Name, Title: m.Title})
	}
	return c, nil
}

// seed learns all with one seed.
func (c *contest) seed(ctx context.Context, k int, each func(*Result) error, failed func(error)) error {
	seed := c.Presets[0].Settings.Seed + uint64(k)
	if c.tasks == nil || c.report.Drawn {
		if err := c.prepare(seed); err != nil {
			return err
		}
	}
	var t trial
	var first *Result
	for i, row := range c.report.Rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		task := c.tasks[0]
		var learner baseline.Learner
		var err error
		if i < len(c.Presets) {
			own := *c.tasks[i]
			own.Settings.Seed, task = seed, &own
			var s *simulated
			if s, err = c.network(&own); err == nil && i == 0 {
				t = c.trial(s)
			}
			learner = s
		} else {
			learner, err = c.Methods[i-len(c.Presets)].begin(&t)
		}
		var r *Result
		if err == nil {
			r, err = c.learn(ctx, learner, task, row, seed)
		}
		switch {
		case err == nil:
		case i < len(c.Presets) || ctx.Err() != nil:
			return err
		default:
			failed(fmt.Errorf("%s, seed %d: %w", row.Method, seed, err))
			c.done++
			continue
		}
		if first == nil {
			first = r
		} else {
			r.against(first)
		}
		row.Results = append(row.Results, r)
		if each != nil {
			if err := each(r); err != nil {
				return err
			}
		}
		c.done++
		c.tell(Progress{Learner: row.Name(), Seed: seed, Finished: r})
	}
	return nil
}

// prepare divides and encodes the samples for a seed, once for presets that encode alike.
func (c *contest) prepare(seed uint64) error {
	c.tasks = nil
	for i, p := range c.Presets {
		s := p.Settings
		s.Seed = seed
		data := *c.Data
		if data.Test == nil && s.Data.TestShare > 0 {
			var err error
			if data.Train, data.Test, err = dataset.HoldoutTest(c.Data.Train, s.Data.TestShare, s.Data.Split, seed); err != nil {
				return err
			}
		}
		var limit basin.Limit
		if c.Quick {
			limit = basin.Limit{Training: QuickTraining, Held: QuickHeld}
		}
		task, err := basin.Prepare(s, &data, limit)
		if err != nil {
			return err
		}
		if c.Quick {
			task.Settings.Learning.Epochs = quickEpochs(task.Settings.Learning.Epochs, task.Training.Count())
		}
		if task.Held.Count() == 0 {
			return fmt.Errorf("compare: %s: no samples to measure on", s.Data.Set)
		}
		c.tasks = append(c.tasks, task)
		for _, note := range task.Notes {
			if c.Note != nil && !c.noted[note] {
				c.noted[note] = true
				c.Note(note)
			}
		}
		if i == 0 {
			c.report.measured(task)
		}
	}
	return nil
}

// network draws a network that is to learn.
func (c *contest) network(task *basin.Task) (*simulated, error) {
	if c.Check != nil {
		if err := c.Check(task); err != nil {
			return nil, err
		}
	}
	return newSimulated(task, c.Workers)
}

// trial says what the other learners are made for, beside the first network.
func (c *contest) trial(s *simulated) trial {
	n, task := s.run.Model.Network, s.run.Task
	return trial{
		training: task.Training, classes: n.Classes, seed: task.Settings.Seed, workers: c.Workers,
		weights: n.Learned(), neurons: n.Neurons(), shared: n.Couplings() != n.Synapses(), quick: c.Quick,
	}
}

// learn lets one learner learn, and measures it.
func (c *contest) learn(ctx context.Context, l baseline.Learner, task *basin.Task, row *Row, seed uint64) (*Result, error) {
	c.tell(Progress{Learner: row.Name(), Seed: seed})
	begin := time.Now()
	err := l.Run(ctx, func(p baseline.Progress) error {
		c.tell(Progress{Learner: row.Name(), Seed: seed, Samples: p.Samples})
		return nil
	})
	if err != nil {
		return nil, err
	}
	r := &Result{
		Method: row.Method, Preset: row.Preset, Seed: seed, TrainSeconds: time.Since(begin).Seconds(), Quick: c.Quick,
		TrainingSamples: task.Training.Count(), HeldSamples: task.Held.Count(), Split: task.Split,
		labels: task.Held.Labels, said: make([]int, task.Held.Count()),
	}
	if r.PredictPerS, err = predict(ctx, l, task.Held, r.said); err != nil {
		return nil, err
	}
	r.Accuracy, r.BalancedAccuracy = scores(r.said, r.labels, len(task.LabelNames))
	if s, is := l.(*simulated); is {
		if err := s.count(ctx, task.Held); err != nil {
			return nil, err
		}
		r.Accumulates = s.cost.EffectiveACs
	}
	cost := l.Cost()
	r.Parameters, r.Operations, r.MemoryBytes, r.ModelBytes = cost.Parameters, cost.Operations, cost.Bytes, cost.Bytes
	if s, is := l.(*simulated); is {
		if r.ModelBytes, err = s.fileSize(); err != nil {
			return nil, err
		}
	}
	r.Choice = choice(l)
	return r, nil
}

// fewestSeconds is how long predictions are timed at least.
const fewestSeconds = 0.2

// predict writes the classes that a learner says of all samples, and returns how many it
// predicts in a second.
func predict(ctx context.Context, l baseline.Learner, s *dataset.Samples, said []int) (float64, error) {
	begin, total := time.Now(), 0
	for {
		err := l.Logits(ctx, s, s.Count(), func(i int, logits []float32) {
			said[i] = baseline.Largest(logits)
		})
		if err != nil {
			return 0, err
		}
		total += s.Count()
		if spent := time.Since(begin).Seconds(); spent >= fewestSeconds {
			return float64(total) / spent, nil
		}
	}
}

// tell tells the observer.
func (c *contest) tell(p Progress) {
	if c.Observe != nil {
		p.Done, p.Total = c.done, c.Seeds*len(c.report.Rows)
		c.Observe(p)
	}
}
