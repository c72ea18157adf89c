package experiment

import (
	"context"
	"fmt"
	"slices"

	"basin"

	"basin/dataset/fetch"
	"basin/network"
	"basin/settings"
	"basin/train"
)

// Training is a [Task] that trains a network and measures it on the held out samples
// after every epoch. It gives the values of [TrainingValues], and series of the same
// names over the epochs.
type Training struct {
	// Preset and Set are the base and the assignments that make Settings.
	Preset string   `json:"preset"`
	Set    []string `json:"set"`
	// Samples and Held bound the numbers of samples learned and measured; 0 is all.
	Samples int `json:"samples,omitempty"`
	Held    int `json:"held,omitempty"`
	// Settings of the run. The seed of a cell takes the place of Settings.Seed and of
	// the projection's seed, so that cells of one seed share their projection.
	Settings settings.Settings `json:"settings"`
}

// Based is a task that is made from a preset, as a [Training] is.
type Based interface {
	// Base returns the name of the preset and the assignments that change it.
	Base() (preset string, set []string)
}

// Base returns the preset and the assignments.
func (t Training) Base() (preset string, set []string) { return t.Preset, t.Set }

// Reads returns the settings, which say what it learns.
func (t Training) Reads() (s settings.Settings, reads bool) { return t.Settings, true }

// Memory returns about how many bytes the training takes beside its data; 0 where that is not
// known before the data are read.
func (t Training) Memory() int64 {
	known := append(fetch.List(), fetch.Known{Name: embedded, Shape: []int{8, 8}, Classes: 10, Train: 1437})
	i := slices.IndexFunc(known, func(k fetch.Known) bool { return k.Name == t.Settings.Data.Set })
	if i < 0 {
		return 0
	}
	s, shape, classes := t.Settings, known[i].Shape, known[i].Classes
	if s.Preprocess.Projection > 0 {
		shape = []int{s.Preprocess.Projection}
	}
	outline, err := network.Outline(s.Network, shape, classes)
	if err != nil {
		return 0
	}
	p := s.Protocol()
	return s.Network.Footprint(shape, classes) + p.Footprint(outline, s.Learning.Batch, 1) + p.Recalled(outline, known[i].Train)
}

// The values that a [Training] gives, all of the last epoch.
const (
	// Accuracy is that on the held out samples.
	Accuracy = "accuracy"
	// TrainingAccuracy is that on the training samples while they are learned, in the
	// first state that the readout learns on: see [protocol.Tally].
	TrainingAccuracy = "training_accuracy"
	// FixedPoints is the share of training samples that end at a fixed point, Cycles
	// that of those seen to repeat themselves with a longer period, Unstable that of
	// (neuron, sample) pairs below the margin, Flips that of neurons that flip in a sweep.
	FixedPoints = "fixed_points"
	Cycles      = "cycles"
	Unstable    = "unstable"
	Flips       = "flips"
)

// TrainingValues returns the values that a [Training] gives, and the further ones.
func TrainingValues(further ...Value) []Value {
	return append([]Value{
		{Name: Accuracy, Title: "accuracy", Share: true},
		{Name: TrainingAccuracy, Title: "training accuracy", Share: true},
		{Name: FixedPoints, Title: "fixed points", Share: true},
		{Name: Cycles, Title: "cycles", Share: true},
		{Name: Unstable, Title: "unstable neurons", Share: true},
		{Name: Flips, Title: "flips per sweep", Share: true},
	}, further...)
}

// NewTraining returns the task of a preset with assignments in the form of
// [settings.Set]. It reports settings that are not valid.
func NewTraining(preset string, set ...string) (Training, error) {
	t := Training{Preset: preset, Set: set}
	s, err := settings.LoadPreset(preset)
	if err != nil {
		return t, err
	}
	if err := settings.Set(&s, set); err != nil {
		return t, fmt.Errorf("%q: %w", set, err)
	}
	t.Settings = s
	return t, nil
}

// Run trains on one core.
func (t Training) Run(ctx context.Context, b *Bench) (Result, error) {
	_, result, err := t.Train(ctx, b, nil)
	return result, err
}

// Train returns the trained network too. After every epoch it calls observe, which may
// be nil, with the network and the result so far.
func (t Training) Train(ctx context.Context, b *Bench, observe func(n *network.Network, r *Result) error) (*network.Network, Result, error) {
	task, err := b.Data.Task(ctx, t.Seeded(b.Seed), t.limit())
	if err != nil {
		return nil, Result{}, err
	}
	return Learn(ctx, b, task, observe)
}

// limit returns how many samples are learned and measured.
func (t Training) limit() basin.Limit { return basin.Limit{Training: t.Samples, Held: t.Held} }

// Seeded returns the settings of the cell with a seed.
func (t Training) Seeded(seed uint64) settings.Settings {
	s := t.Settings
	s.Seed, s.Preprocess.ProjectionSeed = seed, seed
	return s
}

// add takes in the record of an epoch.
func (r *Result) add(e train.EpochRecord) {
	if e.Split != "" {
		r.AddAt(e.Epoch, Accuracy, e.Held.Accuracy())
	}
	if e.Readout != "" { // no epoch: its readout was solved for afterwards
		return
	}
	r.AddAt(e.Epoch, TrainingAccuracy, e.Training.Accuracy())
	r.AddAt(e.Epoch, FixedPoints, e.Training.FixedPointShare())
	r.AddAt(e.Epoch, Cycles, e.Training.CycleShare())
	r.AddAt(e.Epoch, Unstable, e.Training.UnstableShare())
	r.AddAt(e.Epoch, Flips, e.Training.FlipShare())
}

// AddAt adds a number to a series over epochs; the value of the name is the last number.
func (r *Result) AddAt(epoch int, name string, number float64) {
	s := r.Series[name]
	r.Series[name] = Series{X: append(s.X, float64(epoch)), Y: append(s.Y, number)}
	r.Values[name] = number
}
