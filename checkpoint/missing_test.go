package checkpoint

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"basin/network"
	"basin/plasticity"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// object is a text of the metadata.
type object = map[string]any

func objectOf(t testing.TB, value any) object {
	t.Helper()
	var o object
	into(t, value, &o)
	return o
}

// into reads a value back from its JSON.
func into(t testing.TB, value, result any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(result); err != nil {
		t.Fatal(err)
	}
}

// without returns the file with one text of its metadata put in place of another.
func (p parts) without(t testing.TB, key string, text any) []byte {
	t.Helper()
	written, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	kept := p.header["__metadata__"][key]
	defer func() { p.header["__metadata__"][key] = kept }()
	p.header["__metadata__"][key] = string(written)
	return p.join(t)
}

// eachSetting visits the keys of settings and of the sections in them, beside the object
// that has their defaults.
func eachSetting(t testing.TB, at string, o, initial object, visit func(at string, o, initial object, name string)) {
	for name, value := range o {
		visit(at+name, o, initial, name)
		switch value := value.(type) {
		case object:
			if _, schedule := value["shape"]; !schedule {
				inner, _ := initial[name].(object)
				eachSetting(t, at+name+".", value, inner, visit)
			}
		case []any:
			for i, element := range value {
				section, ok := element.(object)
				if !ok {
					continue
				}
				// What doc.go of package settings says that modules and links start from.
				fresh := objectOf(t, network.Link{})
				if name == "modules" {
					fresh = objectOf(t, network.ModuleSpec{Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Gain: 1, Density: 1}})
				}
				eachSetting(t, fmt.Sprintf("%s%s.%d.", at, name, i), section, fresh, visit)
			}
		}
	}
}

// otherSettings changes what does not change the network.
func otherSettings(s *settings.Settings) {
	s.Seed, s.Data = 7, settings.Data{Set: "a.csv", Label: "x", TestShare: 0.25, Validation: 0.125}
	s.Preprocess.Standardise, s.Preprocess.Noise = "none", 0.25
	s.Dynamics.Order, s.Dynamics.Stop, s.Dynamics.Code, s.Dynamics.Probability = "sequential", "cycle", "pm1", 0.25
	s.Dynamics.Warmup, s.Dynamics.Clamped, s.Dynamics.Free, s.Dynamics.Evaluation = 3, 1, 2, 4
	s.Dynamics.Feedback = protocol.PhaseFeedback{Warmup: []int{0}, Clamped: []int{0}, Free: []int{0}}
	s.Learning.Epochs, s.Learning.Batch, s.Learning.Softness = 30, 32, 2
	s.Learning.Symmetry, s.Learning.Unstable = plasticity.Asymmetric, protocol.BothUnstable
	s.Learning.Input = protocol.BlockLearning{Rate: protocol.Constant(0.5), Decay: 2}
	s.Readout = protocol.Readout{Rate: protocol.Constant(0.5), Decay: 2, Kappa: 3, Weights: [2]float64{1, 2}, On: []protocol.ReadoutState{protocol.OnClamped}, Averaging: 0.01}
}

// A file of an older program lacks keys: it loads as if it had their defaults, where the
// couplings that it holds fit them.
func TestSettingMissingFromAFileMeansItsDefault(t *testing.T) {
	for _, index := range []int{0, 2, 9, 10, 11} {
		for _, other := range []bool{false, true} {
			s := samples()[index]
			m, state := s.draw(t)
			if other {
				otherSettings(&m.Settings)
			}
			for name, whole := range map[string][]byte{"model": file(t, m, nil), "checkpoint": file(t, m, &state)} {
				t.Run(fmt.Sprintf("%s, %s, other %t", s.name, name, other), func(t *testing.T) {
					missingSettings(t, m.Settings, whole)
				})
			}
		}
	}
}

// named are errors about a key of the network, as it is written in settings, or a tensor.
var named = regexp.MustCompile(`(network\.|network: |tensor )[a-z_]+(\.[a-z0-9_]+)*: |pathways\.[0-9]`)

