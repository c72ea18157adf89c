package recipes

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"basin/internal/experiment"
	"basin/internal/random"
	"basin/network"
)

// chainOf is a chain that learns few pairs.
func chainOf(modules, neurons, pairs int) associating {
	a := associationBest[modules-1]
	a.Neurons, a.Pairs, a.Epochs, a.Recall = neurons, pairs, 100, 50
	return a
}

// drawn returns the pairs and the network of a chain before it learns.
func drawn(t *testing.T, a associating) (*pairs, *network.Network) {
	t.Helper()
	stream := random.New(1, random.Synthetic)
	p := a.draw(&stream)
	n, err := a.network(p, 1)
	if err != nil {
		t.Fatal(err)
	}
	return p, n
}

// The feedback of class p is f y of pair p on the last module and nothing elsewhere, and the
// input field is a x on the first. F has 40 numbers of order 1 in float32 to add up.
func TestPairsAreFieldsOfTheEnds(t *testing.T) {
	a := chainOf(3, 25, 40)
	p, n := drawn(t, a)
	fields, err := n.FeedbackFields(associationCode, a.Feedback, a.Modules-1)
	if err != nil {
		t.Fatal(err)
	}
	last := n.Modules[2]
	for class, field := range fields {
		for i, got := range field {
			want := 0.0
			if k := i - last.Offset; k >= 0 && k < a.Neurons {
				want = a.Feedback * float64(p.y[class][k])
			}
			if math.Abs(float64(got)-want) > 1e-4 {
				t.Fatalf("class %d: feedback %v at %d, want %v", class, got, i, want)
			}
		}
	}
	for m, module := range n.Modules {
		if (module.Input != nil) != (m == 0) {
			t.Errorf("module %d reads the input: %v", m, module.Input != nil)
		}
	}
	n.Modules[0].Input.Each(func(i, k int, value *float32) bool {
		if want := map[bool]float32{true: float32(a.Input)}[i == k]; *value != want {
			t.Errorf("W from %d on %d is %v, want %v", k, i, *value, want)
		}
		return true
	})
}

// Only J learns.
func TestAssociationLeavesFixedCouplings(t *testing.T) {
	a := chainOf(2, 20, 4)
	p, n := drawn(t, a)
	_, before := drawn(t, a)
	if _, err := a.learn(t.Context(), &experiment.Bench{Seed: 1}, n, p, 1); err != nil {
		t.Fatal(err)
	}
	for m := range n.Modules {
		if reflect.DeepEqual(n.Modules[m].Recurrent, before.Modules[m].Recurrent) {
			t.Errorf("module %d: J has not moved", m)
		}
		if !reflect.DeepEqual(n.Modules[m].Input, before.Modules[m].Input) || !reflect.DeepEqual(n.Modules[m].Feedback, before.Modules[m].Feedback) {
			t.Errorf("module %d: W or F has moved", m)
		}
	}
	if !reflect.DeepEqual(n.Readout, before.Readout) {
		t.Error("O has moved")
	}
}

// Few pairs are recalled after learning, none before, and far too many are not. Without
// learning the overlaps of 8 pairs of 100 signs have the standard error 0.035.
func TestChainRecallsFewPairs(t *testing.T) {
	run := func(a associating) map[string]float64 {
		result, err := a.Run(t.Context(), &experiment.Bench{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := associations().CheckResult(result); err != nil {
			t.Fatal(err)
		}
		return result.Values
	}
	if v := run(chainOf(3, 100, 8)); v["recalled"] < 0.85 || v["overlap"] < 0.85 || v["alpha"] != 0.08 {
		t.Errorf("8 pairs: %v, want them recalled", v)
	}
	unlearned := chainOf(3, 100, 8)
	unlearned.Epochs = 0
	if v := run(unlearned); v["recalled"] != 0 || math.Abs(v["overlap"]) > 0.2 || v["epochs"] != 0 {
		t.Errorf("before learning: %v, want nothing recalled", v)
	}
	if v := run(chainOf(3, 30, 200)); v["recalled"] > 0.1 {
		t.Errorf("200 pairs of 30 neurons: %v, want few recalled", v)
	}
	if one, again := run(chainOf(2, 40, 5)), run(chainOf(2, 40, 5)); !reflect.DeepEqual(one, again) {
		t.Errorf("%v, then %v", one, again)
	}
}

func TestChainsHaveEquallyManyCouplings(t *testing.T) {
	for _, full := range []bool{false, true} {
		points, err := associationPoints(full)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range points {
			a := p.Task.(associating)
			size, _ := p.At[1].Number()
			// A neuron more or less in each module is the least that can be changed.
			if got, n := float64(a.Modules*a.Neurons*a.Neurons), float64(a.Neurons); math.Abs(got-size*size) > float64(a.Modules)*(n+1) {
				t.Errorf("%d modules of %d neurons: %v couplings, want %v", a.Modules, a.Neurons, got, size*size)
			}
		}
	}
}

// A small grid gives all figures, and findings that name its numbers.
func TestAssociationReport(t *testing.T) {
	r := associations()
	r.Points = func(bool) ([]experiment.Point, error) {
		points, err := associationPoints(false)
		for k := range points {
			a := points[k].Task.(associating)
			a.Neurons, a.Pairs, a.Epochs = a.Neurons/4, max(2, a.Pairs/4), 50
			points[k].Task = a
		}
		return points, err
	}
	_, found := report(t, r, []string{"recalled-200", "overlap-200", "bits-200", "capacity"})
	for _, want := range []string{"N_1 = 200, L = 1 (N = 200): ", "N_1 = 200, L = 5 (N = 89): ", "signs per coupling are recalled"} {
		if !strings.Contains(found, want) {
			t.Errorf("findings without %q:\n%s", want, found)
		}
	}
}
