package bench

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"basin/checkpoint"
	"basin/dataset"
	"basin/dynamics"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// watched is a network of two modules, linked both ways, whose every kind of coupling
// learns and decays.
const watched = `
preprocess: {noise: 0.1, standardise: none}
network:
  modules:
    - {neurons: 24, self_coupling: 0.3, recurrent: {density: 1}, input: {density: 1}}
    - {neurons: 20, self_coupling: 0.2, recurrent: {density: 0.5}, input: {density: 0.1}}
  links:
    - {kind: learned, between: [0, 1], density: 0.5, gain: 0.5}
    - {kind: excitatory, between: [0, 1], strength: 0.3, fan_in: 3}
dynamics: {warmup: 3, clamped: 3, free: 3, evaluation: 3}
learning:
  epochs: 1
  batch: 16
  recurrent: {rate: 0.02, decay: 0.1}
  links: {rate: 0.03, decay: 0.1}
  input: {rate: 0.05, decay: 0.1}
readout: {rate: 0.2, decay: 0.1, kappa: 1, on: [inference, free], averaging: 0.1}
`

// grid puts module 0 on a grid.
const (
	placed = "network.modules.0.neurons=0 network.modules.0.input.window=24 network.modules.0.recurrent.density=0"
	grid   = "network.modules.0.channels=4 " + placed
	shared = "network.modules.0.recurrent={density:1,window:3,shared:true} network.modules.0.neurons=0 network.modules.0.channels=4 network.modules.0.input.window=24"
)

// assignments change every key of a network, its dynamics and its learning, one in each
// line; what follows the first in a line makes it count.
var assignments = []string{
	"network.chain.modules=3 network.links=[] network.modules=[{neurons:20,recurrent:{density:1}}]",
	"network.chain.size=18 network.chain.modules=2 network.links=[] network.modules=[{neurons:20,recurrent:{density:1}}]",
	"network.chain.lambda=0.5 network.chain.modules=2 network.links=[] network.modules=[{neurons:20,recurrent:{density:1}}]",
	"network.chain.input=all network.chain.modules=2 network.links=[] network.modules=[{neurons:20,recurrent:{density:1}}]",
	"network.modules.0.neurons=37",
	"network.modules.0.self_coupling=-0.3",
	"network.modules.1.tanh=1.5",
	"network.modules.0.bias=0.4",
	"network.modules.0.recurrent.gain=2",
	"network.modules.0.recurrent.density=0.3",
	"network.modules.0.recurrent.symmetric=true",
	"network.modules.0.recurrent.reach=3 network.modules.0.recurrent.density=0.3 network.modules.0.input.window=9",
	"network.modules.0.input.gain=2",
	"network.modules.0.input.density=0.3",
	"network.modules.0.input.window=9",
	"network.links.1.kind=learned network.links.1.strength=0 network.links.1.fan_in=0 network.links.1.density=1",
	"network.links.0.between=[1,0] network.links.0.direction=forward",
	"network.links.0.direction=backward",
	"network.links.1.strength=0.6",
	"network.links.1.fan_in=5",
	"network.links.0.gain=1",
	"network.links.0.density=1",
	"network.links.0.reach=3 network.modules.0.input.window=9 network.modules.1.input.window=9 network.modules.1.input.density=1",
	"network.modules.0.channels=3 " + placed,
	"network.modules.0.input.stride=2 " + grid,
	"network.modules.0.input.shared=true " + grid,
	"network.modules.0.feedback_per=channel " + grid,
	"network.links.0.window=2 network.links.0.direction=forward " + grid,
	"network.modules.0.recurrent.window=3 " + shared,
	"network.modules.0.recurrent.shared=true " + shared,
	"network.links.0.shared=true network.modules.1={neurons:0,channels:2,recurrent:{density:0},input:{density:0}} network.links.0.density=1 network.links.0.direction=forward network.links.0.window=2 network.links.1.fan_in=1 " + grid,
	"network.links.0.stride=2 network.modules.1={neurons:0,channels:2,recurrent:{density:0},input:{density:0}} network.links.0.direction=forward network.links.0.window=2 network.links.1.fan_in=1 " + grid,
	"network.links.0.border=1 network.modules.1={neurons:0,channels:2,recurrent:{density:0},input:{density:0}} network.links.0.direction=forward network.links.0.window=2 network.links.1.fan_in=1 " + grid,
	"network.links.0.level=1 network.links.0.kind=pool network.links.0.density=0 network.links.0.gain=0 network.links.0.strength=1 network.links.0.direction=forward network.links.0.window=2 network.modules.1={neurons:0,channels:4,recurrent:{density:0},input:{density:0}} network.links.1.fan_in=1 " + grid,
	"network.feedback=[1,3]",
	"network.readout=[1]",
	"dynamics.order=partial",
	"dynamics.order=sequential",
	"dynamics.order=modules",
	"dynamics.probability=0.9 dynamics.order=partial",
	"dynamics.stop=cycle dynamics.free=12 network.modules.0.self_coupling=0 network.modules.1.self_coupling=0",
	"dynamics.stop=budget",
	"dynamics.warmup=1 dynamics.evaluation=1",
	"dynamics.warmup=0 readout.on=[free]",
	"dynamics.clamped=5",
	"dynamics.free=0",
	"dynamics.evaluation=5 readout.on=[free]",
	"dynamics.code=centred",
	"dynamics.code=rival",
	"dynamics.feedback.warmup=[1]",
	"dynamics.feedback.clamped=[0]",
	"dynamics.feedback.free=[0,1]",
	"learning.epochs=2 learning.kappa={start:0.6,end:0.2,shape:linear}",
	"learning.batch=13",
	"learning.kappa=0.5",
	"learning.feedback=2",
	"learning.undecided=0.5",
	"learning.softness=2",
	"learning.symmetry=update network.modules.1.recurrent.symmetric=true",
	"learning.symmetry=couplings network.modules.1.recurrent.symmetric=true",
	"learning.unstable=both",
	"learning.recurrent.rate=0.1",
	"learning.recurrent.decay=0.5",
	"learning.links.rate=0.1",
	"learning.links.decay=0.5",
	"learning.input.rate=0.2",
	"learning.input.decay=0.5",
	"readout.rate=0.1",
	"readout.decay=0.5",
	"readout.kappa=3",
	"readout.weights=[2,1]",
	"readout.on=[free,clamped,inference]",
	"readout.averaging=0",
}

