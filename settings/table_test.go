package settings

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"basin/dataset/fetch"
	"basin/internal/keys"
	"basin/network"
	"basin/plasticity"
	"basin/protocol"
)

func TestEveryKeyHasARowAndEveryRowAKey(t *testing.T) {
	rows := make(map[string]bool)
	for _, r := range table {
		if rows[r.Key] {
			t.Errorf("%s has two rows", r.Key)
		}
		rows[r.Key] = true
	}
	for _, k := range entries() {
		if k.About == "" || strings.HasSuffix(k.About, ".") || len(k.About) > 70 {
			t.Errorf("%s: description %q, want a short line without a full stop", k.Key, k.About)
		}
		if !rows[k.Key] {
			t.Errorf("%s has no row", k.Key)
		}
		delete(rows, k.Key)
	}
	for key := range rows {
		t.Errorf("row %s has no key", key)
	}
	for i, e := range Reference() {
		if e.Key != entries()[i].Key || e.Type == "" || !strings.HasSuffix(e.Type, "section") && !strings.HasSuffix(e.Type, "sections") && e.Default == "" {
			t.Errorf("entry %+v", e)
		}
	}
}

// validSettings draws every value inside the bounds of the table and then mends what
// depends on several keys.
func validSettings(t *rapid.T) Settings {
	s := Defaults()
	s.Network.Modules = make([]network.ModuleSpec, rapid.IntRange(1, 3).Draw(t, "modules"))
	if len(s.Network.Modules) > 1 {
		s.Network.Links = make([]network.Link, rapid.IntRange(0, 2).Draw(t, "links"))
	}
	fill(t, "", reflect.ValueOf(&s).Elem())
	for m := range s.Network.Modules {
		module := &s.Network.Modules[m]
		module.Neurons, module.Channels = max(1, s.Network.Modules[0].Neurons), 0
		module.FeedbackPer, module.Recurrent.Window, module.Recurrent.Shared = "", 0, false
		module.Input.Stride, module.Input.Shared = 0, false
	}
	for m := range s.Network.Modules {
		if module := &s.Network.Modules[m]; module.Activity > 0 {
			module.Bias, module.Tanh = 0, 0
		}
		s.Network.Modules[m].Input.Imprint = s.Network.Modules[m].Input.Imprint && s.Network.Modules[m].Input.Density > 0
		if r := &s.Network.Modules[m].Recurrent; r.Density == 1 || r.Symmetric {
			r.Reach = 0
		} else if r.Density > 0 {
			s.Learning.Symmetry = plasticity.Asymmetric
		}
	}
	if s.Readout.Method.Solved() { // its equations take the square of the neurons, and some signs alone
		s.Learning.Best, s.Network.Chain.Modules = false, 0
		for m := range s.Network.Modules {
			s.Network.Modules[m].Neurons = min(s.Network.Modules[m].Neurons, 10_000)
			s.Network.Modules[m].Tanh = 0
		}
	}
	for l := range s.Network.Links {
		link := &s.Network.Links[l]
		*link = network.Link{Kind: link.Kind, Between: [2]int{0, 1}, Direction: link.Direction, Strength: link.Strength, FanIn: min(link.FanIn, s.Network.Modules[0].Neurons)}
		if link.Kind != network.Excitatory {
			*link = network.Link{Kind: network.Learned, Between: link.Between, Direction: link.Direction, Density: 0.5}
		}
	}
	if len(s.Network.Modules) > 1 {
		s.Network.Chain.Modules = 0
		s.Network.Feedback = []float64{0.5, 2, 0, 1}[:len(s.Network.Modules)]
		s.Network.Readout, s.Dynamics.Feedback.Free = []int{1}, []int{1, 0}
	}
	if rapid.Bool().Draw(t, "on grids") {
		onGrids(&s, rapid.SampledFrom([]network.LinkKind{network.Learned, network.Pool}).Draw(t, "kind of windows"))
		s.Network.Chain, s.Network.Feedback, s.Network.Readout, s.Dynamics.Feedback.Free = network.Chain{}, nil, nil, nil
		s.Learning.Symmetry = plasticity.Asymmetric
	}
	s.Dynamics.Evaluation = max(s.Dynamics.Warmup, 1)
	s.Dynamics.Warmup = s.Dynamics.Evaluation
	if s.Dynamics.Code == network.Rival || s.Learning.Undecided > 0 {
		s.Dynamics.Feedback.Warmup = nil
	}
	s.Preprocess.Noise = min(s.Preprocess.Noise, 0.5)
	return s
}

