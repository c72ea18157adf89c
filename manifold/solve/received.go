package solve

// received is what every neuron receives from a state over weak couplings, and its input.
type received struct {
	system  *system
	workers int
	total   []float64
	none    []float32 // variances of a state
	sum     []float64
	waste   []float64
}

func newReceived(s *system, workers int) *received {
	return &received{
		system: s, workers: workers, total: make([]float64, s.size), none: make([]float32, s.size),
		sum: make([]float64, s.size), waste: make([]float64, s.size),
	}
}

// take takes the products of all couplings with a state that has zeros in its padding.
func (r *received) take(state []float32) {
	copy(r.total, r.system.field)
	for k := range r.system.edges {
		e := &r.system.edges[k]
		share(r.workers, e.to.Padded(), func(_, from, to int) {
			e.Receive(state[e.from.Offset:][:e.from.Padded()], r.none[:e.from.Padded()], r.sum, r.waste, from, to)
		})
		for i := range e.to.Neurons {
			r.total[e.to.Offset+i] += e.scale * r.sum[i]
		}
	}
}

// fields visits the fields of the neurons: what they receive, from themselves and over strong
// links too.
func (r *received) fields(state []float32, visit func(at int, h float64)) {
	for k := range r.system.columns {
		c := &r.system.columns[k]
		for l, m := range c.modules {
			for i := range m.Neurons {
				at := m.Offset + i
				h := r.total[at] + float64(m.SelfCoupling*state[at])
				if l > 0 {
					h += c.below[l] * float64(state[c.modules[l-1].Offset+i])
				}
				if l+1 < len(c.modules) {
					h += c.above[l] * float64(state[c.modules[l+1].Offset+i])
				}
				visit(at, h)
			}
		}
	}
}
