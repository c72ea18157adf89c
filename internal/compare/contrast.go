package compare

import (
	"slices"

	"basin/internal/paired"
)

// Contrast is one learner beside another, over the seeds that both have.
type Contrast struct {
	// Difference of the accuracies, or where the classes are unequal of the balanced ones.
	Difference paired.Difference
	// P is McNemar's probability: of the samples of all seeds where each draws its own, rather
	// too small since those drawn again count again, else the median over the seeds, which
	// measure the same samples.
	P float64
	// Verdict is Open unless both agree: the interval of the difference is on one side of 0 (for
	// one seed there is none) and P is below [unlikely]. McNemar's test says nothing of balanced
	// accuracies: there the interval decides alone, and one seed decides nothing.
	Verdict paired.Verdict
}

// unlikely is the probability below which a division of samples is taken for more than chance.
const unlikely = 0.05

// contrast compares two rows.
func (r *Report) contrast(a, b *Row) Contrast {
	var differences, chances []float64
	ones, others := 0, 0
	for _, x := range a.Results {
		for _, y := range b.Results {
			if x.Seed != y.Seed {
				continue
			}
			one, other := apart(x, y)
			ones, others = ones+one, others+other
			difference := x.Accuracy - y.Accuracy
			if r.Unbalanced {
				difference = x.BalancedAccuracy - y.BalancedAccuracy
			}
			differences = append(differences, difference)
			chances = append(chances, paired.McNemar(one, other))
		}
	}
	d := paired.Difference{Count: len(differences)}
	if d.Count == 0 {
		return Contrast{Difference: d, P: 1}
	}
	d.Mean, d.Deviation = meanAndDeviation(differences)
	c := Contrast{P: median(chances)}
	if r.Drawn {
		c.P = paired.McNemar(ones, others)
	}
	d.Ratio = r.ratio()
	c.Difference = d
	verdict := d.Judge()
	if r.Unbalanced {
		c.Verdict = verdict
		return c
	}
	if d.Count == 1 && d.Mean > 0 {
		verdict = paired.Wins
	} else if d.Count == 1 && d.Mean < 0 {
		verdict = paired.Loses
	}
	if c.P < unlikely {
		c.Verdict = verdict
	}
	return c
}

// ratio returns that of [paired.Difference].
func (r *Report) ratio() float64 {
	if !r.Drawn {
		return 0
	}
	return float64(r.Held) / float64(r.Training)
}

// apart counts the samples that only the one and only the other has right.
func apart(x, y *Result) (one, other int) {
	for i, label := range x.labels {
		switch a, b := x.said[i] == label, y.said[i] == label; {
		case a && !b:
			one++
		case b && !a:
			other++
		}
	}
	return one, other
}

// median returns the value in the middle, the larger of two.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
