package recipes

import (
	"context"
	"reflect"
	"testing"

	"basin/internal/experiment"
)

// A small network on the digits: all measures are there for right predictions after learning,
// within their ranges, and one seed gives one result.
func TestInhabitingMeasuresAroundTheStatesOfSamples(t *testing.T) {
	training, err := experiment.NewTraining("digits", "network.modules.0.neurons=60", "network.modules.0.recurrent.density=1", "learning.epochs=2")
	if err != nil {
		t.Fatal(err)
	}
	task := inhabiting{Training: training, Each: 2}
	run := func() experiment.Result {
		t.Helper()
		result, err := task.Run(context.Background(), &experiment.Bench{Seed: 1, Data: &experiment.Data{}})
		if err != nil {
			t.Fatal(err)
		}
		if err := trainedManifolds().CheckResult(result); err != nil {
			t.Fatal(err)
		}
		return result
	}
	r := run()
	suffix := "_" + ofRight + "_" + atLast
	for name, ends := range map[string][2]float64{
		lowestMargin: {0, 100}, meanMargin: {0.01, 100}, recovering: {-1, 1}, returning: {0, 1}, standing: {0, 1}, resting: {0.5, 1}, nearShare: {0, 1},
	} {
		if v, ok := r.Values[name+suffix]; !ok || v < ends[0] || v > ends[1] {
			t.Errorf("%s is %v (there: %t), want %v to %v", name+suffix, v, ok, ends[0], ends[1])
		}
	}
	if r.Values[lowestMargin+suffix] >= r.Values[meanMargin+suffix] {
		t.Errorf("the lowest margin %v is not below their mean %v", r.Values[lowestMargin+suffix], r.Values[meanMargin+suffix])
	}
	distance, entropy := r.Series[aroundDistance+suffix], r.Series[aroundEntropy+suffix]
	if len(distance.Y) == 0 || len(distance.Y) != len(entropy.Y) {
		t.Errorf("series of %d distances and %d entropies", len(distance.Y), len(entropy.Y))
	}
	if again := run(); !reflect.DeepEqual(r.Values, again.Values) {
		t.Errorf("one seed gave %v and then %v", r.Values, again.Values)
	}
}
