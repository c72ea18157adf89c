package recipes

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"basin"

	"gonum.org/v1/gonum/mat"

	"basin/dynamics"
	"basin/internal/experiment"
	"basin/internal/random"
)

// digitStates is a cell on the digits, with a label that is heard well.
func digitStates(t *testing.T) representing {
	t.Helper()
	task, err := experiment.NewTraining("digits", "network.modules.0.neurons=100", "network.modules.0.recurrent.density=1", "learning.epochs=2", "learning.feedback=3")
	if err != nil {
		t.Fatal(err)
	}
	task.Samples = 500
	return representing{Training: task, Shown: 120}
}

func TestStatesOfHeldOutSamples(t *testing.T) {
	cell := digitStates(t)
	run := func(seed uint64) experiment.Result {
		result, err := cell.Run(context.Background(), &experiment.Bench{Seed: seed, Data: &experiment.Data{}})
		if err != nil {
			t.Fatal(err)
		}
		if err := representations().CheckResult(result); err != nil {
			t.Fatal(err)
		}
		return result
	}
	result := run(1)
	if again := run(1); !reflect.DeepEqual(again, result) {
		t.Error("one cell gave two results")
	}
	if _, has := run(2).Series[mapOf+"0_"+atLast]; has {
		t.Error("a map of the second seed")
	}
	for _, state := range lookedAt {
		within, between := result.Series[withinClass+state], result.Series[betweenClasses+state]
		if want := []float64{0, 1, 2}; !reflect.DeepEqual(within.X, want) || !reflect.DeepEqual(between.X, want) {
			t.Fatalf("%s: epochs %v and %v, want %v", state, within.X, between.X, want)
		}
		for k := range within.Y {
			if within.Y[k] <= between.Y[k] || within.Y[k] > 1 || between.Y[k] < -1 {
				t.Errorf("%s, epoch %d: overlap %v within classes and %v between, want more within", state, k, within.Y[k], between.Y[k])
			}
		}
	}
	for epoch := range 3 { // the clamped state knows the label, the prediction does not
		gap := func(state string) float64 {
			return result.Series[withinClass+state].Y[epoch] - result.Series[betweenClasses+state].Y[epoch]
		}
		if gap(clamped) <= gap(inferred)+0.03 {
			t.Errorf("epoch %d: the classes are %v apart with the label and %v without", epoch, gap(clamped), gap(inferred))
		}
	}
	if d := result.Values[dimension]; d < 1 || d > 99 {
		t.Errorf("dimension %v of 120 states of 100 neurons", d)
	}
	places := 0
	for class := range 10 {
		places += len(result.Series[fmt.Sprintf("%s%d_%s", mapOf, class, atLast)].X)
	}
	area := 0.0
	for _, y := range result.Series[keptState+"_"+atLast].Y {
		area += y * 2 / keptBins
	}
	if places != 120 || math.Abs(area-1) > 1e-9 {
		t.Errorf("%d places on the map and a histogram of area %v, want 120 and 1", places, area)
	}
}

