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

// A plan is estimated to keep its time, or is the smallest there is.
func TestPlanKeepsItsTime(t *testing.T) {
	p := *spaceOf(t, "table", []int{20}, 2)
	for _, b := range []budget{
		{time: time.Second, workers: 1, unit: 1e-8, samples: 500, early: 5, last: 10},
		{time: time.Minute, workers: 2, unit: 1e-9, samples: 500, early: 2, last: 7},
		{time: 10 * time.Minute, workers: 2, unit: 1e-9, samples: 50_000, early: 1, last: 2},
		{time: time.Hour, workers: 64, unit: 1e-8, samples: 5000, early: 1, last: 3},
		{time: 10 * time.Minute, workers: 4, unit: 1e-8, samples: 5000, early: 2, last: 5, fixed: true},
	} {
		b.each, b.final = cellSeconds, p.Epochs
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
		var efforts []effort
		for _, trial := range list {
			efforts = append(efforts, whole.effort(trial.Settings))
		}
		took := b.seconds(efforts, plan.Rungs)
		t.Logf("%v on %d: %+v takes about %.1f s", b.time, b.workers, plan, took)
		if took > kept*b.time.Seconds() && plan.Trials > leastTrials {
			t.Errorf("%+v takes %v s of %v", plan, took, b.time)
		}
		if plan.Epochs < p.Epochs/leastShare || b.fixed && plan.Epochs != p.Epochs {
			t.Errorf("%v: %d epochs of %d", b.time, plan.Epochs, p.Epochs)
		}
	}
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
