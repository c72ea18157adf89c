package explore

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"basin"
	"basin/dataset"
	"basin/dataset/fetch"
	"basin/settings"
)

// taught trains a small network on the digits.
func taught(t *testing.T, set ...string) (*basin.Model, *dataset.Data) {
	t.Helper()
	s := settings.Defaults()
	if err := settings.Set(&s, append([]string{"network.modules.0.neurons=60", "learning.epochs=1"}, set...)); err != nil {
		t.Fatal(err)
	}
	data, err := basin.Open(t.Context(), s, fetch.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	m, err := basin.Train(t.Context(), s, data, basin.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m, data
}

func TestTheModelIsShownAsItIs(t *testing.T) {
	m, data := taught(t, "network.modules.0.input.window=4", "network.modules.0.bias=0.5", "readout.averaging=0.1")
	e := explorer(t, Options{Model: m, Path: "there/m.safetensors"})
	open := answered[modelAnswer](t, e, "model/open", struct{}{})
	if !open.Open || len(open.Modules) != 1 || open.Modules[0].Neurons != 60 || len(open.Classes) != 10 || open.Drawing == "" {
		t.Errorf("open: %+v", open)
	}
	j := answered[judgement](t, e, "model/judge", struct{}{})
	want, err := m.Evaluate(t.Context(), data.Test, 1)
	if err != nil {
		t.Fatal(err)
	}
	if int64(j.Right) != want.Tally.Correct || int64(j.Samples) != want.Tally.Samples {
		t.Errorf("%d of %d are right, want %d of %d", j.Right, j.Samples, want.Tally.Correct, want.Tally.Samples)
	}
	for c, row := range j.Confusion {
		for d, count := range row {
			if int64(count) != want.Confusion[c][d] {
				t.Errorf("class %d taken for %d: %d, want %d", c, d, count, want.Confusion[c][d])
			}
		}
	}
	for k, one := range j.Doubtful {
		if k > 0 && one.Margin < j.Doubtful[k-1].Margin || len(one.Values) != 64 {
			t.Errorf("doubtful sample %d has the margin %v and %d values", k, one.Margin, len(one.Values))
		}
	}
	for k, one := range j.Wrong {
		if one.Truth == one.Prediction || k > 0 && one.Margin > j.Wrong[k-1].Margin {
			t.Errorf("mistake %d: %+v", k, one)
		}
	}
	module := m.Network.Modules[0]
	for _, i := range []int{0, 17, 59} {
		n := answered[neuronAnswer](t, e, "model/neuron", neuronQuestion{0, i})
		sees := 0
		for k, w := range n.Input {
			stored := module.Input.At(i, k)
			if (w == nil) != (stored == nil) {
				t.Fatalf("neuron %d, value %d: %v, want %v", i, k, w, stored)
			}
			if w != nil {
				sees++
				if *w != *stored*float32(module.Input.Scale()) {
					t.Errorf("neuron %d, value %d: %v, want %v", i, k, *w, *stored)
				}
			}
		}
		if sees != 16 || n.Sees != 16 || n.Bias != module.Bias[i] || n.SelfCoupling != module.SelfCoupling {
			t.Errorf("neuron %d sees %d of 16 values, %+v", i, sees, n)
		}
		heard := 0
		for j := range 60 {
			if module.Recurrent.At(i, j) != nil {
				heard++
			}
		}
		if n.Heard != heard || len(n.Senders) != min(heard, mostStrong) {
			t.Errorf("neuron %d hears %d, of which %d are shown, want %d", i, n.Heard, len(n.Senders), heard)
		}
		for c, vote := range n.Votes {
			if vote != m.Network.Readout.Row(m.Network.Readout.Average, i)[c] {
				t.Errorf("neuron %d, class %d: another vote than that of the averaged readout", i, c)
			}
		}
		for c, share := range n.Active {
			if share < 0 || share > 1 {
				t.Errorf("neuron %d is at +1 for a share %v of class %d", i, share, c)
			}
		}
	}
}

func TestModelsOfEveryKindAreShown(t *testing.T) {
	for name, set := range map[string][]string{
		"no J":   {"network.modules.0.recurrent.density=0"},
		"dense":  {"network.modules.0.recurrent.density=1", "network.modules.0.neurons=30"},
		"grid":   {"network.modules.0.neurons=0", "network.modules.0.channels=4", "network.modules.0.input.window=4", "network.modules.0.input.shared=true", "network.modules.0.recurrent.density=0"},
		"chain":  {"network.chain.modules=3", "network.chain.lambda=0.5", "network.modules.0.neurons=20"},
		"signs":  {"preprocess.projection=40"},
		"hidden": {"dynamics.code=rival"},
	} {
		m, _ := taught(t, set...)
		kinds := map[string]*basin.Model{"": m}
		if q, err := m.Quantise(6); err == nil { // shared windows have no integers
			kinds[", integers"] = q
		}
		for kind, shown := range kinds {
			e := explorer(t, Options{Model: shown, Path: "m"})
			open := answered[modelAnswer](t, e, "model/open", struct{}{})
			for k, module := range open.Modules {
				n := answered[neuronAnswer](t, e, "model/neuron", neuronQuestion{k, module.Neurons - 1})
				if module.Read && len(n.Votes) != 10 {
					t.Errorf("%s%s, module %d: %d votes", name, kind, k, len(n.Votes))
				}
			}
			for _, q := range []neuronQuestion{{-1, 0}, {len(open.Modules), 0}, {0, -1}, {0, open.Modules[0].Neurons}} {
				if w := question(t, e, "model/neuron", q); w.Code != http.StatusUnprocessableEntity {
					t.Errorf("%s%s: %+v is answered with %d", name, kind, q, w.Code)
				}
			}
		}
	}
}

func TestWithoutAModelTheRoomSaysSo(t *testing.T) {
	e := explorer(t, Options{})
	if open := answered[modelAnswer](t, e, "model/open", struct{}{}); open.Open {
		t.Errorf("open: %+v", open)
	}
	for _, path := range []string{"model/judge", "model/neuron"} {
		if w := question(t, e, path, struct{}{}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// The values that a neuron sees have the names of columns and categories, in their order.
func TestValuesOfTablesHaveNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.csv")
	var text strings.Builder
	fmt.Fprintln(&text, "age,city,risk")
	for i := range 60 {
		age := fmt.Sprint(20 + i)
		if i%7 == 0 {
			age = ""
		}
		fmt.Fprintf(&text, "%s,%s,%s\n", age, []string{"Ulm", "Jena"}[i%2], []string{"low", "high"}[i/3%2])
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	m, _ := taught(t, "data.set="+path, "preprocess.missing=column")
	e := explorer(t, Options{Model: m, Path: "people.safetensors"})
	open := answered[modelAnswer](t, e, "model/open", struct{}{})
	if want := []string{"age", "age missing", "city = Jena", "city = Ulm"}; !slices.Equal(open.Columns, want) {
		t.Errorf("columns %q, want %q", open.Columns, want)
	}
}
