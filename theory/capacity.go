package theory

import (
	"fmt"
	"math"
)

// Capacity returns alpha_c(kappa) = 1 / Int_{-kappa}^inf Dt (t + kappa)^2, the greatest
// number of random patterns per neuron, P/N, that couplings of norm |J_i| = 1 can hold with
// margin kappa (s_i h_i > kappa, without self-coupling). With a self-coupling the argument
// is kappa - J_D, both in units of |J_i|: the self-coupling lowers the margin that the
// couplings must reach. The limit of N -> infinity.
//
// Source: Gardner 1988, replica-symmetric. Exact for kappa >= 0; for kappa < 0 the allowed
// couplings are not a convex set, replica symmetry breaks and alpha_c is an upper bound.
// The integral is (1 + kappa^2) Phi(kappa) + kappa phi(kappa). kappa between -35 and 1e4.
func Capacity(kappa float64) (float64, error) {
	const least = -35
	if !(kappa >= least && kappa <= argumentLimit) {
		return 0, fmt.Errorf("theory: capacity at margin %v, want %v to %v", kappa, least, argumentLimit)
	}
	if kappa >= -1 {
		return 1 / ((1+kappa*kappa)*normal(kappa) + kappa*normalDensity(kappa)), nil
	}
	// The closed form cancels; x = t + kappa, peak where 2/x = x - kappa.
	peak := (kappa + math.Sqrt(kappa*kappa+8)) / 2
	f := func(x float64) float64 { return 2*math.Log(x) - (x-kappa)*(x-kappa)/2 - logRootTwoPi }
	return math.Exp(-logIntegral(f, 0, peak+20, peak, turn{0, peak})), nil
}
