package dataset

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// labelled has a sample for each label, whose value is its place.
func labelled(labels []int, classes int) *Set {
	s := &Set{Name: "test", Shape: []int{1}, Labels: labels, Floats: make([]float32, len(labels))}
	for i := range s.Floats {
		s.Floats[i] = float32(i)
	}
	for c := range classes {
		s.LabelNames = append(s.LabelNames, string(rune('a'+c)))
	}
	return s
}

// drawLabels draws a label for each of at least two samples.
func drawLabels(t *rapid.T) *Set {
	classes := rapid.IntRange(1, 8).Draw(t, "classes")
	return labelled(rapid.SliceOfN(rapid.IntRange(0, classes-1), 2, 200).Draw(t, "labels"), classes)
}

func TestStratifiedPartsKeepTheSharesOfTheClasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawLabels(t)
		share, seed := rapid.Float64Range(0.01, 0.9).Draw(t, "share"), rapid.Uint64().Draw(t, "seed")
		random, part, err := Holdout(s, share, Random, seed)
		if err != nil {
			return // nothing left to train on
		}
		size := part.Count()
		rest, part, err := Holdout(s, share, Stratified, seed)
		if err != nil {
			t.Fatal(err)
		}
		if part.Count() != size || rest.Count() != random.Count() {
			t.Fatalf("%d and %d samples, want %d and %d as at random", rest.Count(), part.Count(), random.Count(), size)
		}
		both := slices.Concat(rest.Floats, part.Floats)
		slices.Sort(both)
		if !slices.Equal(both, s.Floats) || !slices.IsSorted(rest.Floats) || !slices.IsSorted(part.Floats) {
			t.Fatalf("the parts %v and %v are not all samples once, in order", rest.Floats, part.Floats)
		}
		_, again, _ := Holdout(s, share, Stratified, seed)
		if !slices.Equal(again.Floats, part.Floats) {
			t.Fatal("one seed draws two parts")
		}
		all, held := ClassCounts(s.Labels, s.Classes()), ClassCounts(part.Labels, s.Classes())
		several, room, clamped := 0, 0, false
		for _, n := range all {
			if n > 1 {
				several++
			}
			room += max(0, n-1)
		}
		for c, n := range all {
			exact := float64(n) * float64(size) / float64(s.Count())
			clamped = clamped || n > 0 && (exact < 1 || exact > float64(n-1))
			if size >= several && size <= room && (n > 1 && (held[c] == 0 || held[c] == n) || n == 1 && held[c] == 1) {
				t.Fatalf("class %d has %d of %d samples held out, of %v in all", c, held[c], n, all)
			}
		}
		for c, n := range all { // no class pays for another
			exact := float64(n) * float64(size) / float64(s.Count())
			if d := float64(held[c]) - exact; !clamped && (d >= 1 || d <= -1) {
				t.Fatalf("class %d has %d samples held out, want about %v", c, held[c], exact)
			}
		}
	})
}

func TestStratifiedByHand(t *testing.T) {
	for _, c := range []struct {
		counts []int
		size   int
		want   []int
	}{
		{[]int{50, 50, 50}, 30, []int{10, 10, 10}},
		{[]int{95, 5}, 20, []int{19, 1}},
		{[]int{97, 3}, 10, []int{9, 1}},     // the rare class is in both parts
		{[]int{97, 2}, 90, []int{89, 1}},    // also where most are held out
		{[]int{9, 1}, 2, []int{2, 0}},       // a single sample is to be learned
		{[]int{3, 3, 3}, 1, []int{0, 0, 1}}, // no room for all
		{[]int{1, 1, 1}, 1, []int{1, 0, 0}},
		{[]int{0, 7, 3}, 3, []int{0, 2, 1}},
	} {
		if got := quotas(c.counts, c.size); !slices.Equal(got, c.want) {
			t.Errorf("%d of %v: %v, want %v", c.size, c.counts, got, c.want)
		}
	}
}

func TestFoldsAreStratifiedAndCoverAllSamplesOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawLabels(t)
		number := rapid.IntRange(2, s.Count()).Draw(t, "folds")
		folds, err := Folds(s, number, 3)
		if err != nil {
			t.Fatal(err)
		}
		var tested []float32
		all := ClassCounts(s.Labels, s.Classes())
		for _, f := range folds {
			tested = append(tested, f.Test.Floats...)
			both := slices.Concat(f.Train.Floats, f.Test.Floats)
			slices.Sort(both)
			if !slices.Equal(both, s.Floats) {
				t.Fatalf("a fold has %v, want every sample once", both)
			}
			if n := f.Test.Count(); n != s.Count()/number && n != s.Count()/number+1 {
				t.Fatalf("%d of %d samples in one of %d folds", n, s.Count(), number)
			}
			for c, n := range ClassCounts(f.Test.Labels, s.Classes()) {
				if n != all[c]/number && n != all[c]/number+1 {
					t.Fatalf("%d of %d samples of class %d in one of %d folds", n, all[c], c, number)
				}
			}
		}
		slices.Sort(tested)
		if !slices.Equal(tested, s.Floats) {
			t.Fatalf("the folds test %v, want every sample once", tested)
		}
	})
}

func TestFoldsRefuse(t *testing.T) {
	s := labelled([]int{0, 1, 0}, 2)
	for _, number := range []int{-1, 0, 1, 4} {
		if _, err := Folds(s, number, 1); err == nil {
			t.Errorf("%d folds of 3 samples: no error", number)
		}
	}
	bare := *s
	bare.Labels, bare.LabelNames = nil, nil
	if _, err := Folds(&bare, 2, 1); err == nil {
		t.Error("folds of samples without labels: no error")
	}
	if _, _, err := Holdout(s, 0.3, "sorted", 1); err == nil {
		t.Error("an unknown split: no error")
	}
}
