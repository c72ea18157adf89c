package solve

import "math"

// Entropy returns the Bethe entropy of the measure over fixed points, in nats per neuron (all
// modules together): the logarithm of their number where there are no external fields. With
// external fields it is F/N - (1/N) sum_i ext_i m_i, where F is the logarithm of the sum of
// exp(sum_i ext_i s_i) over all fixed points:
//
//	F = sum over columns ln Z(theta + ext) - sum_i theta_i m_i + (1/2) sum_i (1 - m_i^2) sum_j J_ji^2 g_j^2
//
// with Z the sum over the spins of a column. It holds where the messages have converged, and
// takes the products of one iteration, with the messages as they are.
func (p *Propagation) Entropy() float64 {
	neurons := p.system.network.Neurons()
	energy := 0.0
	for i, odds := range p.odds {
		energy += p.external[i] * math.Tanh(odds)
	}
	return (p.logSum() - energy) / float64(neurons)
}

// logSum returns F.
func (p *Propagation) logSum() float64 {
	reaction, cavity := append([]float64(nil), p.reaction...), append([]float64(nil), p.cavity...)
	p.receive()
	p.answer(0)
	p.send(p.theta, p.second)
	p.turn()
	squares := make([]float64, p.system.size)
	for i, g := range p.reaction {
		squares[i] = g * g
	}
	p.send(make([]float64, p.system.size), squares)
	logs := make([]float64, p.system.size)
	p.visit(false, func(_ int, c *column, places []int, H []float64, _ []outcome) {
		for l, i := range places {
			H[l] = p.theta[i] + p.external[i]
		}
		logs[places[0]] = c.sum(H)
	})
	sum := 0.0
	for i, odds := range p.odds { // in one order, whatever the workers
		sum += logs[i] - p.theta[i]*math.Tanh(odds) + variance(odds)*p.flow[i]/2
	}
	p.reaction, p.cavity = reaction, cavity
	return sum
}
