package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"basin"
	"basin/dataset"
	"basin/settings"
)

// folder holds the model files of the tests.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "serve"); err != nil {
		panic(err)
	}
	status := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(status)
}

// trained trains a small network and returns its file.
func trained(name, preset string, d *dataset.Data, changes ...string) (path string, err error) {
	s, err := settings.LoadPreset(preset)
	if err == nil {
		err = settings.Set(&s, append([]string{"network.modules.0.neurons=64", "learning.epochs=1"}, changes...))
	}
	if err != nil {
		return "", err
	}
	path = filepath.Join(folder, name+".safetensors")
	_, err = basin.Train(context.Background(), s, d, basin.Options{Out: path, Workers: 1})
	return path, err
}

// once remembers the result of a function that makes a file.
func once(make func() (string, error)) func(t testing.TB) string {
	do := sync.OnceValues(make)
	return func(t testing.TB) string {
		t.Helper()
		path, err := do()
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
}

func openDigits() (*dataset.Data, error) {
	return dataset.Open(context.Background(), "digits", dataset.Options{})
}

// The models of the tests: images; others of the same size, which learned something else; sweeps
// that draw at random; and a table of every kind of column.
var (
	digits = once(func() (string, error) { return ofDigits("digits", "seed=1") })
	others = once(func() (string, error) { return ofDigits("others", "seed=2") })
	random = once(func() (string, error) { return ofDigits("random", "dynamics.order=sequential") })
	people = once(func() (string, error) {
		d := &dataset.Data{}
		var err error
		if d.Train, err = dataset.ReadCSV(strings.NewReader(peopleTable(60)), dataset.Options{}); err != nil {
			return "", err
		}
		return trained("people", "table", d, "preprocess.missing=column")
	})
)

func ofDigits(name, change string) (string, error) {
	d, err := openDigits()
	if err != nil {
		return "", err
	}
	return trained(name, "digits", d, change)
}

// peopleTable has numbers, some missing, texts, dates, truths, and a label.
func peopleTable(rows int) string {
	var text strings.Builder
	text.WriteString("age,city,since,member,label\n")
	for i := range rows {
		age := fmt.Sprintf("%.2f", 20+0.75*float64(i%50))
		if i%7 == 3 {
			age = ""
		}
		fmt.Fprintf(&text, "%s,%s,2020-%02d-%02d,%t,%s\n", age, []string{"Bern", "Ulm", `"Bad Ems, Lahn"`}[i%3], 1+i%12, 1+i%28, i%2 == 0, []string{"no", "yes"}[i/3%2])
	}
	return text.String()
}

// served makes a server of models and what asks it.
func served(t testing.TB, o Options, paths ...string) *asker {
	t.Helper()
	var sources []Source
	for _, path := range paths {
		source, err := ParseSource(path)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, source)
	}
	s, err := New(sources, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	h := httptest.NewServer(s.Handler())
	t.Cleanup(h.Close)
	return &asker{Server: s, url: h.URL, client: h.Client()}
}

// asker asks a server.
type asker struct {
	*Server
	url    string
	client *http.Client
}

// answered is what came back.
type answered struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request, POST where there is a body.
func (a *asker) ask(t testing.TB, path, kind string, body []byte, header ...string) answered {
	t.Helper()
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), method, a.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return a.do(t, r)
}

func (a *asker) do(t testing.TB, r *http.Request) answered {
	t.Helper()
	response, err := a.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{response.StatusCode, response.Header, text}
}

// predictions reads the answer of a prediction.
func (a answered) predictions(t testing.TB) PredictionAnswer {
	t.Helper()
	var p PredictionAnswer
	if a.status != http.StatusOK || json.Unmarshal(a.body, &p) != nil {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	return p
}

// isProblem holds that the answer is a problem with a text in its detail.
func (a answered) isProblem(t testing.TB, status int, detail string) Problem {
	t.Helper()
	var p Problem
	if err := json.Unmarshal(a.body, &p); err != nil || a.status != status || p.Status != status || a.header.Get("Content-Type") != problemType || !strings.Contains(p.Detail, detail) {
		t.Errorf("status %d, %s: %s (%v), want the problem %d with %q", a.status, a.header.Get("Content-Type"), a.body, err, status, detail)
	}
	return p
}

// loaded reads a model for comparison.
func loaded(t testing.TB, path string) *basin.Model {
	t.Helper()
	m, err := basin.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// wanted are the predictions of [basin.Model.Predict] for each sample alone.
func wanted(t testing.TB, m *basin.Model, set *dataset.Set) []basin.Prediction {
	t.Helper()
	var all []basin.Prediction
	for i := range set.Count() {
		err := m.Predict(t.Context(), set.Subset([]int{i}), 1, func(_ int, p basin.Prediction) error {
			all = append(all, p)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// same holds that an answer has the predictions, bit for bit.
func same(t testing.TB, got PredictionAnswer, want []basin.Prediction, names []string) {
	t.Helper()
	if len(got.Predictions) != len(want) {
		t.Fatalf("%d predictions, want %d", len(got.Predictions), len(want))
	}
	for i, g := range got.Predictions {
		w := want[i]
		if g.Label != w.Label || g.Margin != w.Margin || g.FixedPoint != w.FixedPoint {
			t.Errorf("sample %d: %+v, want %+v", i, g, w)
		}
		for c, logit := range w.Logits {
			if g.Logits[names[c]] != logit {
				t.Errorf("sample %d: logit of %s is %v, want %v", i, names[c], g.Logits[names[c]], logit)
			}
		}
	}
}

// testSamples returns the first test samples of the digits.
func testSamples(t testing.TB, count int) *dataset.Set {
	t.Helper()
	d, err := openDigits()
	if err != nil {
		t.Fatal(err)
	}
	places := make([]int, count)
	for i := range places {
		places[i] = i
	}
	return d.Test.Subset(places)
}

// asJSON writes samples of bytes or floats as a body.
func asJSON(set *dataset.Set) []byte {
	rows := make([][]float32, set.Count())
	width := set.Features()
	for i := range rows {
		for k := range width {
			if set.Bytes != nil {
				rows[i] = append(rows[i], float32(set.Bytes[i*width+k]))
			} else {
				rows[i] = append(rows[i], set.Floats[i*width+k])
			}
		}
	}
	text, err := json.Marshal(map[string]any{"inputs": rows})
	if err != nil {
		panic(err)
	}
	return text
}
