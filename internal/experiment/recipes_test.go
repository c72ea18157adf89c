package experiment

import (
	"encoding/json"
	"strings"
	"testing"

	"basin/settings"
)

func TestEveryRecipeHasValidCells(t *testing.T) {
	names := map[string]bool{}
	for _, r := range Recipes() {
		if names[r.Name] || r.Title == "" || strings.HasSuffix(r.Title, ".") || !strings.HasSuffix(r.Method, ".") || !strings.ContainsAny(r.Question, "?") {
			t.Errorf("recipe %q: want a name of its own, a title without full stop, a question and a method", r.Name)
		}
		names[r.Name] = true
		for _, scale := range []Scale{r.Quick, r.Full} {
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
		}
		if len(keys) < 4 {
			t.Errorf("%s: %d cells, want some", r.Name, len(keys))
		}
	}
}

// checkSettings holds a training against its assignments: what the report says is what
// was run.
func checkSettings(t *testing.T, r *Recipe, c Cell) {
	var task Training
	based, ok := c.Task.(Based)
	if !ok {
		return
	}
	if err := json.Unmarshal(c.task, &task); err != nil {
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
	for _, r := range Recipes() {
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

func meets(r *Recipe, c Cell, p Published) bool {
	for axis, at := range p.At {
		if c.At[r.axis(axis)] != at {
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

func TestKeyChangesWithEverythingThatDecides(t *testing.T) {
	r := coins(nil)
	base := Point{At: []Place{Number(1), Word("few")}, Task: throws{Count: 10, Bias: 0.5}}
	keys := map[string]string{}
	for name, change := range map[string]func(p *Point, seed *uint64){
		"nothing": func(*Point, *uint64) {},
		"place":   func(p *Point, _ *uint64) { p.At = []Place{Number(2), Word("few")} },
		"word":    func(p *Point, _ *uint64) { p.At = []Place{Number(1), Word("many")} },
		"task":    func(p *Point, _ *uint64) { p.Task = throws{Count: 11, Bias: 0.5} },
		"seed":    func(_ *Point, seed *uint64) { *seed = 2 },
	} {
		p, seed := base, uint64(1)
		change(&p, &seed)
		_, key, err := r.identify(p, seed)
		if err != nil {
			t.Fatal(err)
		}
		if other, taken := keys[key]; taken {
			t.Errorf("%s and %s have one key", name, other)
		}
		keys[key] = name
	}
	same := base
	same.Cost = 7
	if _, key, _ := r.identify(same, 1); keys[key] != "nothing" {
		t.Error("the cost changes the key")
	}
}
