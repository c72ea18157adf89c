package settings

import (
	"slices"
	"testing"

	"basin/network"
	"basin/protocol"
)

// Changes of any preset from any other, and of networks of other sizes, make one of the
// other.
func TestChangesMakeTheSettingsOfTheBase(t *testing.T) {
	list := []Settings{Defaults()}
	for _, p := range Presets() {
		s, err := LoadPreset(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	two := Defaults()
	two.Data.Set, two.Data.Label = "a folder/with: signs", "1"
	two.Network.Modules = append(two.Network.Modules, two.Network.Modules[0])
	two.Network.Modules[1].Recurrent.Density, two.Network.Modules[1].Input.Window = 0.2, 3
	two.Network.Links = []network.Link{
		{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.5},
		{Kind: network.Learned, Between: [2]int{1, 0}, Direction: network.Forward, Density: 0.1},
	}
	two.Network.Feedback, two.Dynamics.Feedback.Free = []float64{1, 0.5}, []int{1}
	two.Learning.Kappa = protocol.Schedule{Start: 1, End: 0.5, Shape: protocol.LinearShape}
	other := clone(two)
	other.Network.Links, other.Network.Modules[1].Neurons = other.Network.Links[1:], 30
	list = append(list, two, other)
	for i, s := range list {
		for k, base := range list {
			changes := Changes(s, base)
			if (len(changes) == 0) != (i == k) {
				t.Errorf("settings %d and %d: %d changes", i, k, len(changes))
			}
			made := clone(base)
			if err := Set(&made, changes); err != nil {
				t.Fatalf("settings %d from %d: %v", i, k, err)
			}
			want, err := Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := Marshal(made); err != nil || string(got) != string(want) {
				t.Errorf("settings %d from %d with %q: %v, got\n%s\nwant\n%s", i, k, changes, err, got, want)
			}
		}
	}
}

func TestChangesNameKeysAndValues(t *testing.T) {
	s := clone(Defaults())
	s.Seed, s.Data.Label, s.Network.Modules[0].Neurons, s.Readout.On = 7, "a b", 50, []protocol.ReadoutState{protocol.OnFree}
	s.Network.Links = []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Density: 1}}
	want := []string{
		"seed=7", `data.label="a b"`, "network.modules.0.neurons=50",
		"network.links=[{kind: learned, between: [0, 1], density: 1}]", "readout.on=[free]",
	}
	if got := Changes(s, Defaults()); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
