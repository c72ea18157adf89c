package protocol

import (
	"basin/dynamics"
	"basin/network"
)

// Versioned are samples that say which of their rows are equal. Where nothing but the readout
// learns ([Settings.Repeats]) a [Learner] then computes the states of equal rows once: results
// are the same bit for bit, and a network of frozen features learns its later epochs in a
// fraction of the time of the first.
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
	samples, ok := l.batch.Samples.(Versioned)
	ok = ok && l.recall != nil && l.watcher == nil
	l.present = l.present[:0]
	for i, place := range l.batch.Places {
		if ok {
			version, known := samples.Version(int(place))
			l.recall.origins[i], l.recall.versioned[i] = origin{place, version}, known
			if r, there := l.recall.known[l.recall.origins[i]]; known && there {
				l.learner.Recall(i, r.signs)
				l.tallies[i] = r.tally
				continue
			}
		} else if l.recall != nil {
			l.recall.versioned[i] = false
		}
		l.tallies[i] = Tally{}
		l.present = append(l.present, i)
	}
}

// remember keeps what the samples that were computed came to.
func (l *Learner) remember() {
	if l.recall == nil {
		return
	}
	for _, i := range l.present {
		r := l.recall
		if !r.versioned[i] {
			continue
		}
		size := l.learner.KeptSize()
		if r.room -= size; r.room < 0 {
			r.room = 0
			return
		}
		kept := reached{signs: make([]uint8, size), tally: l.tallies[i]}
		l.learner.CopyKept(i, kept.signs)
		r.known[r.origins[i]] = kept
	}
}
