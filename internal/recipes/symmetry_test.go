package recipes

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"basin/internal/experiment"
)

func TestCellsDependOnSettingsAndSeedOnly(t *testing.T) {
	task, err := experiment.NewTraining("digits", "network.modules.0.neurons=40", "network.modules.0.recurrent.density=1", "learning.epochs=2")
	if err != nil {
		t.Fatal(err)
	}
	task.Samples, task.Held = 300, 100
	run := func(data *experiment.Data, seed uint64) string {
		result, err := symmetryTraining{task}.Run(context.Background(), &experiment.Bench{Seed: seed, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(result)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	shared := &experiment.Data{}
	first := run(shared, 1)
	if other := run(shared, 2); other == first {
		t.Error("two seeds give one result")
	}
	if again := run(shared, 1); again != first {
		t.Errorf("got %s, then %s", first, again)
	}
	if fresh := run(&experiment.Data{}, 1); fresh != first {
		t.Errorf("got %s, with data opened anew %s", first, fresh)
	}
	if !strings.Contains(first, symmetryOf) {
		t.Errorf("no symmetry in %s", first)
	}
}

// The recipe had six rules, with the preset, before it had conditions: their cells stay.
func TestSymmetryKeepsItsFirstCells(t *testing.T) {
	r := symmetries()
	stored := cellOf(t, "testdata/symmetry.jsonl")
	if !taken(t, r, stored) {
		t.Error("a stored cell is not taken")
	}
	cells, err := r.Cells(false, 1)
	if err != nil {
		t.Fatal(err)
	}
	if cells[0].Key != stored["key"] {
		t.Errorf("the first cell has the key %s, the stored one %v", cells[0].Key, stored["key"])
	}
}

// Conditions change what they say and nothing else: the margin beside the self-coupling is
// that of the preset.
func TestSymmetryConditions(t *testing.T) {
	points, err := symmetryPoints(true)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range points {
		name, s := p.At[0].String(), p.Task.(symmetryTraining).Settings
		jd := 0.5
		if strings.Contains(name, ", J_D = 0") {
			jd = 0
		}
		free, epochs := 5, 30
		if strings.Contains(name, ", no free phase") {
			free = 0
		}
		if strings.Contains(name, ", 300 epochs") {
			epochs = 300
		}
		if got := s.Network.Modules[0].SelfCoupling; got != jd || s.Dynamics.Free != free || s.Learning.Epochs != epochs {
			t.Errorf("%s: J_D = %v, %d free sweeps, %d epochs", name, got, s.Dynamics.Free, s.Learning.Epochs)
		}
		if margin := s.Learning.Kappa.Start - jd; margin < 0.899 || margin > 0.901 {
			t.Errorf("%s: margin %v beside the self-coupling, want 0.9", name, margin)
		}
	}
	if want := 6*4 + 2*4; len(points) != want {
		t.Errorf("%d points, want %d", len(points), want)
	}
}
