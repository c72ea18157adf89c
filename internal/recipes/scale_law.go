package recipes

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// law is a line y = start + slope x through points with errors, by least squares.
type law struct {
	start, slope, slopeError float64
	// misfit is the sum of squared deviations, each over its error; it has two degrees of
	// freedom less than there are points.
	misfit float64
	points int
}

// fitted fits a line to at least two points.
func fitted(x, y, errors []float64) law {
	var w, wx, wy, wxx, wxy float64
	for k := range x {
		weight := 1 / (errors[k] * errors[k])
		w += weight
		wx += weight * x[k]
		wy += weight * y[k]
		wxx += weight * x[k] * x[k]
		wxy += weight * x[k] * y[k]
	}
	determinant := w*wxx - wx*wx
	l := law{slope: (w*wxy - wx*wy) / determinant, slopeError: math.Sqrt(w / determinant), points: len(x)}
	l.start = (wy - l.slope*wx) / w
	for k := range x {
		off := (y[k] - l.at(x[k])) / errors[k]
		l.misfit += off * off
	}
	return l
}

// at returns y on the line.
func (l law) at(x float64) float64 { return l.start + l.slope*x }

// chance is the probability that points on the line are farther off it than these.
func (l law) chance() float64 {
	if l.points < 3 {
		return 1
	}
	return distuv.ChiSquared{K: float64(l.points - 2)}.Survival(l.misfit)
}

// timeLaw says how a time grows with the number of neurons.
type timeLaw struct{ power, exponential law }

// lawOf fits both laws to the logarithms of times.
func lawOf(neurons, logs, errors []float64) timeLaw {
	x := make([]float64, len(neurons))
	for k, n := range neurons {
		x[k] = math.Log(n)
	}
	return timeLaw{power: fitted(x, logs, errors), exponential: fitted(neurons, logs, errors)}
}

// at returns the times that both laws give for a number of neurons.
func (l timeLaw) at(neurons float64) (power, exponential float64) {
	return math.Exp(l.power.at(math.Log(neurons))), math.Exp(l.exponential.at(neurons))
}

const (
	// refused is the chance below which a law does not hold.
	refused = 0.01
	// farther is the difference of two misfits from which one law is preferred. Both laws have
	// two numbers, so it is that of their Akaike criteria: one is e^3 times as likely.
	farther = 6
	// fewest is the number of sizes below which both laws fit anything.
	fewest = 4
)

// String says which law the times follow, or that they do not tell.
func (l timeLaw) String() string {
	p, e := l.power, l.exponential
	both := fmt.Sprintf("N^(%.2f ± %.2f), chance %.2g, against exp((%.2f ± %.2f) N/1000), chance %.2g, over %d sizes", p.slope, p.slopeError, p.chance(), 1000*e.slope, 1000*e.slopeError, e.chance(), p.points)
	switch {
	case p.points < fewest:
		return "cannot tell: " + both
	case p.chance() < refused && e.chance() < refused:
		return "neither law holds: " + both
	case e.misfit-p.misfit > farther:
		return "a power law: " + both
	case p.misfit-e.misfit > farther:
		return "exponential: " + both
	}
	return "cannot tell: " + both
}
