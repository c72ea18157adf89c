package paired

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Difference is the difference of two learners, one less the other, over seeds.
type Difference struct {
	// Mean and Deviation are those of a sample of Count numbers, one for each seed.
	Mean, Deviation float64
	Count           int
	// Ratio is the number of samples measured over that of samples learned where each seed
	// draws both anew, 0 where they are the same for all seeds: see [Difference.Half].
	Ratio float64
}

// Error returns the standard error of the mean, sqrt(1/Count + Ratio) Deviation: 0 where there are
// not two numbers.
func (d Difference) Error() float64 {
	if d.Count < 2 {
		return 0
	}
	return math.Sqrt(1/float64(d.Count)+d.Ratio) * d.Deviation
}

// Half returns half of the interval of 95 % of the mean,
//
//	t sqrt(1/Count + Ratio) Deviation
//
// with the quantile t of Student's distribution with Count-1 degrees of freedom; ok is false
// where there are not two numbers. Ratio counts that samples drawn anew are for the most part
// the same ones, so that the numbers depend on each other (Nadeau and Bengio, Machine Learning
// 52, 2003).
func (d Difference) Half() (half float64, ok bool) {
	if d.Count < 2 {
		return 0, false
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(d.Count - 1)}.Quantile(0.975)
	return t * d.Error(), true
}

// Likely says that the mean is above 0 by more than chance alone gives in one case of six: by more
// than t standard errors, t being the quantile of Student's distribution at Phi(1) = 0.84, which is
// 1 for many numbers and 1.84 for two. Of one number it says that it is above 0.
func (d Difference) Likely() bool {
	if d.Count < 2 {
		return d.Mean > 0
	}
	return d.Mean > distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(d.Count - 1)}.Quantile(distuv.UnitNormal.CDF(1))*d.Error()
}

// Verdict is what an interval says of a difference.
type Verdict int

// The verdicts.
const (
	Open  Verdict = iota // 0 is inside, or there is no interval
	Wins                 // above 0
	Loses                // below 0
)

// Judge says on which side of 0 the interval lies.
func (d Difference) Judge() Verdict {
	half, ok := d.Half()
	switch {
	case ok && d.Mean-half > 0:
		return Wins
	case ok && d.Mean+half < 0:
		return Loses
	}
	return Open
}

// Points writes a difference of shares in points of per cent, with so many digits behind the
// point, and half of its interval.
func (d Difference) Points(digits int) string {
	text := fmt.Sprintf("%+.*f", digits, 100*d.Mean)
	if half, ok := d.Half(); ok {
		text += fmt.Sprintf(" ± %.*f", digits, 100*half)
	}
	return text
}
