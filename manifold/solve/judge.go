package solve

import "basin/network"

// judge counts the unstable neurons of states that change little from one to the next: it
// keeps what every neuron receives from the last one.
type judge struct {
	*received
	state   []float32
	flipped []int32
	change  []float32
	begun   bool
}

func newJudge(s *system, workers int) *judge {
	return &judge{
		received: newReceived(s, workers), state: make([]float32, s.size),
		flipped: make([]int32, 0, s.size), change: make([]float32, s.size),
	}
}

// signs takes the state to the signs of some log-odds and returns how many of its neurons are
// unstable. Before it says none it looks at all couplings afresh.
func (j *judge) signs(odds []float64) (unstable int) {
	turns := 0
	j.system.each(func(i int) {
		if s := signOf(odds[i]); s != j.state[i] {
			turns++
		}
	})
	if !j.begun || 8*turns > j.system.network.Neurons() {
		j.system.each(func(i int) { j.state[i] = signOf(odds[i]) })
		j.multiply()
		return j.unstable()
	}
	for _, m := range j.system.network.Modules {
		j.turn(m, odds)
	}
	if unstable = j.unstable(); unstable == 0 && turns > 0 {
		j.multiply()
		unstable = j.unstable()
	}
	return unstable
}

func signOf(odds float64) float32 {
	if odds < 0 {
		return -1
	}
	return 1
}

// turn flips the neurons of a module that have the wrong sign.
func (j *judge) turn(m *network.Module, odds []float64) {
	j.flipped = j.flipped[:0]
	for i := range m.Neurons {
		if s := signOf(odds[m.Offset+i]); s != j.state[m.Offset+i] {
			j.state[m.Offset+i] = s
			j.flipped = append(j.flipped, int32(i))
		}
	}
	if len(j.flipped) == 0 {
		return
	}
	for k := range j.system.edges {
		e := &j.system.edges[k]
		if e.from != m {
			continue
		}
		change := j.change[:e.to.Padded()]
		clear(change)
		e.Flips(change, j.state[m.Offset:][:m.Padded()], j.flipped)
		for i := range e.to.Neurons {
			j.total[e.to.Offset+i] += e.scale * float64(change[i])
		}
	}
}

// multiply takes the products of all couplings with the state.
func (j *judge) multiply() {
	j.begun = true
	j.take(j.state)
}

// unstable counts the neurons without s_i h_i > kappa; a field of zero keeps +1 where kappa is
// zero, as in the dynamics.
func (j *judge) unstable() (count int) {
	j.fields(j.state, func(at int, h float64) {
		s := j.state[at]
		if stable := float64(s)*h > j.system.margin || h == 0 && j.system.margin == 0 && s > 0; !stable {
			count++
		}
	})
	return count
}

// Unstable returns the number of neurons of a state that are not stable with the margin of
// the propagation: s_i h_i <= kappa. Sums are taken in float32 over runs of couplings and in
// float64 over runs, where package dynamics adds in float32 alone: the two may judge otherwise
// a neuron whose field is below 1e-6 of what it receives.
func (p *Propagation) Unstable(state []float32) int {
	return newJudge(p.system, p.workers).of(state)
}

// of returns the number of unstable neurons of a state.
func (j *judge) of(state []float32) int {
	j.system.each(func(i int) { j.state[i] = signOf(float64(state[i])) })
	j.multiply()
	return j.unstable()
}
