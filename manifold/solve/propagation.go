package solve

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"

	"basin/internal/layout"
	"basin/internal/random"
	"basin/network"
)

// Propagation is belief propagation over the fixed points of one network with one input, in
// its dense form: every neuron is a constraint, which hears the others through many weak
// couplings and itself, and its neighbours in a chain, through strong ones. Its measure is
// uniform over the fixed points, or weighted by exp(sum_i ext_i s_i) with external fields:
// see [Propagation.External].
//
// With V_i the variance and omega_i the mean of the weak part of the field on neuron i, and
// m_i its magnetisation, one iteration takes for all i
//
//	V_i     = sum_j J_ij^2 (1 - m_j^2)
//	omega_i = sum_j J_ij m_j + u_i - V_i g_i               g_i of the iteration before
//	g_i     = d ln Z_i / d omega_i
//	theta_i = sum_j J_ji g_j - m_i sum_j J_ji^2 dg_j       dg_j = d g_j / d omega_j
//	m_i     = that of a column with fields theta + ext
//
// where Z_i is the sum over the spins of a column: for a neuron by itself
//
//	Z_i = sum_s exp(s (theta_i + ext_i)) Phi((J_D - kappa + s omega_i) / sqrt V_i) / 2 cosh(theta_i + ext_i).
//
// It is exact for N -> infinity with dense independent couplings as long as replica symmetry
// holds, and an approximation for few couplings. One goroutine uses a Propagation at a time.
type Propagation struct {
	system   *system
	workers  int
	external []float64 // ext
	cavity   []float64 // theta + ext, damped as the magnetisation of a spin without its own column
	odds     []float64 // (1/2) ln P(+)/P(-), damped as the magnetisation
	reaction []float64 // g, damped
	omega, v []float64
	theta    []float64
	second   []float64 // dg
	belief   []float64 // odds of the last iteration, before damping
	factors  []factors // of omega and V

	mean, spread  []float32 // what blocks are multiplied with
	sums, squares [][]float64
	columns       [][]*column // by worker, then by kind
	means, noises [][]float64 // by worker: omega and V of one column
	outcomes      [][]outcome
	flow          []float64 // sum_j J_ji^2 g_j^2
}

// NewPropagation prepares belief propagation at m = 0. x has the input, D values, or is nil for
// none; a fixed point has s_i h_i > margin. Workers of zero takes one per processor; they
// change speed only. The network must not change meanwhile. It reports a network that is not
// valid, has continuous neurons or one-to-one links between modules that are not neighbours,
// and an input of another length.
func NewPropagation(n *network.Network, x []float32, margin float64, workers int) (*Propagation, error) {
	s, err := newSystem(n, x, margin)
	if err != nil {
		return nil, err
	}
	if math.IsNaN(margin) || math.IsInf(margin, 0) {
		return nil, fmt.Errorf("solve: margin %v, want a finite number", margin)
	}
	if workers < 0 {
		return nil, fmt.Errorf("solve: %d workers, want 0 (for GOMAXPROCS) or more", workers)
	}
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return newPropagation(s, workers), nil
}

func newPropagation(s *system, workers int) *Propagation {
	p := &Propagation{system: s, workers: workers}
	for _, v := range []*[]float64{&p.external, &p.cavity, &p.odds, &p.reaction, &p.omega, &p.v, &p.theta, &p.second, &p.belief, &p.flow} {
		*v = make([]float64, s.size)
	}
	p.factors = make([]factors, s.size)
	p.mean, p.spread = make([]float32, s.size), make([]float32, s.size)
	for _, e := range s.edges {
		longest := max(e.from.Padded(), e.to.Padded())
		p.sums, p.squares = append(p.sums, make([]float64, longest)), append(p.squares, make([]float64, longest))
	}
	longest := s.longest()
	for range workers {
		var columns []*column
		for k := range s.columns {
			columns = append(columns, newColumn(&s.columns[k], s.margin))
		}
		p.columns = append(p.columns, columns)
		p.means, p.noises = append(p.means, make([]float64, longest)), append(p.noises, make([]float64, longest))
		p.outcomes = append(p.outcomes, make([]outcome, longest))
	}
	return p
}

// External returns the external fields ext_i, one for each place of a state
// ([network.Network.StateSize]), zero at first. They may be changed between iterations.
func (p *Propagation) External() []float64 { return p.external }

// Size returns the length of a state, padding included.
func (p *Propagation) Size() int { return p.system.size }

// Reset takes all messages back to m = 0. External fields stay.
func (p *Propagation) Reset() {
	for _, v := range [][]float64{p.cavity, p.odds, p.reaction} {
		clear(v)
	}
}

// Start takes the messages to a state of the network, a vector of -1 and +1 with anything in
// its padding: m_i is that state but for one part in a million.
func (p *Propagation) Start(state []float32) error {
	if len(state) != p.system.size {
		return fmt.Errorf("solve: a state of %d values, want %d", len(state), p.system.size)
	}
	p.Reset()
	const firm = 7 // atanh(1 - 1.6e-6)
	p.system.each(func(i int) {
		p.odds[i] = firm * float64(state[i])
		p.cavity[i] = p.odds[i]
	})
	return nil
}

// shake takes the messages to small random magnetisations.
func (p *Propagation) shake(seed uint64) {
	const small = 0.01
	p.Reset()
	stream := random.New(seed, random.Message)
	normal := stream.Rand()
	p.system.each(func(i int) {
		p.odds[i] = small * normal.NormFloat64()
		p.cavity[i] = p.odds[i]
	})
}

// Magnetisations writes m_i of the last iteration to each place of a state and returns it.
func (p *Propagation) Magnetisations(m []float64) []float64 {
	m = append(m[:0], p.odds...)
	for i, odds := range m {
		m[i] = math.Tanh(odds)
	}
	return m
}

