package theory

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/combin"
)

const (
	replicaLimit   = 2000 // of finite y in TupleEntropy
	thresholdLimit = 200  // of y in TupleThreshold
)

// TupleEntropy returns Phi_y(q1) in nats per neuron and replica, a first-moment bound: (1/(N y)) ln
// of the average number of y-tuples of fixed points that all have overlap q1 with each
// other, for N -> infinity. 0 < y <= 200; q1 in [0, 1].
//
//	Phi_y(q1) = (1/y) extr_qhat { -qhat q1 y(y-1)/2
//	          + ln sum_{k=0..y} C(y,k) exp(qhat ((y-2k)^2 - y)/2) Int Dz A_+^(y-k) A_-^k },
//	A_+- = Phi((h +- sqrt(c) z) / sqrt(1-c)),  c = (q1 + a^2) / (1 + a^2).
//
// Phi_1 = Sigma, Phi_2 = S2/2, and Phi_y(1) = Sigma/y: all y are one. For y that is not an
// integer the sum over k is continued to
//
//	ln Int Dt Dz [exp(sqrt(qhat) t) A_+ + exp(-sqrt(qhat) t) A_-]^y - qhat y/2,
//
// which needs qhat >= 0 (without input and for J_D >= kappa it is). For y -> infinity one z
// has all the weight and every neuron the magnetisation sqrt(q1), or its negative:
//
//	Phi_inf(q1) = H((1+m)/2) + max over u of [(1+m)/2 ln Phi(k+u) + (1-m)/2 ln Phi(k-u)],
//	m = sqrt(q1), k = (J_D - kappa)/sqrt(1-q1) >= 0,
//
// which Phi_y approaches like (ln y)/y. It does not depend on a and is never negative: u is
// a field that very rare couplings provide, and the more replicas pay for them together,
// the less each does. An integer takes 0.1 ms times y, a real y 0.1 s and more in
// proportion to sqrt(y), the limit 0.1 ms.
//
// Phi_y < 0 proves that no such tuple exists. Phi_y > 0 does not prove that one does: for
// large y the first moment is carried by rare couplings. Source: derived from the
// independence of rows (the y fields of a neuron are sqrt(c) z + sqrt(1-c) z_a), model of
// arXiv:2509.05041.
func (e Ensemble) TupleEntropy(y, q1 float64) (float64, error) {
	if !(y > 0 && (y <= replicaLimit || math.IsInf(y, 1))) {
		return 0, fmt.Errorf("theory: tuples of %v fixed points, want above 0 and at most %d, or +Inf", y, replicaLimit)
	}
	if !(q1 >= 0 && q1 <= 1) {
		return 0, fmt.Errorf("theory: mutual overlap %v, want 0 to 1", q1)
	}
	h, err := e.argument()
	if err != nil {
		return 0, err
	}
	switch {
	case math.IsInf(y, 1):
		return e.largeTupleEntropy(q1)
	case y == 1 || q1 == 1:
		return (math.Ln2 + logNormal(h)) / y, nil
	case y == math.Trunc(y):
		return e.tupleEntropy(h, int(y), q1), nil
	}
	return e.realTupleEntropy(h, y, q1)
}

// replicaFields is how the fields of y replicas on one neuron are made of one common z.
type replicaFields struct {
	h       float64
	common  float64 // sqrt(c): the part that all replicas share
	private float64 // sqrt(1-c)
}

func (e Ensemble) replicaFields(h, q1 float64) replicaFields {
	return replicaFields{h, math.Sqrt((q1 + e.InputVariance) / (1 + e.InputVariance)), math.Sqrt((1 - q1) / (1 + e.InputVariance))}
}

// stable returns ln A_+ and ln A_- at z.
func (f replicaFields) stable(z float64) (plus, minus float64) {
	return logNormal((f.h + f.common*z) / f.private), logNormal((f.h - f.common*z) / f.private)
}

// independent says that the replicas share nothing that a float64 would show.
func (f replicaFields) independent() bool { return f.common < 1e-18 }

// turns returns where A_+ and A_- fall, and over which distance.
func (f replicaFields) turns() []turn {
	at, width := f.h/f.common, f.private/f.common
	return []turn{{at, width}, {-at, width}}
}

