package baseline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"basin/internal/kernel"
)

// made is a learner that was made, or why it was not.
type made struct {
	learner Learner
	err     error
}

// learners returns one of each kind that needs no gradient of a hidden layer, small.
func learners(samples Samples, classes, workers int) map[string]made {
	all := map[string]made{}
	add := func(name string, l Learner, err error) { all[name] = made{l, err} }
	logistic, err := NewLogistic(LogisticSettings{Seed: 3, Workers: workers}, samples, classes)
	add("logistic", logistic, err)
	features, err := NewRandomFeatures(FeaturesSettings{Units: 70, Seed: 3, Workers: workers}, samples, classes)
	add("features", features, err)
	reservoir, err := NewReservoir(ReservoirSettings{Units: 70, Radius: 0.9, Steps: 4, Seed: 3, Workers: workers}, samples, classes)
	add("reservoir", reservoir, err)
	neighbours, err := NewNeighbours(NeighboursSettings{Seed: 3, Workers: workers}, samples, classes)
	add("neighbours", neighbours, err)
	forest, err := NewForest(ForestSettings{Trees: 20, Seed: 3, Workers: workers}, samples, classes)
	add("forest", forest, err)
	return all
}

// logits returns those of all samples, one behind the other.
func logits(t testing.TB, l Learner, s Samples) []float32 {
	t.Helper()
	var all []float32
	err := l.Logits(t.Context(), s, s.Count(), func(_ int, z []float32) { all = append(all, z...) })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// learned returns a learner that has run.
func learned(t testing.TB, name string, m made) Learner {
	t.Helper()
	if m.err != nil {
		t.Fatalf("%s: %v", name, m.err)
	}
	if err := m.learner.Run(t.Context(), nil); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m.learner
}

func TestLearnersDoNotDependOnWorkersAndKernels(t *testing.T) {
	samples, others := drawn(300, 9, 3, 1), drawn(150, 9, 3, 2)
	want := map[string][]float32{}
	for name, m := range learners(samples, 3, 1) {
		want[name] = logits(t, learned(t, name, m), others)
	}
	compare := func(how string, workers int) {
		for name, m := range learners(samples, 3, workers) {
			if got := logits(t, learned(t, name, m), others); !slices.Equal(got, want[name]) {
				t.Errorf("%s, %s: other logits", name, how)
			}
		}
	}
	for _, workers := range []int{3, 40} {
		compare(fmt.Sprint(workers, " workers"), workers)
	}
	for _, name := range kernel.Available() {
		undo, err := kernel.Use(name)
		if err != nil {
			t.Fatal(err)
		}
		compare("kernel "+name, 2)
		undo()
	}
}

// Chance is 1/3. Recorded of 1000 other points: features 0.877, reservoir 0.825, neighbours
// 0.941, forest 0.972; nothing linear finds these classes.
func TestLearnersLearnWhatIsNotLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("learns 4000 samples, some in five parts")
	}
	samples, others := drawn(4000, 3, 3, 7), drawn(1000, 3, 3, 8)
	for name, least := range map[string]float64{"features": 0.8, "reservoir": 0.75, "neighbours": 0.9, "forest": 0.94} {
		l, right := learned(t, name, learners(samples, 3, 0)[name]), 0
		err := l.Logits(t.Context(), others, 1000, func(i int, z []float32) {
			if Largest(z) == others.labels[i] {
				right++
			}
		})
		if err != nil || float64(right)/1000 < least {
			t.Errorf("%s: %d of 1000 are right, error %v, want at least %v", name, right, err, least)
		}
	}
}

// table returns points of given rows.
func table(labels []int, rows ...[]float32) *points { return &points{rows: rows, labels: labels} }

