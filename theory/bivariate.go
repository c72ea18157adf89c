package theory

import (
	"fmt"
	"math"
)

// BivariateNormal returns Phi2(a, b; rho), the probability that two standard normal
// variables of correlation rho are at most a and b. Absolute error below 1e-14.
// a and b of absolute value at most 1e4, rho in [-1, 1].
//
// Source: d Phi2/d rho is the bivariate density (Plackett 1954), so with rho = -cos u
//
//	Phi2 = max(0, Phi(a) + Phi(b) - 1) + (1/2 pi) Int_0^u exp(E(t)) dt,
//	E(t) = -(a^2 + b^2 + 2ab cos t) / (2 sin^2 t),
//
// a sum of positive terms. E rises up to the correlation a/b (or b/a) and falls from there.
func BivariateNormal(a, b, rho float64) (float64, error) {
	log, err := LogBivariateNormal(a, b, rho)
	if err != nil {
		return 0, err
	}
	return math.Exp(log), nil
}

// LogBivariateNormal returns ln [BivariateNormal](a, b, rho), without underflow; -Inf
// where the probability is zero (rho = -1 and a + b <= 0). Absolute error about
// 1e-15 (10 + |ln Phi2|), and what the
// rounding of rho does: 1e-16 in rho is 1e-16 max(a, b)^2/(1-|rho|)^2 in the exponent at worst.
func LogBivariateNormal(a, b, rho float64) (float64, error) {
	for _, x := range []float64{a, b} {
		if !(math.Abs(x) <= argumentLimit) {
			return 0, fmt.Errorf("theory: argument %v of the bivariate normal distribution, want at most %v in absolute value", x, argumentLimit)
		}
	}
	if !(math.Abs(rho) <= 1) {
		return 0, fmt.Errorf("theory: correlation %v of the bivariate normal distribution, want -1 to 1", rho)
	}
	if rho == 1 {
		return logNormal(min(a, b)), nil
	}
	return logBivariate(a, b, 2*math.Atan2(math.Sqrt(1+rho), math.Sqrt(1-rho))), nil
}

// logBivariate returns ln Phi2(a, b; -cos u) for 0 <= u <= pi.
func logBivariate(a, b, u float64) float64 {
	if a > b {
		a, b = b, a
	}
	if u >= math.Pi {
		return logNormal(a)
	}
	log := math.Inf(-1)
	if a+b > 0 {
		log = logNormalBetween(-b, a)
	}
	if u > 0 {
		e := func(t float64) float64 { return bivariateExponent(a, b, t) }
		log = logAdd(log, logIntegral(e, 0, u, min(u, bivariatePeak(a, b)),
			turn{0, math.Abs(a + b)}, turn{math.Pi, math.Abs(a - b)})-math.Log(2*math.Pi))
	}
	if a > 0 && log > -math.Ln2 { // near 1 the complement is the accurate one
		log = math.Log1p(math.Exp(logBivariate(-a, -b, u)) - normal(-a) - normal(-b))
	}
	return log
}

// bivariateExponent returns E(t), with the cancellation at t = 0 or pi taken out.
func bivariateExponent(a, b, t float64) float64 {
	sine, cosine := math.Sincos(t)
	sum, rest := a+b, a*b/(1+cosine)
	if cosine < 0 {
		sum, rest = a-b, -a*b/(1-cosine)
	}
	if sum == 0 {
		return rest
	}
	return rest - sum*sum/(2*sine*sine)
}

// bivariatePeak returns the t at which E is greatest: -cos t is a/b or b/a.
func bivariatePeak(a, b float64) float64 {
	small, large := a, b
	if math.Abs(a) > math.Abs(b) {
		small, large = b, a
	}
	if large == 0 {
		return math.Pi
	}
	return 2 * math.Atan2(math.Sqrt((large+small)/large), math.Sqrt((large-small)/large))
}

// logPairAgree returns ln [Phi2(h, h; cos w) / Phi(h)], 0 <= w <= pi: the probability that
// a neuron is stable in a second state, given that it is in the first. Accurate for w -> 0
// through Phi2(h, h; cos w) = Phi(h) - (1/2 pi) Int_0^w exp(-h^2/(1 + cos t)) dt.
func logPairAgree(h, w float64) float64 {
	if w == 0 {
		return 0
	}
	lost := logIntegral(func(t float64) float64 { return -h * h / (1 + math.Cos(t)) }, 0, w, 0, turn{math.Pi, math.Abs(h)}) -
		math.Log(2*math.Pi) - logNormal(h)
	if lost < -math.Ln2 {
		return math.Log1p(-math.Exp(lost))
	}
	return logBivariate(h, h, math.Pi-w) - logNormal(h)
}
