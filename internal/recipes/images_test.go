package recipes

import (
	"math"
	"strings"
	"testing"

	"basin"
	"basin/internal/experiment"
)

// A cell counts the samples that each learner has right, and gives both as many couplings.
func TestPicturesCompareOnTheSameSamples(t *testing.T) {
	training := digitStates(t).Training
	r, err := pictures{training, 1}.Run(t.Context(), &experiment.Bench{Seed: 1, Data: &experiment.Data{}})
	if err != nil {
		t.Fatal(err)
	}
	v, task := r.Values, &experiment.Data{}
	data, err := task.Task(t.Context(), training.Seeded(1), basin.Limit{Training: training.Samples, Held: training.Held})
	if err != nil {
		t.Fatal(err)
	}
	count := float64(data.Held.Count())
	if got, want := v[perceptronLead]*count, v[networkAlone]-v[perceptronAlone]; math.Abs(got-want) > 1e-6 {
		t.Errorf("a difference of %v samples, want %v", got, want)
	}
	if v[experiment.Accuracy] < 0.7 || v[perceptronAccuracy] < 0.7 {
		t.Errorf("accuracies %v and %v, want both to have learned", v[experiment.Accuracy], v[perceptronAccuracy])
	}
	if v[perceptronWeights] < fewestHidden*64 {
		t.Errorf("%v weights, want at least %d hidden units", v[perceptronWeights], fewestHidden)
	}
}

func TestImagesSayWhoIsBetter(t *testing.T) {
	row := func(name string, lead, deviation float64) experiment.Row {
		return experiment.Row{At: []experiment.Place{experiment.Word(name)}, Values: map[string]experiment.Statistic{
			experiment.Accuracy: {Mean: 0.99, Deviation: 0.001, N: 3}, perceptronAccuracy: {Mean: 0.99 - lead, Deviation: 0.001, N: 3},
			perceptronLead: {Mean: lead, Deviation: deviation, N: 3}, networkAlone: {Mean: 60, N: 3}, perceptronAlone: {Mean: 40, N: 3},
			networkCouplings: {Mean: 1000, N: 3}, perceptronWeights: {Mean: 1001, N: 3},
		}}
	}
	found := imageFindings(&experiment.Table{Rows: []experiment.Row{row("better", 0.01, 0.001), row("worse", -0.01, 0.001), row("alike", 0.001, 0.01)}})
	for i, want := range []string{"better: 99.00 % ± 0.10 with 1000 couplings; the perceptron 98.00 % ± 0.10 with 1001 weights. Difference +1.00 ± 0.25 points: the network is better.", "the perceptron is better", "do not tell them apart"} {
		if !strings.Contains(found[i], want) {
			t.Errorf("found %q, want %q in it", found[i], want)
		}
	}
}
