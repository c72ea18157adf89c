package solve

import (
	"math"
	"math/bits"

	"basin/internal/kernel"
)

// spins are a state and the fields on it, which follow flip by flip: a flip costs the
// couplings of its neuron. They are taken afresh now and then, so that roundings do not add up.
type spins struct {
	system *system
	state  []float32 // +1 in the padding
	field  []float32 // h_i, self-coupling included; very large in the padding
	tried  []float32 // fields after a flip that may be taken back
	mask   []uint8   // of unstable neurons, when last counted
	after  []uint8   // of those after the flip that was tried
	flips  int       // since the fields were taken afresh
	sent   *received
	own    []int32 // module of each place, -1 in the padding
	places []int32 // of all neurons
	column []*columns
	level  []int // of each module in its column
}

func newSpins(system *system, state []float32) *spins {
	size := system.size
	s := &spins{
		system: system, state: make([]float32, size), field: make([]float32, size), tried: make([]float32, size), mask: make([]uint8, size/8), after: make([]uint8, size/8),
		sent: newReceived(system, 1), own: make([]int32, size),
	}
	for i := range size {
		s.state[i], s.own[i] = 1, -1
	}
	for index, m := range system.network.Modules {
		for i := m.Offset; i < m.Offset+m.Neurons; i++ {
			s.state[i], s.own[i] = state[i], int32(index)
			s.places = append(s.places, int32(i))
		}
	}
	for k := range system.columns {
		for level := range system.columns[k].modules {
			s.column, s.level = append(s.column, &system.columns[k]), append(s.level, level)
		}
	}
	s.refresh()
	return s
}

// refresh takes the fields afresh.
func (s *spins) refresh() {
	s.flips = 0
	state := s.tried // free now: the state, with zeros in the padding
	clear(state)
	for _, at := range s.places {
		state[at] = s.state[at]
	}
	s.sent.take(state)
	for i := range s.field {
		s.field[i] = math.MaxFloat32
	}
	s.sent.fields(state, func(at int, h float64) { s.field[at] = float32(h) })
}

// flip turns the neuron at a place.
func (s *spins) flip(at int) {
	s.change(s.field, at)
	s.state[at] = -s.state[at]
	s.settle()
}

// settle counts a flip.
func (s *spins) settle() {
	if s.flips++; s.flips >= len(s.places) {
		s.refresh()
	}
}

// change adds to fields what the flip of the neuron at a place changes.
func (s *spins) change(field []float32, at int) {
	index := int(s.own[at])
	m, turn := s.system.network.Modules[index], -2*s.state[at]
	i := at - m.Offset
	for k := range s.system.edges {
		if e := &s.system.edges[k]; e.from == m {
			e.Change(field[e.to.Offset:][:e.to.Padded()], i, float32(e.scale)*turn)
		}
	}
	field[at] += float32(m.SelfCoupling * turn)
	c, l := s.column[index], s.level[index]
	if l > 0 {
		field[c.modules[l-1].Offset+i] += float32(float32(c.above[l-1]) * turn)
	}
	if l+1 < len(c.modules) {
		field[c.modules[l+1].Offset+i] += float32(float32(c.below[l+1]) * turn)
	}
}

// try returns how many neurons are unstable once the neuron at a place is flipped. After it,
// keep makes the flip.
func (s *spins) try(at int) (unstable int) {
	copy(s.tried, s.field)
	s.change(s.tried, at)
	s.state[at] = -s.state[at]
	unstable = s.count(s.after, s.tried)
	s.state[at] = -s.state[at]
	return unstable
}

// keep makes the flip that was tried, the list of unstable neurons with it.
func (s *spins) keep(at int) {
	s.field, s.tried = s.tried, s.field
	s.mask, s.after = s.after, s.mask
	s.state[at] = -s.state[at]
	s.settle()
}

// unstable returns how many neurons are, s_i h_i <= kappa, and lists them, with fields taken
// afresh where it says none.
func (s *spins) unstable() (count int) {
	if count = s.count(s.mask, s.field); count == 0 && s.flips > 0 {
		s.refresh()
		count = s.count(s.mask, s.field)
	}
	return count
}

func (s *spins) count(mask []uint8, field []float32) (unstable int) {
	kernel.Unstable(mask, field, s.state, float32(s.system.margin))
	for _, b := range mask {
		unstable += bits.OnesCount8(b)
	}
	return unstable
}

// listed returns the place of unstable neuron number k of the list.
func (s *spins) listed(k int) int {
	for at, b := range s.mask {
		if count := bits.OnesCount8(b); k >= count {
			k -= count
			continue
		}
		for ; k > 0; k-- {
			b &= b - 1
		}
		return 8*at + bits.TrailingZeros8(b)
	}
	return -1
}

// result returns the state with zeros in the padding.
func (s *spins) result() []float32 {
	state := make([]float32, len(s.state))
	for _, at := range s.places {
		state[at] = s.state[at]
	}
	return state
}
