package recipes

import (
	"context"
	"fmt"
	"math"
	"math/bits"

	"basin"

	"gonum.org/v1/gonum/mat"

	"basin/dataset"
	"basin/internal/experiment"
	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// representing is a training that looks, before it and after every epoch, at the states of
// Shown of the samples that it is measured on, spread evenly over them.
type representing struct {
	experiment.Training
	Shown int `json:"shown"`
}

// The states that are looked at.
const (
	// inferred is the state of a prediction.
	inferred = "inference"
	// clamped and freed are the ends of these phases, as in training, with the sample's
	// label.
	clamped = "clamped"
	freed   = "free"
)

var lookedAt = []string{inferred, clamped, freed}

// The bins of histograms from -1 to 1: of pairs of samples, and of two states of one.
const (
	pairBins = 50
	keptBins = 200
)

// heldOut returns the task of a training that looks at held out samples, and reports one
// without any.
func heldOut(ctx context.Context, b *experiment.Bench, t experiment.Training) (*basin.Task, error) {
	data, err := b.Data.Task(ctx, t.Seeded(b.Seed), basin.Limit{Training: t.Samples, Held: t.Held})
	if err == nil && data.Held == nil {
		err = fmt.Errorf("experiment: %s: no samples to look at", data.Settings.Data.Set)
	}
	return data, err
}

// Run trains on one core.
func (r representing) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	data, err := heldOut(ctx, b, r.Training)
	if err != nil {
		return experiment.Result{}, err
	}
	s := data.Settings
	begin := experiment.Result{Values: map[string]float64{}, Series: map[string]experiment.Series{}}
	n, err := data.Draw()
	if err == nil {
		err = r.look(ctx, &begin, n, s, data, 0, b.Seed)
	}
	if err != nil {
		return experiment.Result{}, err
	}
	_, result, err := experiment.Learn(ctx, b, data, func(n *network.Network, result *experiment.Result) error {
		return r.look(ctx, result, n, s, data, len(result.Series[experiment.TrainingAccuracy].X), b.Seed)
	})
	if err != nil {
		return experiment.Result{}, err
	}
	for name, first := range begin.Series { // epoch 0 goes before the others
		s := result.Series[name]
		result.Series[name] = experiment.Series{X: append(first.X, s.X...), Y: append(first.Y, s.Y...)}
	}
	return result, nil
}

// look measures the states after an epoch. Histograms and maps are kept of the states
// before learning and at the end.
func (r representing) look(ctx context.Context, result *experiment.Result, n *network.Network, s settings.Settings, data *basin.Task, epoch int, seed uint64) error {
	shown := spread(data.Held, r.Shown)
	seen, err := statesOf(ctx, n, s.Protocol(), shown, max(0, epoch-1))
	if err != nil {
		return err
	}
	moment := ""
	switch epoch {
	case 0:
		moment = atFirst
	case s.Learning.Epochs:
		moment = atLast
	}
	for _, name := range lookedAt {
		o := overlaps(seen.states[name], n.Neurons())
		within, between := o.byClass(shown.labels)
		for pairs, counts := range map[string]*histogram{withinClass: within, betweenClasses: between} {
			if counts.count > 0 {
				result.AddAt(epoch, pairs+name, counts.sum/counts.count)
				counts.keep(result, moment, pairs+name)
			}
		}
		if name == inferred {
			result.AddAt(epoch, dimension, o.dimension())
			if moment != "" && seed == 1 { // axes of other seeds are others
				o.addMap(result, moment, shown.labels)
			}
		}
	}
	kept := newHistogram(keptBins)
	for i, state := range seen.states[inferred] {
		kept.add(overlap(state, seen.states[freed][i], n.Neurons()))
	}
	result.AddAt(epoch, keptState, kept.sum/kept.count)
	kept.keep(result, moment, keptState)
	result.AddAt(epoch, unstableFree, seen.unstable)
	return nil
}

// shown are some samples, spread evenly over others.
type shown struct {
	*dataset.Samples
	places []int
	labels []int
}

// spread takes at most count samples, evenly.
func spread(samples *dataset.Samples, count int) shown {
	total := samples.Count()
	count = min(count, total)
	s := shown{Samples: samples}
	for i := range count {
		s.places = append(s.places, i*total/count)
		s.labels = append(s.labels, samples.Label(i*total/count))
	}
	return s
}

// Row writes the i-th of the rows.
func (s shown) Row(i int, dst []float32) { s.Samples.Row(s.places[i], dst) }

// Label returns the i-th of the labels.
func (s shown) Label(i int) int { return s.labels[i] }

// seen are the states of samples as bits, by what they are.
type seen struct {
	states   map[string][][]uint64
	unstable float64 // share of neurons below the margin in the free state
}

