package paired

import (
	"math"
	"math/bits"
	"testing"
)

// Below 25 samples the probability is the share of all ways to give each sample to one learner
// or the other that are as uneven or more.
func TestMcNemarCountsAllDivisions(t *testing.T) {
	for total := range 15 {
		for one := range total + 1 {
			uneven := func(n int) int { return max(n, total-n) }
			ways := 0
			for division := range uint(1) << total {
				if uneven(bits.OnesCount(division)) >= uneven(one) {
					ways++
				}
			}
			want := float64(ways) / float64(uint(1)<<total)
			if got := McNemar(one, total-one); math.Abs(got-want) > 1e-12 {
				t.Errorf("%d against %d: p %v, want %v", one, total-one, got, want)
			}
		}
	}
}

// The values of the chi-squared distribution with one degree of freedom at 3.841459 and 6.634897 are .05
// and .01. Of 61 against 39 the corrected square is 441/100, whose tail is erfc(sqrt(4.41/2)).
func TestMcNemarIsTheTailOfChiSquared(t *testing.T) {
	if got, want := McNemar(61, 39), math.Erfc(math.Sqrt(4.41/2)); math.Abs(got-want) > 1e-9 {
		t.Errorf("p of 61 against 39 is %v, want %v", got, want)
	}
	if McNemar(100, 100) != 1 || McNemar(0, 0) != 1 {
		t.Error("equal counts tell two learners apart")
	}
	if got := McNemar(2000, 1); !(got >= 0 && got < 1e-300) {
		t.Errorf("p of 2000 against 1 is %v, want next to nothing", got)
	}
}

// Where the two meet, they agree within what the approximation is good for.
func TestMcNemarHasNoStep(t *testing.T) {
	for least := range 12 {
		exact, near := McNemar(least, 24-least), McNemar(least, 25-least)
		if near > exact+0.02 || near < exact/4-0.02 {
			t.Errorf("%d of 24: p %v, of 25: %v", least, exact, near)
		}
	}
}

// The quantiles of Student's t for 1 and 2 degrees of freedom are 12.7062047 and 4.3026527.
func TestIntervalsAreThoseOfStudent(t *testing.T) {
	for _, c := range []struct {
		of   Difference
		want float64
	}{
		{Difference{Deviation: 1, Count: 3}, 4.3026527 / math.Sqrt(3)},
		{Difference{Deviation: 0.5, Count: 2}, 12.7062047 / math.Sqrt(2) / 2},
		{Difference{Deviation: 1, Count: 3, Ratio: 0.25}, 4.3026527 * math.Sqrt(1.0/3+0.25)},
	} {
		if half, ok := c.of.Half(); !ok || math.Abs(half-c.want) > 1e-6 {
			t.Errorf("%+v: half an interval is %v (%v), want %v", c.of, half, ok, c.want)
		}
	}
	if _, ok := (Difference{Mean: 1, Count: 1}).Half(); ok {
		t.Error("one number has an interval")
	}
}

// One case of six is Phi(-1): of two numbers Student's distribution is Cauchy's, whose quantile is a
// tangent; of very many it is the normal one.
func TestLikelyIsOneCaseOfSix(t *testing.T) {
	for count, quantile := range map[int]float64{2: math.Tan(math.Pi * (0.8413447460685429 - 0.5)), 100_000: 1.000005} {
		d := Difference{Deviation: 1, Count: count}
		for factor, want := range map[float64]bool{0.999: false, 1.001: true, -2: false} {
			if d.Mean = factor * quantile * d.Error(); d.Likely() != want {
				t.Errorf("%+v: %t at %v of the quantile", d, d.Likely(), factor)
			}
		}
	}
	if !(Difference{Mean: 0.01, Count: 1}).Likely() || (Difference{Count: 1}).Likely() {
		t.Error("one number is likely where it is above 0")
	}
}

func TestVerdictsFollowTheIntervals(t *testing.T) {
	for _, c := range []struct {
		of   Difference
		want Verdict
		text string
	}{
		{Difference{Mean: 0.01, Deviation: 0.001, Count: 3}, Wins, "+1.00 ± 0.25"},
		{Difference{Mean: -0.01, Deviation: 0.001, Count: 3}, Loses, "-1.00 ± 0.25"},
		{Difference{Mean: 0.001, Deviation: 0.001, Count: 3}, Open, "+0.10 ± 0.25"},
		{Difference{Mean: 0.003, Deviation: 0.001, Count: 3, Ratio: 0.25}, Open, "+0.30 ± 0.33"},
		{Difference{Mean: 0.5, Count: 1}, Open, "+50.00"},
	} {
		if got, text := c.of.Judge(), c.of.Points(2); got != c.want || text != c.text {
			t.Errorf("%+v: verdict %v, %q, want %v, %q", c.of, got, text, c.want, c.text)
		}
	}
}
