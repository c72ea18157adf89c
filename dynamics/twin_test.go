package dynamics

import (
	"basin/internal/random"
	"basin/network"
)

// twin is the obvious form of the dynamics, one sample and one neuron at a time with
// full matrices, in the order of sums that the package comment states.
type twin struct {
	network  *network.Network
	settings Settings
	J, W     [][][]float32 // module, receiver, sender; stored values, zero where absent
}

func newTwin(n *network.Network, settings Settings) *twin {
	t := &twin{network: n, settings: settings}
	for _, m := range n.Modules {
		J, W := matrix(m.Neurons, m.Neurons), matrix(m.Neurons, n.Inputs())
		if r := m.Recurrent; r != nil {
			for i := range J {
				for j := range J[i] {
					if r.Dense != nil {
						J[i][j] = r.Dense[j*network.Padded(m.Neurons)+i]
					}
				}
				scatter(J[i], r.Sparse, i)
			}
		}
		if w := m.Input; w != nil {
			for i := range W {
				for k := range W[i] {
					if w.Dense != nil {
						W[i][k] = w.Dense[i*network.Padded(n.Inputs())+k]
					}
				}
				scatter(W[i], w.Sparse, i)
			}
		}
		t.J, t.W = append(t.J, J), append(t.W, W)
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

func scatter(row []float32, s *network.Sparse, receiver int) {
	if s == nil {
		return
	}
	senders, values := s.Row(receiver)
	for e, j := range senders {
		row[j] = values[e]
	}
}

// twinSample is one sample of a twin: per module, a value per neuron.
type twinSample struct {
	*twin
	epoch, id, sweep      uint64
	drive, product, state [][]float32
	unset, stale          bool
	result                Result
	fresh, incremental    int // products taken afresh after the first, changed flip by flip
	crossings             int // products taken afresh after some were changed
}

// start forgets the state and computes scale * sum_k W_ik x_k, k ascending, then + b_i.
func (t *twin) start(x []float32, epoch, id uint64) *twinSample {
	s := &twinSample{twin: t, epoch: epoch, id: id, unset: true}
	for index, m := range t.network.Modules {
		drive := make([]float32, m.Neurons)
		for i := range drive {
			sum := float32(0)
			for k, value := range x {
				sum += float32(t.W[index][i][k] * value)
			}
			if m.Input != nil {
				drive[i] = float32(m.Input.Scale) * sum
			}
			if m.Bias != nil {
				drive[i] += m.Bias[i]
			}
		}
		s.drive = append(s.drive, drive)
		s.product = append(s.product, make([]float32, m.Neurons))
		s.state = append(s.state, make([]float32, m.Neurons))
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
	for _, link := range s.network.Spec.Links {
		if link.Between[0] == index {
			static += float32(float32(link.Strength) * s.state[link.Between[1]][i])
		}
		if link.Between[1] == index {
			static += float32(float32(link.Strength) * s.state[link.Between[0]][i])
		}
	}
	recurrent := float32(0)
	if m.Recurrent != nil {
		recurrent = float32(float32(m.Recurrent.Scale) * s.product[index][i])
	}
	return float32(recurrent+static) + float32(m.SelfCoupling*s.state[index][i])
}

func (s *twinSample) target(index, i int, feedback []float32) float32 {
	if s.field(index, i, feedback) < 0 {
		return -1
	}
	return 1
}

// change turns one neuron and adds to the product what that changes.
func (s *twinSample) change(index, j int, to float32) {
	difference := to - s.state[index][j]
	s.state[index][j] = to
	for i := range s.product[index] {
		if i != j {
			s.product[index][i] += float32(s.J[index][i][j] * difference)
		}
	}
}

// refresh takes the products afresh, senders ascending.
func (s *twinSample) refresh() {
	if !s.stale {
		return
	}
	s.stale = false
	for index, state := range s.state {
		for i := range state {
			sum := float32(0)
			for j, value := range state {
				if j != i {
					sum += float32(s.J[index][i][j] * value)
				}
			}
			s.product[index][i] = sum
		}
	}
}

type place struct {
	module, neuron int
	to             float32
}

// wrong lists the neurons that a full sweep would change.
func (s *twinSample) wrong(feedback []float32) []place {
	var all []place
	for index, state := range s.state {
		for i := range state {
			if to := s.target(index, i, feedback); to != state[i] {
				all = append(all, place{index, i, to})
			}
		}
	}
	return all
}

// advance is a phase of at most budget sweeps.
func (s *twinSample) advance(budget int, feedback []float32) {
	s.result = Result{}
	for s.result.Sweeps < budget && s.result.Status == Budget {
		var flips, missing int
		switch s.settings.Order {
		case Sequential:
			flips = s.sequential(feedback)
			missing = flips
		default:
			flips, missing = s.together(feedback)
		}
		if s.sweep > 0 {
			s.result.Flips += int64(flips)
		}
		s.sweep++
		s.result.Sweeps++
		if missing == 0 {
			s.result.Status = FixedPoint
		}
	}
}

// together is one sweep of all neurons from the same state; in partial order each of
// those that would flip, ascending, does so with the set probability. Above a quarter of a
// module, all products are taken afresh before they are next needed.
func (s *twinSample) together(feedback []float32) (flips, missing int) {
	s.refresh()
	wrong := s.wrong(feedback)
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
	fresh := s.unset
	for index, count := range counts {
		fresh = fresh || 4*count > len(s.state[index])
	}
	for _, p := range wrong {
		if fresh {
			s.state[p.module][p.neuron] = p.to
		} else {
			s.change(p.module, p.neuron, p.to)
		}
	}
	switch {
	case s.unset:
	case fresh:
		s.fresh++
		if s.incremental > 0 {
			s.crossings++
		}
	case len(wrong) > 0:
		s.incremental++
	}
	s.unset, s.stale = false, fresh
	return len(wrong), missing
}

// sequential updates one neuron after the other in a fresh order, drawn over the
// places of a whole padded state.
func (s *twinSample) sequential(feedback []float32) (flips int) {
	stream := random.New(s.settings.Seed, random.Order, s.epoch, s.id, s.sweep)
	order := make([]int32, s.network.StateSize())
	stream.Permute(order)
	for _, n := range order {
		for index, m := range s.network.Modules {
			i := int(n) - m.Offset
			if i < 0 || i >= m.Neurons {
				continue
			}
			if to := s.target(index, i, feedback); to != s.state[index][i] {
				s.change(index, i, to)
				flips++
			}
		}
	}
	return flips
}