// Iterate takes one iteration; damping d in [0, 1) keeps that share of the old messages. It
// returns the greatest change of a magnetisation, before damping.
func (p *Propagation) Iterate(damping float64) (change float64) {
	p.receive()
	p.answer(damping)
	p.send(p.theta, p.second)
	p.turn()
	return p.settle(damping)
}

// Converge iterates until no magnetisation changes by more than a tolerance, or until a
// number of iterations is used up. It returns how many it took and whether it converged, and
// reports a context that ends.
func (p *Propagation) Converge(ctx context.Context, damping, tolerance float64, iterations int) (taken int, converged bool, err error) {
	for taken < iterations {
		if err := ctx.Err(); err != nil {
			return taken, false, err
		}
		taken++
		if p.Iterate(damping) <= tolerance {
			return taken, true, nil
		}
	}
	return taken, false, nil
}

// receive computes omega and V.
func (p *Propagation) receive() {
	for i, odds := range p.odds {
		p.mean[i], p.spread[i] = float32(math.Tanh(odds)), float32(variance(odds))
	}
	copy(p.omega, p.system.field)
	clear(p.v)
	for k := range p.system.edges {
		e := &p.system.edges[k]
		sum, square := p.sums[k], p.squares[k]
		share(p.workers, e.to.Padded(), func(_, from, to int) {
			e.Receive(p.mean[e.from.Offset:][:e.from.Padded()], p.spread[e.from.Offset:][:e.from.Padded()], sum, square, from, to)
		})
		for i := range e.to.Neurons {
			p.omega[e.to.Offset+i] += e.scale * sum[i]
			p.v[e.to.Offset+i] += e.scale * e.scale * square[i]
		}
	}
	// A neuron whose senders are all frozen hears no noise; this much leaves Phi a step.
	const least = 1e-20
	for i := range p.v {
		p.v[i] = max(p.v[i], least)
		p.omega[i] -= p.v[i] * p.reaction[i]
	}
}

// answer computes g, damped, and dg.
func (p *Propagation) answer(damping float64) {
	p.visit(true, func(_ int, c *column, places []int, H []float64, out []outcome) {
		for l, i := range places {
			H[l] = p.cavity[i]
		}
		c.read(H, out)
		for l, i := range places {
			p.reaction[i] = (1-damping)*out[l].slope + damping*p.reaction[i]
			p.second[i] = out[l].second
		}
	})
}

// send writes to each place of a state what a spin hears of the constraints of others:
// sum_j J_ji g_j and sum_j J_ji^2 of a second vector, which is replaced.
func (p *Propagation) send(sums, second []float64) {
	for i := range second {
		p.mean[i], p.spread[i] = float32(p.reaction[i]), float32(second[i])
	}
	clear(sums)
	clear(p.flow)
	for k := range p.system.edges {
		e := &p.system.edges[k]
		sum, square := p.sums[k], p.squares[k]
		share(p.workers, e.from.Padded(), func(_, from, to int) {
			e.Send(p.mean[e.to.Offset:][:e.to.Padded()], p.spread[e.to.Offset:][:e.to.Padded()], sum, square, from, to)
		})
		for j := range e.from.Neurons {
			sums[e.from.Offset+j] += e.scale * sum[j]
			p.flow[e.from.Offset+j] += e.scale * e.scale * square[j]
		}
	}
}

// turn subtracts from theta what a spin hears of itself.
func (p *Propagation) turn() {
	for i := range p.theta {
		p.theta[i] -= math.Tanh(p.odds[i]) * p.flow[i]
	}
}

// settle computes the new fields and magnetisations.
func (p *Propagation) settle(damping float64) (change float64) {
	changes := make([]float64, p.workers)
	p.visit(false, func(worker int, c *column, places []int, H []float64, out []outcome) {
		for l, i := range places {
			H[l] = p.theta[i] + p.external[i]
		}
		c.read(H, out)
		for l, i := range places {
			changes[worker] = max(changes[worker], math.Abs(math.Tanh(out[l].odds)-math.Tanh(p.odds[i])))
			p.belief[i] = out[l].odds
			p.cavity[i] = damped(H[l], p.cavity[i], damping)
			p.odds[i] = damped(out[l].odds, p.odds[i], damping)
		}
	})
	for _, c := range changes {
		change = max(change, c)
	}
	return change
}

// visit calls do for every column; fresh computes its factors from omega and V first. places
// are those of its neurons in a state, H and out room for their fields and outcomes.
func (p *Propagation) visit(fresh bool, do func(worker int, c *column, places []int, H []float64, out []outcome)) {
	for k := range p.system.columns {
		of := &p.system.columns[k]
		length := len(of.modules)
		share(p.workers, of.modules[0].Neurons, func(worker, from, to int) {
			c, places := p.columns[worker][k], make([]int, length)
			omega, v := p.means[worker][:length], p.noises[worker][:length]
			H := make([]float64, length)
			for i := from; i < to; i++ {
				for l, m := range of.modules {
					places[l] = m.Offset + i
					c.terms[l] = &p.factors[places[l]]
					omega[l], v[l] = p.omega[places[l]], p.v[places[l]]
				}
				if fresh {
					c.set(omega, v)
				}
				do(worker, c, places, H, p.outcomes[worker][:length])
			}
		})
	}
}

// share divides 0..size among workers in multiples of 16.
func share(workers, size int, do func(worker, from, to int)) {
	if workers == 1 || size < 128 {
		do(0, 0, size)
		return
	}
	var group sync.WaitGroup
	for worker := range workers {
		if from, to := layout.Part(size, worker, workers); from < to {
			group.Go(func() { do(worker, from, to) })
		}
	}
	group.Wait()
}
