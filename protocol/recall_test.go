package protocol_test

import (
	"slices"
	"sync/atomic"
	"testing"

	"basin/internal/random"
	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// versions are rows of which each comes in three versions, and counts those that are asked for.
type versions struct {
	protocol.Samples
	epoch  uint64
	asked  *atomic.Int64
	silent int // every so many-th row has no version; 0 for none
}

func (v versions) version(place int) uint64 {
	draws := random.New(v.epoch, random.Synthetic, uint64(place))
	return draws.Uint64() % 3
}

func (v versions) Row(place int, dst []float32) {
	v.asked.Add(1)
	v.Samples.Row(place, dst)
	for k := range v.Dim() {
		dst[k] *= 1 + 0.3*float32(v.version(place))
	}
}

func (v versions) Version(place int) (uint64, bool) {
	return v.version(place), v.silent == 0 || place%v.silent > 0
}

// frozen are settings of networks of which nothing but the readout learns.
func frozen(t *testing.T) map[string]settings.Settings {
	t.Helper()
	all := map[string]settings.Settings{}
	for name, changes := range map[string][]string{
		"recurrent": {"dynamics.warmup=3", "dynamics.clamped=0", "dynamics.free=2", "dynamics.evaluation=3", "readout.on=[inference, free]", "network.modules.0.recurrent.density=0.3"},
		"shared windows": {
			"network.modules=[{neurons: 0, channels: 9, input: {window: 4, shared: true}, recurrent: {density: 0, gain: 0}}, {neurons: 0, channels: 9, input: {density: 0, gain: 0}, recurrent: {density: 0, gain: 0}}]",
			"network.links=[{kind: pool, between: [0, 1], direction: forward, window: 3, stride: 1, strength: 1}]", "network.readout=[1]", "network.feedback=[0, 0]",
			"dynamics.order=modules", "dynamics.warmup=1", "dynamics.clamped=0", "dynamics.free=0", "dynamics.evaluation=1", "readout.on=[inference]",
		},
	} {
		s := small(50, 0.1)
		s.Network.Modules[0].Recurrent.Density = 0.3
		if err := settings.Set(&s, append(changes, "learning.recurrent.rate=0", "learning.links.rate=0", "learning.input.rate=0", "learning.epochs=5")); err != nil {
			t.Fatal(err)
		}
		all[name] = s
	}
	return all
}

// epochs learns 40 samples five times, in mini-batches of 7, and returns couplings, tallies, and
// how many rows were asked for in each epoch. room limits what is recalled; hidden hides versions.
func epochs(t *testing.T, s settings.Settings, workers, room, silent int, hidden bool) (learned []uint32, tallies []protocol.Tally, rows []int64) {
	t.Helper()
	training, _, shape := digits(t, s.Preprocess, 40)
	n := drawn(t, s, shape)
	l, err := protocol.NewLearner(s.Protocol(), n, 7, workers)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if room >= 0 {
		l.Room(room)
	}
	for epoch := range 5 {
		asked := &atomic.Int64{}
		var samples protocol.Samples = versions{training, uint64(epoch), asked, silent}
		if hidden {
			samples = struct{ protocol.Samples }{samples}
		}
		for first := 0; first < 40; first += 7 {
			var places []int32
			for i := first; i < min(40, first+7); i++ {
				places = append(places, int32((i*7+epoch)%40)) // in another order each time
			}
			tally, err := l.Step(protocol.Batch{Samples: samples, Places: places, Epoch: epoch, Before: epoch*6 + first/7})
			if err != nil {
				t.Fatal(err)
			}
			tallies = append(tallies, tally)
		}
		rows = append(rows, asked.Load())
	}
	return couplings(n), tallies, rows
}

// What is recalled is learned from as what is computed, bit for bit, and is not computed.
func TestRecalledSamplesLearnWhatComputedOnesDo(t *testing.T) {
	for name, s := range frozen(t) {
		want, wantTallies, all := epochs(t, s, 1, -1, 0, true)
		if !slices.Equal(all, []int64{40, 40, 40, 40, 40}) {
			t.Fatalf("%s: without versions %d rows are asked for", name, all)
		}
		if wantTallies[0].Unstable == 0 || slices.Equal(wantTallies[:6], wantTallies[6:12]) {
			t.Fatalf("%s: the test says nothing: %+v", name, wantTallies[0])
		}
		seen, fresh := map[[2]uint64]bool{}, make([]int64, 5)
		for epoch := range fresh {
			for place := range 40 {
				key := [2]uint64{uint64(place), versions{epoch: uint64(epoch)}.version(place)}
				if !seen[key] {
					fresh[epoch]++
				}
				seen[key] = true
			}
		}
		for _, workers := range []int{1, 2, 3} {
			for _, room := range []int{-1, 0, 100} {
				for _, silent := range []int{0, 3, 1} {
					got, tallies, rows := epochs(t, s, workers, room, silent, false)
					if !slices.Equal(got, want) || !slices.Equal(tallies, wantTallies) {
						t.Errorf("%s, %d workers, room %d, silent %d: couplings equal: %t, tallies %+v, want %+v", name, workers, room, silent, slices.Equal(got, want), tallies, wantTallies)
					}
					switch {
					case room < 0 && silent == 0 && !slices.Equal(rows, fresh):
						t.Errorf("%s: rows %d, want %d", name, rows, fresh)
					case (room == 0 || silent == 1) && !slices.Equal(rows, all):
						t.Errorf("%s, room %d, silent %d: rows %d, want %d", name, room, silent, rows, all)
					case room == 100 && silent == 0 && (rows[4] <= fresh[4] || rows[4] >= 40):
						t.Errorf("%s: with little room rows %d", name, rows)
					}
				}
			}
		}
	}
}

// A watcher sees every sample, and those that learn after it recall nothing wrong.
func TestWatchedSamplesAreComputed(t *testing.T) {
	s := frozen(t)["recurrent"]
	training, _, shape := digits(t, s.Preprocess, 7)
	learn := func(watched func(turn int) bool) ([]uint32, []int64) {
		n := drawn(t, s, shape)
		l, err := protocol.NewLearner(s.Protocol(), n, 7, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		var rows []int64
		for turn := range 4 {
			l.Watch(nil)
			if watched(turn) {
				l.Watch(func(protocol.Moment, protocol.ReadoutState, *protocol.Learner, int, int) {})
			}
			asked := &atomic.Int64{}
			if _, err := l.Step(protocol.Batch{Samples: versions{training, 1, asked, 0}, Places: []int32{0, 1, 2, 3, 4, 5, 6}, Epoch: turn, Before: turn}); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, asked.Load())
		}
		return couplings(n), rows
	}
	want, _ := learn(func(int) bool { return true })
	got, rows := learn(func(turn int) bool { return turn == 0 || turn == 2 })
	if !slices.Equal(got, want) || !slices.Equal(rows, []int64{7, 7, 7, 0}) {
		t.Errorf("couplings equal: %t; rows %d", slices.Equal(got, want), rows)
	}
}

// Evaluations of the same samples are those of Evaluate while the readout changes, and ask for
// rows once.
func TestEvaluatingAgainIsEvaluating(t *testing.T) {
	for name, s := range frozen(t) {
		s.Readout.Averaging = 0
		_, held, shape := digits(t, s.Preprocess, 40)
		n := drawn(t, s, shape)
		for _, workers := range []int{1, 2, 3} {
			again, err := protocol.NewPredictor(s.Protocol(), n, workers)
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			afresh, err := protocol.NewPredictor(s.Protocol(), n, workers)
			if err != nil {
				t.Fatal(err)
			}
			defer afresh.Close()
			draws, different := random.New(1, random.Synthetic), map[int64]bool{}
			for turn, count := range []int{100, 100, 100, 37, 37} {
				for i := range n.Readout.Couplings {
					if n.Readout.Couplings[i] != 0 { // those of neurons that are not read stay so
						n.Readout.Couplings[i] = float32(draws.Float64() - 0.5)
					}
				}
				asked := &atomic.Int64{}
				got, err := again.EvaluateAgain(t.Context(), versions{held, 1, asked, 0}, count)
				if err != nil {
					t.Fatal(err)
				}
				want, err := afresh.Evaluate(t.Context(), versions{held, 1, &atomic.Int64{}, 0}, count, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("%s, %d workers, turn %d: %+v, want %+v", name, workers, turn, got, want)
				}
				if rows := asked.Load(); (rows > 0) != (turn == 0 || turn == 3) {
					t.Errorf("%s, turn %d: %d rows", name, turn, rows)
				}
				different[want.Correct] = true
			}
			if len(different) < 3 {
				t.Errorf("%s: the test says nothing: %v", name, different)
			}
		}
	}
}

func TestWhatMayNotBeRecalled(t *testing.T) {
	s := frozen(t)["recurrent"]
	_, _, shape := digits(t, s.Preprocess, 1)
	for name, changes := range map[string][]string{
		"J learns": {"learning.recurrent.rate=0.1"}, "W learns": {"learning.input.rate=0.1"},
		"links learn":           {"learning.links.rate=0.1", "network.modules=[{neurons: 20}, {neurons: 20}]", "network.links=[{kind: learned, between: [0, 1], density: 1}]", "network.feedback=[0, 0]"},
		"J learns later":        {"learning.recurrent.rate={start: 0, end: 0.1, shape: linear}"},
		"a label is heard":      {"dynamics.clamped=1"},
		"in the warm-up":        {"dynamics.feedback.warmup=[0]"},
		"decided samples":       {"learning.undecided=3"},
		"the margin moves":      {"learning.kappa={start: 1, end: 0.5, shape: linear}"},
		"random orders":         {"dynamics.order=sequential"},
		"random choice":         {"dynamics.order=partial", "dynamics.probability=0.5"},
		"continuous neurons":    {"network.modules.0.tanh=1"},
		"nothing: it may be so": {},
	} {
		changed := s
		if err := settings.Set(&changed, changes); err != nil {
			t.Fatal(err)
		}
		n := drawn(t, changed, shape)
		if got, want := changed.Protocol().Repeats(n), len(changes) == 0; got != want {
			t.Errorf("%s: repeats: %t", name, got)
		}
		if bytes := changed.Protocol().Recalled(n, 1000); (bytes > 0) != (len(changes) == 0) || bytes > 1_000_000 {
			t.Errorf("%s: %d bytes", name, bytes)
		}
	}
}

// The presets of frozen features are recalled, though links would learn if there were any that can.
func TestPresetsOfFrozenFeaturesRepeat(t *testing.T) {
	for preset, shape := range map[string][]int{"cifar-10": {32, 32, 3}, "fashion-mnist-shared": {28, 28}} {
		s, err := settings.LoadPreset(preset)
		if err != nil {
			t.Fatal(err)
		}
		n, err := network.Outline(s.Network, shape, 10)
		if err != nil {
			t.Fatal(err)
		}
		if p := s.Protocol(); !p.Repeats(n) || p.Recalled(n, 60_000) < 200<<20 {
			t.Errorf("%s: repeats %t, %d bytes", preset, p.Repeats(n), p.Recalled(n, 60_000))
		}
	}
}
