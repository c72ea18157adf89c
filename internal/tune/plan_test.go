package tune

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// E/9, E/3 and E epochs, T, T/3 and T/9 trials, rounded up, and three at least where there are.
func TestRungsOfHalving(t *testing.T) {
	for _, c := range []struct {
		trials, epochs, early, last int
		want                        []Rung
	}{
		{27, 54, 1, 3, []Rung{{6, 27, 1}, {18, 9, 1}, {54, 3, 3}}},
		{30, 50, 2, 5, []Rung{{5, 30, 2}, {16, 10, 2}, {50, 4, 5}}},
		{243, 9, 1, 3, []Rung{{1, 243, 1}, {3, 81, 1}, {9, 27, 3}}},
		{10, 4, 1, 2, []Rung{{1, 10, 1}, {4, 4, 2}}},
		{10, 1, 1, 2, []Rung{{1, 10, 2}}},
		{2, 20, 1, 3, []Rung{{2, 2, 1}, {6, 2, 1}, {20, 2, 3}}},
		{1, 20, 1, 3, []Rung{{2, 1, 1}, {6, 1, 1}, {20, 1, 3}}},
	} {
		if got := rungs(c.trials, c.epochs, c.early, c.last); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%d trials, %d epochs: %v, want %v", c.trials, c.epochs, got, c.want)
		}
	}
}

func TestRungsAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		trials, epochs := rapid.IntRange(1, 500).Draw(t, "trials"), rapid.IntRange(1, 500).Draw(t, "epochs")
		p := stored{Plan: Plan{Trials: trials, Epochs: epochs, Rungs: rungs(trials, epochs, 1, 3)}}
		if !p.sound() {
			t.Fatalf("%v", p.Rungs)
		}
		for k, r := range p.Rungs[1:] {
			if r.Trials > p.Rungs[k].Trials {
				t.Fatalf("more trials on a later rung: %v", p.Rungs)
			}
		}
	})
}

// Seeds grow as validation samples become few; what is asked for stays.
func TestSeedsForFewSamples(t *testing.T) {
	for _, c := range [][4]int{{24, 0, 5, 10}, {287, 0, 2, 7}, {1000, 0, 1, 2}, {12000, 0, 1, 2}, {24, 2, 2, 2}, {0, 1, 1, 1}} {
		early, last := seedsFor(c[0], c[1])
		if early != c[2] || last != c[3] {
			t.Errorf("%d samples, %d wanted: %d and %d seeds, want %d and %d", c[0], c[1], early, last, c[2], c[3])
		}
	}
}

// A plan is estimated to keep its time, or is the smallest there is; more time is no smaller plan.
func TestPlanKeepsItsTime(t *testing.T) {
	p := *spaceOf(t, "table", []int{20}, 2)
	rapid.Check(t, func(t *rapid.T) {
		b := budget{
			time: time.Duration(rapid.IntRange(1, 3600).Draw(t, "seconds")) * time.Second, workers: rapid.IntRange(1, 64).Draw(t, "workers"),
			unit: rapid.Float64Range(1e-10, 1e-7).Draw(t, "unit"), samples: rapid.IntRange(50, 5000).Draw(t, "samples"), each: cellSeconds,
			early: rapid.IntRange(1, 5).Draw(t, "early"), last: rapid.IntRange(5, 10).Draw(t, "last"),
		}
		plan, err := choose(p, b)
		if err != nil {
			t.Fatal(err)
		}
		whole := p
		whole.Epochs, whole.Limit = plan.Epochs, plan.Limit
		list, err := whole.trials(plan.Trials)
		if err != nil {
			t.Fatal(err)
		}
		var costs []float64
		for _, trial := range list {
			costs = append(costs, whole.cost(trial.Settings))
		}
		b.final = p.Epochs
		if took := b.seconds(costs, plan.Rungs); took > kept*b.time.Seconds() && plan.Trials > leastTrials {
			t.Fatalf("%+v takes %v s of %v", plan, took, b.time)
		}
		if least := p.Epochs / leastShare; plan.Epochs < least {
			t.Fatalf("%d epochs of %d, want %d or more", plan.Epochs, p.Epochs, least)
		}
		b.fixed = true
		if plan, err = choose(p, b); err != nil || plan.Epochs != p.Epochs {
			t.Fatalf("%d epochs where %d are asked for, %v", plan.Epochs, p.Epochs, err)
		}
	})
}

func TestLargest(t *testing.T) {
	for most := range 20 {
		for bound := range 22 {
			if got := largest(most, func(n int) bool { return n <= bound }); got != min(most, bound) {
				t.Fatalf("largest up to %d that is at most %d: %d", most, bound, got)
			}
		}
	}
}
