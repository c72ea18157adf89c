package basin_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"basin"

	"basin/checkpoint"
	"basin/dataset"
	"basin/internal/kernel"
	"basin/manifold/census"
	"basin/network"
	"basin/network/coupling"
	"basin/settings"
	"basin/train"
)

// A flag of its own: -update rewrites texts that may change, digests may not.
var updateDigests = flag.Bool("update-digests", false, "write testdata/golden.txt")

const goldenPath = "testdata/golden.txt"

// golden lists small trainings by their settings beside those of every one of them. Most are
// two epochs of 300 digits in mini-batches of 16, the last of 12.
var golden = []struct {
	name     string
	settings []string
}{
	{"dense", nil},
	{"sparse", []string{"network.modules.0.recurrent.density=0.2", "network.modules.0.input.density=0.4"}},
	{"window", []string{"network.modules.0.recurrent.density=0", "network.modules.0.input.window=4", "network.modules.0.input.density=0.7"}},
	{"topography", []string{"network.modules.0.recurrent={density: 0.2, reach: 2}", "network.modules.0.input.window=3", "network.modules.0.bias=0.3"}},
	{"chain", []string{"network.chain={modules: 3, size: 20, lambda: 0.5}", "network.feedback=[0, 1, 2]", "network.readout=[2, 1]", "dynamics.order=modules"}},
	{"links", []string{
		"network.modules=[{neurons: 33}, {neurons: 18, input: {density: 0}, recurrent: {density: 0.3}}]",
		"network.links=[{kind: learned, between: [0, 1], density: 1, gain: 1}, {kind: learned, between: [1, 0], direction: forward, density: 0.3}, {kind: excitatory, between: [0, 1], direction: forward, strength: 0.6, fan_in: 3}]",
		"learning.links.decay=0.1", "dynamics.feedback={warmup: [1], clamped: [0, 1], free: [1]}",
	}},
	{"tanh", []string{"network.modules.0.tanh=1.5"}},
	{"projection", []string{"preprocess={scale: none, standardise: none, projection: 50, projection_seed: 3, noise: 0.05}", "dynamics.code=centred"}},
	{"augment", []string{"preprocess={standardise: feature, augment: {shift: 1, rotation: 10, scale: 0.1, shear: 0.1, elastic: 0.5, flip: 0.2, cutout: 2, brightness: 0.2, contrast: 0.2, fill: edge}}"}},
	{"augment of signs", []string{"preprocess={standardise: none, projection: 50, noise: 0.05, augment: {shift: 1, rotation: 20}}"}},
	{"sequential", []string{"dynamics.order=sequential", "preprocess.noise=0.4"}},
	{"partial", []string{"dynamics.order=partial", "dynamics.probability=0.3", "network.modules.0.recurrent.density=0.3"}},
	{"cycles", []string{"dynamics.stop=cycle", "network.modules.0.self_coupling=-0.2", "dynamics.code=pm1"}},
	{"softness", []string{"learning.softness=2", "network.modules.0.recurrent.density=0.5"}},
	{"symmetric", []string{"network.modules.0.recurrent.symmetric=true", "learning.symmetry=update"}},
	{"symmetric couplings", []string{"network.modules.0.recurrent={density: 0.4, symmetric: true}", "learning.symmetry=couplings"}},
	{"both ends", []string{"learning.unstable=both", "learning.kappa=2"}},
	{"averaging", []string{"readout.averaging=0.01", "readout.on=[clamped, free]", "readout.weights=[0.8, 2.5]", "readout.decay=0.1"}},
	{"decay and schedules", []string{
		"learning.epochs=3", // what lies between the ends of a schedule
		"learning.kappa={start: 1.5, end: 0.5, shape: linear}", "learning.feedback={start: 1.2, end: 0.3, shape: exponential}",
		"learning.recurrent={rate: {start: 0.05, end: 0.001, shape: cosine}, decay: 0.5}", "learning.input.decay=0.2",
	}},
	{"ridge", []string{"readout={method: ridge, passes: 2, averaging: 0.01}", "preprocess.noise=0.2", "network.modules.0.recurrent.density=0.3"}},
	{"margin", []string{"readout={method: margin, rounds: 5}", "network.modules=[{neurons: 33}, {neurons: 18}]", "network.links=[{kind: learned, between: [0, 1], density: 1}]"}},
	{"ridge of tanh", []string{"readout={method: ridge, ridge: 0.1}", "network.modules=[{neurons: 33, tanh: 2}, {neurons: 18}]", "network.readout=[0]", "network.links=[{kind: learned, between: [0, 1], density: 1}]"}},
	{"no free sweeps", []string{"dynamics.free=0", "learning.batch=7"}},
}

