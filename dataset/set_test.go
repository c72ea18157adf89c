package dataset

import (
	"math"
	"slices"
	"testing"
)

func sampleSet(count int) *Set {
	s := &Set{Name: "sample", Shape: []int{2}, Bytes: []uint8{}, Labels: []int{}, LabelNames: numbers(3)}
	for i := range count {
		s.Bytes = append(s.Bytes, uint8(i), uint8(i>>8))
		s.Labels = append(s.Labels, i%3)
	}
	return s
}

func TestSubsetCopiesRowsInTheGivenOrder(t *testing.T) {
	s := sampleSet(5)
	part := s.Subset([]int{4, 1, 1})
	check(t, part, nil, []int{2}, []uint8{4, 0, 1, 0, 1, 0}, nil)
	if want := []int{1, 1, 1}; !slices.Equal(part.Labels, want) {
		t.Errorf("labels are %v, want %v", part.Labels, want)
	}
	part.Bytes[0] = 99
	if s.Bytes[8] != 4 {
		t.Error("a change of the subset changed the set")
	}
	floats := &Set{Shape: []int{2}, Floats: []float32{1, 2, 3, 4}}
	check(t, floats.Subset([]int{1}), nil, []int{2}, nil, []float32{3, 4})
	if n := floats.Subset(nil).Count(); n != 0 {
		t.Errorf("empty subset has %d samples", n)
	}
}

func TestValidateNamesEveryFault(t *testing.T) {
	for name, c := range map[string]struct {
		set   Set
		words []string
	}{
		"shape":      {Set{Shape: []int{0}, Bytes: []uint8{}}, []string{"shape [0]"}},
		"overflow":   {Set{Shape: []int{math.MaxInt, 2}, Bytes: []uint8{}}, []string{"shape"}},
		"both":       {Set{Shape: []int{1}, Bytes: []uint8{1}, Floats: []float32{1}}, []string{"exactly one"}},
		"neither":    {Set{Shape: []int{1}}, []string{"exactly one"}},
		"length":     {Set{Shape: []int{2}, Bytes: []uint8{1}}, []string{"1 values, want a multiple of 2"}},
		"nan":        {Set{Shape: []int{2}, Floats: []float32{1, float32(math.NaN())}}, []string{"sample 0, feature 1"}},
		"several":    {Set{Shape: []int{2}, Bytes: []uint8{1}, Labels: []int{7, 8}, LabelNames: []string{"a"}}, []string{"multiple", "2 labels, want 0", "class 7"}},
		"files":      {Set{Shape: []int{1}, Bytes: []uint8{1}, Files: []string{"a", "b"}}, []string{"2 files, want 1"}},
		"unlabelled": {Set{Shape: []int{1}, Bytes: []uint8{1}, LabelNames: []string{"a"}}, []string{"without labels"}},
	} {
		t.Run(name, func(t *testing.T) { wantError(t, c.set.Validate(), c.words...) })
	}
	if err := sampleSet(4).Validate(); err != nil {
		t.Error(err)
	}
}

func TestRelabelMatchesByName(t *testing.T) {
	s := &Set{Name: "s", Shape: []int{1}, Bytes: []uint8{1, 2}, Labels: []int{1, 0}, LabelNames: []string{"cat", "dog"}}
	if err := s.Relabel([]string{"ape", "dog", "cat"}); err != nil {
		t.Fatal(err)
	}
	if want := []int{1, 2}; !slices.Equal(s.Labels, want) {
		t.Errorf("labels are %v, want %v", s.Labels, want)
	}
	wantError(t, s.Relabel([]string{"ape", "cat"}), "sample 1", `"dog"`, `"ape", "cat"`)
	if s.Labels[0] != 1 || len(s.LabelNames) != 3 {
		t.Error("a failed Relabel changed the set")
	}
	wantError(t, (&Set{Name: "bare"}).Relabel(nil), "bare", "no labels")
}

