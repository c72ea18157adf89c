package basin_test

import (
	"testing"

	"basin"
)

// By hand: of 10 samples 6 are a, of which 3 are found, and 4 are b, of which 2 are; a is said
// 4 times, b 5 times, c, of which there is no sample, once, and d is nowhere.
func TestScoresOfClassesAndTheirMeans(t *testing.T) {
	e := basin.Evaluation{Classes: []basin.ClassScore{
		{Label: "a", Samples: 6, Predicted: 4, Correct: 3},
		{Label: "b", Samples: 4, Predicted: 5, Correct: 2},
		{Label: "c", Predicted: 1},
		{Label: "d"},
	}}
	if f1, ok := e.Classes[0].F1(); !ok || f1 != 0.6 { // 2 * 3 / (6 + 4)
		t.Errorf("F1 of a is %v, %v, want 0.6", f1, ok)
	}
	if f1, ok := e.Classes[2].F1(); !ok || f1 != 0 {
		t.Errorf("F1 of c is %v, %v, want 0", f1, ok)
	}
	if _, ok := e.Classes[3].F1(); ok {
		t.Error("F1 of a class that is nowhere is defined")
	}
	near := func(name string, got, want float64) {
		if d := got - want; d > 1e-15 || d < -1e-15 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	macro := e.Macro()
	near("mean recall", macro.Recall, (0.5+0.5)/3)
	near("mean precision", macro.Precision, (0.75+0.4)/3)
	near("mean F1", macro.F1, (0.6+4.0/9)/3)
	if class, share := e.Majority(); class != 0 || share != 0.6 {
		t.Errorf("majority is class %d with %v, want 0 with 0.6", class, share)
	}
	if macro := (&basin.Evaluation{}).Macro(); macro != (basin.MacroScore{}) {
		t.Errorf("means of nothing are %v", macro)
	}
}
