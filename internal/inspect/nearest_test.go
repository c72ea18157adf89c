package inspect

import (
	"slices"
	"testing"

	"basin/settings"
)

func TestNearestIsThePresetWithTheFewestChanges(t *testing.T) {
	for _, p := range settings.Presets() {
		s, err := settings.LoadPreset(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		if name, changes := Nearest(s); name != p.Name || len(changes) > 0 {
			t.Errorf("preset %s: nearest %s with %q", p.Name, name, changes)
		}
		s.Learning.Batch = 19
		if name, changes := Nearest(s); name != p.Name || !slices.Equal(changes, []string{"learning.batch=19"}) {
			t.Errorf("preset %s with batches of 19: nearest %s with %q", p.Name, name, changes)
		}
	}
	s := settings.Defaults()
	s.Seed = 4
	if name, changes := Nearest(s); name != "" || !slices.Equal(changes, []string{"seed=4"}) {
		t.Errorf("defaults of another seed: nearest %q with %q", name, changes)
	}
}
