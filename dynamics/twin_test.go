package dynamics

import (
	"math"
	"slices"

	"basin/internal/random"
	"basin/network"
	"basin/network/coupling"
)

// twin is the obvious form of the dynamics, one sample and one neuron at a time with
// full matrices, in the order of sums that the package comment states.
type twin struct {
	network  *network.Network
	settings Settings
	J        []twinBlock   // J of each module, then the links
	W        [][][]float32 // module, receiver, input; stored values, zero where absent
}

// twinBlock is a matrix of couplings, or lambda one to one where there is none.
type twinBlock struct {
	from, to int
	matrix   [][]float32 // receiver, sender; stored values, zero where absent
	block    coupling.Block
	sent     []int64 // by sender, the couplings present; one of zero is one
	lambda   float32
}

// present counts the couplings of each sender.
func present(block coupling.Block) []int64 {
	shape := block.Shape()
	sent := make([]int64, shape.Senders)
	for j := range sent {
		for i := range shape.Receivers {
			if block.At(i, j) != nil {
				sent[j]++
			}
		}
	}
	return sent
}

func newTwin(n *network.Network, settings Settings) *twin {
	t := &twin{network: n, settings: settings}
	whole := func(c coupling.Couplings) [][]float32 {
		rows := matrix(c.Shape().Receivers, c.Shape().Senders)
		c.Each(func(i, j int, v *float32) bool { rows[i][j] = *v; return true })
		return rows
	}
	for index, m := range n.Modules {
		j := twinBlock{from: index, to: index, block: m.Recurrent}
		if m.Recurrent != nil {
			j.matrix, j.sent = whole(m.Recurrent), present(m.Recurrent)
		}
		t.J = append(t.J, j)
		W := matrix(m.Neurons, n.Inputs())
		if m.Input != nil {
			W = whole(m.Input)
		}
		t.W = append(t.W, W)
	}
	for _, p := range n.Pathways {
		link := twinBlock{from: p.From, to: p.To, lambda: p.Strength, block: p.Block}
		if p.Block != nil {
			link.matrix, link.sent = whole(p.Block), present(p.Block)
		}
		t.J = append(t.J, link)
	}
	return t
}

func matrix(rows, columns int) [][]float32 {
	m := make([][]float32, rows)
	for i := range m {
		m[i] = make([]float32, columns)
	}
	return m
}

// twinSample is one sample of a twin: per module, a value per neuron.
type twinSample struct {
	*twin
	epoch, id, sweep   uint64
	drive, state       [][]float32
	product            [][]float32 // by block
	unset              bool
	stale              []bool // by module
	history            [][][]float32
	result             Result
	fresh, incremental int // changes of a module whose products were taken afresh, or changed flip by flip
	crossings          int // taken afresh after some were changed
}

// start forgets the state and computes scale * sum_k W_ik x_k, k ascending, then + b_i.
func (t *twin) start(x []float32, epoch, id uint64) *twinSample {
	s := &twinSample{twin: t, epoch: epoch, id: id, unset: true, stale: make([]bool, len(t.network.Modules))}
	for index, m := range t.network.Modules {
		drive := make([]float32, m.Neurons)
		for i := range drive {
			sum := float32(0)
			for k, value := range x {
				sum += float32(t.W[index][i][k] * value)
			}
			if m.Input != nil {
				drive[i] = float32(m.Input.Scale()) * sum
			}
			if m.Bias != nil {
				drive[i] += m.Bias[i]
			}
		}
		s.drive = append(s.drive, drive)
		s.state = append(s.state, make([]float32, m.Neurons))
	}
	for _, j := range t.J {
		s.product = append(s.product, make([]float32, t.network.Modules[j.to].Neurons))
	}
	return s
}

// startAt is start in a given state, over padded modules.
func (t *twin) startAt(x []float32, epoch, id uint64, state []float32) *twinSample {
	s := t.start(x, epoch, id)
	s.unset = false
	for index, m := range t.network.Modules {
		copy(s.state[index], state[m.Offset:])
		s.stale[index] = true
	}
	return s
}

// field is h_i: ((scale * sum_j J_ij s_j) + static) + J_D s_i, static being the input
// field, plus the feedback, plus the links in the order of the spec.
func (s *twinSample) field(index, i int, feedback []float32) float32 {
	m := s.network.Modules[index]
	static := s.drive[index][i]
	if feedback != nil {
		static += feedback[m.Offset+i]
	}
	recurrent := float32(0)
	for b, j := range s.J {
		switch {
		case b == index && j.block != nil:
			recurrent = float32(float32(j.block.Scale()) * s.product[b][i])
		case b < len(s.state) || j.to != index:
		case j.block != nil:
			static += float32(float32(j.block.Scale()) * s.product[b][i])
		default:
			static += float32(j.lambda * s.state[j.from][i])
		}
	}
	return float32(recurrent+static) + float32(m.SelfCoupling*s.state[index][i])
}

// target is the state that a neuron takes, its own where it does not move.
func (s *twinSample) target(index, i int, feedback []float32) float32 {
	h := s.field(index, i, feedback)
	if gain := s.network.Modules[index].Tanh; gain > 0 {
		to := float32(math.Tanh(float64(gain) * float64(h)))
		if !s.unset && math.Abs(float64(to-s.state[index][i])) < float64(float32(Resolution)) {
			return s.state[index][i]
		}
		return to
	}
	if h < 0 {
		return -1
	}
	return 1
}

// change moves one neuron and adds to what it sends what that changes.
func (s *twinSample) change(index, j int, to float32) {
	difference := to - s.state[index][j]
	s.state[index][j] = to
	for b, block := range s.J {
		if block.from == index && block.matrix != nil {
			for i := range s.product[b] {
				s.product[b][i] += float32(block.matrix[i][j] * difference)
			}
		}
	}
}

