package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"basin/network"
	"basin/protocol"
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

// breakdown watches a trainer with one worker and looks at the clock at each moment of a
// mini-batch.
type breakdown struct {
	subject *Subject
	count   float64                        // samples of a mini-batch
	sweeps  map[protocol.ReadoutState]bool // phases with sweeps after a sample's first
	counts  bool                           // the warm-up is over
	done    int                            // samples since
	before  int64                          // unstable neurons so far in the epoch
	parts   [partCount]Part
	lapped  time.Time
}

// newBreakdown makes a breakdown of mini-batches of a size.
func newBreakdown(subject *Subject, size int) *breakdown {
	d := &breakdown{subject: subject, count: float64(size), sweeps: map[protocol.ReadoutState]bool{}}
	first := 1 // sweep of a mini-batch, which is charged to the first full product
	for _, phase := range subject.Settings.Protocol().Phases(subject.Network.Spec) {
		d.sweeps[phase.Name] = phase.Sweeps > first
		if phase.Sweeps > 0 {
			first = 0
		}
	}
	return d
}

// parts returns the parts of a step over the training samples after the first [Warmup],
// until they or the time since are used up. The network learns one epoch at most meanwhile.
// peak and bandwidth are the operations and bytes per nanosecond of the roofline.
func parts(ctx context.Context, subject *Subject, limit time.Duration, peak, bandwidth float64) ([]Part, error) {
	trainer, err := train.New(subject.Network, train.Run{Settings: subject.Settings.Protocol(), Training: subject.Training, Workers: 1})
	if err != nil {
		return nil, err
	}
	defer trainer.Close()
	size := min(subject.Settings.Learning.Batch, subject.Training.Count())
	d := newBreakdown(subject, size)
	trainer.Watch(d.watch)
	var begin time.Time
	err = trainer.Run(ctx, func(p train.Progress) error {
		if p.EpochDone {
			return errEnough
		}
		if d.counts {
			d.learned(p.State.Tally)
			d.done += size
			if time.Since(begin) >= limit {
				return errEnough
			}
		}
		done := int(p.State.Tally.Samples)
		d.counts = done >= Warmup && subject.Training.Count()-done >= size // an odd last mini-batch does not count
		d.before = p.State.Tally.Unstable
		d.lapped = time.Now()
		if begin.IsZero() && d.counts {
			begin = d.lapped
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if d.done == 0 {
		return nil, fmt.Errorf("bench: %w: %d after the first %d, want a mini-batch of %d", ErrFew, subject.Training.Count()-Warmup, Warmup, size)
	}
	for p := range d.parts {
		q := &d.parts[p]
		q.Name = partNames[p]
		q.Nanoseconds /= float64(d.done)
		q.Operations /= float64(d.done)
		q.Bytes /= float64(d.done)
		if peak > 0 && q.Nanoseconds > 0 {
			q.Share = max(q.Operations/peak, q.Bytes/bandwidth) / q.Nanoseconds
		}
	}
	return d.parts[:], nil
}

// lap charges the time since the last lap to a part, with what it did.
func (d *breakdown) lap(p int, operations, bytes float64) {
	now := time.Now()
	if d.counts {
		d.parts[p].Nanoseconds += float64(now.Sub(d.lapped))
		d.parts[p].Operations += operations
		d.parts[p].Bytes += bytes
	}
	d.lapped = now
}

// watch charges what came before a moment.
func (d *breakdown) watch(moment protocol.Moment, phase protocol.ReadoutState, learner *protocol.Learner, from, to int) {
	network := d.subject.Network
	n, inputs := float64(network.StateSize()), float64(network.Inputs())
	couplings, stored, entry := network.Synapses(), network.Couplings(), entryBytes(network)
	among, bytes := float64(couplings.Recurrent+couplings.Links), float64(stored.Recurrent+stored.Links)*entry.recurrent
	switch moment {
	case protocol.Loaded:
		d.lap(partData, d.count*inputs, d.count*(inputs*13+8*n))
	case protocol.Driven:
		d.lap(partInput, d.count*2*float64(couplings.Input), float64(stored.Input)*entry.input+d.count*(4*inputs+4*n))
	case protocol.Begun:
		d.lap(partProduct, d.count*2*among, bytes+d.count*8*n)
	case protocol.Moved:
		if !d.sweeps[phase] {
			return // results are still those of the phase before
		}
		sweeps, sent := 0.0, 0.0
		for i := from; i < to; i++ {
			r := learner.Result(i)
			sweeps += float64(r.Sweeps)
			sent += float64(r.Accumulates + r.Multiplies)
		}
		// At most: a sweep after few flips looks at few neurons.
		d.lap(partSweeps, sweeps*4*n+sent*2, sweeps*12*n+sent*(4+entry.recurrent))
	case protocol.Judged:
		samples := float64(to - from)
		d.lap(partMargins, samples*8*n, samples*32*n)
	case protocol.Read:
		readout, reads := float64(couplings.Readout), float64(len(d.subject.Settings.Readout.On))
		d.lap(partReadout, reads*d.count*2*readout, reads*(4*readout+d.count*n/8))
	case protocol.RecurrentLearned:
		d.lap(partJ, 0, 0)
	case protocol.InputLearned:
		d.lap(partW, 0, 0)
	case protocol.ReadoutLearned:
		reads := float64(len(d.subject.Settings.Readout.On))
		d.lap(partO, d.count*reads*2*float64(couplings.Readout), 8*float64(couplings.Readout)+d.count*reads*4*n)
	}
}

// learned adds what the plasticity of J and W did, which follows the unstable neurons.
func (d *breakdown) learned(t protocol.Tally) {
	network := d.subject.Network
	couplings, stored, entry := network.Synapses(), network.Couplings(), entryBytes(network)
	active := float64(t.Unstable-d.before) / float64(network.Neurons())
	for _, learned := range []struct {
		part                     int
		couplings, stored, entry float64
	}{
		{partJ, float64(couplings.Recurrent + couplings.Links), float64(stored.Recurrent + stored.Links), entry.recurrent},
		{partW, float64(couplings.Input), float64(stored.Input), entry.input},
	} {
		d.parts[learned.part].Operations += min(d.count, active) * 2 * learned.couplings
		d.parts[learned.part].Bytes += min(1, active) * learned.stored * (learned.entry + 4)
	}
}

// entryBytes returns the bytes of one coupling with its index, of the first module.
func entryBytes(n *network.Network) (bytes struct{ recurrent, input float64 }) {
	bytes.recurrent, bytes.input = 4, 4
	if j := n.Modules[0].Recurrent; j != nil {
		bytes.recurrent = float64(j.EntryBytes())
	}
	if w := n.Modules[0].Input; w != nil {
		bytes.input = float64(w.EntryBytes())
	}
	return bytes
}
