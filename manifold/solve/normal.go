package solve

import "math"

// logRootTwoPi is ln sqrt(2 pi).
const logRootTwoPi = 0.91893853320467274178032973640562

// logNormal returns ln Phi(x) and the ratio density(x)/Phi(x), its derivative, neither with
// underflow.
func logNormal(x float64) (log, hazard float64) {
	switch {
	case x > 0:
		log = math.Log1p(-math.Erfc(x/math.Sqrt2) / 2)
	case x > -30:
		log = math.Log(math.Erfc(-x/math.Sqrt2) / 2)
	default:
		// Laplace's continued fraction: Phi(-t) = density(t) / (t + 1/(t + 2/(t + ...))).
		t, fraction := -x, 0.0
		for n := 12.0; n >= 1; n-- {
			fraction = n / (t + fraction)
		}
		return -t*t/2 - logRootTwoPi - math.Log(t+fraction), t + fraction
	}
	return log, math.Exp(-x*x/2 - logRootTwoPi - log)
}

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

// logCosh returns ln(2 cosh h), the logarithm of the sum of e^h and e^-h.
func logCosh(h float64) float64 {
	h = math.Abs(h)
	return h + math.Log1p(math.Exp(-2*h))
}

// variance returns 1 - tanh^2 h without cancellation.
func variance(h float64) float64 {
	e := math.Exp(-2 * math.Abs(h))
	return 4 * e / ((1 + e) * (1 + e))
}

// damped returns the half log-odds of (1 - d) p + d q, where p and q are the probabilities of
// +1 with half log-odds h and old: a mixture of magnetisations, exact where they are next to
// 1.
func damped(h, old, d float64) float64 {
	if d == 0 {
		return h
	}
	plus := logAdd(math.Log1p(-d)+h-logCosh(h), math.Log(d)+old-logCosh(old))
	minus := logAdd(math.Log1p(-d)-h-logCosh(h), math.Log(d)-old-logCosh(old))
	return (plus - minus) / 2
}