// withoutEffect changes nothing: a fixed point stays one.
const withoutEffect = "dynamics.stop=budget"

var place = regexp.MustCompile(`\.\d+`)

// A benchmark measures what training does: the parts of a step leave the couplings that a
// trainer leaves, with a watcher or without, whatever the settings. The samples are those
// of a warm-up and three mini-batches, the last of them odd.
func TestPartsLearnWhatATrainerLearns(t *testing.T) {
	missing := map[string]bool{}
	for _, e := range settings.Reference() {
		section, _, nested := strings.Cut(e.Key, ".")
		if slices.Contains([]string{"network", "dynamics", "learning", "readout"}, section) && nested && !strings.Contains(e.Type, "section") {
			missing[e.Key] = true
		}
	}
	for _, key := range []string{"learning.best", "readout.method", "readout.ridge", "readout.passes", "readout.rounds"} {
		delete(missing, key) // what a run makes of its epochs: no mini-batch knows it
	}
	for _, key := range []string{"network.modules.*.activity", "network.modules.*.input.imprint", "network.links.*.imprint"} {
		delete(missing, key) // what a network is drawn from
	}
	plain := trained(t, "", nil)
	for _, row := range append(assignments, "") {
		key, _, _ := strings.Cut(row, "=")
		delete(missing, place.ReplaceAllString(key, ".*"))
		want := trained(t, row, nil)
		if same := bytes.Equal(want, plain); same != (row == "" || row == withoutEffect) {
			t.Errorf("%q: the same couplings as without it: %v, want %v", row, same, !same)
		}
		var seen atomic.Int64 // workers tell it at once
		watcher := func(protocol.Moment, protocol.ReadoutState, *protocol.Learner, int, int) { seen.Add(1) }
		if got := trained(t, row, watcher); !bytes.Equal(got, want) || seen.Load() == 0 {
			t.Errorf("%q: a watcher that was told %d times changes the couplings", row, seen.Load())
		}
		s := assigned(t, row)
		if _, err := parts(t.Context(), s, time.Minute, 1, 1); err != nil {
			t.Fatalf("%q: %v", row, err)
		}
		if got := saved(t, s); !bytes.Equal(got, want) {
			t.Errorf("%q: the couplings after the parts of a step differ from a trainer's", row)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("no assignment changes %s", key)
	}
}

// assigned draws the network watched with some assignments, with samples for it.
func assigned(t *testing.T, row string) *Subject {
	t.Helper()
	base, err := settings.Load("watched", []byte(watched), settings.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if err := settings.Set(&base, strings.Fields(row)); err != nil {
		t.Fatalf("%q: %v", row, err)
	}
	return subject(t, Warmup+2*16+7, 1, func(s *settings.Settings) { *s = base })
}

// trained returns what a trainer with two workers makes of a network in an epoch.
func trained(t *testing.T, row string, w protocol.Watcher) []byte {
	t.Helper()
	s := assigned(t, row)
	trainer, err := train.New(s.Network, train.Run{Settings: s.Settings.Protocol(), Training: s.Training, Workers: 2})
	if err != nil {
		t.Fatalf("%q: %v", row, err)
	}
	defer trainer.Close()
	trainer.Watch(w)
	stop := errors.New("after an epoch")
	err = trainer.Run(t.Context(), func(p train.Progress) error {
		if p.EpochDone {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) {
		t.Fatalf("%q: %v", row, err)
	}
	return saved(t, s)
}

// saved returns the tensors of the model file of a network.
func saved(t *testing.T, s *Subject) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model")
	encoder := &dataset.Encoder{Preprocess: dataset.Preprocess{Scale: "none", Standardise: "none"}, Features: s.Network.Inputs(), Divisor: 1}
	if err := checkpoint.Save(path, &checkpoint.Model{Settings: s.Settings, Network: s.Network, Encoder: encoder}); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head := binary.LittleEndian.Uint64(file) // the settings are in the head
	return file[8+head:]
}

// Later sweeps are those after a sample's first, also where a phase has none of its own.
func TestPartsCountTheSweepsOfEachPhaseOnce(t *testing.T) {
	for _, row := range []struct{ warmup, clamped, free, later int }{{3, 2, 2, 6}, {1, 4, 0, 4}, {0, 1, 2, 2}, {0, 3, 0, 2}, {2, 0, 1, 2}} {
		s := subject(t, Warmup+64, 1, func(s *settings.Settings) {
			s.Network.Modules[0].Recurrent.Density = 0 // flips cost nothing
			d := &s.Dynamics
			d.Stop, d.Warmup, d.Clamped, d.Free = dynamics.StopAtBudget, row.warmup, row.clamped, row.free
			s.Readout.On = []protocol.ReadoutState{protocol.OnFree}
		})
		list, err := parts(t.Context(), s, time.Minute, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := list[partSweeps].Operations, float64(4*row.later*s.Network.StateSize()); got != want {
			t.Errorf("%+v: %v operations of later sweeps per sample, want %v", row, got, want)
		}
	}
}

func TestPartsCountTheirOperations(t *testing.T) {
	const neurons, inputs, classes = 40, 28 * 28, 10
	s := subject(t, Warmup+128, 1, nil)
	list, err := parts(t.Context(), s, time.Minute, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range map[int]float64{
		partData:    inputs,
		partInput:   2 * neurons * inputs,
		partProduct: 2 * neurons * (neurons - 1),
		partReadout: 2 * neurons * classes * float64(len(s.Settings.Readout.On)),
	} {
		if got := list[part].Operations; got != want {
			t.Errorf("%s: %v operations per sample, want %v", list[part].Name, got, want)
		}
	}
	for _, p := range list {
		if p.Name == "" || !(p.Nanoseconds > 0) || !(p.Bytes >= 0) {
			t.Errorf("part %+v, want a name and a time", p)
		}
		if want := max(p.Operations/2, p.Bytes) / p.Nanoseconds; p.Share != want {
			t.Errorf("%s: share %v of the roofline, want %v", p.Name, p.Share, want)
		}
	}
}
