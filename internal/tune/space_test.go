package tune

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"basin/settings"
)

// spaceOf is that of a preset on data of some shape.
func spaceOf(t interface{ Fatal(...any) }, preset string, shape []int, classes int) *space {
	s, err := settings.LoadPreset(preset)
	if err != nil {
		t.Fatal(err)
	}
	s.Data.Set, s.Data.Validation = "some.csv", 0.2
	return &space{Base: s, Shape: shape, Classes: classes, Samples: 1000, Epochs: s.Learning.Epochs}
}

// anySpace draws the space of a table or of images, with a limit or none.
func anySpace(t *rapid.T) *space {
	kinds := []struct {
		preset string
		shape  []int
	}{
		{"table", []int{4}},
		{"table", []int{300}},
		{"plain", []int{64}},
		{"plain", []int{5, 5}},
		{"plain", []int{12, 20, 3}},
		{"digits", []int{8, 8}},
		{"mnist", []int{28, 28}},
		{"mnist-fastest", []int{28, 28}},
		{"fashion-mnist-rival", []int{28, 28}},
		{"plain", []int{96, 70, 3}},
		{"cifar-10", []int{32, 32, 3}},
		{"fashion-mnist-shared", []int{28, 28}},
		{"entangled-mnist-1600", []int{100}},
		{"dense-2000", []int{28, 28}},
	}
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	p := spaceOf(t, kind.preset, kind.shape, rapid.IntRange(2, 120).Draw(t, "classes"))
	p.Base.Seed = rapid.Uint64Range(0, 1000).Draw(t, "seed")
	p.Epochs = rapid.IntRange(1, 80).Draw(t, "epochs")
	p.Limit = p.cost(p.base()) * rapid.SampledFrom([]float64{0, 1, 4, 16}).Draw(t, "limit")
	return p
}

// Every trial is a settings file that `basin train` takes for the data, and within the limit.
func TestEveryTrialCanBeLearned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anySpace(t)
		before := fmt.Sprint(p.Base)
		list, err := p.starts()
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := p.draw(rapid.Uint64Range(0, 1000).Draw(t, "number"), list)
		if err != nil {
			t.Fatal(err)
		}
		for i, trial := range []start{drawn, rapid.SampledFrom(list).Draw(t, "start")} {
			s := trial.Settings
			if err := s.Validate(); err != nil {
				t.Fatalf("%d, from %s: %v", i, trial.Name, err)
			}
			if err := s.Network.Fits(p.Shape, p.Classes); err != nil {
				t.Fatalf("%d, from %s: %v", i, trial.Name, err)
			}
			if s.Seed != p.Base.Seed || !reflect.DeepEqual(s.Data, p.Base.Data) || s.Learning.Epochs != p.Epochs {
				t.Fatalf("trial %d: seed %d, data %v, %d epochs: want those of the base and of the space", i, s.Seed, s.Data, s.Learning.Epochs)
			}
			if again := clone(s); p.Limit > 0 && p.cost(s) > p.Limit && smaller(&again) {
				t.Fatalf("trial %d costs %v, the limit is %v", i, p.cost(s), p.Limit)
			}
			text, err := settings.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			again, err := settings.Load("trial.yaml", text, settings.Defaults())
			if err != nil || len(settings.Changes(again, s)) > 0 {
				t.Fatalf("trial %d: %v, %v after a settings file", i, err, settings.Changes(again, s))
			}
		}
		if fmt.Sprint(p.Base) != before {
			t.Fatal("drawing trials changed the base")
		}
	})
}

func TestTrialIsTheSameHoweverManyThereAre(t *testing.T) {
	p := spaceOf(t, "table", []int{9}, 3)
	all, err := p.trials(40)
	if err != nil {
		t.Fatal(err)
	}
	for _, count := range []int{1, 3, 25} {
		some, err := p.trials(count)
		if err != nil || !reflect.DeepEqual(some, all[:count]) {
			t.Fatalf("%d trials are not the first of 40 (%v)", count, err)
		}
	}
	p.Base.Seed++
	other, err := p.trials(40)
	if err != nil || reflect.DeepEqual(other[39].Settings.Network, all[39].Settings.Network) {
		t.Fatalf("another seed draws the same trial 39 (%v)", err)
	}
}

