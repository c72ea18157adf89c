package theory

import "math"

// logRootTwoPi is ln sqrt(2 pi).
const logRootTwoPi = 0.91893853320467274178032973640562

// normal returns Phi(x).
func normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// logNormalBetween returns ln [Phi(b) - Phi(a)], a < b, with the relative accuracy of b - a.
func logNormalBetween(a, b float64) float64 {
	if far := max(math.Abs(a), math.Abs(b), 1); (b-a)*far < 1 { // the difference would cancel
		near := min(math.Abs(a), math.Abs(b))
		part := panel{a, b}.integrate(func(x float64) float64 { return math.Exp((near - x) * (near + x) / 2) })
		return math.Log(part) - near*near/2 - logRootTwoPi
	}
	return logNormal(b) + math.Log(-math.Expm1(logNormal(a)-logNormal(b)))
}

// normalDensity returns the standard normal density.
func normalDensity(x float64) float64 { return math.Exp(-x*x/2 - logRootTwoPi) }

// logNormal returns ln Phi(x) without underflow.
func logNormal(x float64) float64 {
	switch {
	case x > 0:
		return math.Log1p(-math.Erfc(x/math.Sqrt2) / 2)
	case x > -30:
		return math.Log(math.Erfc(-x/math.Sqrt2) / 2)
	}
	// Laplace's continued fraction: Phi(-t) = density(t) / (t + 1/(t + 2/(t + ...))).
	t, fraction := -x, 0.0
	for n := 12.0; n >= 1; n-- {
		fraction = n / (t + fraction)
	}
	return -t*t/2 - logRootTwoPi - math.Log(t+fraction)
}

// hazard returns density(x) / Phi(x) without underflow.
func hazard(x float64) float64 { return math.Exp(-x*x/2 - logRootTwoPi - logNormal(x)) }

// logAdd returns ln(e^x + e^y).
func logAdd(x, y float64) float64 {
	if x < y {
		x, y = y, x
	}
	if math.IsInf(x, -1) {
		return x
	}
	return x + math.Log1p(math.Exp(y-x))
}

// logSum returns the logarithm of a sum of terms given by their logarithms.
func logSum(terms []float64) float64 {
	top := math.Inf(-1)
	for _, t := range terms {
		top = max(top, t)
	}
	if math.IsInf(top, -1) {
		return top
	}
	sum := 0.0
	for _, t := range terms {
		sum += math.Exp(t - top)
	}
	return top + math.Log(sum)
}

// binaryEntropy returns -d ln d - (1-d) ln(1-d) for d in [0, 1].
func binaryEntropy(d float64) float64 {
	if d == 0 || d == 1 {
		return 0
	}
	return -d*math.Log(d) - (1-d)*math.Log1p(-d)
}
