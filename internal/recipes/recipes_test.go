package recipes

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"basin/dataset/fetch"
	"basin/internal/experiment"
	"basin/manifold/solve"
	"basin/settings"
)

func TestEveryRecipeHasValidCells(t *testing.T) {
	names := map[string]bool{}
	for _, r := range All() {
		if names[r.Name] || r.Title == "" || strings.HasSuffix(r.Title, ".") || !strings.HasSuffix(r.Method, ".") || !strings.ContainsAny(r.Question, "?") {
			t.Errorf("recipe %q: want a name of its own, a title without full stop, a question and a method", r.Name)
		}
		names[r.Name] = true
		for _, scale := range []experiment.Scale{r.Quick, r.Full} {
			if scale.Seeds < 1 || scale.Cost <= 0 {
				t.Errorf("%s: scale %+v, want seeds and a cost", r.Name, scale)
			}
		}
		keys := map[string]bool{}
		for _, full := range []bool{false, true} {
			cells, err := r.Cells(full, 0)
			if err != nil {
				t.Errorf("%s: %v", r.Name, err)
				continue
			}
			for _, c := range cells {
				if c.Cost <= 0 {
					t.Errorf("%s at %v: cost %v", r.Name, c.At, c.Cost)
				}
				keys[c.Key] = true
				checkSettings(t, r, c)
			}
			for _, set := range experiment.Sets(cells) {
				if !slices.ContainsFunc(fetch.List(), func(k fetch.Known) bool { return k.Name == set }) {
					t.Errorf("%s reads %q, which nobody on a cluster can be sent", r.Name, set)
				}
			}
		}
		if len(keys) < 4 {
			t.Errorf("%s: %d cells, want some", r.Name, len(keys))
		}
	}
}

// checkSettings holds a training against its assignments: what the report says is what
// was run.
func checkSettings(t *testing.T, r *experiment.Recipe, c experiment.Cell) {
	var task experiment.Training
	based, ok := c.Task.(experiment.Based)
	if !ok {
		return
	}
	text, err := json.Marshal(c.Task)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &task); err != nil {
		t.Fatal(err)
	}
	preset, set := based.Base()
	s, err := settings.LoadPreset(preset)
	if err != nil {
		t.Fatal(err)
	}
	if err := settings.Set(&s, set); err != nil {
		t.Errorf("%s at %v: %v", r.Name, c.At, err)
	}
	want, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(task.Settings)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s at %v: settings %s, want %s", r.Name, c.At, got, want)
	}
}

func TestPublishedPlacesAreOnTheFullGrid(t *testing.T) {
	for _, r := range All() {
		cells, err := r.Cells(true, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Published {
			if p.Of == "" || p.Source == "" || p.Low > p.High {
				t.Errorf("%s: published %+v, want whose, a source and an ordered range", r.Name, p)
			}
			met := false
			for _, c := range cells {
				met = met || meets(r, c, p)
			}
			if !met {
				t.Errorf("%s: no cell at the published %v", r.Name, p.At)
			}
		}
	}
}

func meets(r *experiment.Recipe, c experiment.Cell, p experiment.Published) bool {
	for axis, at := range p.At {
		if k := slices.IndexFunc(r.Axes, func(a experiment.Axis) bool { return a.Name == axis }); c.At[k] != at {
			return false
		}
	}
	return true
}

func TestDepthKeepsTheNumberOfCouplings(t *testing.T) {
	want := depthCouplings(1, depthNeurons, false)
	for _, length := range []int{1, 2, 3, 5, 8} {
		for _, allRead := range []bool{false, true} {
			n := depthSize(length, allRead)
			got := depthCouplings(length, n, allRead)
			// One neuron more or less in each module is the least that can be changed.
			if step := depthCouplings(length, n+1, allRead) - got; got < want-step || got > want+step {
				t.Errorf("%d modules of %d neurons have %d couplings, want %d within %d", length, n, got, want, step)
			}
		}
	}
	if n := depthSize(1, false); n != depthNeurons {
		t.Errorf("one module has %d neurons, want %d", n, depthNeurons)
	}
}

// filled returns the figures that have something to show.
func filled(r *experiment.Recipe, t *experiment.Table) []experiment.Figure {
	return slices.DeleteFunc(r.Figures(t), func(f experiment.Figure) bool { return f.Empty() })
}

func wellFormed(t *testing.T, svg []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("not well formed at %d: %v", d.InputOffset(), err)
		}
	}
}

