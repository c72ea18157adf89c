package basin_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"basin"
	"basin/dataset"
)

// Views agree between calls, sets of other sizes, workers and files; one view is a prediction.
func TestPredictionsOverViewsAgree(t *testing.T) {
	m, data := trained(t, kinds["augment"]...), digitsData(t)
	predict := func(m *basin.Model, s *dataset.Set, views, workers int) (list []basin.Prediction) {
		t.Helper()
		if err := m.PredictViews(t.Context(), s, views, workers, func(_ int, p basin.Prediction) error {
			list = append(list, p)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return list
	}
	path := filepath.Join(t.TempDir(), "model")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := basin.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := predict(m, data.Test, 4, 1)
	for name, got := range map[string][]basin.Prediction{
		"again": predict(m, data.Test, 4, 1), "of a file": predict(loaded, data.Test, 4, 3), "of the first 30": predict(m, part(data.Test, 0, 30), 4, 2),
		"of the first": predict(m, part(data.Test, 0, 1), 4, 1),
	} {
		if !reflect.DeepEqual(got, want[:len(got)]) {
			t.Errorf("%s: other predictions", name)
		}
	}
	single := predict(m, data.Test, 1, 1)
	if reflect.DeepEqual(single, want) {
		t.Error("4 views predict what 1 does")
	}
	right := int64(0)
	for i, p := range want {
		if p.FixedPoint != single[i].FixedPoint {
			t.Errorf("sample %d: the fixed point is not that of the sample", i)
		}
		if p.Label == data.Test.LabelNames[data.Test.Labels[i]] {
			right++
		}
	}
	e, err := m.EvaluateViews(t.Context(), data.Test, 4, 2)
	if err != nil || e.Correct != right {
		t.Fatalf("%d right (%v), want %d", e.Correct, err, right)
	}
	plain, err := m.Evaluate(t.Context(), data.Test, 2)
	if err != nil || plain.Flips != e.Flips || plain.FixedPoints != e.FixedPoints {
		t.Errorf("%+v (%v), want fixed points and flips of %+v", e.Tally, err, plain.Tally)
	}
}

func TestViewsThatThereAreNotAreErrors(t *testing.T) {
	m, data := trained(t), digitsData(t)
	for views, want := range map[int]string{0: "0 views, want 1 to 1000", 1001: "1001 views", 2: "trained without preprocess.augment"} {
		if err := m.PredictViews(t.Context(), data.Test, views, 1, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d views: %v, want %q", views, err, want)
		}
		if _, err := m.EvaluateViews(t.Context(), data.Test, views, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d views: %v, want %q", views, err, want)
		}
	}
}
