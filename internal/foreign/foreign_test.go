package foreign

import (
	"os"
	"strings"
	"testing"

	"basin/settings"
)

func preset(t *testing.T, name string, changes ...string) settings.Settings {
	t.Helper()
	s, err := settings.LoadPreset(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := settings.Set(&s, changes); err != nil {
		t.Fatal(err)
	}
	return s
}

func kept(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// dense are settings like those of the preset plain which both programs know, but for the code and
// the weights of classes.
var dense = []string{
	"data.set=mnist", "data.split=", "preprocess.scale=none", "preprocess.standardise=none", "preprocess.projection=100",
	"dynamics.warmup=2", "dynamics.clamped=3", "dynamics.evaluation=5", "readout.on=[free]",
}

// Settings that are written for another program and read again are the same.
func TestThereAndBackGivesTheSame(t *testing.T) {
	tests := []struct {
		program string
		s       settings.Settings
	}{
		{"paper", preset(t, "entangled-mnist-400")},
		{"paper", preset(t, "entangled-mnist-400", "data.set=fashion-mnist", "network.modules.0.neurons=1600", "network.modules.0.bias=0.3", "dynamics.free=0", "seed=7")},
		{"paper", preset(t, "plain", append(dense, "dynamics.code=centred", "readout.weights=[0.79, 2.5]")...)},
		{"darnax", preset(t, "mnist-sparse-2000")},
		{"darnax", preset(t, "dense-2000")},
		{"darnax", preset(t, "mnist-sparse-2000", "network.modules.0.recurrent.density=0.037", "network.modules.0.input.density=0.3", "learning.recurrent.rate=0.017", "learning.input.decay=0.003")},
		{"darnax", preset(t, "plain", append(dense, "data.validation=0.2")...)},
	}
	for _, test := range tests {
		text, notes, err := Write(test.program, test.s)
		if err != nil {
			t.Errorf("%s: %v", test.program, err)
			continue
		}
		if len(notes) > 0 {
			t.Errorf("%s: notes %q", test.program, notes)
		}
		back, _, err := Read(test.program, "there", text)
		if err != nil {
			t.Errorf("%s: %v\n%s", test.program, err, text)
			continue
		}
		if lost := settings.Changes(test.s, back); len(lost) > 0 {
			t.Errorf("%s: %q did not come back", test.program, lost)
		}
	}
}

// The published files give the presets that follow them. darnax takes its sweeps of an evaluation
// after the warm-up, so that it has one more than the preset.
func TestPublishedFilesGiveThePresets(t *testing.T) {
	for _, test := range []struct {
		program, file, preset, changes string
		notes                          []string
	}{
		{
			"darnax", "tutorial10.json", "mnist-sparse-2000", "seed=0 dynamics.evaluation=6 learning.epochs=20",
			[]string{"model.kwargs.seed: 44", "seeds draw", "torch_clf: left out", "tutorial 10"},
		},
		{"paper", "baseline.yaml", "entangled-mnist-400", "", []string{"seed draws", "[0.79 2.5]"}},
	} {
		s, notes, err := Read(test.program, test.file, kept(t, test.file))
		if err != nil {
			t.Errorf("%s: %v", test.file, err)
			continue
		}
		if got := strings.Join(settings.Changes(s, preset(t, test.preset)), " "); got != test.changes {
			t.Errorf("%s differs from the preset %s by %q, want %q", test.file, test.preset, got, test.changes)
		}
		for i, want := range test.notes {
			if len(notes) != len(test.notes) || !strings.Contains(notes[i], want) {
				t.Errorf("%s: notes %q, want %q", test.file, notes, test.notes)
				break
			}
		}
	}
}

// A file that means what cannot be converted is refused, with the key and the reason.
func TestReadRefuses(t *testing.T) {
	for _, test := range []struct{ file, old, new, want string }{
		{"tutorial10.json", `"epochs": 20`, `"epoch": 20`, "epoch: unknown key; did you mean epochs?"},
		{"tutorial10.json", `"epochs": 20`, `"epochs": 2.5`, "epochs: is 2.5, want a whole number"},
		{"tutorial10.json", `"epochs": 20`, `"epochs": "many"`, "epochs: is many, want a number"},
		{"tutorial10.json", `"epochs": 20,`, ``, "epochs: is missing"},
		{"tutorial10.json", `"threshold_in": 1.78`, `"threshold_in": 1.5`, "threshold_in: is 1.5, want 1.78: J and W have one margin"},
		{"tutorial10.json", `"pm1"`, `"c-rescale"`, "label_mode"},
		{"tutorial10.json", `"identity"`, `"tanh"`, "x_transform"},
		{"tutorial10.json", `"linear_projection": null`, `"linear_projection": 100`, "linear_projection: is 100, want null"},
		{"tutorial10.json", `"num_images_per_class": null`, `"num_images_per_class": 50`, "num_images_per_class: is 50, want null"},
		{"tutorial10.json", `"dim_data": 784`, `"dim_data": 100`, "dim_data: is 100, want 784"},
		{"tutorial10.json", `"sparsity": 0.99`, `"sparsity": 1`, "sparsity: leaves a share of 0"},
		{"tutorial10.json", `"eval_n_iter": 5`, `"eval_n_iter": 5, "momentum": 0.5`, "momentum: is 0.5, want 0"},
		{"tutorial10.json", `"eval_n_iter": 5`, `"eval_n_iter": 5, "k": 0.5`, "trainer.kwargs.k: unknown key"},
		{"tutorial10.json", `"batch_size": 16`, `"batch_size": 0`, "learning.batch"},
		{"baseline.yaml", "num_layers: 1", "num_layers: 2", "num_layers: is 2, want 1"},
		{"baseline.yaml", "max_steps_eval: 5", "max_steps_eval: ${max_steps_train}", "max_steps_eval: refers to another key"},
		{"baseline.yaml", "max_steps_train: 5", "max_steps_train: 1", "max_steps_train: is 1, want at least 2"},
		{"baseline.yaml", "name: test", "defaults: [base, _self_]", "defaults: names further files"},
		{"baseline.yaml", "use_local_ce: false", "use_local_ce: true", "use_local_ce: is true, want false"},
		{"baseline.yaml", "p_update: 1.0", "p_update: 0.5", "p_update"},
		{"baseline.yaml", "lambda_wback_skip: []", "lambda_wback_skip: [0.5]", "lambda_wback_skip: is [0.5], want an empty list"},
		{"baseline.yaml", "- 5.0", "- 5.0\n- 0.0", "lambda_input_skip: has 2 numbers, want 1"},
		{"baseline.yaml", "P: 6000", "P: 600", "data.P: is 600, want 6000"},
		{"baseline.yaml", "dataset: mnist", "dataset: cifar", `data.dataset: is "cifar"`},
		{"baseline.yaml", "noise: 0.0}", "nose: 0.0}", "data.mnist.nose: unknown key"},
		{"baseline.yaml", "lr_J: 0.005", "lr_J: 0.005\nlr: [0.02, 0.0, 0.1]", "lr_J: is 0.005, want 0.02: what lr says"},
		{"baseline.yaml", "H: 400", "H: 50", "H: is 50, want at least N"},
		{"baseline.yaml", "double_dynamics: true", "double_dynamics: 1", "double_dynamics: is 1, want true or false"},
		{"baseline.yaml", "double_dynamics: true", "double_dynamics: null", "double_dynamics: is missing, want true or false"},
		{"baseline.yaml", "lambda_wback_skip: []", "lambda_wback_skip: [null]", "lambda_wback_skip: is [null], want an empty list"},
		{"baseline.yaml", "- 5.0", "- null", "lambda_input_skip: has null, want numbers"},
		{"baseline.yaml", "dataset: mnist", "dataset: 3", "data.dataset: is 3, want mnist or fashionmnist"},
		{"tutorial10.json", `"label_mode": "pm1"`, `"label_mode": null`, "label_mode: is missing, want pm1"},
	} {
		program := "paper"
		if strings.HasSuffix(test.file, ".json") {
			program = "darnax"
		}
		text := string(kept(t, test.file))
		if !strings.Contains(text, test.old) {
			t.Fatalf("%s: no %q", test.file, test.old)
		}
		s, _, err := Read(program, test.file, []byte(strings.Replace(text, test.old, test.new, 1)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s with %q: error %v, want %q", test.file, test.new, err, test.want)
		}
		if s.Network.Modules != nil {
			t.Errorf("%s with %q: settings beside an error", test.file, test.new)
		}
	}
}

// Settings that another program cannot hold are refused, each key of them.
func TestWriteRefusesWhatWouldBeLost(t *testing.T) {
	for _, test := range []struct{ program, preset, change, want string }{
		{"darnax", "mnist-sparse-2000", "readout.averaging=0.001", "readout.averaging=0.001: cannot be said in the settings of darnax: its readout is not averaged; want 0"},
		{"darnax", "mnist-sparse-2000", "network.modules.0.input.window=10", "network.modules.0.input.window=10"},
		{"darnax", "mnist-sparse-2000", "learning.input.rate={start: 0.1, end: 0.01, shape: cosine}", "learning.input.rate="},
		{"darnax", "mnist-sparse-2000", "readout.weights=[1, 2]", "readout.weights=[1, 2]"},
		{"darnax", "mnist-sparse-2000", "network.modules.0.bias=1", "network.modules.0.bias=1"},
		{"darnax", "mnist-sparse-2000", "dynamics.evaluation=0", "dynamics.evaluation"},
		{"darnax", "mnist-sparse-2000", "dynamics.warmup=6", "eval_n_iter"},
		{"darnax", "mnist-sparse-2000", "network.chain={modules: 2, lambda: 0.5}", "is written for one"},
		{"darnax", "digits", "seed=1", "data.set=digits"},
		{"paper", "entangled-mnist-400", "dynamics.warmup=1", "dynamics.warmup=1"},
		{"paper", "entangled-mnist-400", "dynamics.free=3", "dynamics.free=3"},
		{"paper", "entangled-mnist-400", "network.modules.0.recurrent.gain=2", "recurrent.gain=2"},
		{"paper", "entangled-mnist-400", "network.modules.0.recurrent.density=0.5", "recurrent.density=0.5"},
		{"paper", "entangled-mnist-400", "learning.softness=2", "learning.softness=2: cannot be said in the settings of paper; want 0"},
	} {
		s := preset(t, test.preset)
		if err := settings.Set(&s, []string{test.change}); err != nil {
			if !strings.Contains(err.Error(), test.want) {
				t.Fatal(err)
			}
			continue
		}
		text, _, err := Write(test.program, s)
		if err == nil || !strings.Contains(err.Error(), test.want) || text != nil {
			t.Errorf("%s for %s, %s: error %v, want %q", test.program, test.preset, test.change, err, test.want)
		}
	}
	s := preset(t, "entangled-mnist-400", "preprocess.projection_seed=3")
	if _, notes, err := Write("paper", s); err != nil || len(notes) != 1 || !strings.Contains(notes[0], "projection_seed: 3 is lost") {
		t.Errorf("a seed of the projection: notes %q, error %v", notes, err)
	}
}

// Whose settings a text has is said by most of its keys, mistakes among them or not.
func TestRecognise(t *testing.T) {
	ours, err := settings.Marshal(settings.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ text, want string }{
		{string(ours), Ours},
		{string(kept(t, "tutorial10.json")), "darnax"},
		{string(kept(t, "baseline.yaml")), "paper"},
		{strings.Replace(string(kept(t, "baseline.yaml")), "lr_J: 0.005", "lr_K: 0.005", 1), "paper"},
		{"a: 1\nseed: 2", ""},
		{"[", ""},
	} {
		if got := Recognise([]byte(test.text)); got != test.want {
			t.Errorf("%.30q: %q, want %q", test.text, got, test.want)
		}
	}
}

func TestProgramsThatAreNotKnown(t *testing.T) {
	if _, _, err := Read("darnaks", "", nil); err == nil || !strings.Contains(err.Error(), "did you mean darnax?") {
		t.Error(err)
	}
	if _, _, err := Write("jax", settings.Defaults()); err == nil {
		t.Error("no error")
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"tutorial10.json", "baseline.yaml"} {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("a: &b [1]\nc: *b"))
	f.Add([]byte("data: [data: {kwargs: 1}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, program := range Programs() {
			s, _, err := Read(program, "fuzz", text)
			if err != nil {
				continue
			}
			if err := s.Validate(); err != nil {
				t.Errorf("%s: %v", program, err)
			}
		}
	})
}
