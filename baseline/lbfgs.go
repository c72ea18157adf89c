package baseline

import (
	"fmt"
	"math"
	"slices"
)

// What L-BFGS remembers, and what it asks of a step: the weak Wolfe conditions, or near the end,
// where rounding hides whether the loss falls, the approximate ones of Hager and Zhang (2005).
const (
	remembered = 12    // pairs of steps and changes of the slope
	sufficient = 1e-4  // share of the fall that the slope promises
	flatter    = 0.9   // of the slope along the direction, at most
	level      = 0.8   // of it, upwards, where the loss does not tell
	slack      = 1e-7  // of the loss: what rounding may hide
	tries      = 30    // steps along one direction
	curvature  = 1e-12 // of the lengths of a pair, at least, to be remembered
)

// minimise changes x until no slope of a smooth convex loss is above a bound, or after so many
// iterations, or where rounding leaves no way down: L-BFGS (Liu and Nocedal 1989) with steps
// found by halving and doubling. evaluate writes the slope at x and returns the loss; its error
// ends it, and so does a slope at the start that is not finite. x is always the best place so
// far.
func minimise(x []float64, evaluate func(x, slope []float64) (float64, error), bound float64, iterations int) error {
	slope := make([]float64, len(x))
	loss, err := evaluate(x, slope)
	if err != nil {
		return err
	}
	if most := steepest(slope); math.IsNaN(most) || math.IsInf(most, 0) {
		return fmt.Errorf("baseline: a slope of %v at the start; inputs are too large, standardise them", most)
	}
	var pairs []pair
	next, nextSlope := make([]float64, len(x)), make([]float64, len(x))
	for range iterations {
		if steepest(slope) <= bound {
			return nil
		}
		d := direction(slope, pairs)
		along := dot(d, slope)
		step := 1.0
		if len(pairs) == 0 {
			step = min(1, 1/math.Sqrt(dot(slope, slope)))
		}
		found, low, high := false, 0.0, math.Inf(1)
		var nextLoss float64
		for range tries {
			for i := range x {
				next[i] = x[i] + float64(step*d[i])
			}
			if nextLoss, err = evaluate(next, nextSlope); err != nil {
				return err
			}
			nextAlong := dot(d, nextSlope)
			lower := nextLoss <= loss+float64(sufficient*step*along) ||
				nextLoss <= loss+float64(slack*math.Abs(loss)) && nextAlong <= -level*along
			switch {
			case !lower:
				high = step
			case nextAlong < flatter*along:
				low = step
			default:
				found = true
			}
			if found {
				break
			}
			step = (low + high) / 2
			if math.IsInf(high, 1) {
				step = 2 * low
			}
		}
		if !found {
			return nil
		}
		p := pair{step: make([]float64, len(x)), change: make([]float64, len(x))}
		if len(pairs) == remembered {
			p, pairs = pairs[0], slices.Delete(pairs, 0, 1)
		}
		for i := range x {
			p.step[i], p.change[i] = next[i]-x[i], nextSlope[i]-slope[i]
		}
		p.product = dot(p.step, p.change)
		if p.product > curvature*math.Sqrt(dot(p.step, p.step)*dot(p.change, p.change)) {
			pairs = append(pairs, p)
		}
		copy(x, next)
		copy(slope, nextSlope)
		loss = nextLoss
	}
	return nil
}

// pair is a step that was taken and how the slope changed with it.
type pair struct {
	step, change []float64
	product      float64
}

// direction returns minus the slope times the inverse curvature that the pairs tell of, the
// last of them last.
func direction(slope []float64, pairs []pair) []float64 {
	d := make([]float64, len(slope))
	for i, g := range slope {
		d[i] = -g
	}
	shares := make([]float64, len(pairs))
	for n := len(pairs) - 1; n >= 0; n-- {
		p := pairs[n]
		shares[n] = dot(p.step, d) / p.product
		add(d, -shares[n], p.change)
	}
	if len(pairs) > 0 {
		last := pairs[len(pairs)-1]
		scale := last.product / dot(last.change, last.change)
		for i := range d {
			d[i] *= scale
		}
	}
	for n, p := range pairs {
		add(d, shares[n]-dot(p.change, d)/p.product, p.step)
	}
	return d
}

// add adds a multiple of a vector to another.
func add(to []float64, factor float64, v []float64) {
	for i, w := range v {
		to[i] += float64(factor * w)
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += float64(v * b[i])
	}
	return sum
}

// steepest returns the largest slope, up or down.
func steepest(slope []float64) float64 {
	most := 0.0
	for _, v := range slope {
		most = max(most, math.Abs(v))
	}
	return most
}
