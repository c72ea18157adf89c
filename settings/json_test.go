package settings

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"basin/dataset"
	"basin/internal/keys"
	"basin/network"
	"basin/protocol"
)

// everything has a value other than zero at every key.
func everything() Settings {
	s := Defaults()
	s.Seed, s.Data = 7, Data{Set: "a.csv", Label: "x", TestShare: 0.25, Validation: 0.125, Split: "stratified"}
	s.Preprocess.Standardise, s.Preprocess.Projection, s.Preprocess.ProjectionSeed, s.Preprocess.Noise = "none", 30, 9, 0.25
	s.Preprocess.Augment = dataset.Augment{
		Shift: 1, Rotation: 2, Scale: 0.5, Shear: 0.25, Elastic: 3, ElasticSpacing: 8, Flip: 0.125, Cutout: 4, Brightness: 0.75, Contrast: 0.5, Fill: "edge",
	}
	module := network.ModuleSpec{
		Neurons: 20, Channels: 4, SelfCoupling: 0.75, Tanh: 2, Bias: 0.5, FeedbackPer: network.PerChannel,
		Recurrent: network.RecurrentSpec{Gain: 0.5, Density: 0.25, Symmetric: true, Reach: 2, Window: 3, Shared: true},
		Input:     network.InputSpec{Gain: 3, Density: 0.5, Window: 4, Stride: 2, Shared: true},
	}
	s.Network = network.Spec{
		Chain:   network.Chain{Modules: 2, Size: 10, Lambda: 0.5, Input: network.AllRead},
		Modules: []network.ModuleSpec{module, module},
		Links: []network.Link{
			{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Forward, Strength: 1, FanIn: 2, Gain: 3, Density: 0.5, Reach: 2, Window: 3, Stride: 2, Border: 1, Shared: true, Level: 2},
		},
		Feedback: []float64{1, 0.5}, Readout: []int{1},
	}
	s.Dynamics.Order, s.Dynamics.Stop, s.Dynamics.Code = "partial", "cycle", "pm1"
	s.Dynamics.Feedback = protocol.PhaseFeedback{Warmup: []int{1}, Clamped: []int{0, 1}, Free: []int{1, 0}}
	s.Learning.Kappa = protocol.Schedule{Start: 1, End: 0.25, Shape: protocol.CosineShape}
	s.Learning.Best = true
	s.Learning.Softness, s.Learning.Symmetry, s.Learning.Unstable = 2, "update", "both"
	s.Learning.Recurrent.Decay, s.Learning.Links.Decay, s.Learning.Input.Decay = 0.5, 0.25, 0.125
	s.Readout.Decay, s.Readout.Averaging, s.Readout.Weights = 0.5, 0.01, [2]float64{1, 2}
	return s
}

// The texts are in model files: they must stay.
func TestJSONText(t *testing.T) {
	for name, s := range map[string]Settings{"defaults": Defaults(), "everything": everything(), "zero": {}} {
		text, err := json.MarshalIndent(s, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "testdata/json/"+name+".json", string(text)+"\n")
	}
}

func TestJSONHasTheNamesOfTheFile(t *testing.T) {
	var visit func(section reflect.Type, at string)
	visit = func(section reflect.Type, at string) {
		for _, m := range keys.Members(section) {
			field := section.Field(m.Index)
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != m.Name {
				t.Errorf("%s.%s is %q in JSON", at, m.Name, name)
			}
			inner := field.Type
			if inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			if keys.IsSection(inner) {
				visit(inner, at+"."+m.Name)
			}
		}
	}
	visit(reflect.TypeFor[Settings](), "")
}

func TestJSONGivesTheSettingsBack(t *testing.T) {
	check := func(t rapid.TB, s Settings) {
		for _, c := range []*protocol.Schedule{&s.Learning.Kappa, &s.Learning.Feedback, &s.Learning.Recurrent.Rate, &s.Learning.Links.Rate, &s.Learning.Input.Rate, &s.Readout.Rate} {
			if c.Shape == protocol.ConstantShape {
				c.End = c.Start // a number has no other end
			}
		}
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		got := everything()
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if again, _ := json.Marshal(got); !reflect.DeepEqual(withoutEmpty(got), withoutEmpty(s)) || string(again) != string(text) {
			t.Fatalf("got %+v\nwant %+v\n%s", got, s, text)
		}
	}
	check(t, everything())
	check(t, Defaults())
	check(t, Settings{Learning: Defaults().Learning, Readout: protocol.Readout{Rate: protocol.Constant(0)}})
	rapid.Check(t, func(t *rapid.T) { check(t, validSettings(t)) })
}

// tree is a JSON object.
type tree = map[string]any

func treeOf(t testing.TB, value any) tree {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var object tree
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&object); err != nil {
		t.Fatal(err)
	}
	return object
}

// eachKey visits the keys of an object and of those in it, beside the object that has the
// defaults: initial is that of the settings.
func eachKey(t testing.TB, at string, object, initial tree, visit func(at string, object, initial tree, name string)) {
	for name, value := range object {
		visit(keys.Join(at, name), object, initial, name)
		switch value := value.(type) {
		case tree:
			if _, schedule := value["shape"]; schedule {
				continue
			}
			inner, _ := initial[name].(tree)
			eachKey(t, keys.Join(at, name), value, inner, visit)
		case []any:
			fresh := treeOf(t, newModule())
			if name == "links" {
				fresh = treeOf(t, network.Link{})
			}
			for i, element := range value {
				if section, ok := element.(tree); ok {
					eachKey(t, fmt.Sprintf("%s.%d", keys.Join(at, name), i), section, fresh, visit)
				}
			}
		}
	}
}