// The bytes of trained networks, their histories and the counts of two censuses, whatever
// the kernel and the number of workers. The digests were recorded by the program of format
// version 1 before its first release.
func TestTrainingGivesTheBytesOfItsDigest(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: one long computation")
	}
	onRecordedProcessor(t)
	data := digits(t)
	lines := map[string]string{}
	for _, c := range golden {
		for _, version := range kernel.Available() {
			for _, workers := range []int{1, 3} {
				got := digest(t, learn(t, data, c.settings, version, workers))
				if first, ok := lines[c.name]; !ok {
					lines[c.name] = got
				} else if got != first {
					t.Errorf("%s, kernel %s, %d workers: digest %s, want %s as for kernel %s and 1 worker", c.name, version, workers, got, first, kernel.Available()[0])
				}
			}
		}
	}
	for name, spec := range censuses() {
		lines["census of "+name] = countedDigest(t, spec)
	}
	compareGolden(t, lines)
}

func compareGolden(t *testing.T, lines map[string]string) {
	t.Helper()
	var text strings.Builder
	for _, name := range sortedKeys(lines) {
		fmt.Fprintf(&text, "%s: %s\n", name, lines[name])
	}
	if *updateDigests {
		if err := os.WriteFile(goldenPath, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(goldenPath)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(kept)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		want[name] = value
	}
	for _, name := range sortedKeys(lines) {
		if lines[name] != want[name] {
			t.Errorf("%s: %s, want %s: equal settings no longer give equal results. Only if that is meant: change the digest (-update-digests) and a line of CHANGELOG.md together", name, lines[name], cmp.Or(want[name], "a line in "+goldenPath))
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s has %q, which no test computes", goldenPath, name)
	}
}

// censuses have networks of 12 neurons: one module, and two with links and biases.
func censuses() map[string]network.Spec {
	module := func(neurons int, self, density float64) network.ModuleSpec {
		return network.ModuleSpec{
			Neurons: neurons, SelfCoupling: self,
			Recurrent: network.RecurrentSpec{Gain: 1, Density: density}, Input: network.InputSpec{Gain: 0.5, Density: 1},
		}
	}
	graph := network.Spec{
		Modules: []network.ModuleSpec{module(7, 0.6, 0.5), module(5, 0.4, 1)},
		Links:   []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Gain: 0.5, Density: 0.6}, {Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.3, FanIn: 2}},
	}
	graph.Modules[1].Bias = 0.2
	return map[string]network.Spec{
		"a module": {Modules: []network.ModuleSpec{module(12, 0.4, 1)}},
		"a graph":  graph,
	}
}