func TestLearnersTakeTablesThatAreHardlyAny(t *testing.T) {
	repeated := func(count int, labels []int, rows ...[]float32) *points {
		p := &points{}
		for i := range count {
			p.rows, p.labels = append(p.rows, rows[i%len(rows)]), append(p.labels, labels[i%len(labels)])
		}
		return p
	}
	for name, c := range map[string]struct {
		samples *points
		want    int // class of the first sample; -1 for any
	}{
		"one sample":                 {table([]int{2}, []float32{1, 2}), 2},
		"three samples":              {table([]int{0, 1, 2}, []float32{0, 0}, []float32{5, 0}, []float32{0, 5}), -1},
		"one class":                  {repeated(40, []int{1}, []float32{1, 2}, []float32{3, 4}, []float32{0, 1}), 1},
		"nothing but constants":      {repeated(40, []int{0, 1, 1}, []float32{1, 2}), 1},
		"zeros":                      {repeated(40, []int{0, 1, 1}, []float32{0, 0}), 1},
		"constant columns":           {repeated(60, []int{2, 0}, []float32{7, 1, 7}, []float32{7, -1, 7}), 2},
		"equal inputs, other labels": {repeated(60, []int{0, 2, 0, 2, 0, 2, 0, 2, 0, 0}, []float32{1, 1}, []float32{-1, 1}), 0},
		"one of a class":             {table([]int{0, 0, 0, 0, 0, 0, 1}, []float32{0}, []float32{1}, []float32{2}, []float32{3}, []float32{4}, []float32{5}, []float32{90}), -1},
	} {
		for kind, m := range learners(c.samples, 3, 2) {
			all := logits(t, learned(t, name+": "+kind, m), c.samples)
			for _, z := range all {
				if z-z != 0 {
					t.Errorf("%s: %s: logits %v", name, kind, all)
					break
				}
			}
			if c.want >= 0 && Largest(all[:3]) != c.want {
				t.Errorf("%s: %s: logits %v of the first sample, want class %d", name, kind, all[:3], c.want)
			}
		}
	}
}

