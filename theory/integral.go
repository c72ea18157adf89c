package theory

import (
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
)

// rule holds the points and weights of a Gauss-Legendre rule on [-1, 1].
type rule struct{ x, weight []float64 }

func newRule(points int) *rule {
	r := &rule{make([]float64, points), make([]float64, points)}
	quad.Legendre{}.FixedLocations(r.x, r.weight, -1, 1)
	return r
}

var (
	legendre      = sync.OnceValue(func() *rule { return newRule(32) })
	shortLegendre = sync.OnceValue(func() *rule { return newRule(12) }) // for two dimensions
)

// panel is an interval on which one Gauss-Legendre rule is accurate to rounding.
type panel struct{ from, to float64 }

// visit calls f with the points and weights of a rule on the panel.
func (p panel) visit(r *rule, f func(x, weight float64)) {
	middle, half := p.from+(p.to-p.from)/2, (p.to-p.from)/2
	for i, x := range r.x {
		f(middle+half*x, half*r.weight[i])
	}
}

func (p panel) integrate(f func(float64) float64) float64 {
	sum := 0.0
	p.visit(legendre(), func(x, weight float64) { sum += weight * f(x) })
	return sum
}

// turn is a place where an integrand bends, over a distance of about width.
type turn struct{ at, width float64 }

// panelsAround divides [from, to] into panels: eight equal parts, and around each turn
// parts that begin well below its width and double away from it.
func panelsAround(from, to float64, turns ...turn) []panel {
	const parts = 8
	cuts := make([]float64, 0, 64)
	for i := range parts + 1 {
		cuts = append(cuts, from+(to-from)*float64(i)/parts)
	}
	cuts[parts] = to
	add := func(x float64) {
		if from < x && x < to {
			cuts = append(cuts, x)
		}
	}
	for _, t := range turns {
		add(t.at)
		reach := max(math.Abs(t.at-from), math.Abs(t.at-to))
		for d := max(t.width/16, 1e-20*reach); d < reach && d > 0; d *= 2 {
			add(t.at - d)
			add(t.at + d)
		}
	}
	slices.Sort(cuts)
	panels := make([]panel, 0, len(cuts))
	for i := 1; i < len(cuts); i++ {
		if cuts[i] > cuts[i-1] {
			panels = append(panels, panel{cuts[i-1], cuts[i]})
		}
	}
	return panels
}

// negligible is the fall of a logarithm below its greatest value at which an integrand
// no longer counts: e^-50 = 2e-22.
const negligible = 50

// logIntegral returns the logarithm of the integral of exp(f) over [from, to]. f rises
// up to peak and falls from there on; it may be -Inf away from the peak.
func logIntegral(f func(float64) float64, from, to, peak float64, turns ...turn) float64 {
	top := f(peak)
	if math.IsInf(top, -1) || from == to {
		return math.Inf(-1)
	}
	from, to = cutOff(f, peak, from, top), cutOff(f, peak, to, top)
	sum, scale := 0.0, top // the integral so far is sum exp(scale)
	for _, p := range panelsAround(from, to, turns...) {
		p.visit(legendre(), func(x, weight float64) {
			value := f(x)
			if value > scale+negligible { // rounding hid the peak
				sum, scale = sum*math.Exp(scale-value), value
			}
			sum += weight * math.Exp(value-scale)
		})
	}
	return scale + math.Log(sum)
}

// cutOff returns a point between peak and end beyond which exp(f) is negligible.
func cutOff(f func(float64) float64, peak, end, top float64) float64 {
	if f(end) > top-negligible {
		return end
	}
	near, far := peak, end
	for range 1100 {
		middle := near + (far-near)/2
		value := f(middle)
		if value > top-negligible {
			near = middle
			continue
		}
		far = middle
		if value > top-2*negligible || middle == near {
			break
		}
	}
	return far
}

// peakOf returns the place of the greatest value of f, which rises and then falls, by
// steps of golden section: each leaves 0.618 of the interval.
func peakOf(f func(float64) float64, from, to float64, steps int) float64 {
	const ratio = 0.6180339887498949
	left, right := to-ratio*(to-from), from+ratio*(to-from)
	low, high := f(left), f(right)
	for range steps {
		if low < high {
			from, left, low = left, right, high
			right = from + ratio*(to-from)
			high = f(right)
		} else {
			to, right, high = right, left, low
			left = to - ratio*(to-from)
			low = f(left)
		}
	}
	return from + (to-from)/2
}