func fill(t *rapid.T, key string, v reflect.Value) {
	r := rows[generic(key)]
	float := func() float64 {
		low, high := max(r.Low, -1e30), min(r.High, 1e30)
		if r.Above {
			low = math.Nextafter(low, high)
		}
		return rapid.Float64Range(low, high).Draw(t, key)
	}
	switch {
	case v.Type() == scheduleType:
		c := protocol.Schedule{Start: float(), End: float(), Shape: protocol.Shape(rapid.SampledFrom(keys.Names(protocol.Shapes()...)).Draw(t, key))}
		if c.Shape == protocol.ExponentialShape && !(c.Start > 0 && c.End > 0) {
			c = protocol.Constant(c.Start)
		}
		v.Set(reflect.ValueOf(c))
	case v.Kind() == reflect.Struct:
		prefix := key + "."
		if key == "" {
			prefix = ""
		}
		for _, m := range keys.Members(v.Type()) {
			fill(t, prefix+m.Name, v.Field(m.Index))
		}
	case key == "readout.on":
		on := rapid.Permutation(r.Choices).Draw(t, key)[:rapid.IntRange(1, 3).Draw(t, key)]
		v.Set(reflect.Zero(v.Type()))
		for _, state := range on {
			v.Set(reflect.Append(v, reflect.ValueOf(protocol.ReadoutState(state))))
		}
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		for i := range v.Len() {
			fill(t, fmt.Sprintf("%s.%d", key, i), v.Index(i))
		}
	case v.Kind() == reflect.String && r.Choices != nil:
		v.SetString(rapid.SampledFrom(r.Choices).Draw(t, key))
	case v.Kind() == reflect.String:
		v.SetString(rapid.StringN(1, 20, -1).Draw(t, key))
	case v.Kind() == reflect.Float64:
		v.SetFloat(float())
	case v.Kind() == reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, key))
	case v.Kind() == reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, key))
	default:
		v.SetInt(rapid.Int64Range(int64(r.Low), int64(min(r.High, 1e9))).Draw(t, key))
	}
}

func TestLoadOfMarshalGivesTheSameSettings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, base := validSettings(t), validSettings(t)
		text, err := Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Load("own.yaml", text, base)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !reflect.DeepEqual(withoutEmpty(got), withoutEmpty(s)) {
			t.Fatalf("got %+v\nwant %+v\n%s", got, s, text)
		}
		for _, k := range entries() { // Set takes every value as Marshal writes it
			if keys.IsSection(k.value.Type()) || strings.Contains(k.Key, "*") || k.typeName() == "list of sections" {
				continue
			}
			value, _ := newDecoder("", true).find(reflect.ValueOf(&s).Elem(), place{}, k.Key)
			again := clone(s)
			if err := Set(&again, []string{k.Key + "=" + inline(value)}); err != nil || !reflect.DeepEqual(again, s) {
				t.Fatalf("%s=%s: error %v, got %+v", k.Key, inline(value), err, again)
			}
		}
	})
}

func TestMarshalRefusesWhatCannotBeLoaded(t *testing.T) {
	for name, change := range map[string]func(*Settings){
		"nan":   func(s *Settings) { s.Readout.Kappa = math.NaN() },
		"bytes": func(s *Settings) { s.Data.Set = "\xff" },
		"empty": func(s *Settings) { *s = Settings{} },
	} {
		s := Defaults()
		change(&s)
		if text, err := Marshal(s); err == nil {
			t.Errorf("%s: written as\n%s", name, text)
		}
	}
}

func TestPresets(t *testing.T) {
	want := []string{"cifar-10", "dense-2000", "digits", "entangled-mnist-1600", "entangled-mnist-400", "entangled-mnist-rival", "fashion-mnist", "fashion-mnist-independent", "fashion-mnist-rival", "fashion-mnist-shared", "fashion-mnist-windows", "mnist", "mnist-fast", "mnist-fastest", "mnist-rival", "mnist-sparse-2000", "plain", "table"}
	known := make(map[string]bool)
	for _, k := range fetch.List() {
		known[k.Name] = true
	}
	for i, p := range Presets() {
		if i >= len(want) || p.Name != want[i] {
			t.Fatalf("preset %d is %s, want %v", i, p.Name, want)
		}
		s, err := LoadPreset(p.Name)
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if len(p.Summary) < 20 || len(p.Summary) > 100 || !known[s.Data.Set] {
			t.Errorf("%s: summary %q, data %q", p.Name, p.Summary, s.Data.Set)
		}
	}
	_, err := LoadPreset("mnist-spase-2000")
	if err == nil || !strings.Contains(err.Error(), "did you mean mnist-sparse-2000?") {
		t.Errorf("error %v", err)
	}
}

func TestSchemaHasEveryKeyAndNoOther(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	if root["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("$schema is %v", root["$schema"])
	}
	var found []string
	var visit func(path string, s map[string]any)
	visit = func(path string, s map[string]any) {
		if properties, ok := s["properties"].(map[string]any); ok {
			if s["additionalProperties"] != false {
				t.Errorf("%s: additionalProperties is %v, want false", path, s["additionalProperties"])
			}
			for name, member := range properties {
				found = append(found, path+name)
				if member.(map[string]any)["description"] == nil {
					t.Errorf("%s: no description", path+name)
				}
				visit(path+name+".", member.(map[string]any))
			}
		}
		if items, ok := s["items"].(map[string]any); ok {
			visit(path+"*.", items)
		}
	}
	visit("", root)
	want := map[string]bool{presetKey: true}
	for _, r := range table {
		want[r.Key] = true
	}
	for _, key := range found {
		if !want[key] {
			t.Errorf("schema has %s", key)
		}
		delete(want, key)
	}
	if len(want) > 0 {
		t.Errorf("schema lacks %v", want)
	}
}