// statesOf moves samples as a prediction and as training in an epoch, counted from 0, do.
func statesOf(ctx context.Context, n *network.Network, s protocol.Settings, samples shown, epoch int) (*seen, error) {
	v := &seen{states: map[string][][]uint64{}}
	take := func(name string, state []float32) { v.states[name] = append(v.states[name], signsOf(state, n)) }
	predictor, err := protocol.NewPredictor(s, n, 1)
	if err != nil {
		return nil, err
	}
	defer predictor.Close()
	if _, err := predictor.Predict(ctx, samples, len(samples.places), func(_ int, p protocol.Prediction) error { take(inferred, p.State); return nil }); err != nil {
		return nil, err
	}
	learner, err := protocol.NewLearner(s, n, len(samples.places), 1)
	if err != nil {
		return nil, err
	}
	defer learner.Close()
	ends := map[protocol.ReadoutState]string{protocol.OnClamped: clamped, protocol.OnFree: freed}
	learner.Watch(func(moment protocol.Moment, phase protocol.ReadoutState, learner *protocol.Learner, from, to int) {
		if name := ends[phase]; moment == protocol.Moved && name != "" {
			for i := from; i < to; i++ {
				take(name, learner.State(i))
			}
		}
	})
	all := make([]int32, len(samples.places))
	for i := range all {
		all[i] = int32(i)
	}
	tally, err := learner.Show(protocol.Batch{Samples: samples, Places: all, Epoch: epoch})
	v.unstable = tally.UnstableShare()
	return v, err
}

// signsOf returns the signs of a state, a bit for each neuron, set for -1.
func signsOf(state []float32, n *network.Network) []uint64 {
	signs, at := make([]uint64, (n.Neurons()+63)/64), 0
	for _, m := range n.Modules {
		for _, x := range state[m.Offset:][:m.Neurons] {
			if x < 0 {
				signs[at/64] |= 1 << (at % 64)
			}
			at++
		}
	}
	return signs
}

// overlap of two states of neurons as bits: 1 for equal ones, -1 for opposite ones.
func overlap(a, b []uint64, neurons int) float64 {
	differ := 0
	for k := range a {
		differ += bits.OnesCount64(a[k] ^ b[k])
	}
	return 1 - 2*float64(differ)/float64(neurons)
}

// gram holds the overlaps of all pairs of states, of each with itself too.
type gram struct{ *mat.SymDense }

func overlaps(states [][]uint64, neurons int) gram {
	o := gram{mat.NewSymDense(len(states), nil)}
	for a := range states {
		for b := a; b < len(states); b++ {
			o.SetSym(a, b, overlap(states[a], states[b], neurons))
		}
	}
	return o
}

// byClass sorts the pairs of different samples.
func (o gram) byClass(labels []int) (within, between *histogram) {
	within, between = newHistogram(pairBins), newHistogram(pairBins)
	for a, label := range labels {
		for b := range a {
			if labels[b] == label {
				within.add(o.At(a, b))
			} else {
				between.add(o.At(a, b))
			}
		}
	}
	return within, between
}

// centred returns the overlaps of the states less their mean, whose eigenvectors are the
// places of the samples on the principal axes.
func (o gram) centred() gram {
	size := o.SymmetricDim()
	means, mean := make([]float64, size), 0.0
	for a := range size {
		for b := range size {
			means[a] += o.At(a, b) / float64(size)
		}
		mean += means[a] / float64(size)
	}
	c := gram{mat.NewSymDense(size, nil)}
	for a := range size {
		for b := a; b < size; b++ {
			c.SetSym(a, b, o.At(a, b)-means[a]-means[b]+mean)
		}
	}
	return c
}

// dimension is the participation ratio of the principal components, (sum v)^2 / sum v^2
// over their variances v: the number of them where all are equal.
func (o gram) dimension() float64 {
	c, trace, squares := o.centred(), 0.0, 0.0
	for a := range c.SymmetricDim() {
		trace += c.At(a, a)
		for b := range c.SymmetricDim() {
			squares += c.At(a, b) * c.At(a, b)
		}
	}
	if squares == 0 {
		return 0
	}
	return trace * trace / squares
}

// addMap keeps the places of the samples on the first two principal axes, a series for
// each class, in units in which a neuron that flips moves a state by at most 2/sqrt(N).
func (o gram) addMap(result *experiment.Result, moment string, labels []int) {
	c := o.centred()
	var eigen mat.EigenSym
	size := c.SymmetricDim()
	if size < 2 || !eigen.Factorize(c, true) {
		return
	}
	values := eigen.Values(nil) // ascending
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	place := func(axis, sample int) float64 {
		column := size - 1 - axis
		return math.Sqrt(max(0, values[column])) * vectors.At(sample, column) * orientation(&vectors, column)
	}
	for i, label := range labels {
		name := fmt.Sprintf("%s%d_%s", mapOf, label, moment)
		s := result.Series[name]
		result.Series[name] = experiment.Series{X: append(s.X, place(0, i)), Y: append(s.Y, place(1, i))}
	}
}

// orientation makes the largest component of a column positive.
func orientation(vectors *mat.Dense, column int) float64 {
	largest := 0.0
	for i := range vectors.RawMatrix().Rows {
		if v := vectors.At(i, column); math.Abs(v) > math.Abs(largest) {
			largest = v
		}
	}
	return math.Copysign(1, largest)
}

// histogram of overlaps.
type histogram struct {
	bins       []float64
	sum, count float64
}

func newHistogram(bins int) *histogram { return &histogram{bins: make([]float64, bins)} }

func (h *histogram) add(overlap float64) {
	size := len(h.bins)
	h.bins[min(size-1, int((overlap+1)/2*float64(size)))]++
	h.sum += overlap
	h.count++
}

// keep adds the density to the series of a moment, none for "".
func (h *histogram) keep(result *experiment.Result, moment, name string) {
	if moment == "" {
		return
	}
	s, width := experiment.Series{}, 2/float64(len(h.bins))
	for k, count := range h.bins {
		s.X, s.Y = append(s.X, -1+(float64(k)+0.5)*width), append(s.Y, count/h.count/width)
	}
	result.Series[name+"_"+moment] = s
}
