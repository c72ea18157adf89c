package settings

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"basin/network"
	"basin/protocol"
)

func load(t *testing.T, text string, base Settings) Settings {
	t.Helper()
	s, err := Load("test.yaml", []byte(text), base)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLoadOfNothingIsTheBase(t *testing.T) {
	for _, text := range []string{"", "\n", "# comment\n", "---\n", "{}", "~", "\ufeffseed: 1\n"} {
		if s := load(t, text, Defaults()); !reflect.DeepEqual(s, Defaults()) {
			t.Errorf("%q gives %+v", text, s)
		}
	}
}

func TestSectionsMergeAndListsReplace(t *testing.T) {
	base := Defaults()
	base.Network.Modules = []network.ModuleSpec{
		{Neurons: 7, SelfCoupling: 2, Recurrent: network.RecurrentSpec{Gain: 3, Density: 0.5}, Input: network.InputSpec{Gain: 4, Density: 0.25}},
		{Neurons: 8},
		{Neurons: 9},
	}
	s := load(t, "network: {modules: [{recurrent: {density: 1}}, {neurons: 5}]}\nreadout: {on: [clamped]}", base)
	want := []network.ModuleSpec{
		{Neurons: 7, SelfCoupling: 2, Recurrent: network.RecurrentSpec{Gain: 3, Density: 1}, Input: network.InputSpec{Gain: 4, Density: 0.25}},
		{Neurons: 5},
	}
	if !reflect.DeepEqual(s.Network.Modules, want) {
		t.Errorf("modules %+v, want %+v", s.Network.Modules, want)
	}
	if !reflect.DeepEqual(s.Readout.On, []protocol.ReadoutState{protocol.OnClamped}) || s.Readout.Kappa != base.Readout.Kappa {
		t.Errorf("readout %+v", s.Readout)
	}
}

func TestNewModuleStartsFromGainAndDensityOne(t *testing.T) {
	s := load(t, "network:\n  modules:\n  - neurons: 3\n  - neurons: 4\n", Defaults())
	want := network.ModuleSpec{
		Neurons:   4,
		Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Gain: 1, Density: 1},
	}
	if s.Network.Modules[1] != want {
		t.Errorf("got %+v, want %+v", s.Network.Modules[1], want)
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]float64{
		"1": 1, "1e-3": 1e-3, "1.5E+2": 150, "+.5": 0.5, "2.": 2, "-0": 0, "010": 10, "-3": -3,
	} {
		if s := load(t, "readout: {kappa: "+text+"}", Defaults()); s.Readout.Kappa != want {
			t.Errorf("%s gives %v, want %v", text, s.Readout.Kappa, want)
		}
	}
	for _, text := range []string{".nan", ".inf", "-.inf", "nan", "inf", "0x10", "1_0", "1e999", "'1'", "true", "~", "", "[1]", "1 2", "1,5"} {
		if _, err := Load("test.yaml", []byte("readout:\n  kappa: "+text+"\n"), Defaults()); err == nil {
			t.Errorf("%q loads as a number", text)
		}
	}
	if s := load(t, "seed: 18446744073709551615\nlearning: {epochs: +3}", Defaults()); s.Seed != 1<<64-1 || s.Learning.Epochs != 3 {
		t.Errorf("seed %d, epochs %d", s.Seed, s.Learning.Epochs)
	}
}

func TestTextForms(t *testing.T) {
	for text, want := range map[string]string{
		"abc": "abc", "'5'": "5", `"a\tb"`: "a\tb", "a b": "a b", "yes": "yes", "/d/1e3": "/d/1e3", "|-\n    x": "x", "C:\\d": "C:\\d",
	} {
		if s := load(t, "data:\n  set: "+text+"\n", Defaults()); s.Data.Set != want {
			t.Errorf("%s gives %q, want %q", text, s.Data.Set, want)
		}
	}
}

