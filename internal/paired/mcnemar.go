package paired

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// exactBelow is the number of samples below which probabilities are summed and not
// approximated.
const exactBelow = 25

// McNemar returns the probability of samples that only one of two learners has right, so many
// each, that are divided as unevenly or more, if such a sample is as likely the one's as the
// other's. Below 25 samples it is that of the binomial distribution, both tails; from there on
// that of chi-squared with the continuity correction of Edwards (1948). It is 1 where there is
// no such sample. Counts are at least 0.
func McNemar(one, other int) float64 {
	total, least := one+other, min(one, other)
	if total >= exactBelow {
		excess := max(0, math.Abs(float64(one-other))-1)
		return distuv.ChiSquared{K: 1}.Survival(excess * excess / float64(total))
	}
	ways, sum := 1.0, 0.0
	for k := 0; k <= least; k++ {
		sum += ways
		ways *= float64(total-k) / float64(k+1)
	}
	return min(1, 2*sum/math.Exp2(float64(total)))
}