func missingSettings(t *testing.T, kept settings.Settings, whole []byte) {
	p := takeApart(t, whole)
	predicted := predictions(t, whole)
	all, same := objectOf(t, kept), 0
	eachSetting(t, "", all, objectOf(t, settings.Defaults()), func(at string, o, initial object, name string) {
		value := o[name]
		delete(o, name)
		file := p.without(t, settingsKey, all)
		if standard, ok := initial[name]; ok {
			o[name] = standard
		}
		var want settings.Settings
		into(t, all, &want)
		o[name] = value
		if at == "network.chain" {
			want.Network.Chain = network.Chain{}
		}
		unchanged := reflect.DeepEqual(want, kept)
		l, err := readBytes(file)
		switch {
		case err == nil && !reflect.DeepEqual(l.model.Settings, want):
			t.Errorf("without %s: settings %+v\nwant %+v", at, l.model.Settings, want)
		case err == nil && unchanged:
			same++
			if got := predictions(t, file); !slices.Equal(got, predicted) {
				t.Errorf("without %s: logits %v, want %v", at, got, predicted)
			}
		case err != nil && (unchanged || !strings.HasPrefix(at, "network")):
			// The states that a readout learns on need sweeps: the error says which.
			if unchanged || !strings.Contains(err.Error(), "readout.on: has") {
				t.Errorf("without %s: %v", at, err)
			}
		case err != nil:
			if !named.MatchString(err.Error()) {
				t.Errorf("without %s: %v, want the key, one that contradicts it, or the tensor", at, err)
			}
		}
	})
	if same < 5 {
		t.Errorf("%d keys at their default were taken away, want more", same)
	}
}

// predictions returns the logits of a few inputs under the model in a file.
func predictions(t *testing.T, file []byte) (logits []float32) {
	t.Helper()
	l, err := readBytes(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.fold(); err != nil {
		t.Fatal(err)
	}
	p, err := protocol.NewSingle(l.model.Settings.Protocol(), l.model.Network)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, l.model.Network.Inputs())
	for sample := range 3 {
		for k := range x {
			x[k] = float32((k*7+sample*5)%11)/4 - 1
		}
		prediction, err := p.Predict(x)
		if err != nil {
			t.Fatal(err)
		}
		logits = append(logits, prediction.Logits...)
	}
	return logits
}

