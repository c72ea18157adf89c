package bench

import (
	"fmt"
	"time"

	"basin/dynamics"
	"basin/internal/layout"
	"basin/network"
	"basin/plasticity"
	"basin/train"
)

// Part is what one part of a training step costs per sample, on one core.
type Part struct {
	Name        string  `json:"part"`
	Nanoseconds float64 `json:"ns_per_sample"`
	// Operations are the additions and multiplications that the part needs, what did
	// not change left out; Bytes are the couplings, once per mini-batch, and the
	// vectors that it reads and writes.
	Operations float64 `json:"operations_per_sample"`
	Bytes      float64 `json:"bytes_per_sample"`
	// Share of the roofline: the time that Operations take at the FMA peak or Bytes at
	// the memory's bandwidth, whichever is more, over the time it took. Above one, the
	// data came from a cache.
	Share float64 `json:"share_of_roofline"`
}

// The parts of a training step, in the order of the table.
const (
	partData = iota
	partInput
	partProduct
	partSweeps
	partReadout
	partMargins
	partJ
	partW
	partO
	partCount
)

var partNames = [partCount]string{
	"data", "input product", "first full sweep", "later sweeps", "readout", "fields and margins",
	"plasticity J", "plasticity W", "plasticity O",
}

// breakdown takes mini-batches through the parts of a training step, as a trainer with
// one worker does, and looks at the clock between them.
type breakdown struct {
	settings train.Settings
	network  *network.Network
	samples  *train.Samples
	batch    *dynamics.Batch
	mover    *dynamics.Worker
	learner  *plasticity.Learner
	updater  *plasticity.Worker
	fields   [][]float32
	logits   [][]float32
	states   [][]float32
	field    []float32
	parts    [partCount]Part
	lapped   time.Time
}

func newBreakdown(subject *Subject) (*breakdown, error) {
	s, n := subject.Settings, subject.Network
	size := min(s.Learning.Batch, subject.Training.Count())
	b, err := dynamics.NewBatch(n, dynamics.Settings{Order: s.Dynamics.Order, Stop: s.Dynamics.Stop, Probability: s.Dynamics.Probability, Seed: s.Seed}, size)
	if err != nil {
		return nil, err
	}
	l, err := plasticity.NewLearner(n, size, len(s.Readout.On), s.Learning.Softness > 0)
	if err != nil {
		return nil, err
	}
	d := &breakdown{
		settings: s, network: n, samples: subject.Training, batch: b, mover: b.NewWorker(), learner: l, updater: l.NewWorker(),
		field: make([]float32, n.StateSize()),
	}
	b.PromiseSigns(subject.Training.Inputs.Binary())
	for i := range size {
		d.logits = append(d.logits, make([]float32, layout.Padded(n.Classes)))
		d.states = append(d.states, b.State(i))
	}
	d.fields, err = n.FeedbackFields(s.Dynamics.Code, s.Learning.Feedback.Start, s.Dynamics.Feedback.Clamped...)
	return d, err
}

// parts returns the parts of a step over the training samples from [Warmup] on, until they
// or the time are used up. The network goes on learning meanwhile. peak and bandwidth are
// the operations and bytes per nanosecond of the roofline.
func parts(subject *Subject, limit time.Duration, peak, bandwidth float64) ([]Part, error) {
	d, err := newBreakdown(subject)
	if err != nil {
		return nil, err
	}
	size := len(d.states)
	done := 0
	begin := time.Now()
	for first := Warmup / size * size; first+size <= subject.Training.Count() && time.Since(begin) < limit; first += size {
		d.step(first)
		done += size
	}
	if done == 0 {
		return nil, fmt.Errorf("bench: %w: %d after the first %d, want a mini-batch of %d", ErrFew, subject.Training.Count()-Warmup, Warmup, size)
	}
	for p := range d.parts {
		q := &d.parts[p]
		q.Name = partNames[p]
		q.Nanoseconds /= float64(done)
		q.Operations /= float64(done)
		q.Bytes /= float64(done)
		if peak > 0 && q.Nanoseconds > 0 {
			q.Share = max(q.Operations/peak, q.Bytes/bandwidth) / q.Nanoseconds
		}
	}
	return d.parts[:], nil
}

// lap charges the time since the last lap to a part, with what it did.
func (d *breakdown) lap(p int, operations, bytes float64) {
	now := time.Now()
	d.parts[p].Nanoseconds += float64(now.Sub(d.lapped))
	d.parts[p].Operations += operations
	d.parts[p].Bytes += bytes
	d.lapped = now
}

