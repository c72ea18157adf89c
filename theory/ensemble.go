package theory

import (
	"errors"
	"fmt"
	"math"
)

// Ensemble is a random network of N neurons with independent couplings of variance 1/N.
// The zero value has neither self-coupling, input nor margin.
type Ensemble struct {
	// SelfCoupling is J_D, in units of the field that the other neurons send, whose
	// standard deviation is 1 for N -> infinity. Any sign.
	SelfCoupling float64
	// InputVariance is a^2, 0 to 1e8, the variance of the input field over the draws of W:
	// W_ik ~ N(0, a^2/D), inputs +-1. The same input acts on all states compared.
	InputVariance float64
	// Margin is kappa: a fixed point has s_i h_i > kappa for every neuron, h with J_D s_i.
	// Any sign; 0 is the fixed point of the dynamics.
	Margin float64
}

// Count is an average number of states over draws of the couplings.
type Count struct {
	// Log is the natural logarithm; -Inf where the number is zero.
	Log float64
	// Value is exp(Log); +Inf above the largest float64, 0 below the smallest.
	Value float64
}

func countOf(log float64) Count { return Count{Log: log, Value: math.Exp(log)} }

// FixedPoints returns the average number of fixed points of N >= 2 neurons,
//
//	E[#] = (2 Phi(h))^N,  h = (J_D - kappa) / sqrt((N-1)/N + a^2).
//
// Exact for every N: each of the 2^N states is a fixed point with probability Phi(h)^N.
func (e Ensemble) FixedPoints(neurons int) (Count, error) {
	h, err := e.finite(neurons)
	if err != nil {
		return Count{}, err
	}
	return countOf(float64(neurons) * (math.Ln2 + logNormal(h))), nil
}

// Entropy returns Sigma = ln 2 + ln Phi((J_D - kappa)/sqrt(1 + a^2)) in nats per neuron,
// the limit of (1/N) ln E[#] for N -> infinity. First moment: negative proves that there
// is no fixed point. Without an input it is also the typical value where
// [Ensemble.SecondMoment] says so; with one see [Ensemble.EntropyGivenInput].
func (e Ensemble) Entropy() (float64, error) {
	h, err := e.argument()
	if err != nil {
		return 0, err
	}
	return math.Ln2 + logNormal(h), nil
}

// EntropyGivenInput returns, in nats per neuron for N -> infinity,
//
//	E_u ln [Phi(J_D - kappa + u) + Phi(J_D - kappa - u)],  u ~ N(0, a^2):
//
// the average over J alone is taken inside the logarithm, that over the input fields u
// outside. It is a tighter bound than [Ensemble.Entropy] (Jensen) and equal to it only at
// a = 0: input fields are part of what is drawn, and the number of fixed points varies
// exponentially with them. Derivation: for fixed u the average over J is
// prod_i sum_s Phi(J_D - kappa + s u_i); the logarithm of the product is a sum over
// neurons, which the law of large numbers makes certain.
func (e Ensemble) EntropyGivenInput() (float64, error) {
	if _, err := e.argument(); err != nil {
		return 0, err
	}
	a, k := math.Sqrt(e.InputVariance), e.SelfCoupling-e.Margin
	if a == 0 {
		return math.Ln2 + logNormal(k), nil
	}
	// The logarithm turns at |u| = |k|, over a distance 1 in u.
	const reach = 12
	panels := panelsAround(0, reach, turn{math.Abs(k) / a, 1 / a}, turn{0, 1 / a})
	sum := 0.0
	for _, p := range panels {
		sum += p.integrate(func(z float64) float64 {
			return 2 * normalDensity(z) * logAdd(logNormal(k+a*z), logNormal(k-a*z))
		})
	}
	return sum, nil
}

// argumentLimit bounds |h|. Logarithms of probabilities are about -h^2/2, so beyond it
// their absolute error is no longer small.
const argumentLimit = 1e4

// inputLimit bounds a^2. Beyond it states differ by less than a float64 shows.
const inputLimit = 1e8

// argument returns h for N -> infinity.
func (e Ensemble) argument() (float64, error) { return e.scaled(1) }

// finite returns h for N neurons.
func (e Ensemble) finite(neurons int) (float64, error) {
	if neurons < 2 {
		return 0, fmt.Errorf("theory: %d neurons, want at least 2: a single neuron receives no random field", neurons)
	}
	return e.scaled(couplingVariance(neurons))
}

// couplingVariance returns sigma^2, the variance of the field that N-1 others send.
func couplingVariance(neurons int) float64 { return float64(neurons-1) / float64(neurons) }

func (e Ensemble) scaled(variance float64) (float64, error) {
	if err := e.validate(); err != nil {
		return 0, err
	}
	h := (e.SelfCoupling - e.Margin) / math.Sqrt(variance+e.InputVariance)
	if math.Abs(h) > argumentLimit {
		return 0, fmt.Errorf("theory: self-coupling %v less margin %v is %v standard deviations of the field, want at most %v",
			e.SelfCoupling, e.Margin, h, argumentLimit)
	}
	return h, nil
}

func (e Ensemble) validate() error {
	var problems []error
	for _, p := range []struct {
		name  string
		value float64
	}{{"self-coupling", e.SelfCoupling}, {"margin", e.Margin}} {
		if !finite(p.value) {
			problems = append(problems, fmt.Errorf("theory: %s %v, want a finite number", p.name, p.value))
		}
	}
	if !(e.InputVariance >= 0 && e.InputVariance <= inputLimit) {
		problems = append(problems, fmt.Errorf("theory: input variance %v, want 0 to %v", e.InputVariance, inputLimit))
	}
	return errors.Join(problems...)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