func TestEveryFigureIsDrawnFromAnEmptyAndAFullTable(t *testing.T) {
	for _, r := range All() {
		for _, full := range []bool{false, true} {
			if len(filled(r, &experiment.Table{Recipe: r})) > 0 && len(r.Published) == 0 {
				t.Errorf("%s: a figure without any number", r.Name)
			}
			cells, err := r.Cells(full, 2)
			if err != nil {
				t.Fatal(err)
			}
			out := &experiment.Outcome{Recipe: r, Full: full, Seeds: 2, Cells: cells, Records: map[string]experiment.Record{}}
			for k, c := range cells {
				record := experiment.Record{Values: map[string]float64{}, Series: map[string]experiment.Series{}}
				for _, v := range r.Values {
					x := float64(k%7) / 10
					record.Values[v.Name] = x
					record.Series[v.Name] = experiment.Series{X: []float64{1, 2, 3}, Y: []float64{x / 2, x, 1}}
				}
				out.Records[c.Key] = record
			}
			names := map[string]bool{}
			for _, f := range filled(r, out.Table()) {
				if names[f.Name] || f.Title == "" || f.Caption == "" {
					t.Errorf("%s: figure %q: want a name of its own, a title and a caption", r.Name, f.Name)
				}
				names[f.Name] = true
				svg, err := f.Render("svg")
				if err != nil {
					t.Fatalf("%s: %v", r.Name, err)
				}
				wellFormed(t, svg)
			}
			if len(names) == 0 {
				t.Errorf("%s: no figure", r.Name)
			}
			if found := r.Findings(out.Table()); len(found) == 0 {
				t.Errorf("%s: nothing found", r.Name)
			}
			r.Findings(&experiment.Table{Recipe: r})
		}
	}
}

// skipIfShort leaves out computations that take minutes under the race detector, which has
// nothing to see in them that shorter tests do not show it.
func skipIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a long computation, left out by -short")
	}
}

// report runs the quick grid of a recipe with one seed, checks that it has the figures and
// returns its findings.
func report(t *testing.T, r *experiment.Recipe, figures []string) (*experiment.Outcome, string) {
	t.Helper()
	dir := t.TempDir()
	out, err := experiment.Run(context.Background(), r, dir, experiment.Options{Seeds: 1, Data: &experiment.Data{}})
	if err != nil {
		t.Fatal(err)
	}
	files, err := out.Write(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range figures {
		if !strings.Contains(" "+strings.Join(files, " ")+" ", " "+name+".svg ") {
			t.Errorf("no figure %s among %v", name, files)
		}
	}
	if found := r.Findings(&experiment.Table{Recipe: r}); len(found) != 0 {
		t.Errorf("findings without a row: %q", found)
	}
	for _, f := range r.Figures(&experiment.Table{Recipe: r}) {
		if !f.Empty() {
			t.Errorf("figure %s without a row", f.Name)
		}
	}
	return out, strings.Join(r.Findings(out.Table()), "\n")
}

// Whatever a cell computes, it ends with its context, at the first look and at later ones.
func TestCellsEndWithTheirContext(t *testing.T) {
	for name, task := range map[string]experiment.Task{
		"training": digitStates(t).Training, "representing": digitStates(t), "rounding": rounding{digitStates(t).Training, []int{8}}, "parity": parityCell(t, 4, 0.1, parityBias),
		"storing":  storing{Neurons: 50, Patterns: 60, Held: byNorm, Passes: 100, Batch: 16, Rate: 1},
		"censusOf": censusOf{Modules: 1, Neurons: 10, SelfCoupling: 0.3, Draws: 50, Starts: 20},
		"associating": associating{
			Modules: 3, Neurons: 30, Pairs: 40, Lambda: 1, Input: 1, Feedback: 3, Kappa: 3, Rate: 0.01, Epochs: 50, Batch: 4, Clamped: 3, Recall: 10,
		},
		"solving":  solving{Kind: oneModule(60, 0), Solver: solve.Reinforced, Draws: 2, Budget: 100},
		"labelled": labelled{Kind: oneModule(60, 0), Label: 1, Draws: 40, Budget: 100},
		"around":   around{Kind: oneModule(60, 0.5), Start: planted, Draws: 5, Iterations: 40},
		"walking":  walking{Kind: oneModule(60, 1), Start: string(solve.Sequential), Draws: 4, Budget: 200, Moves: 2, Turned: 20, Sweeps: 50},
		"existing": existing{Replicas: []int{2, 3}},
		"enduring": digitContest(t), "continuing": continuing{Training: digitContest(t).Training, First: 5, Rates: 0.5},
	} {
		for _, looks := range []int64{0, 1, 20} {
			ctx, cancel := context.WithCancel(t.Context())
			seen := &seeing{Context: ctx, left: looks, cancel: cancel}
			if _, err := task.Run(seen, &experiment.Bench{Seed: 1, Data: &experiment.Data{}}); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: error %v, want that of the context after %d looks at it", name, err, looks)
			}
			cancel()
		}
	}
}

// seeing is a context that is cancelled after some looks at it.
type seeing struct {
	context.Context
	left   int64
	cancel func()
}

func (s *seeing) Err() error {
	if atomic.AddInt64(&s.left, -1) < 0 {
		s.cancel()
	}
	return s.Context.Err()
}
