package recipes

import (
	"slices"
	"strings"
	"testing"

	"basin"
	"basin/dataset"
	"basin/internal/experiment"
)

// The integers that a network of integers is shown are the bytes of its encoder.
func TestIntegersAreTheBytesOfTheEncoder(t *testing.T) {
	data, err := dataset.Open(t.Context(), "digits", dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	task, err := (&experiment.Data{}).Task(t.Context(), digitStates(t).Settings, basin.Limit{})
	if err != nil {
		t.Fatal(err)
	}
	bytes, scale, offset, err := task.Encoder.InBytes()
	if err != nil {
		t.Fatal(err)
	}
	want, err := bytes.Samples(data.Test)
	if err != nil {
		t.Fatal(err)
	}
	got := asIntegers{task.Held, scale, offset}
	if got.Count() != want.Count() {
		t.Fatalf("%d samples, want %d", got.Count(), want.Count())
	}
	x, y := make([]float32, got.Dim()), make([]float32, want.Dim())
	for i := range want.Count() {
		got.Row(i, x)
		want.Row(i, y)
		if !slices.Equal(x, y) {
			t.Fatalf("sample %d: %v, want %v", i, x, y)
		}
	}
}

// Many bits change next to nothing, and two bits something.
func TestFewBitsCostAccuracy(t *testing.T) {
	r := rounding{digitStates(t).Training, []int{8, 2}}
	result, err := r.Run(t.Context(), &experiment.Bench{Seed: 1, Data: &experiment.Data{}})
	if err != nil {
		t.Fatal(err)
	}
	eight, two := result.Values[ofBits(roundedAgreement, 8)], result.Values[ofBits(roundedAgreement, 2)]
	if eight < 0.98 || two >= eight || two < 0.2 {
		t.Errorf("agreement %v with 8 bits and %v with 2, want at least 0.98, and less", eight, two)
	}
	if real, rounded := result.Values[experiment.Accuracy], result.Values[ofBits(roundedAccuracy, 8)]; rounded < real-0.02 || rounded > real+0.02 {
		t.Errorf("accuracy %v with 8 bits, want about %v", rounded, real)
	}
}

func TestBitsSayWhatRoundingCosts(t *testing.T) {
	row := experiment.Row{At: []experiment.Place{experiment.Word("digits")}, Values: map[string]experiment.Statistic{
		experiment.Accuracy: {Mean: 0.95}, ofBits(roundedAccuracy, 8): {Mean: 0.949}, ofBits(roundedAccuracy, 2): {Mean: 0.7},
	}}
	found := strings.Join(bitsFindings(&experiment.Table{Recipe: couplingBits(), Rows: []experiment.Row{row}}), "\n")
	if want := "digits: 95.0 % with real couplings; 94.9 % with 8 bits, 70.0 % with 2 bits."; found != want {
		t.Errorf("found %q, want %q", found, want)
	}
}