// logMixed returns ln Int Dz A_+^plus A_-^minus.
func (f replicaFields) logMixed(plus, minus float64) float64 {
	if f.independent() {
		return (plus + minus) * logNormal(f.h)
	}
	log := func(z float64) float64 {
		p, m := f.stable(z)
		return plus*p + minus*m - z*z/2 - logRootTwoPi
	}
	reach := 40 + math.Abs(f.h)/f.common
	return logIntegral(log, -reach, reach, peakOf(log, -reach, reach, 80), f.turns()...)
}

// tupleEntropy is TupleEntropy for an integer y >= 2 and q1 < 1.
func (e Ensemble) tupleEntropy(h float64, y int, q1 float64) float64 {
	fields := e.replicaFields(h, q1)
	n := float64(y)
	weights, overlaps := make([]float64, y+1), make([]float64, y+1)
	for k := 0; k <= y-k; k++ {
		mixed := fields.logMixed(float64(y-k), float64(k))
		d := n - 2*float64(k)
		for _, i := range []int{k, y - k} {
			weights[i] = combin.LogGeneralizedBinomial(n, float64(k)) + mixed
			overlaps[i] = (d*d - n) / 2 // sum of s_a s_b over pairs of replicas
		}
	}
	target := q1 * n * (n - 1) / 2
	terms := make([]float64, y+1)
	total := func(qhat float64) float64 {
		for k := range terms {
			terms[k] = weights[k] + qhat*(overlaps[k]-target)
		}
		return logSum(terms)
	}
	// The total is convex in qhat; its slope is <sum of s_a s_b> - target.
	slope := func(qhat float64) float64 {
		log, mean := total(qhat), 0.0
		for k := range terms {
			mean += math.Exp(terms[k]-log) * (overlaps[k] - target)
		}
		return mean
	}
	width := 1.0
	for width < 1e12 && (slope(width) < 0 || slope(-width) > 0) {
		width *= 2
	}
	qhat, _ := root(slope, -width, width, 1e-12)
	return total(qhat) / n
}

// TupleThreshold returns the smallest self-coupling at which Phi_y(q1) >= 0 for all q1 in
// [0, 1], a first-moment bound: below it some overlap q1 is proven to have no y-tuple of
// fixed points, an overlap gap. 2 <= y <= 200; the self-coupling of e is
// not used. Found to 1e-6, in about 0.1 s times y. It reports a context that ends.
func (e Ensemble) TupleThreshold(ctx context.Context, y int) (float64, error) {
	if y < 2 || y > thresholdLimit {
		return 0, fmt.Errorf("theory: threshold for tuples of %d fixed points, want 2 to %d", y, thresholdLimit)
	}
	e.SelfCoupling = e.Margin
	if _, err := e.argument(); err != nil {
		return 0, err
	}
	lowest := func(h float64) float64 { return e.lowestTupleEntropy(ctx, h, y) }
	high := 0.25
	for high < argumentLimit && lowest(high) < 0 {
		high *= 2
	}
	h, ok := root(lowest, 0, high, 1e-7)
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if !ok {
		return 0, fmt.Errorf("theory: no threshold for tuples of %d fixed points of %+v", y, e)
	}
	return e.Margin + h*math.Sqrt(1+e.InputVariance), nil
}

// lowestTupleEntropy returns the least Phi_y over q1 in [0, 1], by a scan in ln(1 - q1)
// that is then refined; 0 at once when the context ends.
func (e Ensemble) lowestTupleEntropy(ctx context.Context, h float64, y int) float64 {
	at := func(x float64) float64 {
		if ctx.Err() != nil {
			return 0
		}
		return e.tupleEntropy(h, y, -math.Expm1(x))
	}
	const first, step = -16.0, 0.5
	lowest, place := at(0), 0.0
	for x := first; x < 0; x += step {
		if value := at(x); value < lowest {
			lowest, place = value, x
		}
	}
	x := peakOf(func(x float64) float64 { return -at(x) }, place-step, min(0, place+step), 30)
	return min(lowest, at(x))
}
