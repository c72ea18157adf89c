package interchange_test

import (
	"path/filepath"
	"strings"
	"testing"

	"basin"
	"basin/dataset"
	"basin/settings"
)

// keptModels are the finished models that the tests of the repository keep, by their names.
func keptModels(t *testing.T) map[string]*basin.Model {
	t.Helper()
	paths, err := filepath.Glob("../testdata/kept/*.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	models := map[string]*basin.Model{}
	for _, path := range paths {
		if strings.Contains(path, ".checkpoint.") {
			continue
		}
		m, err := basin.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		models[strings.TrimSuffix(filepath.Base(path), ".safetensors")] = m
	}
	if len(models) < 10 {
		t.Fatalf("%d kept models, want at least 10", len(models))
	}
	return models
}

// digits are those that come with Basin.
func digits(t testing.TB) *dataset.Data {
	t.Helper()
	data, err := dataset.Open(t.Context(), "digits", dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// trained is a model of some settings that has learned the first 300 digits for two epochs.
func trained(t testing.TB, assignments ...string) *basin.Model {
	t.Helper()
	data := digits(t)
	return trainedOn(t, &dataset.Data{Train: data.Train.Subset(places(300)), Test: data.Test}, assignments...)
}

func trainedOn(t testing.TB, data *dataset.Data, assignments ...string) *basin.Model {
	t.Helper()
	s := settings.Defaults()
	if err := settings.Set(&s, append([]string{"network.modules.0.neurons=60", "learning.epochs=2"}, assignments...)); err != nil {
		t.Fatal(err)
	}
	m, err := basin.Train(t.Context(), s, data, basin.Options{})
	if err != nil {
		t.Fatalf("%q: %v", assignments, err)
	}
	return m
}

// rescale gives the couplings of modules a scale of their own, as decay does while they learn.
func rescale(m *basin.Model) {
	for _, module := range m.Network.Modules {
		if module.Recurrent != nil {
			module.Recurrent.SetScale(0.75)
		}
		if module.Input != nil {
			module.Input.SetScale(0.75)
		}
	}
}

func places(count int) []int {
	list := make([]int, count)
	for i := range list {
		list[i] = i
	}
	return list
}

// integerModels are models of integers: one for each kind of couplings, of bytes and of signs.
func integerModels(t *testing.T) map[string]*basin.Model {
	t.Helper()
	models := map[string]*basin.Model{}
	for name, assignments := range map[string][]string{
		"dense":   nil,
		"sparse":  {"network.modules.0.recurrent.density=0.3", "network.modules.0.input.density=0.4", "network.modules.0.bias=0.1"},
		"windows": {"network.modules.0.input.window=4", "preprocess.standardise=global"},
		"signs":   {"preprocess.projection=90"},
		"links": {
			"network.modules=[{neurons: 33}, {neurons: 18, input: {density: 0}, recurrent: {density: 0.3}}]",
			"network.links=[{kind: learned, between: [0, 1], density: 1}, {kind: excitatory, between: [0, 1], direction: forward, strength: 0.6, fan_in: 3}]",
		},
	} {
		q, err := trained(t, assignments...).Quantise(8)
		if err != nil {
			t.Fatal(name, err)
		}
		models[name] = q
	}
	return models
}