// A key that is missing means what is written where it has its default.
func TestKeyMissingFromJSONMeansItsDefault(t *testing.T) {
	whole, count := treeOf(t, everything()), 0
	read := func() (s Settings) {
		t.Helper()
		text, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	eachKey(t, "", whole, treeOf(t, Defaults()), func(at string, object, initial tree, name string) {
		kept := object[name]
		delete(object, name)
		missing := read()
		if value, ok := initial[name]; ok && at != "network.chain" { // no chain is left out, not written
			object[name] = value
			want := read()
			for _, input := range []*network.ChainInput{&missing.Network.Chain.Input, &want.Network.Chain.Input} {
				*input = cmp.Or(*input, network.FirstReads) // empty means the same
			}
			if !reflect.DeepEqual(missing, want) {
				t.Errorf("without %s: %+v\nwant %+v", at, missing, want)
			}
		}
		object[name] = kept
		count++
	})
	if rows := len(table); count < rows {
		t.Errorf("%d keys were taken away, want all %d", count, rows)
	}
	var nothing Settings
	if err := json.Unmarshal([]byte("{}"), &nothing); err != nil {
		t.Fatal(err)
	}
	if nothing.Network.Chain = Defaults().Network.Chain; !reflect.DeepEqual(nothing, Defaults()) {
		t.Errorf("an object without keys: %+v, want the defaults", nothing)
	}
}

// What JSON leaves out where it is empty has to be empty where it is missing.
func TestKeysLeftOutAreEmpty(t *testing.T) {
	var visit func(v reflect.Value, at string)
	visit = func(v reflect.Value, at string) {
		for _, m := range keys.Members(v.Type()) {
			value, path := v.Field(m.Index), keys.Join(at, m.Name)
			if tag := v.Type().Field(m.Index).Tag.Get("json"); strings.Contains(tag, ",omit") {
				if !value.IsZero() {
					t.Errorf("%s is %v where it is missing", path, value)
				}
			}
			switch {
			case keys.IsSection(value.Type()):
				visit(value, path)
			case isSections(value.Type()):
				visit(newElement(value.Type().Elem()), path+".*")
			}
		}
	}
	visit(reflect.ValueOf(absent()), "")
}

func TestJSONMistakesAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		`{"learning":{"botch":3,"kapa":1}}`:         "settings: learning.botch: unknown key; did you mean learning.batch?\nsettings: learning.kapa: unknown key; did you mean learning.kappa?",
		`{"network":{"modules":[{},{"nurons":1}]}}`: "settings: network.modules.1.nurons: unknown key; did you mean network.modules.1.neurons?",
		`{"xyz":1}`:   "settings: xyz: unknown key, want one of seed, data, preprocess, network, dynamics, learning, readout",
		`{"Seed":1}`:  "settings: Seed: unknown key; did you mean seed?",
		`{"seed":-1}`: "settings: seed: is -1, want a whole number",
		`{"learning":{"epochs":1.5,"softness":"1"}}`:                           "settings: learning.epochs: is 1.5, want a whole number\nsettings: learning.softness: is \"1\", want a number",
		`{"learning":{"kappa":{"start":1,"end":2}}}`:                           "want a schedule",
		`{"learning":{"kappa":{"start":1,"end":2,"shape":"linear","stop":3}}}`: "want a schedule",
		`{"learning":{"kappa":null}}`:                                          "settings: learning.kappa: is null, want a schedule",
		`{"learning":null}`:                                                    "settings: learning: is null, want a section with the keys epochs, batch",
		`{"data":{"set":3}}`:                                                   "settings: data.set: is 3, want text",
		`{"readout":{"weights":[1]}}`:                                          "settings: readout.weights: is [1], want 2 numbers",
		`{"readout":{"weights":[1,"2"]}}`:                                      "settings: readout.weights.1: is \"2\", want a number",
		`{"readout":{"on":"free"}}`:                                            "settings: readout.on: is \"free\", want a list",
		`{"network":{"modules":[null]}}`:                                       "settings: network.modules.0: is null, want a section",
		`{"network":{"modules":[{"recurrent":{"symmetric":1}}]}}`:              "recurrent.symmetric: is 1, want true or false",
		`[]`:   "settings: is [], want a section with the keys seed",
		`null`: "settings: is null, want a section",
	} {
		s := everything()
		if err := json.Unmarshal([]byte(text), &s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
		if !reflect.DeepEqual(s, everything()) {
			t.Errorf("%s: the settings changed", text)
		}
	}
}

func FuzzUnmarshalJSON(f *testing.F) {
	for _, s := range []Settings{Defaults(), everything(), {}} {
		text, err := json.Marshal(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{`{}`, `null`, `{"network":{"modules":[{},null],"links":[[]]}}`, `{"readout":{"weights":[1,2,3]}}`, `{"learning":{"kappa":{"start":1e999}}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var s, again Settings
		if json.Unmarshal(text, &s) != nil {
			return
		}
		written, err := json.Marshal(s)
		if err != nil {
			t.Fatalf("settings that were read cannot be written: %v", err)
		}
		if err := json.Unmarshal(written, &again); err != nil {
			t.Fatalf("settings that were written cannot be read: %v\n%s", err, written)
		}
		if twice, _ := json.Marshal(again); string(twice) != string(written) {
			t.Fatalf("got %s\nwant %s", twice, written)
		}
	})
}
