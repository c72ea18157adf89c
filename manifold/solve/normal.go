package solve

import (
	"math"

	"basin/internal/normal"
)

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
	plus := normal.LogAdd(math.Log1p(-d)+h-logCosh(h), math.Log(d)+old-logCosh(old))
	minus := normal.LogAdd(math.Log1p(-d)-h-logCosh(h), math.Log(d)-old-logCosh(old))
	return (plus - minus) / 2
}
