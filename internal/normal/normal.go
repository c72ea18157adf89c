// Package normal has the logarithm of the normal distribution function, for those who look at
// simulated networks. Package theory has its own: it shares nothing with them.
package normal

import "math"

// logRootTwoPi is ln sqrt(2 pi).
const logRootTwoPi = 0.91893853320467274178032973640562

// Log returns ln Phi(x) and the ratio density(x)/Phi(x), its derivative, neither with
// underflow.
func Log(x float64) (log, hazard float64) {
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

// LogAdd returns ln(e^x + e^y).
func LogAdd(x, y float64) float64 {
	if x < y {
		x, y = y, x
	}
	if math.IsInf(x, -1) {
		return x
	}
	return x + math.Log1p(math.Exp(y-x))
}