func countedDigest(t *testing.T, spec network.Spec) string {
	t.Helper()
	n, err := network.Draw(spec, []int{3}, 2, 4)
	if err != nil {
		t.Fatal(err)
	}
	r, err := census.Take(t.Context(), n, []float32{1, -0.5, 0.25}, census.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := r.Pairs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d fixed points, pairs by distance %v", len(r.FixedPoints), pairs)
}

// digest returns the SHA-256 of the arrays in the file of a model, by name, with their
// types and shapes, and of its history. Settings, versions and the hashes of training rows do not enter: a new key
// leaves what was learned as it is. Windows enter as the compressed rows that they were in
// files of format versions 1 and 2, when the kept digests were recorded.
func digest(t *testing.T, m *checkpoint.Model) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := checkpoint.Save(path, m); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := binary.LittleEndian.Uint64(file)
	head, values := file[8:8+size], file[8+size:]
	var header map[string]json.RawMessage
	if err := json.Unmarshal(head, &header); err != nil {
		t.Fatal(err)
	}
	var metadata map[string]string
	if err := json.Unmarshal(header["__metadata__"], &metadata); err != nil {
		t.Fatal(err)
	}
	delete(header, "__metadata__")
	delete(header, "training_rows") // says what there was to learn, not what was learned
	arrays := map[string]string{}
	for name, text := range header {
		var array struct {
			Type    string    `json:"dtype"`
			Shape   []int     `json:"shape"`
			Offsets [2]uint64 `json:"data_offsets"`
		}
		if err := json.Unmarshal(text, &array); err != nil {
			t.Fatal(err)
		}
		arrays[name] = fmt.Sprintf("%s %v\n%s", array.Type, array.Shape, values[array.Offsets[0]:array.Offsets[1]])
	}
	m.Network.EachBlock(func(name string, b coupling.Couplings) {
		if b.Kind() == "windowed" {
			delete(arrays, name+".window")
			compressRows(arrays, name, b)
		}
	})
	hash := sha256.New()
	fmt.Fprintf(hash, "history %s\n", metadata["history"])
	for _, name := range sortedKeys(arrays) {
		fmt.Fprintf(hash, "%s %s", name, arrays[name])
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// compressRows puts the compressed rows of a block among arrays.
func compressRows(arrays map[string]string, name string, b coupling.Couplings) {
	var start, sender, value []byte
	entries := uint32(0)
	for i := range b.Shape().Receivers {
		start = binary.LittleEndian.AppendUint32(start, entries)
		b.Rows(i, i+1, func(_, j int, v *float32) bool {
			sender = binary.LittleEndian.AppendUint32(sender, uint32(j))
			value = binary.LittleEndian.AppendUint32(value, math.Float32bits(*v*float32(b.Scale())))
			entries++
			return true
		})
	}
	start = binary.LittleEndian.AppendUint32(start, entries)
	arrays[name+".start"] = fmt.Sprintf("I32 [%d]\n%s", len(start)/4, start)
	arrays[name+".sender"] = fmt.Sprintf("I32 [%d]\n%s", entries, sender)
	arrays[name+".value"] = fmt.Sprintf("F32 [%d]\n%s", entries, value)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// onRecordedProcessor skips on processors whose elementary functions may differ in the
// last bit from those of the recorded ones.
func onRecordedProcessor(t *testing.T) {
	t.Helper()
	if runtime.GOARCH != "amd64" {
		t.Skipf("the bytes were recorded on amd64 and are promised on one kind of processor: not compared on %s", runtime.GOARCH)
	}
}

// A digest sees every value and the history, and nothing else.
func TestDigestSeesEveryChangeOfAValue(t *testing.T) {
	m := learn(t, digits(t), nil, kernel.Name(), 1)
	before := digest(t, m)
	m.Version = "another"
	if got := digest(t, m); got != before {
		t.Errorf("the version changes the digest")
	}
	m.Network.Readout.Couplings[0] = -m.Network.Readout.Couplings[0]
	changed := digest(t, m)
	m.Network.Readout.Couplings[0] = -m.Network.Readout.Couplings[0]
	m.History = m.History[:1]
	if shorter := digest(t, m); changed == before || shorter == before {
		t.Errorf("the sign of a coupling, or a shorter history, leaves the digest as it was")
	}
}

// What follows touches how networks are trained; the tests above do not.

// learn trains with a kernel and a number of processors, and so of workers.
func learn(t *testing.T, data *dataset.Data, changes []string, version string, workers int) *checkpoint.Model {
	t.Helper()
	undo, err := kernel.Use(version)
	if err != nil {
		t.Fatal(err)
	}
	defer undo()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
	s := settings.Defaults()
	if err := settings.Set(&s, slices.Concat([]string{"seed=5", "network.modules.0.neurons=41", "learning.epochs=2"}, changes)); err != nil {
		t.Fatal(err)
	}
	run, err := basin.Begin(s, data)
	if err != nil {
		t.Fatal(err)
	}
	run.Model.Version = "golden"
	m, err := run.Train(t.Context(), basin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &m.Model
}

// run goes on with a training from a state to its end, and puts the history into m. 0
// workers take one per processor.
func run(t *testing.T, m *checkpoint.Model, from train.State, data *dataset.Data, workers int) {
	t.Helper()
	training, err := m.Encoder.Samples(data.Train)
	if err != nil {
		t.Fatal(err)
	}
	test, err := m.Encoder.Samples(data.Test)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := train.New(m.Network, train.Run{Settings: m.Settings.Protocol(), Training: training, Held: test, Split: "test", Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	if err := trainer.Restore(from); err != nil {
		t.Fatal(err)
	}
	if err := trainer.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	m.History = trainer.State().History
}

// digits returns the first 300 training and 100 test samples of the digits.
func digits(t *testing.T) *dataset.Data {
	t.Helper()
	data, err := dataset.Open(t.Context(), "digits", dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &dataset.Data{Train: first(data.Train, 300), Test: first(data.Test, 100)}
}

func first(s *dataset.Set, count int) *dataset.Set {
	chosen := make([]int, count)
	for i := range chosen {
		chosen[i] = i
	}
	return s.Subset(chosen)
}