func TestPresetKeyReplacesTheBase(t *testing.T) {
	base := Defaults()
	base.Seed = 99
	s := load(t, "preset: mnist\nlearning: {epochs: 2}\n", base)
	want, err := LoadPreset("mnist")
	if err != nil {
		t.Fatal(err)
	}
	want.Learning.Epochs = 2
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v\nwant %+v", s, want)
	}
}

func TestBaseAndFailedSettingsDoNotChange(t *testing.T) {
	base := Defaults()
	s := load(t, "seed: 3", base)
	s.Network.Modules[0].Neurons, s.Readout.On[0] = 1, protocol.OnClamped
	load(t, "network: {modules: [{neurons: 9}]}\nreadout: {on: [free]}", base)
	changed := base
	if err := Set(&changed, []string{"network.modules.0.neurons=3", "readout.on.0=clamped"}); err != nil {
		t.Fatal(err)
	}
	if err := Set(&base, []string{"network.modules.0.neurons=4", "readout.on.0=x"}); err == nil {
		t.Fatal("an unknown state was set")
	}
	if !reflect.DeepEqual(base, Defaults()) {
		t.Errorf("base is now %+v", base)
	}
}

func TestHostileTextGivesAnError(t *testing.T) {
	for name, text := range map[string]string{
		"size":      "seed: 1 #" + strings.Repeat("x", maxSize),
		"tokens":    strings.Repeat("seed: 1\n", 100_000),
		"flow":      strings.Repeat("[", 100_000),
		"maps":      strings.Repeat("{a: ", 100_000),
		"sequences": strings.Repeat("- ", 100_000),
		"keys":      strings.Repeat("? ", 100_000),
		"tags":      strings.Repeat("!a ", 10_000),
		"values":    strings.Repeat("a: ", 10_000),
		"bomb":      "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
		"bytes":     "data: \xff",
	} {
		_, err := Load("bad.yaml", []byte(text), Defaults())
		var first Error
		if !errors.As(err, &first) || first.File != "bad.yaml" || first.Message == "" {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, p := range Presets() {
		text, err := presetText(p.Name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{
		"preset: mnist\n", "learning:\n  kappa: {start: 1, end: 2, shape: linear}\n", "network: {modules: [{neurons: 3}, ~]}\n",
		"a: &b\n<<: *b\n? c\n", "- |\n x\n", "seed: 1\n---\nseed: 2\n...\n", "data: {set: \"\\u00e9\"}\r\n", "%YAML 1.2\n", "[a]: b", "!!map {seed: 1}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Load("fuzz.yaml", text, Defaults())
		if err != nil {
			return
		}
		written, err := Marshal(s)
		if err != nil {
			t.Fatalf("loaded settings cannot be written: %v", err)
		}
		again, err := Load("again.yaml", written, Defaults())
		if err != nil {
			t.Fatalf("written settings cannot be loaded: %v\n%s", err, written)
		}
		if !reflect.DeepEqual(withoutEmpty(s), withoutEmpty(again)) {
			t.Fatalf("got %+v\nwant %+v", again, s)
		}
	})
}

// withoutEmpty makes an empty list of links nil: a file does not tell them apart.
func withoutEmpty(s Settings) Settings {
	if len(s.Network.Links) == 0 {
		s.Network.Links = nil
	}
	return s
}

// A column may be named by its number without quotes, which a shell takes away.
func TestNumbersOfColumnsNeedNoQuotes(t *testing.T) {
	s := Defaults()
	if err := Set(&s, []string{"data.drop=[1, b, \"2022\"]", "data.columns=[3]", "data.id=4"}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(s.Data.Drop, " "); got != "1 b 2022" || s.Data.Columns[0] != "3" || s.Data.ID != "4" {
		t.Errorf("drop %q, columns %q, id %q", s.Data.Drop, s.Data.Columns, s.Data.ID)
	}
	for _, wrong := range []string{"data.drop=[1.5]", "data.drop=[0x10]", "data.drop=[-1]", "data.drop=[007]", "data.drop=[true]"} {
		if err := Set(&s, []string{wrong}); err == nil {
			t.Errorf("%s was taken", wrong)
		}
	}
}
