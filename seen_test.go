package basin_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"basin"

	"basin/settings"
)

func TestModelKnowsTheRowsThatItHasLearned(t *testing.T) {
	data := digits(t)
	s := settings.Defaults()
	if err := settings.Set(&s, []string{"network.modules.0.neurons=20", "learning.epochs=1"}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if _, err := basin.Train(t.Context(), s, data, basin.Options{Out: path}); err != nil {
		t.Fatal(err)
	}
	m, err := basin.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(m.TrainingRows); got != 300 || !slices.IsSorted(m.TrainingRows) {
		t.Errorf("%d hashes, want 300, ascending", got)
	}
	count := func(seen []bool) (n int) {
		for _, s := range seen {
			if s {
				n++
			}
		}
		return n
	}
	if a, b := count(m.Seen(data.Train)), count(m.Seen(data.Test)); a != 300 || b != 0 {
		t.Errorf("seen %d of the training and %d of the test samples, want 300 and 0", a, b)
	}
	if !m.HasLearned(data.Train) || m.HasLearned(data.Test) || m.HasLearned(first(data.Train, 299)) {
		t.Error("the training set is not told from others")
	}
	if _, err := m.Learn(first(data.Test, 7)); err != nil {
		t.Fatal(err)
	}
	if got := count(m.Seen(data.Test)); got != 7 || m.HasLearned(data.Train) || !slices.IsSorted(m.TrainingRows) {
		t.Errorf("seen %d test samples after 7 were learned", got)
	}
	e, err := m.Evaluate(t.Context(), data.Test, 1)
	if err != nil {
		t.Fatal(err)
	}
	if e.Learned != 7 {
		t.Errorf("an evaluation counts %d learned samples, want 7", e.Learned)
	}
}

func TestKeptFilesDoNotSayWhatTheyHaveLearned(t *testing.T) {
	data := digits(t)
	for name := range keptFiles(t) {
		if strings.HasPrefix(name, "integers-") || strings.HasPrefix(name, "shared-") {
			continue // written when models did
		}
		m, err := basin.Load(filepath.Join("testdata/kept", name))
		if err != nil {
			t.Fatal(err)
		}
		if m.Seen(data.Train) != nil || m.HasLearned(data.Train) {
			t.Errorf("%s: says which rows it has learned", name)
		}
	}
}