// The states are those of a prediction, and those that training would learn on.
func TestStatesAreThoseOfTheProtocol(t *testing.T) {
	cell := digitStates(t)
	s := cell.Seeded(1)
	data, err := (&experiment.Data{}).Task(context.Background(), s, basin.Limit{Training: 100, Held: 40})
	if err != nil {
		t.Fatal(err)
	}
	n, err := data.Draw()
	if err != nil {
		t.Fatal(err)
	}
	samples := spread(data.Held, 20)
	seen, err := statesOf(context.Background(), n, s.Protocol(), samples, 1)
	if err != nil {
		t.Fatal(err)
	}
	fields, err := n.FeedbackFields(s.Dynamics.Code, s.Learning.Feedback.At(0, 2))
	if err != nil {
		t.Fatal(err)
	}
	b, err := dynamics.NewBatch(n, dynamics.Settings{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	w, field, unstable := b.NewWorker(), make([]float32, n.StateSize()), 0
	check := func(name string, i int, state []float32) {
		t.Helper()
		for j, x := range state[:n.Neurons()] {
			if negative := seen.states[name][i][j/64]>>(j%64)&1 == 1; negative != (x < 0) {
				t.Fatalf("sample %d, %s state: neuron %d is %v, taken as negative: %v", i, name, j, x, negative)
			}
		}
	}
	row, want := make([]float32, n.Inputs()), make([]float32, n.Inputs())
	for i := range samples.places {
		samples.Row(i, row)
		data.Held.Inputs.Row(2*i, want)
		if !reflect.DeepEqual(row, want) || samples.Label(i) != data.Held.Labels[2*i] {
			t.Fatalf("sample %d is not the held out sample %d", i, 2*i)
		}
		state, _, err := dynamics.Relax(n, dynamics.Settings{}, row, s.Dynamics.Evaluation)
		if err != nil {
			t.Fatal(err)
		}
		check(inferred, i, state)
		b.Start(0, dynamics.Vector(row), 0, 0)
		b.Advance(w, 0, 1, s.Dynamics.Warmup, nil)
		b.Advance(w, 0, 1, s.Dynamics.Clamped, func(int) []float32 { return fields[samples.labels[i]] })
		check(clamped, i, b.State(0))
		b.Advance(w, 0, 1, s.Dynamics.Free, nil)
		check(freed, i, b.State(0))
		b.Field(w, 0, field)
		for j, x := range b.State(0)[:n.Neurons()] {
			if float64(x*field[j]) <= s.Learning.Kappa.At(0, 2) {
				unstable++
			}
		}
	}
	if want := float64(unstable) / float64(20*n.Neurons()); seen.unstable != want {
		t.Errorf("%v of the neurons are unstable, want %v", seen.unstable, want)
	}
}

// Overlaps, dimension and map against the states themselves: the singular values of the
// centred states, and distances that the map keeps where states lie in a plane.
func TestMapsOfStates(t *testing.T) {
	const count, neurons = 30, 70
	draws := random.New(1, random.Synthetic)
	states, plain := make([][]uint64, count), mat.NewDense(count, neurons, nil)
	for i := range states {
		states[i] = make([]uint64, 2)
		for j := range neurons {
			sign := draws.Uint64() >> 63
			states[i][j/64] |= sign << (j % 64)
			plain.Set(i, j, 1-2*float64(sign))
		}
	}
	o := overlaps(states, neurons)
	labels := make([]int, count)
	labels[3], labels[7] = 1, 1
	within, between := o.byClass(labels)
	if within.count != 28*27/2+1 || between.count != 56 {
		t.Errorf("%v pairs within classes and %v between, want %v and 56", within.count, between.count, 28*27/2+1)
	}
	for a := range count {
		for b := range count {
			if want := mat.Dot(plain.RowView(a), plain.RowView(b)) / neurons; math.Abs(o.At(a, b)-want) > 1e-12 {
				t.Fatalf("overlap of %d and %d is %v, want %v", a, b, o.At(a, b), want)
			}
		}
	}
	for j := range neurons {
		column := plain.ColView(j)
		mean := mat.Sum(column) / count
		for i := range count {
			plain.Set(i, j, plain.At(i, j)-mean)
		}
	}
	var svd mat.SVD
	if !svd.Factorize(plain, mat.SVDThin) {
		t.Fatal("no singular values")
	}
	var axes mat.Dense
	svd.VTo(&axes)
	trace, squares := 0.0, 0.0
	for _, v := range svd.Values(nil) {
		trace, squares = trace+v*v, squares+v*v*v*v
	}
	if got, want := o.dimension(), trace*trace/squares; math.Abs(got-want) > 1e-9*want {
		t.Errorf("dimension %v, want %v", got, want)
	}
	result := experiment.Result{Series: map[string]experiment.Series{}}
	o.addMap(&result, atLast, labels)
	s := result.Series[mapOf+"1_"+atLast]
	if len(s.X) != 2 {
		t.Fatalf("%d places of class 1, want 2", len(s.X))
	}
	for k, i := range []int{3, 7} {
		for axis, got := range []float64{s.X[k], s.Y[k]} {
			if want := mat.Dot(plain.RowView(i), axes.ColView(axis)) / math.Sqrt(neurons); math.Abs(math.Abs(got)-math.Abs(want)) > 1e-9 {
				t.Errorf("sample %d lies at %v on axis %d, want %v or its opposite", i, got, axis, want)
			}
		}
	}
}

// A small grid gives all figures, and findings that name its numbers.
func TestRepresentationReport(t *testing.T) {
	skipIfShort(t)
	r := representations()
	r.Points = func(bool) ([]experiment.Point, error) {
		return []experiment.Point{{At: []experiment.Place{experiment.Word("digits")}, Task: digitStates(t)}}, nil
	}
	_, found := report(t, r, []string{
		"classes-digits", "overlaps-digits", "kept-digits", "map-first-digits", "map-last-digits", "kept", "unstable", "dimension",
	})
	for _, want := range []string{"digits: inference states overlap by ", "; free states overlap by ", "leaves behind overlap by ", "of the neurons differ", "dimensions before learning"} {
		if !strings.Contains(found, want) {
			t.Errorf("findings without %q:\n%s", want, found)
		}
	}
}