// Trial 0 is the base, and no start says the same as another.
func TestStartsDiffer(t *testing.T) {
	for preset, shape := range map[string][]int{"table": {7}, "plain": {9, 9}, "digits": {8, 8}, "mnist-fast": {28, 28}} {
		p := spaceOf(t, preset, shape, 3)
		starts, err := p.starts()
		if err != nil || len(starts) < 4 {
			t.Fatalf("%s: %d starts, %v: want 4 or more", preset, len(starts), err)
		}
		for i, a := range starts {
			for _, b := range starts[:i] {
				if len(settings.Changes(a.Settings, b.Settings)) == 0 {
					t.Errorf("%s: %s and %s are the same settings", preset, a.Name, b.Name)
				}
			}
		}
		if changes := settings.Changes(starts[0].Settings, p.Base); len(changes) > 0 {
			t.Errorf("%s: trial 0 is the base but for %v", preset, changes)
		}
	}
}

// Images have stacks of shared windows among the starts, prepared as their presets are, with windows
// and pools that cover them; a base that prepares images in its own way keeps it, and has them only
// where it whitens.
func TestStacksAmongTheStarts(t *testing.T) {
	for _, c := range []struct {
		shape  []int
		set    []string
		stacks int
	}{
		{[]int{32, 32, 3}, nil, 3},
		{[]int{96, 70, 3}, nil, 3},
		{[]int{28, 28}, nil, 3},
		{[]int{8, 8}, nil, 3},
		{[]int{28, 28}, []string{"preprocess.whiten=patch", "preprocess.contrast=local"}, 2}, // flips are the base's
		{[]int{28, 28}, []string{"preprocess.projection=100"}, 0},
		{[]int{5, 5}, nil, 0},
		{[]int{200}, nil, 0},
	} {
		p := spaceOf(t, "plain", c.shape, 3)
		if err := settings.Set(&p.Base, c.set); err != nil {
			t.Fatal(err)
		}
		starts, err := p.starts()
		if err != nil {
			t.Fatal(err)
		}
		stacks := 0
		for _, s := range starts {
			n := s.Settings.Network
			if !stack(n) {
				continue
			}
			stacks++
			if e := p.effort(s.Settings); e.Once <= 0 || e.Epoch <= 0 || e.Versions < 1 {
				t.Errorf("%v, %s: effort %+v, want states that are computed once", c.shape, s.Name, e)
			}
			if c.set == nil && s.Settings.Preprocess.Contrast != "sample" || s.Settings.Preprocess.Whiten != "patch" {
				t.Errorf("%v, %s: preprocess %+v", c.shape, s.Name, s.Settings.Preprocess)
			}
			in, pool := n.Modules[0].Input, n.Links[0]
			places := (p.side()-in.Window)/in.Stride + 1
			cells := (places-pool.Window)/pool.Stride + 1
			if covered := (cells-1)*pool.Stride + pool.Window; covered != places || cells < min(4, places) || places > 2*stackSide {
				t.Errorf("%v, %s: %d cells cover %d of %d places", c.shape, s.Name, cells, covered, places)
			}
		}
		if stacks != c.stacks {
			t.Errorf("%v %v: %d stacks among %d starts, want %d", c.shape, c.set, stacks, len(starts), c.stacks)
		}
	}
}

// A state that is computed once is paid for in as many epochs as a sample has versions.
func TestEffortOfStatesThatAreComputedOnce(t *testing.T) {
	p := spaceOf(t, "cifar-10", []int{32, 32, 3}, 10)
	at := func(set ...string) effort {
		s := clone(p.Base)
		if err := settings.Set(&s, set); err != nil {
			t.Fatal(err)
		}
		return p.effort(s)
	}
	flipped, plain := at(), at("preprocess.augment.flip=0")
	for epochs := 1; epochs < 5; epochs++ {
		once := min(epochs, 2)
		if got, want := flipped.of(epochs), float64(once)*flipped.Once+float64(epochs)*flipped.Epoch; got != want {
			t.Errorf("%d epochs with flips: %v, want %v", epochs, got, want)
		}
		if got, want := plain.of(epochs), plain.Once+float64(epochs)*plain.Epoch; got != want {
			t.Errorf("%d epochs: %v, want %v", epochs, got, want)
		}
	}
	if flipped.of(1) != plain.of(1) {
		t.Errorf("one epoch costs %v with flips, %v without", flipped.of(1), plain.of(1))
	}
	for _, set := range []string{"preprocess.noise=0.1", "preprocess.augment.shift=1", "learning.input.rate=0.01"} {
		if e := at(set); e.Once != 0 || e.Epoch != plain.of(1) {
			t.Errorf("%s: %+v, want %v in every epoch", set, e, plain.of(1))
		}
	}
}

func TestRound2(t *testing.T) {
	for x, want := range map[float64]float64{0: 0, 1: 1, 0.0123456: 0.012, 1234: 1200, 0.995: 0.99, 9.96: 10, 3: 3} {
		if got := round2(x); got != want {
			t.Errorf("round2(%v) = %v, want %v", x, got, want)
		}
	}
}