// What is missing from the state, a tally or a record means what doc.go says; a file whose
// parts then contradict each other is refused.
func TestPartMissingFromStateAndHistory(t *testing.T) {
	m, state := samples()[0].draw(t)
	counts := protocol.Tally{Samples: 112, Correct: 60, FixedPoints: 50, Cycles: 9, Period2: 4, Unstable: 5, Flips: 6, Sweeps: 7, Neurons: 19}
	state.Tally, state.Data = counts, "hash"
	state.History = []train.EpochRecord{{Epoch: 1, Training: counts, Split: "test", Held: counts}, {Epoch: 2, Training: counts, Held: counts}}
	m.History = state.History
	p := takeApart(t, file(t, m, &state))
	read := func(key string, text any) (train.State, error) {
		l, err := readBytes(p.without(t, key, text))
		if err != nil {
			return train.State{}, err
		}
		return *l.state, nil
	}
	for _, c := range []struct {
		part    string
		want    func(s *train.State)
		refused string
	}{
		{"epoch", func(*train.State) {}, ""},
		{"history", func(*train.State) {}, ""},
		{"data", func(s *train.State) { s.Data = "" }, ""},
		{"tally", func(s *train.State) { s.Tally = protocol.Tally{} }, ""},
		{"batch", nil, "a tally of 112 samples after 0 batches, want at most 0"},
	} {
		text := objectOf(t, state)
		delete(text, "history")
		delete(text, c.part)
		compareState(t, "state without "+c.part, state, c.want, c.refused)(read(stateKey, text))
	}
	for name, c := range map[string]struct {
		want    func(t *protocol.Tally)
		refused string
	}{
		"samples":      {nil, "Samples:0 "},
		"correct":      {func(t *protocol.Tally) { t.Correct = 0 }, ""},
		"fixed_points": {func(t *protocol.Tally) { t.FixedPoints = 0 }, ""},
		"cycles":       {nil, "Cycles:0 Period2:4"},
		"period_2":     {func(t *protocol.Tally) { t.Period2 = 0 }, ""},
		"unstable":     {func(t *protocol.Tally) { t.Unstable = 0 }, ""},
		"flips":        {func(t *protocol.Tally) { t.Flips = 0 }, ""},
		"sweeps":       {func(t *protocol.Tally) { t.Sweeps = 0 }, ""},
		"neurons":      {func(t *protocol.Tally) { t.Neurons = 0 }, ""},
	} {
		text := objectOf(t, state)
		delete(text, "history")
		delete(text["tally"].(object), name)
		compareState(t, "tally without "+name, state, func(s *train.State) { c.want(&s.Tally) }, c.refused)(read(stateKey, text))
		for _, part := range []string{"training", "held"} {
			history := objectOf(t, state)["history"].([]any)
			delete(history[0].(object)[part].(object), name)
			compareState(t, part+" without "+name, state, func(s *train.State) {
				if part == "training" {
					c.want(&s.History[0].Training)
				} else {
					c.want(&s.History[0].Held)
				}
			}, c.refused)(read(historyKey, history))
		}
	}
	for part, c := range map[string]struct {
		want    func(r *train.EpochRecord)
		refused string
	}{
		"epoch":    {nil, "record 0: epoch 0 after 0, want ascending epochs from 1"},
		"training": {func(r *train.EpochRecord) { r.Training = protocol.Tally{} }, ""},
		"split":    {func(r *train.EpochRecord) { r.Split = "" }, ""},
		"held":     {func(r *train.EpochRecord) { r.Held = protocol.Tally{} }, ""},
	} {
		history := objectOf(t, state)["history"].([]any)
		delete(history[0].(object), part)
		compareState(t, "record without "+part, state, func(s *train.State) { c.want(&s.History[0]) }, c.refused)(read(historyKey, history))
	}
}

// compareState holds a state that was read to the one saved after a change, or the error to
// a text.
func compareState(t *testing.T, what string, saved train.State, change func(*train.State), refused string) func(train.State, error) {
	return func(got train.State, err error) {
		t.Helper()
		if refused != "" {
			if err == nil || !strings.Contains(err.Error(), refused) {
				t.Errorf("%s: error %v, want one that says %q", what, err, refused)
			}
			return
		}
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		saved.History = slices.Clone(saved.History)
		change(&saved)
		mustEqual(t, what, got, saved)
	}
}

func TestPartMissingFromTheEncoder(t *testing.T) {
	m, _ := samples()[0].draw(t)
	m.Settings.Preprocess.Scale, m.Settings.Preprocess.Standardise = "none", "global"
	m.Settings.Preprocess.ProjectionSeed, m.Settings.Preprocess.Noise = 9, 0.25
	m.Encoder.Preprocess = m.Settings.Preprocess
	p := takeApart(t, file(t, m, nil))
	whole := objectOf(t, m.Encoder)
	refused := map[string]string{
		"features": "features: 0, want at least 1", "divisor": "divisor: 0, want a positive finite number",
		"mean": "mean: 0 values, want 1", "deviation": "deviation: 0 values, want 1",
	}
	if len(whole) != 9 {
		t.Fatalf("an encoder has %d keys, want 9", len(whole))
	}
	for name, value := range whole {
		delete(whole, name)
		l, err := readBytes(p.without(t, encoderKey, whole))
		whole[name] = value
		if want := refused[name]; want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("without %s: error %v, want one that says %q", name, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("without %s: %v", name, err)
			continue
		}
		mustEqual(t, "encoder without "+name, l.model.Encoder, m.Encoder)
	}
}
