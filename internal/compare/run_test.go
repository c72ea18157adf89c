package compare

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"basin"

	"basin/baseline"
	"basin/checkpoint"
	"basin/dataset"
	"basin/dataset/fetch"
	"basin/settings"
)

// small returns a network of 40 neurons that learns 300 of the digits and is measured on 120.
func small(t *testing.T, methods ...string) Setup {
	t.Helper()
	d, err := dataset.Open(t.Context(), "digits", dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Defaults()
	s.Network.Modules[0].Neurons, s.Learning.Epochs = 40, 3
	d.Train, d.Test = d.Train.Subset(first(300)), d.Test.Subset(first(120))
	chosen, err := Select(methods)
	if err != nil {
		t.Fatal(err)
	}
	return Setup{Presets: []Preset{{"small", s}}, Methods: chosen, Data: d, Seeds: 2, Workers: 2}
}

func run(t *testing.T, s Setup) *Report {
	t.Helper()
	r, err := Run(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// All methods learn, give the same with any number of workers, and are told as they come.
func TestEveryMethodLearnsTheSameSamples(t *testing.T) {
	s := small(t)
	var told []*Result
	finished, total := 0, 0
	s.Observe = func(p Progress) {
		if p.Finished != nil {
			finished, total = p.Done, p.Total
		}
	}
	r, err := Run(t.Context(), s, func(o *Result) error { told = append(told, o); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 * (1 + len(Methods())); len(told) != want || finished != want || total != want {
		t.Fatalf("%d results, %d of %d trainings, want %d", len(told), finished, total, want)
	}
	s.Workers, s.Seeds, s.Observe = 1, 1, nil // workers divide a training: one seed shows them
	again := run(t, s)
	for i, row := range r.Rows {
		if row.Method != majorityName && row.Accuracy < 0.6 {
			t.Errorf("%s has %v right: it did not learn", row.Name(), row.Accuracy)
		}
		for k, o := range row.Results {
			if one := again.Rows[i].Results; k < len(one) && (!slices.Equal(o.said, one[k].said) || o.Choice != one[k].Choice) {
				t.Errorf("%s, seed %d: one worker and two say different things", row.Name(), o.Seed)
			}
			if o.Seed != uint64(k+1) || o.TrainingSamples != 300 || o.HeldSamples != 120 || o.Split != "test" || o.Parameters < 1 || o.MemoryBytes < 1 || !(o.PredictPerS > 0) {
				t.Errorf("%s: result %+v", row.Name(), o)
			}
			if (i == 0) != (o.Difference == nil) || i > 0 && *o.Difference != o.Accuracy-r.Rows[0].Results[k].Accuracy {
				t.Errorf("%s, seed %d: difference %v", row.Name(), o.Seed, o.Difference)
			}
		}
	}
}

// The network is the one that the front door trains, and what is said of it what
// `basin eval --operations` says.
func TestNetworkIsThatOfTheFrontDoor(t *testing.T) {
	s := small(t, Network)
	r := run(t, s)
	for k, o := range r.Rows[0].Results {
		own := s.Presets[0].Settings
		own.Seed += uint64(k)
		m, err := basin.Train(t.Context(), own, &dataset.Data{Train: s.Data.Train}, basin.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := m.EvaluateOperations(t.Context(), s.Data.Test, 2)
		if err != nil {
			t.Fatal(err)
		}
		cost := e.Operations.Cost()
		if o.Accuracy != e.Accuracy() || math.Abs(o.BalancedAccuracy-e.Macro().Recall) > 1e-12 || o.Operations != cost.EffectiveMACs+cost.EffectiveACs || o.Accumulates != cost.EffectiveACs || o.MemoryBytes != cost.Footprint {
			t.Errorf("seed %d: %+v, want accuracy %v and %+v", o.Seed, o, e.Accuracy(), cost)
		}
		size, err := checkpoint.Size(&m.Model)
		if err != nil || o.ModelBytes != size {
			t.Errorf("seed %d: a file of %d bytes, want %d (%v)", o.Seed, o.ModelBytes, size, err)
		}
	}
}

// A layer that learns has as many weights as the network, up to half of what a unit has.
func TestLayersHaveAsManyWeights(t *testing.T) {
	s := small(t, "perceptron")
	s.Seeds = 1
	r := run(t, s)
	network, layer := r.Rows[0].Parameters, r.Rows[1].Parameters
	if network != 40*39+40*64+40*10 || math.Abs(network-layer) > 75.0/2+1 {
		t.Errorf("%v couplings and %v weights, want 4520 and those up to 38", network, layer)
	}
	if got := (&trial{training: &dataset.Samples{}, classes: 10, weights: 100, shared: true}).hidden(); got != fewestHidden {
		t.Errorf("%d units beside shared couplings, want %d", got, fewestHidden)
	}
}

// table writes a table of four columns whose label depends on two of them.
func table(t *testing.T, rows int) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("a,b,c,class\n")
	for i := range rows {
		a, b, c := float64(i*7%13)-6, float64(i*5%11)-5, float64(i*3%17)
		label := "no"
		if a+b > 2 {
			label = "yes"
		}
		text.WriteString(strings.Join([]string{number(a), number(b), number(c), label}, ",") + "\n")
	}
	path := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Each seed draws the samples to measure on as `basin train --seed` does, and all learners of a
// seed measure the same.
func TestSeedsDivideAsTrainDoes(t *testing.T) {
	s, err := settings.LoadPreset("table")
	if err != nil {
		t.Fatal(err)
	}
	s.Data.Set, s.Network.Modules[0].Neurons, s.Learning.Epochs = table(t, 120), 30, 2
	whole := s
	whole.Data.TestShare = 0
	data, err := basin.Open(t.Context(), whole, fetch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := Select([]string{"logistic", majorityName})
	if err != nil {
		t.Fatal(err)
	}
	setup := Setup{Presets: []Preset{{"table", s}}, Methods: chosen, Data: data, Seeds: 3, Workers: 1}
	r := run(t, setup)
	if !r.Drawn || !r.Unbalanced || r.MajorityLabel != "no" || r.Training != 96 || r.Held != 24 {
		t.Errorf("drawn %v, unbalanced %v, majority %q, %d and %d samples", r.Drawn, r.Unbalanced, r.MajorityLabel, r.Training, r.Held)
	}
	for k := range 3 {
		s.Seed = uint64(k + 1)
		d, err := basin.Open(t.Context(), s, fetch.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range r.Rows {
			if !slices.Equal(row.Results[k].labels, d.Test.Labels) {
				t.Errorf("%s, seed %d: other samples are measured than those of train", row.Name(), k+1)
			}
		}
	}
	if d := r.Rows[1].Against.Difference; d.Ratio != 0.25 || d.Count != 3 {
		t.Errorf("difference %+v, want a ratio of 24/96 over 3 seeds", d)
	}
	setup.Presets[0].Settings.Data.TestShare = 0
	if _, err := Run(t.Context(), setup, nil); err == nil || !strings.Contains(err.Error(), "no samples to measure on") {
		t.Errorf("no test share: %v", err)
	}
	setup.Presets[0].Settings.Data.Validation = 0.25
	if r := run(t, setup); r.Split != "validation" || r.Held != 30 || !r.Drawn {
		t.Errorf("%d %s samples, drawn %v", r.Held, r.Split, r.Drawn)
	}
}

func TestQuickTakesFewer(t *testing.T) {
	s := small(t, majorityName)
	s.Quick, s.Seeds = true, 1
	d, err := dataset.Open(t.Context(), "digits", dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int, QuickTraining+437)
	for i := range all {
		all[i] = i % 1437
	}
	s.Data = &dataset.Data{Train: d.Train.Subset(all), Test: d.Test}
	s.Presets[0].Settings.Learning.Epochs = 1000
	r := run(t, s)
	if r.Training != QuickTraining || r.Held != 360 || !r.Rows[0].Results[0].Quick {
		t.Errorf("%d samples learned, %d measured", r.Training, r.Held)
	}
	if s.Presets[0].Settings.Learning.Epochs != 1000 {
		t.Error("the settings of the caller have changed")
	}
	if got := quickEpochs(1000, QuickTraining); got != QuickShown/QuickTraining {
		t.Errorf("%d epochs, want %d", got, QuickShown/QuickTraining)
	}
	if got := (&trial{neurons: 4000, quick: true}).units(); got != QuickUnits {
		t.Errorf("%d units, want %d", got, QuickUnits)
	}
}

// What is finished when the context ends is reported.
func TestInterruptionsLeaveWhatIsFinished(t *testing.T) {
	s := small(t, "logistic", majorityName)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.Observe = func(p Progress) {
		if p.Done == 4 {
			cancel()
		}
	}
	r, err := Run(ctx, s, nil)
	if !errors.Is(err, context.Canceled) || r == nil {
		t.Fatalf("report %v, error %v", r, err)
	}
	var counts []int
	for _, row := range r.Rows {
		counts = append(counts, len(row.Results))
	}
	if !slices.Equal(counts, []int{2, 1, 1}) {
		t.Errorf("%v results, want 2, 1 and 1", counts)
	}
	if r, err := Run(ctx, s, nil); r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("report %v of nothing, error %v", r, err)
	}
}

// A method that fails leaves the others alone.
func TestFailuresAreReportedAtTheEnd(t *testing.T) {
	s := small(t, majorityName)
	fault := errors.New("no room")
	s.Methods = append([]Method{{"broken", "the broken one", "fails", func(*trial) (baseline.Learner, error) { return nil, fault }}}, s.Methods...)
	r, err := Run(t.Context(), s, nil)
	if !errors.Is(err, fault) || !strings.Contains(err.Error(), "broken, seed 2: no room") {
		t.Errorf("error %v", err)
	}
	if r == nil || len(r.Rows) != 2 || r.Rows[1].Method != majorityName || len(r.Rows[1].Results) != 2 {
		t.Errorf("report %+v", r)
	}
	s.Check = func(*basin.Task) error { return fault }
	if r, err := Run(t.Context(), s, nil); r != nil || !errors.Is(err, fault) {
		t.Errorf("a network that does not fit: report %v, error %v", r, err)
	}
}

func TestSetupsAreChecked(t *testing.T) {
	s := small(t, Network)
	for name, change := range map[string]func(*Setup){
		"0 presets":     func(s *Setup) { s.Presets = nil },
		"0 seeds":       func(s *Setup) { s.Seeds = 0 },
		"no data":       func(s *Setup) { s.Data = nil },
		"learning.best": func(s *Setup) { s.Presets[0].Settings.Learning.Best = true },
	} {
		bad := s
		bad.Presets = slices.Clone(s.Presets)
		change(&bad)
		if r, err := Run(t.Context(), bad, nil); err == nil || r != nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: report %v, error %v", name, r, err)
		}
	}
}

// The page needs no other file, and the lines of CSV and JSON have the same names.
func TestPageAndTables(t *testing.T) {
	s := small(t, "logistic", majorityName)
	s.Presets = append(s.Presets, Preset{"wide", s.Presets[0].Settings})
	r := run(t, s)
	var page strings.Builder
	if err := r.Page(&page, "<digits>", "basin compare digits"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"&lt;digits&gt;", "basin (wide)", "logistic regression", "Basin&#39;s wide", "<td>majority</td>"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	if strings.Count(page.String(), "<svg") != 3 {
		t.Errorf("%d figures, want 3", strings.Count(page.String(), "<svg"))
	}
	for d := xml.NewDecoder(strings.NewReader(page.String())); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if e, is := token.(xml.StartElement); is {
			for _, a := range e.Attr {
				if slices.Contains([]string{"src", "href", "data"}, a.Name.Local) {
					t.Errorf("the page asks for %s", a.Value)
				}
			}
		}
	}
	var text strings.Builder
	if err := r.WriteCSV(&text); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(text.String())).ReadAll()
	if err != nil || len(lines) != 1+2*4 {
		t.Fatalf("%d lines (%v), want 9", len(lines), err)
	}
	object := map[string]any{}
	made := *r.Rows[2].Results[0]
	made.Preset, made.Quick = "x", true // what JSON leaves out
	line, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line, &object); err != nil {
		t.Fatal(err)
	}
	for _, name := range lines[0] {
		if _, there := object[name]; !there {
			t.Errorf("JSON has no %s", name)
		}
	}
	if len(object) != len(lines[0]) {
		t.Errorf("%d keys of JSON, %d columns of CSV", len(object), len(lines[0]))
	}
}