// step takes one mini-batch through the protocol.
func (d *breakdown) step(first int) {
	b, count := d.batch, float64(len(d.states))
	n, inputs := float64(d.network.StateSize()), float64(d.network.Inputs())
	couplings := d.network.Couplings()
	among := float64(couplings.Recurrent + couplings.Links)
	entry := entryBytes(d.network)
	d.lapped = time.Now()

	b.Resize(len(d.states))
	d.learner.Reset(d.rule(), len(d.states))
	for i := range d.states {
		d.samples.Inputs.NoisyRow(first+i, b.Input(i)[:d.network.Inputs()], d.settings.Seed, 0)
		b.Start(i, 0, uint64(first+i))
	}
	b.Pack(0, 1)
	d.lap(partData, count*inputs, count*(inputs*13+8*n))

	b.Drive(d.mover, 0, 1)
	d.lap(partInput, count*2*float64(couplings.Input), float64(couplings.Input)*entry.input+count*(4*inputs+4*n))

	warmup := d.settings.Dynamics.Warmup
	if warmup > 0 {
		d.sweep(1, nil)
		b.Publish(d.mover, 0, len(d.states))
		b.Product(d.mover, 0, 1)
		b.Refreshed(0, len(d.states))
	}
	d.lap(partProduct, count*2*among, among*entry.recurrent+count*8*n)
	d.sweep(max(0, warmup-1), nil)
	d.read(first, train.OnInference)
	d.sweep(d.settings.Dynamics.Clamped, func(i int) []float32 { return d.fields[d.samples.Labels[first+i]] })
	d.read(first, train.OnClamped)
	d.sweep(d.settings.Dynamics.Free, nil)
	d.read(first, train.OnFree)

	unstable := 0
	for i := range d.states {
		b.Field(d.mover, i, d.field)
		unstable += d.learner.Record(i, d.states[i], d.field, b.Input(i))
		b.Settled(d.mover, i)
	}
	for g := range (len(d.states) + 7) / 8 {
		d.learner.Gather(g)
	}
	d.lap(partMargins, count*8*n, count*32*n)

	d.learner.Begin()
	d.learner.UpdateRecurrent(d.updater, 0, 1)
	active := float64(unstable) / float64(d.network.Neurons())
	d.lap(partJ, min(count, active)*2*among, min(1, active)*among*(entry.recurrent+4))
	d.learner.UpdateInput(d.updater, 0, 1)
	d.lap(partW, min(count, active)*2*float64(couplings.Input), min(1, active)*float64(couplings.Input)*(entry.input+4))
	d.learner.UpdateReadout(d.updater, 0, 1)
	reads := float64(len(d.settings.Readout.On))
	d.lap(partO, count*reads*2*float64(couplings.Readout), 8*float64(couplings.Readout)+count*reads*4*n)
}

// sweep advances all samples and charges the sweeps and the flips that it took.
func (d *breakdown) sweep(budget int, feedback func(i int) []float32) {
	d.batch.Advance(d.mover, 0, len(d.states), budget, feedback)
	n := float64(d.network.StateSize())
	fan := float64(d.network.Couplings().Recurrent) / float64(d.network.Neurons())
	sweeps, flips := 0.0, 0.0
	for i := range d.states {
		sweeps += float64(d.batch.Result(i).Sweeps)
		flips += float64(d.batch.Result(i).Flips)
	}
	d.lap(partSweeps, sweeps*4*n+flips*2*fan, sweeps*12*n+flips*fan*(4+entryBytes(d.network).recurrent))
}

// read shows the present states to the readout, if it learns on them.
func (d *breakdown) read(first int, on train.ReadoutState) {
	for slot, state := range d.settings.Readout.On {
		if state != on {
			continue
		}
		d.network.Readout.Logits(d.logits, d.states, d.network.Readout.Couplings)
		for i, logits := range d.logits {
			d.learner.Read(slot, i, d.states[i], logits[:d.network.Classes], d.samples.Labels[first+i])
		}
		readout := float64(d.network.Couplings().Readout)
		d.lap(partReadout, float64(len(d.states))*2*readout, 4*readout+float64(len(d.states))*12*float64(d.network.StateSize()))
	}
}

// rule returns the numbers of the first epoch.
func (d *breakdown) rule() plasticity.Rule {
	l, r := d.settings.Learning, d.settings.Readout
	return plasticity.Rule{
		Kappa: l.Kappa.Start, Softness: l.Softness,
		Symmetry: l.Symmetry, BothUnstable: l.Unstable == train.BothUnstable,
		Links:        plasticity.Block{Rate: l.Links.Rate.Start, Decay: l.Links.Decay},
		Recurrent:    plasticity.Block{Rate: l.Recurrent.Rate.Start, Decay: l.Recurrent.Decay},
		Input:        plasticity.Block{Rate: l.Input.Rate.Start, Decay: l.Input.Decay},
		Readout:      plasticity.Block{Rate: r.Rate.Start, Decay: r.Decay},
		ReadoutKappa: r.Kappa, ReadoutWeights: r.Weights, Averaging: r.Averaging,
	}
}

// entryBytes returns the bytes of one coupling with its index, of the first module.
func entryBytes(n *network.Network) (bytes struct{ recurrent, input float64 }) {
	bytes.recurrent, bytes.input = 4, 4
	if m := n.Modules[0]; m.Recurrent != nil && m.Recurrent.Sparse != nil {
		bytes.recurrent = 8
	}
	if m := n.Modules[0]; m.Input != nil && m.Input.Sparse != nil {
		bytes.input = 8
	}
	return bytes
}