func TestLearnersStopWhenTheyAreTold(t *testing.T) {
	samples, stop := drawn(300, 4, 2, 1), errors.New("stop")
	for name, m := range learners(samples, 2, 2) {
		if err := m.learner.Logits(t.Context(), samples, 1, nil); !errors.Is(err, errUnlearned) {
			t.Errorf("%s: error %v of logits before learning", name, err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := m.learner.Run(gone, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v of a context that was cancelled", name, err)
		}
		if err := m.learner.Run(t.Context(), func(Progress) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("%s: error %v, want that of the observer", name, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err := m.learner.Run(ctx, func(Progress) error { cancel(); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v after the context was cancelled while it learned", name, err)
		}
		// After all that it learns what one does that was left alone.
		passed := int64(0)
		err = m.learner.Run(t.Context(), func(p Progress) error {
			if p.Samples <= passed {
				t.Errorf("%s: %d samples passed after %d", name, p.Samples, passed)
			}
			passed = p.Samples
			return nil
		})
		if err != nil || passed == 0 {
			t.Errorf("%s: error %v after %d samples", name, err, passed)
		}
		want := logits(t, learned(t, name, learners(samples, 2, 2)[name]), samples)
		if got := logits(t, m.learner, samples); !slices.Equal(got, want) {
			t.Errorf("%s: other logits after it was interrupted", name)
		}
		if err := m.learner.Logits(gone, samples, 300, func(int, []float32) {}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v of logits with a cancelled context", name, err)
		}
		next := 0
		err = m.learner.Logits(t.Context(), samples, 130, func(i int, z []float32) {
			if i != next || !slices.Equal(z, want[2*i:][:2]) {
				t.Fatalf("%s: logits %v of sample %d, want %v of %d", name, z, i, want[2*i:][:2], next)
			}
			next++
		})
		if err != nil || next != 130 {
			t.Errorf("%s: %d logits, error %v, want 130", name, next, err)
		}
	}
}

func TestLearnersReportWhatTheyCannotLearn(t *testing.T) {
	samples, wrong := drawn(20, 4, 2, 1), drawn(20, 4, 2, 1)
	wrong.labels[7] = 2
	for what, c := range map[string]struct {
		samples Samples
		classes int
		want    string
	}{
		"nothing":     {nil, 2, "no training samples"},
		"one class":   {samples, 1, "1 classes, want at least 2"},
		"wrong label": {wrong, 2, "sample 7 has label 2, want a class from 0 to 1"},
		"no rows":     {&points{rows: [][]float32{}}, 2, "no training samples"},
	} {
		for name, m := range learners(c.samples, c.classes, 1) {
			if m.err == nil || !strings.Contains(m.err.Error(), c.want) {
				t.Errorf("%s: %s: error %v, want one with %q", what, name, m.err, c.want)
			}
		}
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		odd := drawn(20, 4, 2, 1)
		odd.rows[3][1] = float32(v)
		for name, m := range learners(odd, 2, 2) {
			err := m.learner.Run(t.Context(), nil)
			if want := fmt.Sprintf("sample 3 has %v at input 1", v); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v, want one with %q", name, err, want)
			}
		}
	}
	large := drawn(20, 4, 2, 1)
	for _, x := range large.rows {
		x[0] = math.MaxFloat32
	}
	for name, want := range map[string]string{"logistic": "inputs are too large", "features": "strength 1"} {
		if err := learners(large, 2, 2)[name].learner.Run(t.Context(), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v of the largest numbers, want one with %q", name, err, want)
		}
	}
	ignore := func(int, []float32) {}
	for name, m := range learners(samples, 2, 1) {
		l := learned(t, name, m)
		for what, err := range map[string]error{
			"5 inputs, those learned 4": l.Logits(t.Context(), drawn(3, 5, 2, 1), 3, ignore),
			"no samples":                l.Logits(t.Context(), nil, 0, ignore),
			"21 predictions of 20":      l.Logits(t.Context(), samples, 21, ignore),
		} {
			if err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("%s: error %v, want one with %q", name, err, what)
			}
		}
		if err := l.Logits(t.Context(), samples, 0, ignore); err != nil {
			t.Errorf("%s: error %v of no predictions", name, err)
		}
	}
}

func TestSettingsOutOfRangeAreReported(t *testing.T) {
	units := FeaturesSettings{Units: 5}
	moving := ReservoirSettings{Units: 5, Steps: 1}
	for want, err := range map[string]error{
		"penalty -1":           LogisticSettings{Penalty: -1}.Validate(),
		"penalty NaN":          LogisticSettings{Penalty: math.NaN()}.Validate(),
		"hidden units 0, want": FeaturesSettings{}.Validate(),
		"hidden units 65537":   FeaturesSettings{Units: 65537}.Validate(),
		"takes more":           nil,
		"strength +Inf":        FeaturesSettings{Units: 5, Strength: math.Inf(1)}.Validate(),
		"radius -0.1":          ReservoirSettings{Units: 5, Steps: 1, Radius: -0.1}.Validate(),
		"radius NaN":           ReservoirSettings{Units: 5, Steps: 1, Radius: math.NaN()}.Validate(),
		"steps 0, want 1":      ReservoirSettings{Units: 5}.Validate(),
		"steps 1001":           ReservoirSettings{Units: 5, Steps: 1001}.Validate(),
		"neighbours -1":        NeighboursSettings{K: -1}.Validate(),
		"neighbours 256":       NeighboursSettings{K: 256}.Validate(),
		"trees 0, want 1":      ForestSettings{}.Validate(),
		"trees 10001":          ForestSettings{Trees: 10001}.Validate(),
	} {
		if want == "takes more" {
			err, want = FeaturesSettings{Units: 60_000}.Validate(), "the equations of a readout of 60001 neurons"
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	for _, err := range []error{
		units.Validate(), moving.Validate(), LogisticSettings{}.Validate(), NeighboursSettings{}.Validate(),
		DefaultFeatures().Validate(), DefaultReservoir().Validate(), DefaultForest().Validate(),
	} {
		if err != nil {
			t.Errorf("error %v of good settings", err)
		}
	}
}

// 12 numbers for 3 inputs and their bias, 3 classes; 70 units and one; 3 values and a label.
func TestCostsCountWhatThereIs(t *testing.T) {
	samples := drawn(40, 3, 3, 1)
	all := learners(samples, 3, 1)
	for name, want := range map[string]Cost{
		"logistic":   {Parameters: 12, Bytes: 48, Operations: 9},
		"features":   {Parameters: 213, Bytes: 4 * (213 + 280), Operations: 3*70 + 213},
		"reservoir":  {Parameters: 213, Bytes: 4 * (213 + 280 + 4900), Operations: 3*70 + 3*4900 + 213},
		"neighbours": {Parameters: 160, Bytes: 640, Operations: 120},
	} {
		if got := learned(t, name, all[name]).Cost(); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if names := slices.Sorted(maps.Keys(all)); len(names) != 5 {
		t.Errorf("learners %v", names)
	}
}
