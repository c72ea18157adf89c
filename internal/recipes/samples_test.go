package recipes

import (
	"testing"

	"basin/internal/experiment"
)

// Equal updates are as many images shown as by a network that learns from all; with equal
// epochs all pass over theirs as often as that one.
func TestSamplesAreShownEquallyOften(t *testing.T) {
	for _, full := range []bool{false, true} {
		points, err := samplesPoints(full)
		if err != nil {
			t.Fatal(err)
		}
		all := map[experiment.Place]int{}
		for _, p := range points {
			if p.At[1] == experiment.Number(samplesMost) {
				all[p.At[0]] = p.Task.(experiment.Training).Settings.Learning.Epochs
			}
		}
		for _, p := range points {
			task := p.Task.(experiment.Training)
			images, _ := p.At[1].Number()
			if task.Samples != 10*int(images) {
				t.Errorf("%v: %d samples", p.At, task.Samples)
			}
			want := all[p.At[0]]
			if p.At[2] == equalUpdates {
				want *= 60000 / task.Samples
			}
			if got := task.Settings.Learning.Epochs; got != want || want == 0 {
				t.Errorf("%v: %d epochs, want %d", p.At, got, want)
			}
		}
	}
}

// The cell of all images is the end of both curves, which go from few to many.
func TestSamplesCurvesEndInAllImages(t *testing.T) {
	r := samples()
	cells, err := r.Cells(false, 1)
	if err != nil {
		t.Fatal(err)
	}
	out := &experiment.Outcome{Recipe: r, Seeds: 1, Cells: cells, Records: map[string]experiment.Record{}}
	for k, c := range cells {
		out.Records[c.Key] = experiment.Record{Values: map[string]float64{experiment.Accuracy: float64(k)}}
	}
	for _, passes := range []experiment.Place{equalUpdates, equalEpochs} {
		c := samplesCurve(out.Table(), "", "MNIST", experiment.Accuracy, passes)
		all := samplesCurve(out.Table(), "", "MNIST", experiment.Accuracy, equalUpdates).Y[2]
		if len(c.X) != 3 || c.X[0] != 60 || c.X[1] != 600 || c.X[2] != samplesMost || c.Y[2] != all {
			t.Errorf("%s: %v of %v", passes, c.Y, c.X)
		}
	}
}
