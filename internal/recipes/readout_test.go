package recipes

import (
	"strings"
	"testing"

	"basin/internal/experiment"
)

// The readouts of a cell are those of runs with the same settings.
func TestReadoutsOfACellAreThoseOfRuns(t *testing.T) {
	training := digitStates(t).Training
	result, err := reading{training, []float64{0.1}}.Run(t.Context(), &experiment.Bench{Seed: 1, Data: &experiment.Data{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range solvedReadouts {
		run := training
		run.Settings.Readout.Method, run.Settings.Readout.Ridge = m.method, 0.1
		want, err := run.Run(t.Context(), &experiment.Bench{Seed: 1, Data: &experiment.Data{}})
		if err != nil {
			t.Fatal(err)
		}
		if got := result.Values[ofStrength(m.value, 0.1)]; got != want.Values[experiment.Accuracy] || got == 0 {
			t.Errorf("%s: accuracy %v, want %v", m.method, got, want.Values[experiment.Accuracy])
		}
	}
	local, err := training.Run(t.Context(), &experiment.Bench{Seed: 1, Data: &experiment.Data{}})
	if err != nil {
		t.Fatal(err)
	}
	if result.Values[experiment.Accuracy] != local.Values[experiment.Accuracy] {
		t.Errorf("local accuracy %v, want %v", result.Values[experiment.Accuracy], local.Values[experiment.Accuracy])
	}
}

func TestReadoutFindingsNameEveryMethod(t *testing.T) {
	row := experiment.Row{At: []experiment.Place{experiment.Word("mnist"), experiment.Word("learned")}, Values: map[string]experiment.Statistic{
		experiment.Accuracy: {Mean: 0.95}, readLast: {Mean: 0.94}, ofStrength(readRidge, 0.01): {Mean: 0.93}, ofStrength(readMargin, 0.1): {Mean: 0.96},
	}}
	found := strings.Join(readoutFindings(&experiment.Table{Recipe: readouts(), Rows: []experiment.Row{row}}), "\n")
	if want := "mnist, learned couplings: the local readout has 95.00 % (94.00 % without its average); ridge 93.00 at 0.01; margin 96.00 at 0.1."; found != want {
		t.Errorf("found %q, want %q", found, want)
	}
}
