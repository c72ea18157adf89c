package recipes

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"basin"
	"basin/baseline"
	"basin/dataset"
	"basin/dynamics"
	"basin/internal/experiment"
	"basin/network"
)

// digitContest is a small cell on the digits.
func digitContest(t *testing.T) enduring {
	t.Helper()
	task, err := experiment.NewTraining("digits", "network.modules.0.neurons=150", "network.modules.0.recurrent.density=0.1",
		"network.modules.0.input.window=5", "learning.epochs=2", "data.validation=0.2")
	if err != nil {
		t.Fatal(err)
	}
	task.Samples, task.Held = 400, 150
	return enduring{
		Training: task, Under: robustSets(false)[0].under, Restless: []float64{0.2}, Turned: []float64{0, 0.2}, Shown: 30,
	}
}

// All learners of every point have the same number of couplings that learn: counted in drawn
// networks, within 1 %.
func TestRivalsHaveEquallyManyCouplings(t *testing.T) {
	seen := map[string]bool{}
	for _, full := range []bool{false, true} {
		points, err := robustPoints(full)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range points {
			based := p.Task.(experiment.Based)
			preset, set := based.Base()
			training, err := experiment.NewTraining(preset, set...)
			if err != nil {
				t.Fatal(err)
			}
			shape := []int{28, 28}
			if preset == "digits" {
				shape = []int{8, 8}
			}
			names := make([]string, 10)
			m := training.Settings.Network.Modules[0]
			if text := strings.Join(set, " "); seen[text] || m.Recurrent.Density*float64(m.Neurons*m.Neurons) > 5e6 {
				continue
			} else {
				seen[text] = true
			}
			task := &basin.Task{Settings: training.Seeded(1), Shape: shape, LabelNames: names}
			want := 0
			all, err := rivals(task, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range all {
				got := 0
				if r.hidden > 0 {
					s := baseline.Defaults()
					s.Hidden = r.hidden
					units, err := baseline.New(s, newRamp(shape[0], shape[1], 1), 10)
					if err != nil {
						t.Fatal(err)
					}
					got = int(units.Cost().Parameters)
				} else {
					n, err := network.Draw(r.settings.Network, shape, 10, 1)
					if err != nil {
						t.Fatal(err)
					}
					c := n.Couplings()
					got = c.Recurrent + c.Input + c.Readout
					if r.name != recurrent && c.Recurrent > 0 {
						t.Errorf("%v, %s: %d recurrent couplings", p.At, r.name, c.Recurrent)
					}
				}
				if r.name == recurrent {
					want = got
				}
				if math.Abs(float64(got)/float64(want)-1) > 0.01 {
					t.Errorf("%v, %s: %d couplings, want %d", p.At, r.name, got, want)
				}
			}
		}
	}
	if len(seen) < 3 {
		t.Errorf("%d settings were looked at", len(seen))
	}
}

// A small cell gives all measures, in their ranges, twice the same; the recurrent network is
// the one that its settings train, and the differences are those of the numbers.
func TestEnduringMeasuresAllLearners(t *testing.T) {
	cell := digitContest(t)
	bench := &experiment.Bench{Seed: 1, Data: &experiment.Data{}}
	result, err := cell.Run(t.Context(), bench)
	if err != nil {
		t.Fatal(err)
	}
	if err := robustness().CheckResult(result); err != nil {
		t.Fatal(err)
	}
	if again, err := cell.Run(t.Context(), bench); err != nil || !reflect.DeepEqual(again, result) {
		t.Errorf("one cell gave two results, error %v", err)
	}
	_, alone, err := cell.Train(t.Context(), bench, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := result.Values[ofRival(undisturbed, recurrent)], alone.Values[experiment.Accuracy]; got != want {
		t.Errorf("accuracy %v, want %v, that of the network alone", got, want)
	}
	for _, m := range measures[:18] {
		for _, name := range rivalNames {
			v, there := result.Values[ofRival(m.name, name)]
			inputs := m.name == undisturbed || slices.Contains(disturbances, m.name)
			if there != (inputs || name != perceptron) || v < 0 || v > 1 {
				t.Errorf("%s of %s is %v (there: %t)", m.name, name, v, there)
			}
			if over, has := result.Values[overRival(m.name, name)]; has && math.Abs(over-(result.Values[ofRival(m.name, recurrent)]-v)) > 1e-12 {
				t.Errorf("%s over %s is %v", m.name, name, over)
			}
		}
	}
	for _, name := range rivalNames {
		s, noisy := result.Values[ofRival(undisturbed, name)], result.Series[ofRival(byNoise, name)]
		if s < 0.4 || len(noisy.X) != 4 || noisy.X[0] != 0 || noisy.Y[0] != s || noisy.Y[3] >= s {
			t.Errorf("%s: accuracy %v, under noise %v", name, s, noisy)
		}
	}
	if v := result.Values[ofRival(back+without, independent)]; v != 0 {
		t.Errorf("%v of the independent neurons return without the input, want none: their field is their own state", v)
	}
	healthy := result.Series[ofRival(healed, recurrent)].Y[0]
	if result.Series[ofRival(atOnce, recurrent)].Y[0] < healthy-0.1 || healthy < 0.7 {
		t.Errorf("with no neuron turned: accuracy %v at once, %v after moving", result.Series[ofRival(atOnce, recurrent)].Y[0], healthy)
	}
}

// Of independent neurons without biases, s_i = sign(h_i) of the input field h_i, those that are turned
// return where |h_i| > J_D.
func TestIndependentNeuronsHealByTheirInput(t *testing.T) {
	cell := digitContest(t)
	task, err := cell.Training, error(nil)
	task.Settings.Network.Modules[0].Recurrent = network.RecurrentSpec{}
	data, err := (&experiment.Data{}).Task(t.Context(), task.Seeded(1), basin.Limit{Training: 100, Held: 20})
	if err != nil {
		t.Fatal(err)
	}
	n, err := data.Draw()
	if err != nil {
		t.Fatal(err)
	}
	held := spread(data.Held, 20)
	h, err := newHealing(n, data.Settings.Protocol(), held, 9)
	if err != nil {
		t.Fatal(err)
	}
	for _, injury := range []string{scattered, patch} {
		got, err := h.heal(t.Context(), 0.3, injury)
		if err != nil {
			t.Fatal(err)
		}
		want := 0.0
		x := make([]float32, n.Inputs())
		for i, place := range held.places {
			held.Row(i, x)
			field, err := dynamics.InputField(n, x)
			if err != nil {
				t.Fatal(err)
			}
			turned := h.turned(0.3, injury, place)
			if len(turned) != 45 || len(slices.Compact(slices.Sorted(slices.Values(turned)))) != 45 {
				t.Fatalf("%d neurons turned, want 45 different ones", len(turned))
			}
			for _, k := range turned {
				if math.Abs(float64(field[k])) > 0.5 {
					want += 1.0 / 45 / 20
				}
			}
		}
		if math.Abs(got.returned-want) > 1e-9 || want < 0.1 || want > 0.99 {
			t.Errorf("%q: %v of the turned neurons return, want %v", injury, got.returned, want)
		}
	}
	whole, err := h.restless(t.Context(), 0, false)
	if err != nil {
		t.Fatal(err)
	}
	none, err := h.heal(t.Context(), 0, scattered)
	if err != nil || none.atOnce != whole || none.healed != whole {
		t.Errorf("without a turned neuron: %+v, without restless ones %v, error %v", none, whole, err)
	}
	if kept, err := h.restless(t.Context(), 0, true); err != nil || kept != whole {
		t.Errorf("accuracy %v of states that nothing moves, %v before, error %v", kept, whole, err)
	}
	if all, err := h.restless(t.Context(), 1, false); err != nil || all > 0.4 {
		t.Errorf("all neurons at random read %v right, error %v", all, err)
	}
	first, last, err := h.complete(t.Context(), held)
	if err != nil || math.Abs(first-1) > 1e-12 || math.Abs(last-1) > 1e-12 {
		t.Errorf("overlaps %v and %v of states with themselves, error %v", first, last, err)
	}
}

// Classes 0 to 4 are known after they were learned, alone, and others after that.
func TestContinuingLearnsOneHalfAfterTheOther(t *testing.T) {
	cell := continuing{Training: digitContest(t).Training, First: 5, Rates: 1}
	cell.Settings.Learning.Epochs = 5
	result, err := cell.Run(t.Context(), &experiment.Bench{Seed: 1, Data: &experiment.Data{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := robustness().CheckResult(result); err != nil {
		t.Fatal(err)
	}
	for _, name := range rivalNames {
		value := func(m string) float64 { return result.Values[ofRival(m, name)] }
		if value(before) < 0.8 || value(fresh) < 0.7 || value(kept) > value(before) || value(kept) > value(keptAmong) {
			t.Errorf("%s: first classes %v, then %v, %v among themselves; others %v", name, value(before), value(kept), value(keptAmong), value(fresh))
		}
	}
	halves := byClass(&dataset.Samples{Labels: nil}, 5)
	if halves[0].Count() != 0 || halves[1].Count() != 0 {
		t.Error("no samples have classes")
	}
}

// made returns a row with differences of three seeds: mean and deviation.
func made(values map[string][2]float64) experiment.Row {
	row := experiment.Row{At: []experiment.Place{experiment.Word("digits"), experiment.Word("all images")}, Seeds: 3, Values: map[string]experiment.Statistic{}}
	for name, v := range values {
		row.Values[name] = experiment.Statistic{Mean: v[0], Deviation: v[1], N: 3}
	}
	return row
}

func TestFindingsFollowTheIntervals(t *testing.T) {
	row := made(map[string][2]float64{
		overRival(undisturbed, independent): {-0.02, 0.001}, overRival(undisturbed, perceptron): {0.02, 0.001},
		overRival(byNoise, independent): {0.03, 0.001}, overRival(byNoise, perceptron): {0.04, 0.001},
		overRival(byGaps, independent): {0.001, 0.01},
		overRival(back, independent):   {0.5, 0.001}, // of states: no verdict
	})
	found := contestFindings(&experiment.Table{Recipe: robustness(), Rows: []experiment.Row{row}})
	want := []string{
		"Of 5 comparisons at equally many couplings the recurrent network wins 3 and loses 1, with intervals of 95 %; 1 are undecided. " +
			"Where there is no difference at all, chance decides about 1 in 20, either way. It wins against every rival that is measured in: digits, all images: noise.",
		"digits, all images, recurrent against independent, in points: better: noise (+3.0 ± 0.2); worse: undamaged (-2.0 ± 0.2); undecided: missing pixels.",
		"digits, all images, recurrent against perceptron, in points: better: undamaged (+2.0 ± 0.2), noise (+4.0 ± 0.2).",
	}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
	row = made(map[string][2]float64{overRival(byNoise, independent): {0.001, 0.01}})
	if found := contestFindings(&experiment.Table{Recipe: robustness(), Rows: []experiment.Row{row}}); !strings.Contains(found[0], "Nowhere does it win") {
		t.Errorf("found %q", found)
	}
	if found := contestFindings(&experiment.Table{Recipe: robustness()}); len(found) != 0 {
		t.Errorf("found %q in an empty table", found)
	}
}

func TestContestTablesHaveALineForEachMeasure(t *testing.T) {
	row := made(map[string][2]float64{
		ofRival(undisturbed, recurrent): {0.9, 0.01}, ofRival(undisturbed, perceptron): {0.88, 0.01}, overRival(undisturbed, perceptron): {0.02, 0.001},
		ofRival(complete, recurrent): {0.5, 0.1},
	})
	tables := contestTables(&experiment.Table{Recipe: robustness(), Rows: []experiment.Row{row}})
	want := [][]string{
		{"undamaged", "90.00 % ± 1.00", "88.00 % ± 1.00", "+2.0 ± 0.2"},
		{"half image, overlap at the end", "0.5 ± 0.1", "", ""},
	}
	if len(tables) != 1 || !slices.Equal(tables[0].Head, []string{"measure", recurrent, perceptron, "recurrent less perceptron (95 %)"}) || !reflect.DeepEqual(tables[0].Rows, want) {
		t.Errorf("tables %q", tables)
	}
}

// A folder that has the cells is not computed again, and the report and its tables come from it.
func TestContestsGoOnWhereTheyStood(t *testing.T) {
	cell := digitContest(t)
	cell.Settings.Learning.Epochs, cell.Set = 1, append(cell.Set, "learning.epochs=1")
	r := robustness()
	r.Points = func(bool) ([]experiment.Point, error) {
		at := func(name string) []experiment.Place {
			return []experiment.Place{experiment.Word("digits"), experiment.Word(name)}
		}
		return []experiment.Point{{At: at(allImages), Task: cell}, {At: at(oneByOne), Task: continuing{Training: cell.Training, First: 5, Rates: 0.1}}}, nil
	}
	dir := t.TempDir()
	run := func() *experiment.Outcome {
		out, err := experiment.Run(t.Context(), r, dir, experiment.Options{Seeds: 2, Data: &experiment.Data{}, Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first, again := run(), run()
	if first.Kept != 0 || again.Kept != 4 || !reflect.DeepEqual(first.Table().Rows, again.Table().Rows) {
		t.Errorf("%d and %d cells were there before, want 0 and 4 with the same rows", first.Kept, again.Kept)
	}
	files, err := again.Write(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"differences-digits-all-images.svg", "noise-digits-all-images.svg", "memory-digits-all-images.svg", "report.html"} {
		if !slices.Contains(files, name) {
			t.Errorf("no %s among %q", name, files)
		}
	}
	if tables := again.Table().Further(); len(tables) != 2 || len(tables[0].Rows) != 18 || len(tables[1].Rows) != 5 {
		t.Errorf("%d tables", len(tables))
	}
}
