package theory

import "math"

// Margins is a distribution of stabilities s_i h_i over neurons: normal, cut off below a
// floor. Made by [Ensemble.RandomMargins] and [Ensemble.FixedPointMargins]; the zero value
// is no distribution. Arguments may be infinite; NaN gives NaN.
type Margins struct {
	centre, deviation float64 // of the normal distribution before the cut
	floor             float64 // -Inf for no cut
	log               float64 // ln of the share above the floor
}

// RandomMargins returns the distribution of s_i h_i in a random state: normal with mean J_D
// and variance 1 + a^2. Exact for N -> infinity (at finite N the variance is
// (N-1)/N + a^2). The share of stable neurons is Above(kappa) = Phi(h).
func (e Ensemble) RandomMargins() (Margins, error) {
	if _, err := e.argument(); err != nil {
		return Margins{}, err
	}
	return Margins{e.SelfCoupling, math.Sqrt(1 + e.InputVariance), math.Inf(-1), 0}, nil
}

// FixedPointMargins returns the distribution of s_i h_i in a typical fixed point: that of
// [Ensemble.RandomMargins] given s_i h_i > kappa, because rows are independent. First
// moment: the average over all fixed points of all draws; typical where
// [Ensemble.SecondMoment] is exact.
func (e Ensemble) FixedPointMargins() (Margins, error) {
	h, err := e.argument()
	if err != nil {
		return Margins{}, err
	}
	return Margins{e.SelfCoupling, math.Sqrt(1 + e.InputVariance), e.Margin, logNormal(h)}, nil
}

// Density returns the probability density at x.
func (m Margins) Density(x float64) float64 {
	if x <= m.floor {
		return 0
	}
	z := (x - m.centre) / m.deviation
	return math.Exp(-z*z/2-logRootTwoPi-m.log) / m.deviation
}

// Above returns the share of neurons with s_i h_i > x, the stable ones at margin x.
func (m Margins) Above(x float64) float64 {
	if x <= m.floor {
		return 1
	}
	return math.Exp(logNormal((m.centre-x)/m.deviation) - m.log)
}

// Cumulative returns the share of neurons with s_i h_i <= x.
func (m Margins) Cumulative(x float64) float64 {
	if x <= m.floor {
		return 0
	}
	z := (x - m.centre) / m.deviation
	if math.IsInf(m.floor, -1) {
		return normal(z)
	}
	return math.Exp(logNormalBetween((m.floor-m.centre)/m.deviation, z) - m.log)
}

// Mean returns the average of s_i h_i: J_D + sqrt(1 + a^2) phi(h)/Phi(h) in a fixed point,
// phi the standard normal density.
func (m Margins) Mean() float64 {
	if math.IsInf(m.floor, -1) {
		return m.centre
	}
	return m.centre + m.deviation*hazard((m.centre-m.floor)/m.deviation)
}