// Every sample is in exactly one part, in order; the size is round(share*count).
func TestHoldoutPartsAreDisjointCompleteAndOrdered(t *testing.T) {
	s := sampleSet(1000)
	rest, validation, err := Holdout(s, 0.1234, Random, 5)
	if err != nil {
		t.Fatal(err)
	}
	if rest.Count() != 877 || validation.Count() != 123 {
		t.Fatalf("%d and %d samples, want 877 and 123", rest.Count(), validation.Count())
	}
	seen := map[int]bool{}
	for _, part := range []*Set{rest, validation} {
		last := -1
		for i := range part.Count() {
			id := int(part.Bytes[2*i]) + int(part.Bytes[2*i+1])<<8
			if seen[id] || id <= last {
				t.Fatalf("sample %d follows %d or occurs twice", id, last)
			}
			if part.Labels[i] != id%3 {
				t.Fatalf("label of sample %d is %d, want %d", id, part.Labels[i], id%3)
			}
			seen[id], last = true, id
		}
	}
	if len(seen) != 1000 {
		t.Errorf("%d samples in both parts, want 1000", len(seen))
	}
	_, again, _ := Holdout(s, 0.1234, Random, 5)
	if !slices.Equal(again.Bytes, validation.Bytes) {
		t.Error("one seed gave two splits")
	}
	_, other, _ := Holdout(s, 0.1234, Random, 6)
	if slices.Equal(other.Bytes, validation.Bytes) {
		t.Error("two seeds gave one split")
	}
	_, test, _ := HoldoutTest(s, 0.1234, Random, 5)
	if slices.Equal(test.Bytes, validation.Bytes) {
		t.Error("test and validation set of one seed are drawn alike")
	}
}

func TestHoldoutAtTheEndsOfItsRange(t *testing.T) {
	s := sampleSet(4)
	rest, validation, err := Holdout(s, 0, Random, 1)
	if rest != s || validation != nil || err != nil {
		t.Errorf("share 0 gave %v, %v, %v, want the set itself", rest, validation, err)
	}
	if _, validation, err := Holdout(s, 0.01, Random, 1); err != nil || validation.Count() != 1 {
		t.Errorf("a small share gave %v, %v, want 1 sample", validation, err)
	}
	for _, share := range []float64{-0.1, 1, 2, math.NaN(), 0.9} {
		if _, _, err := Holdout(s, share, Random, 1); err == nil {
			t.Errorf("share %v gave no error", share)
		}
	}
}

func TestPartsOfOneSourceShareClassesAndStorage(t *testing.T) {
	a := &Set{Name: "a", Shape: []int{1}, Bytes: []uint8{1, 2}, Labels: []int{0, 1}, LabelNames: []string{"2", "10"}}
	b := &Set{Name: "b", Shape: []int{1}, Floats: []float32{-1}, Labels: []int{0}, LabelNames: []string{"3"}}
	whole, err := join(a, b)
	check(t, whole, err, []int{1}, nil, []float32{1, 2, -1})
	if !slices.Equal(whole.LabelNames, []string{"2", "3", "10"}) || !slices.Equal(whole.Labels, []int{0, 2, 1}) {
		t.Errorf("labels are %v of %v", whole.Labels, whole.LabelNames)
	}
	_, err = join(a, &Set{Name: "c", Shape: []int{2}, Bytes: []uint8{1, 2}})
	wantError(t, err, "a has shape [1], but c has [2]")
	_, err = join(a, &Set{Name: "c", Shape: []int{1}, Bytes: []uint8{1}})
	wantError(t, err, "only one has labels")
}

func TestFingerprintTellsSetsApart(t *testing.T) {
	base := func() *Set {
		return &Set{Shape: []int{2}, Floats: []float32{1, 2, 3, 4}, Labels: []int{0, 1}, LabelNames: []string{"a", "b"}}
	}
	want := base().Fingerprint()
	if again := base().Fingerprint(); again != want || len(want) != 64 {
		t.Fatalf("equal sets have the fingerprints %q and %q, want one of 64 digits", want, again)
	}
	for name, change := range map[string]func(s *Set){
		"value":      func(s *Set) { s.Floats[3] = 4.5 },
		"label":      func(s *Set) { s.Labels[0] = 1 },
		"label name": func(s *Set) { s.LabelNames[1] = "c" },
		"shape":      func(s *Set) { s.Shape = []int{1, 2} },
		"bytes":      func(s *Set) { s.Floats, s.Bytes = nil, []uint8{1, 2, 3, 4} },
	} {
		s := base()
		change(s)
		if s.Fingerprint() == want {
			t.Errorf("another %s has the same fingerprint", name)
		}
	}
}

// Labels are measurements where there are more than 100 numbers with fewer than 5 samples
// each.
func TestNumbersAsLabelsAreMoreThan100WithFewSamples(t *testing.T) {
	for name, c := range map[string]struct {
		classes, samples int
		change           func(names []string)
		want             bool
	}{
		"measurements": {101, 504, nil, true},
		"few classes":  {100, 100, nil, false},
		"many samples": {101, 505, nil, false},
		"decimals":     {150, 200, func(names []string) { names[3], names[4] = "-2.5", "1e-3" }, true},
		"a word":       {150, 200, func(names []string) { names[149] = "none" }, false},
		"no labels":    {0, 200, nil, false},
	} {
		s := &Set{Labels: make([]int, c.samples), LabelNames: numbers(c.classes)}
		if c.change != nil {
			c.change(s.LabelNames)
		}
		if got := s.NumbersAsLabels(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
