package theory

import (
	"fmt"
	"math"
)

const (
	rounding  = 1e-14 // of a mean of m^2
	qhatLimit = 1e3   // the cost grows in proportion
)

// realTupleEntropy is TupleEntropy for a real y other than 1 and q1 < 1. The extremum over
// qhat is where <m^2> = q1, m = tanh of the field on the replicas (integrate by parts).
func (e Ensemble) realTupleEntropy(h, y, q1 float64) (float64, error) {
	sum := replicaSum{fields: e.replicaFields(h, q1), y: y}
	slope := func(qhat float64) float64 {
		_, square := sum.at(qhat)
		return square - q1
	}
	atZero := slope(0)
	if atZero > rounding {
		return 0, fmt.Errorf("theory: tuples of %v fixed points at overlap %v: the extremum lies at a negative qhat, where only integers have a formula", y, q1)
	}
	qhat := 0.0
	if atZero < -rounding {
		width := 1.0
		for width < qhatLimit && slope(width) < 0 {
			width *= 2
		}
		var ok bool
		if qhat, ok = root(slope, 0, width, 1e-9); !ok {
			return 0, fmt.Errorf("theory: tuples of %v fixed points at overlap %v: no extremum up to qhat %v", y, q1, width)
		}
	}
	log, _ := sum.at(qhat)
	return (log - qhat*y/2 - qhat*q1*y*(y-1)/2) / y, nil
}

// largeTupleEntropy is TupleEntropy for y -> infinity. As a function of m^2 the value of a
// magnetisation is concave (for J_D >= kappa), so all neurons take the same.
func (e Ensemble) largeTupleEntropy(q1 float64) (float64, error) {
	k := e.SelfCoupling - e.Margin
	if k < 0 {
		return 0, fmt.Errorf("theory: infinitely many fixed points at overlap %v with self-coupling %v below the margin %v, want at least the margin", q1, e.SelfCoupling, e.Margin)
	}
	m := math.Sqrt(q1)
	free := binaryEntropy((1 - m) / 2)
	if q1 == 1 || k == 0 && q1 == 0 {
		return max(0, free-math.Ln2), nil
	}
	k /= math.Sqrt(1 - q1)
	stable := func(u float64) float64 { return (1+m)/2*logNormal(k+u) + (1-m)/2*logNormal(k-u) }
	// The maximum lies at 0 <= u: beyond k + 40 only the second term changes, and falls.
	return free + stable(peakOf(stable, 0, k+40, 100)), nil
}

// replicaSum is the integral over the common field z and the field t of the overlap.
type replicaSum struct {
	fields replicaFields
	y      float64
}

// at returns the logarithm of Int Dt Dz [e^(t r) A_+ + e^(-t r) A_-]^y, r = sqrt(qhat), and
// the mean of m^2, m = (e^(t r) A_+ - e^(-t r) A_-) / (e^(t r) A_+ + e^(-t r) A_-), under it.
func (s replicaSum) at(qhat float64) (log, square float64) {
	r := math.Sqrt(qhat)
	// (t, z) -> (-t, -z) changes nothing, so t >= 0 is half of the integral. In t
	// the integrand has unit width, and the bracket bends over 1/r.
	tEnd := s.y*r + 9
	tPanels := int(math.Ceil(tEnd * max(1, r)))
	total, squares, top := 0.0, 0.0, math.Inf(-1)
	s.eachField(func(z, weight float64) {
		plus, minus := s.fields.stable(z)
		for i := range tPanels {
			p := panel{tEnd * float64(i) / float64(tPanels), tEnd * float64(i+1) / float64(tPanels)}
			p.visit(shortLegendre(), func(t, w float64) {
				up, down := plus+t*r, minus-t*r
				larger, ratio := max(up, down), math.Exp(-math.Abs(up-down))
				exponent := s.y*(larger+math.Log1p(ratio)) - (t*t+z*z)/2
				m := (1 - ratio) / (1 + ratio)
				if exponent > top {
					scale := math.Exp(top - exponent)
					total, squares, top = total*scale, squares*scale, exponent
				}
				part := w * weight * math.Exp(exponent-top)
				total += part
				squares += part * m * m
			})
		}
	})
	return top + math.Log(2*total) - 2*logRootTwoPi, squares / total
}

// eachField calls visit with the points and weights of a rule for z.
func (s replicaSum) eachField(visit func(z, weight float64)) {
	if s.fields.independent() {
		visit(0, math.Sqrt(2*math.Pi))
		return
	}
	reach := 9.0
	if s.fields.h < 0 { // the common field must then carry replicas over the edge
		reach += min(-s.fields.h/s.fields.common, -s.y*s.fields.h*s.fields.common/(s.fields.private*s.fields.private))
	}
	for _, p := range panelsAround(-reach, reach, s.fields.turns()...) {
		p.visit(shortLegendre(), visit)
	}
}
