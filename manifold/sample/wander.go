package sample

import (
	"context"
	"fmt"
	"math"

	"basin/internal/random"
	"basin/network"
)

// WanderOptions say how to sample the fixed points around a state.
type WanderOptions struct {
	// Fields are the fields gamma, at least two, descending to the last, all at least 0. Their steps
	// bound the error of the integral; the first should leave few neurons turned, such as
	// 3.
	Fields []float64
	// Moves is the most neurons that a move turns, at least 1. What cannot be reached by
	// such moves is not seen.
	Moves int
	// Sweeps of N moves each at every field, at least 2; the first fifth does not count.
	Sweeps int
	// Margin is that of [NeighbourOptions].
	Margin float64
	// Seed of the moves.
	Seed uint64
}

// WanderPoint is what sampling found at one field.
type WanderPoint struct {
	// Field is gamma.
	Field float64
	// Overlap is the mean of q = (1/N) sum_i s*_i s_i, and OverlapError its standard error,
	// from twenty blocks of the sweeps that count.
	Overlap, OverlapError float64
	// Entropy is S in nats per neuron, and EntropyError what the errors of the overlaps make
	// of it.
	Entropy, EntropyError float64
	// Accepted is the share of moves made.
	Accepted float64
}

// Wander measures the local entropy around a fixed point s* by a random walk that stays on
// fixed points: an independent check of [LocalEntropy]. Moves turn 1 to Moves random
// neurons and are made, if they lead to a fixed point, with Metropolis' probability for the weight
// exp(gamma sum_i s*_i s_i). From the mean overlaps follows
//
//	S(q) = gamma (1 - q) + int_gamma^inf (1 - q(gamma')) dgamma',
//
// since d ln Z/d gamma = N q and only s* is left as gamma grows. The integral is that of the
// fixed points which the moves join to s*: where others lie apart it is a lower bound. It
// is taken with 1 - q falling exponentially between fields, and as exp(-2 gamma), by
// single flips, above the first.
//
// It reports what a network, input or state has wrong, a state that is no fixed point,
// options out of their range, and a context that ends. Cost: N moves a sweep, most of which
// end after a few looks, and O(N) for each that is made.
func Wander(ctx context.Context, n *network.Network, x, state []float32, o WanderOptions) ([]WanderPoint, error) {
	if o.Moves < 1 || o.Sweeps < 2 {
		return nil, fmt.Errorf("sample: moves of %d neurons for %d sweeps, want at least 1 and 2", o.Moves, o.Sweeps)
	}
	if err := checkFields(o.Fields); err != nil {
		return nil, err
	}
	if err := finite("margin", o.Margin); err != nil {
		return nil, err
	}
	s, spins, err := begin(n, x, state)
	if err != nil {
		return nil, err
	}
	if o.Moves > s.neurons {
		return nil, fmt.Errorf("sample: moves of %d neurons, the network has %d", o.Moves, s.neurons)
	}
	walker, err := newWalker(ctx, s, spins, o.Margin)
	if err != nil {
		return nil, err
	}
	if !walker.settled() {
		return nil, fmt.Errorf("sample: the state is no fixed point at margin %v", o.Margin)
	}
	w := wandering{walker: walker, centre: append([]float64(nil), spins...), moves: o.Moves, stream: random.New(o.Seed, random.Walk)}
	var points []WanderPoint
	for _, field := range o.Fields {
		point, err := w.at(ctx, field, o.Sweeps)
		if err != nil {
			return nil, err
		}
		points = append(points, point)
	}
	integrate(points)
	return points, nil
}

// checkFields reports fields that do not descend to at least zero.
func checkFields(fields []float64) error {
	if len(fields) < 2 {
		return fmt.Errorf("sample: %d fields, want at least 2", len(fields))
	}
	for k, field := range fields {
		if err := finite("field", field); err != nil {
			return err
		}
		if field < 0 || k > 0 && field >= fields[k-1] {
			return fmt.Errorf("sample: field %d is %v, want fields that descend to 0 or above", k, field)
		}
	}
	return nil
}

// integrate fills in the entropies.
func integrate(points []WanderPoint) {
	left := (1 - points[0].Overlap) / 2
	squares := points[0].OverlapError * points[0].OverlapError / 4
	for k := range points {
		p := &points[k]
		if k > 0 {
			before := points[k-1]
			step := before.Field - p.Field
			left += logMean(1-before.Overlap, 1-p.Overlap) * step
			squares += step * step * (before.OverlapError*before.OverlapError + p.OverlapError*p.OverlapError) / 2
		}
		p.Entropy = p.Field*(1-p.Overlap) + left
		p.EntropyError = math.Sqrt(squares + p.Field*p.Field*p.OverlapError*p.OverlapError)
	}
}

// logMean is the mean of a function that goes exponentially from a to b.
func logMean(a, b float64) float64 {
	if a <= 0 || b <= 0 || math.Abs(a-b) < 1e-6*a {
		return (a + b) / 2
	}
	return (a - b) / math.Log(a/b)
}

// wandering is a random walk under way.
type wandering struct {
	*walker
	centre []float64
	moves  int
	stream random.Stream
	flips  []int
	steps  int
}

// blocks of the sweeps that count.
const blocks = 20

// at walks at one field.
func (w *wandering) at(ctx context.Context, field float64, sweeps int) (WanderPoint, error) {
	overlap := 0.0
	for i, v := range w.spins {
		overlap += v * w.centre[i]
	}
	var sums, counts [blocks]float64
	accepted, first := 0, sweeps/5
	for sweep := range sweeps {
		block := -1
		if sweep >= first {
			block = (sweep - first) * blocks / (sweeps - first)
		}
		for range w.neurons {
			w.steps++
			if err := lookUp(ctx, w.steps); err != nil {
				return WanderPoint{}, err
			}
			if change := w.propose(); w.accepts(field * change) {
				for _, i := range w.flips {
					w.flip(i)
				}
				overlap += change
				accepted++
			}
			if block >= 0 {
				sums[block] += overlap
				counts[block]++
			}
		}
	}
	p := WanderPoint{Field: field, Accepted: float64(accepted) / float64(sweeps) / float64(w.neurons)}
	var means []float64
	for b, sum := range sums {
		if counts[b] > 0 {
			means = append(means, sum/counts[b]/float64(w.neurons))
		}
	}
	p.Overlap, p.OverlapError = meanError(means)
	return p, nil
}

// propose draws neurons to turn and returns by how much sum_i s*_i s_i would change.
func (w *wandering) propose() (change float64) {
	w.flips = w.flips[:0]
	for size := 1 + w.stream.IntN(w.moves); len(w.flips) < size; {
		i := w.stream.IntN(w.neurons)
		taken := false
		for _, j := range w.flips {
			taken = taken || i == j
		}
		if !taken {
			w.flips = append(w.flips, i)
			change -= 2 * w.centre[i] * w.spins[i]
		}
	}
	return change
}

// accepts decides about the move proposed, whose weight is exp(gain).
func (w *wandering) accepts(gain float64) bool {
	return (gain >= 0 || w.stream.Float64() < math.Exp(gain)) && w.allows(w.flips)
}
