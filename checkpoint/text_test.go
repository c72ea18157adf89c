package checkpoint

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/nlpodyssey/safetensors"

	"basin/train"
)

// long is the sample with labels, means and a history that no header would hold.
func long(t testing.TB, epochs int) (*Model, train.State) {
	m, state := samples()[0].draw(t)
	for c := range m.LabelNames {
		m.LabelNames[c] = fmt.Sprint(c) + strings.Repeat("é", longText)
	}
	m.History = nil
	for e := range epochs {
		record := state.History[0]
		record.Epoch = e + 1
		m.History = append(m.History, record)
	}
	state.Epoch, state.History = epochs, m.History
	return m, state
}

func TestLongTextsAreArrays(t *testing.T) {
	const epochs = 60000
	m, state := long(t, epochs)
	whole := file(t, m, &state)
	l, err := readBytes(whole)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "model", l.model, m)
	mustEqual(t, "state", *l.state, state)
	if !bytes.Equal(file(t, l.model, l.state), whole) {
		t.Error("the file of the loaded model differs")
	}
	if _, err := readHead(bytes.NewReader(whole), int64(len(whole))); err != nil {
		t.Errorf("the header alone: %v", err)
	}
	st, err := safetensors.Deserialize(whole) // as another program does
	if err != nil {
		t.Fatal(err)
	}
	if view, ok := st.Tensor("metadata.history"); !ok || !bytes.HasPrefix(view.Data(), []byte(`[{"epoch":1,`)) || !bytes.HasSuffix(view.Data(), []byte("]")) {
		t.Error("metadata.history is not the JSON of the history")
	}
}

func TestLongTextsThatAreDamagedAreNamed(t *testing.T) {
	m, state := long(t, 2)
	for want, spoil := range map[string]func(p *parts){
		"tensor metadata.label_names: type F32": func(p *parts) { p.header["metadata.label_names"]["dtype"] = "F32" },
		"tensor metadata.label_names: type U8, shape [1 ": func(p *parts) {
			o := p.header["metadata.label_names"]
			o["shape"] = []any{1, o["shape"].([]any)[0]}
		},
		"tensor metadata.label_names: the text stands in the header too": func(p *parts) { p.header["__metadata__"]["label_names"] = "[]" },
		"metadata label_names: missing": func(p *parts) {
			p.header["metadata.other"] = p.header["metadata.label_names"]
			delete(p.header, "metadata.label_names")
		},
		"metadata label_names: invalid character": func(p *parts) { p.data[len(p.data)-1] = '}' },
	} {
		p := takeApart(t, file(t, m, &state))
		spoil(&p)
		if _, err := readBytes(p.join(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
}

func TestCanSaveIsWhatSaveDoes(t *testing.T) {
	m, _ := samples()[0].draw(t)
	if err := CanSave(m); err != nil {
		t.Error(err)
	}
	m.Settings.Data.Set = strings.Repeat("x", maxSettings)
	if err := CanSave(m); err == nil || !strings.Contains(err.Error(), "want at most") {
		t.Errorf("settings without end: error %v", err)
	}
	if err := CanSave(nil); err == nil {
		t.Error("no model: no error")
	}
}
