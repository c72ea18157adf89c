package basin

import (
	"context"
	"reflect"
	"runtime"
	"slices"
	"sync"

	"basin/checkpoint"
	"basin/dataset"
	"basin/protocol"
)

// Model is a trained network with all that a prediction needs. Its methods may be called
// from several goroutines at once; [Model.Learn], and a [Run] between two calls of its
// observer, let the others wait. The fields of the [checkpoint.Model] are for reading:
// whoever changes the network otherwise has the model to himself, and saves and loads it.
type Model struct {
	checkpoint.Model

	learning sync.RWMutex // held for writing while the network changes
	learner  *protocol.Learner
	capacity int // of the learner

	mutex   sync.Mutex
	idle    []*protocol.Single // with copies of the couplings: gone when these change
	several []several          // predictors with one worker each, which has no goroutine to end
	changes int                // of the network: what was taken before one is not given back
}

// several predicts many samples under some settings.
type several struct {
	predictor *protocol.Predictor
	settings  protocol.Settings
}

func newModel(m *checkpoint.Model) *Model { return &Model{Model: *m} }

// changed forgets what was copied from the network before it changed; the lock for
// learning is held for writing.
func (m *Model) changed() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.idle, m.several = nil, nil
	m.changes++
}

// Load reads a model file, or the model of a checkpoint as it was then. Errors are those
// of [checkpoint.Load].
func Load(path string) (*Model, error) {
	m, err := checkpoint.Load(path)
	if err != nil {
		return nil, err
	}
	return newModel(m), nil
}

// Save writes the model file: see [checkpoint.Save].
func (m *Model) Save(path string) error {
	m.learning.RLock()
	defer m.learning.RUnlock()
	return checkpoint.Save(path, &m.Model)
}

// Reads returns how a table is read for the model: its columns matched by name, the label
// optional.
func (m *Model) Reads() dataset.Options {
	o := dataset.Options{Sheet: m.Settings.Data.Sheet, Limit: limitOf(m.Settings)}
	if m.Columns != nil {
		o.Columns, o.ID = m.Encoder.Timed(m.Columns), m.Settings.Data.ID
		return o
	}
	o.Label, o.Features = m.Settings.Data.Label, m.Encoder.Features
	return o
}

// Prediction is the outcome for one sample.
type Prediction struct {
	// Label is the name of the class, Class its place among [Model.Names].
	Label string
	Class int
	// Margin is the difference of the two largest logits, >= 0: 0 where the model cannot
	// tell two classes apart.
	Margin float32
	// Logits of all classes.
	Logits []float32
	// FixedPoint says that the state reached was a fixed point.
	FixedPoint bool
}

func (m *Model) prediction(p protocol.Prediction, names []string) Prediction {
	return Prediction{
		Label: names[p.Label], Class: p.Label, Margin: p.Margin,
		Logits: slices.Clone(p.Logits), FixedPoint: p.FixedPoint,
	}
}

// Predict predicts samples as they were read, labelled or not, and calls each with the
// place and the prediction of every one, in order, from the calling goroutine; an error of
// each ends it. It uses workers goroutines, GOMAXPROCS for 0 or less. Samples that do not
// fit are errors of [Model.Fits]. each may call the model: what it learns there counts for
// the samples after some dozens that are predicted already.
func (m *Model) Predict(ctx context.Context, s *dataset.Set, workers int, each func(i int, p Prediction) error) error {
	return m.PredictViews(ctx, s, 1, workers, each)
}

// inputs encodes samples that fit; those that [Model.Match] would rescale do not.
func (m *Model) inputs(s *dataset.Set) (*dataset.Inputs, error) {
	s, err := m.fitting(s)
	if err != nil {
		return nil, err
	}
	return m.Encoder.Encode(s)
}

// samples encodes labelled samples as they were read, with their labels by name.
func (m *Model) samples(s *dataset.Set) (*dataset.Samples, error) {
	s, err := m.fitting(s)
	if err != nil {
		return nil, err
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	named := *s
	if err := named.Relabel(m.Names()); err != nil {
		return nil, err
	}
	return m.Encoder.Samples(&named)
}

// PredictOne predicts one sample of raw values, in the order of the training data's
// features: the way of least latency. Random draws of partial and sequential sweeps are
// those of the first sample of a set.
func (m *Model) PredictOne(values []float32) (Prediction, error) {
	inputs, err := m.inputs(&dataset.Set{Name: "sample", Shape: []int{len(values)}, Floats: values})
	if err != nil {
		return Prediction{}, err
	}
	return m.one(inputs)
}

// one predicts the only row of inputs.
func (m *Model) one(inputs *dataset.Inputs) (Prediction, error) {
	x := make([]float32, inputs.Dim())
	inputs.Row(0, x)
	m.learning.RLock()
	defer m.learning.RUnlock()
	single, err := m.take()
	if err != nil {
		return Prediction{}, err
	}
	defer m.giveBack(single)
	p, err := single.Predict(x)
	if err != nil {
		return Prediction{}, err
	}
	return m.prediction(p, m.Names()), nil
}

// take returns a predictor for one sample at a time that nobody else uses.
func (m *Model) take() (*protocol.Single, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if last := len(m.idle) - 1; last >= 0 {
		single := m.idle[last]
		m.idle = m.idle[:last]
		return single, nil
	}
	return protocol.NewSingle(m.Settings.Protocol(), m.Network)
}

// giveBack keeps a predictor for the next sample, as many as there are processors.
func (m *Model) giveBack(single *protocol.Single) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if len(m.idle) < runtime.GOMAXPROCS(0) {
		m.idle = append(m.idle, single)
	}
}

// takeSeveral returns a predictor for many samples with so many workers that nobody else uses,
// and what to do with it afterwards. One worker is kept for the next call: to make a predictor
// takes as long as to predict dozens of samples.
func (m *Model) takeSeveral(workers int) (p *protocol.Predictor, done func(), err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	asked, changes := m.Settings.Protocol(), m.changes
	if last := len(m.several) - 1; workers == 1 && last >= 0 && reflect.DeepEqual(m.several[last].settings, asked) {
		p = m.several[last].predictor
		m.several = m.several[:last]
	} else if p, err = protocol.NewPredictor(asked, m.Network, workers); err != nil || workers != 1 {
		return p, func() { p.Close() }, err
	}
	return p, func() {
		p.Views()
		m.mutex.Lock()
		defer m.mutex.Unlock()
		if m.changes == changes && len(m.several) < runtime.GOMAXPROCS(0) {
			m.several = append(m.several, several{p, asked})
		}
	}, nil
}