// refresh takes afresh the products of stale modules, senders ascending.
func (s *twinSample) refresh() {
	for b, block := range s.J {
		if !s.stale[block.from] || block.matrix == nil {
			continue
		}
		for i := range s.product[b] {
			sum := float32(0)
			for j, value := range s.state[block.from] {
				sum += float32(block.matrix[i][j] * value)
			}
			s.product[b][i] = sum
		}
	}
	clear(s.stale)
}

type place struct {
	module, neuron int
	to             float32
}

// wrong lists the neurons of some modules that a sweep would change.
func (s *twinSample) wrong(feedback []float32, modules ...int) []place {
	var all []place
	for index, state := range s.state {
		if len(modules) > 0 && !slices.Contains(modules, index) {
			continue
		}
		for i := range state {
			if to := s.target(index, i, feedback); to != state[i] {
				all = append(all, place{index, i, to})
			}
		}
	}
	return all
}

// advance is a phase of at most budget sweeps. A state that comes back closes a cycle:
// it is looked for two states back, and at the state after 0, 1, 3, 7, ... sweeps.
func (s *twinSample) advance(budget int, feedback []float32) {
	s.result, s.history = Result{}, nil
	s.remember()
	for s.result.Sweeps < budget {
		flips, missing := 0, 0
		first := s.unset
		switch s.settings.Order {
		case Sequential:
			s.refresh() // of a given state
			flips = s.sequential(feedback)
			missing = flips
		case Modules:
			for index := range s.state {
				s.refresh()
				more, _ := s.together(feedback, index)
				flips += more
			}
			missing = flips
		default:
			s.refresh()
			flips, missing = s.together(feedback)
		}
		s.unset = false
		if !first {
			s.result.Flips += int64(flips)
		}
		s.sweep++
		s.result.Sweeps++
		if missing == 0 && !first {
			s.result.Status = FixedPoint
			if s.settings.Stop != StopAtBudget {
				return
			}
			continue
		}
		if s.result.Status != Budget {
			continue
		}
		if s.result.Period = s.remember(); s.result.Period > 0 {
			s.result.Status = Cycle
			if s.settings.Stop == StopAtCycle {
				return
			}
		}
	}
}

// remember appends the state to the history of the phase, and returns the period that it
// closes, or zero.
func (s *twinSample) remember() int {
	order := s.settings.Order
	if s.unset || s.network.Continuous() || order == Partial || order == Sequential {
		return 0
	}
	var now [][]float32
	for _, state := range s.state {
		now = append(now, slices.Clone(state))
	}
	at := len(s.history)
	s.history = append(s.history, now)
	same := func(other int) bool {
		return slices.EqualFunc(now, s.history[other], func(a, b []float32) bool { return slices.Equal(a, b) })
	}
	mark := 0
	for mark*2+1 < at {
		mark = mark*2 + 1
	}
	switch {
	case at >= 2 && same(at-2):
		return 2
	case at >= 1 && same(mark):
		return at - mark
	}
	return 0
}

// together is one sweep of all neurons of some modules (of all, if none is named) from the
// same state; in partial order each of those that would flip, ascending, does so with
// the set probability. Above a quarter of a module, what it sends is taken afresh before
// it is next needed.
func (s *twinSample) together(feedback []float32, modules ...int) (flips, missing int) {
	wrong := s.wrong(feedback, modules...)
	missing = len(wrong)
	if s.settings.Order == Partial && !s.unset {
		stream := random.New(s.settings.Seed, random.Update, s.epoch, s.id, s.sweep)
		var kept []place
		for _, p := range wrong {
			if stream.Float64() < s.settings.Probability {
				kept = append(kept, p)
			}
		}
		wrong = kept
	}
	counts := make([]int, len(s.state))
	for _, p := range wrong {
		counts[p.module]++
	}
	for _, p := range wrong {
		s.count(p)
		if s.unset || 4*counts[p.module] > len(s.state[p.module]) {
			s.state[p.module][p.neuron] = p.to
			s.stale[p.module] = true
		} else {
			s.change(p.module, p.neuron, p.to)
		}
	}
	for index, count := range counts {
		switch {
		case s.unset || count == 0:
		case s.stale[index]:
			s.fresh++
			if s.incremental > 0 {
				s.crossings++
			}
		default:
			s.incremental++
		}
	}
	return len(wrong), missing
}

// count counts the couplings over which a flip goes.
func (s *twinSample) count(p place) {
	counter := &s.result.Accumulates
	if s.network.Modules[p.module].Tanh > 0 {
		counter = &s.result.Multiplies
	}
	for b, j := range s.J {
		switch {
		case s.unset || j.from != p.module:
		case j.block != nil:
			*counter += j.sent[p.neuron]
		case b >= len(s.state):
			*counter++
		}
	}
}

// sequential updates one neuron after the other in a fresh order, drawn over the
// places of a whole padded state.
func (s *twinSample) sequential(feedback []float32) (flips int) {
	stream := random.New(s.settings.Seed, random.Order, s.epoch, s.id, s.sweep)
	order := make([]int32, s.network.StateSize())
	stream.Permute(order)
	unset := s.unset
	s.unset = false // a continuous neuron moves by the resolution from the first sweep on
	for _, n := range order {
		for index, m := range s.network.Modules {
			i := int(n) - m.Offset
			if i < 0 || i >= m.Neurons {
				continue
			}
			if to := s.target(index, i, feedback); to != s.state[index][i] {
				s.unset = unset
				s.count(place{index, i, to})
				s.unset = false
				s.change(index, i, to)
				flips++
			}
		}
	}
	s.unset = unset
	return flips
}
