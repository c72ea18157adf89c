package protocol

import (
	"basin/dynamics"
	"basin/network"
)

// Versioned are samples that say which of their rows are equal. Where nothing but the readout
// learns ([Settings.Repeats]) a [Learner] then computes the states of equal rows once: results
// are the same bit for bit, and a network of frozen features learns its later epochs in a
// fraction of the time of the first. All that one learner is given must be of one set: it knows a
// row by its place and version.
type Versioned interface {
	Samples
	// Version tells rows at one place apart: those of the same version are equal. It returns
	// false for a row of which it cannot say.
	Version(place int) (version uint64, known bool)
}

// MostRecalled bounds the bytes of the states that a [Learner] keeps. What it has no room for
// is computed again.
const MostRecalled = 1 << 30

// Repeats reports whether what a sample does in a mini-batch follows from its row alone, in
// whatever epoch it comes: the couplings that there are of J, links and W do not learn, no phase with sweeps hears a label, no
// sample is treated by its logits, neurons are binary, the margin stays, and sweeps draw nothing
// at random.
func (s Settings) Repeats(n *network.Network) bool {
	learns := func(b BlockLearning) bool { return b.Rate.Start != 0 || b.Rate.End != 0 }
	for _, m := range n.Modules {
		if m.Recurrent != nil && learns(s.Learning.Recurrent) || m.Input != nil && learns(s.Learning.Input) {
			return false
		}
	}
	for _, p := range n.Pathways {
		if p.Learned && learns(s.Learning.Links) {
			return false
		}
	}
	if n.Continuous() ||
		s.Dynamics.Code == network.Rival || s.Learning.Undecided > 0 || s.Learning.Kappa.Start != s.Learning.Kappa.End {
		return false
	}
	if o := s.Dynamics.Order; o != "" && o != dynamics.Parallel && o != dynamics.Modules {
		return false
	}
	for _, phase := range s.Phases(n.Spec) {
		if phase.Sweeps > 0 && len(phase.Hears) > 0 {
			return false
		}
	}
	return true
}

// Recalled estimates the bytes of the states that a [Learner] of a network, which may be an
// outline, keeps of so many samples with two versions each.
func (s Settings) Recalled(n *network.Network, samples int) int64 {
	if !s.Repeats(n) {
		return 0
	}
	const beside = 250 // of the tally, and of its place in the table
	return min(MostRecalled, 2*int64(samples)*int64(len(s.Readout.On)*n.ReadNeurons()/8+beside))
}

// recall is what a learner remembers of samples.
type recall struct {
	known map[origin]reached
	room  int // bytes that are left
	// of the mini-batch: the version of each sample, and whether it has one
	origins   []origin
	versioned []bool
}

// origin is where a state comes from.
type origin struct {
	place   int32
	version uint64
}

// reached is what a sample came to.
type reached struct {
	signs []uint8 // of the neurons that are read, in each state that the readout learns on
	tally Tally
}

// makeRecall makes room for what can be remembered.
func (l *Learner) makeRecall(capacity int) {
	if l.settings.Repeats(l.network) {
		l.recall = &recall{known: map[origin]reached{}, room: MostRecalled, origins: make([]origin, capacity), versioned: make([]bool, capacity)}
	}
}

// remind gives the learner what it knows of the samples of the mini-batch, and lists the others
// in l.present.
func (l *Learner) remind() {
	l.present = l.present[:0]
	if l.recall != nil {
		l.recall.identify(l.batch, l.watcher == nil)
	}
	for i := range l.batch.Places {
		if kept, ok := l.recall.of(i); ok {
			l.learner.Recall(i, kept.signs)
			l.tallies[i] = kept.tally
			continue
		}
		l.tallies[i] = Tally{}
		l.present = append(l.present, i)
	}
}

// identify finds out where the samples of a mini-batch come from; allowed to, if they say so.
func (r *recall) identify(b Batch, allowed bool) {
	samples, tell := b.Samples.(Versioned)
	for i, place := range b.Places {
		r.versioned[i] = false
		if tell && allowed {
			r.origins[i].place = place
			r.origins[i].version, r.versioned[i] = samples.Version(int(place))
		}
	}
}

// of returns what is known of sample i of the mini-batch.
func (r *recall) of(i int) (kept reached, ok bool) {
	if r == nil || !r.versioned[i] {
		return kept, false
	}
	kept, ok = r.known[r.origins[i]]
	return kept, ok
}

// remember keeps what the samples that were computed came to, while there is room.
func (l *Learner) remember() {
	r := l.recall
	if r == nil {
		return
	}
	size := l.learner.KeptSize()
	for _, i := range l.present {
		if !r.versioned[i] || r.room < size {
			continue
		}
		r.room -= size
		kept := reached{signs: make([]uint8, size), tally: l.tallies[i]}
		l.learner.CopyKept(i, kept.signs)
		r.known[r.origins[i]] = kept
	}
}
