package serve

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"basin"
	"basin/dataset"
	"basin/dataset/fetch"
	"basin/dataset/table"
	"basin/internal/online"
	"basin/settings"
)

// pupil is a small model of the digits with a mini-batch of 4, and samples that it has not learned.
var pupil = sync.OnceValues(func() (model []byte, rest *dataset.Set) {
	s := settings.Defaults()
	if err := settings.Set(&s, []string{"network.modules.0.neurons=60", "learning.epochs=1", "learning.batch=4"}); err != nil {
		panic(err)
	}
	folder, err := os.MkdirTemp("", "serve")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	data, err := basin.Open(context.Background(), s, fetch.Options{Offline: true})
	if err != nil {
		panic(err)
	}
	path := filepath.Join(folder, "m.safetensors")
	if _, err := basin.Train(context.Background(), s, data, basin.Options{Out: path, Workers: 1}); err != nil {
		panic(err)
	}
	if model, err = os.ReadFile(path); err != nil {
		panic(err)
	}
	return model, data.Test
})

// school is a server whose model learns, under the name m.
func school(t *testing.T, path string, learn *online.Options) (_ *httptest.Server, _ *Server, end func()) {
	t.Helper()
	s, err := New([]Source{{"m", path}}, Options{Learn: learn})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	end = sync.OnceFunc(func() {
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(end)
	return server, s, end
}

func pupilFile(t *testing.T) string {
	t.Helper()
	model, _ := pupil()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := os.WriteFile(path, model, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// lesson returns the body of samples with their labels, as JSON or CSV.
func lesson(t *testing.T, from, count int, csv bool) (body string, set *dataset.Set) {
	t.Helper()
	_, rest := pupil()
	places := make([]int, count)
	for i := range places {
		places[i] = from + i
	}
	set = rest.Subset(places)
	if csv {
		var b strings.Builder
		for i := range count {
			for _, v := range set.Bytes[i*64 : (i+1)*64] {
				fmt.Fprintf(&b, "%d,", v)
			}
			fmt.Fprintln(&b, set.LabelNames[set.Labels[i]])
		}
		return b.String(), set
	}
	var q struct {
		Inputs [][]int  `json:"inputs"`
		Labels []string `json:"labels"`
	}
	for i := range count {
		var row []int
		for _, v := range set.Bytes[i*64 : (i+1)*64] {
			row = append(row, int(v))
		}
		q.Inputs = append(q.Inputs, row)
		q.Labels = append(q.Labels, set.LabelNames[set.Labels[i]])
	}
	text, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), set
}

// call asks and reads the answer.
func call[A any](t *testing.T, method, address, kind, body string, status int) (answer A) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if w.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d: %s", method, address, w.StatusCode, status, text)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%s %s: %v: %s", method, address, err, text)
	}
	return answer
}

// What is sent as JSON, CSV or before a restart is learned as Model.Learn does, in mini-batches.
func TestLearningOverHTTP(t *testing.T) {
	path := pupilFile(t)
	twin, err := basin.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for round := range 2 {
		server, _, end := school(t, path, &online.Options{})
		address := server.URL + "/v1/models/m"
		for k, csv := range []bool{false, true} {
			kind := typeJSON
			if csv {
				kind = typeCSV
			}
			body, set := lesson(t, 20*round+10*k, 10, csv)
			got := call[LearnAnswer](t, http.MethodPost, address+"/learn", kind, body, http.StatusOK)
			total += 10
			if got.Learned != 10 || got.Total != total || got.Of != int(total) || got.Unstable <= 0 {
				t.Errorf("csv %v: %+v, want 10 samples of %d", csv, got, total)
			}
			for from := 0; from < 10; from += 4 {
				if _, err := twin.Learn(set.Subset([]int{from, from + 1, from + 2, from + 3}[:min(4, 10-from)])); err != nil {
					t.Fatal(err)
				}
			}
		}
		body, set := lesson(t, 100, 30, false)
		body, _, _ = strings.Cut(body, `,"labels"`)
		got := call[PredictionAnswer](t, http.MethodPost, address+"/predict?logits=true", typeJSON, body+"}", http.StatusOK)
		err := twin.Predict(t.Context(), set, 1, func(i int, p basin.Prediction) error {
			for c, name := range twin.Names() {
				if got.Predictions[i].Logits[name] != p.Logits[c] {
					t.Errorf("round %d, sample %d, class %s: %v, want %v", round, i, name, got.Predictions[i].Logits[name], p.Logits[c])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		end()
	}
}

func TestSnapshotsOverHTTP(t *testing.T) {
	server, s, _ := school(t, pupilFile(t), &online.Options{})
	address := server.URL + "/v1/models/m"
	lessonOf := func(from int) string { body, _ := lesson(t, from, 4, false); return body }
	call[LearnAnswer](t, http.MethodPost, address+"/learn", typeJSON, lessonOf(0), http.StatusOK)
	kept := call[struct{ Snapshots []SnapshotAnswer }](t, http.MethodPost, address+"/snapshots", typeJSON, `{"name": "first"}`, http.StatusOK)
	if len(kept.Snapshots) != 1 || kept.Snapshots[0].Name != "first" || kept.Snapshots[0].Total != 4 {
		t.Errorf("snapshots %+v", kept)
	}
	body, _ := lesson(t, 50, 20, false)
	body, _, _ = strings.Cut(body, `,"labels"`)
	predict := func() PredictionAnswer {
		return call[PredictionAnswer](t, http.MethodPost, address+"/predict", typeJSON, body+"}", http.StatusOK)
	}
	before := predict()
	call[LearnAnswer](t, http.MethodPost, address+"/learn", typeJSON, lessonOf(4), http.StatusOK)
	call[LearnAnswer](t, http.MethodPost, address+"/learn", typeJSON, lessonOf(8), http.StatusOK)
	h := call[HistoryAnswer](t, http.MethodPost, address+"/rollback", typeJSON, `{"to": "first"}`, http.StatusOK)
	if h.Total != 4 || h.History[len(h.History)-1].Event != "back to first" {
		t.Errorf("history %+v", h)
	}
	if after := predict(); !slices.EqualFunc(before.Predictions, after.Predictions, func(a, b SamplePrediction) bool { return a.Label == b.Label && a.Margin == b.Margin }) {
		t.Error("after the way back the predictions are not those of the snapshot")
	}
	if got := call[HistoryAnswer](t, http.MethodGet, address+"/history", typeJSON, "", http.StatusOK); got.Total != 4 || got.Of != 4 {
		t.Errorf("history %+v", got)
	}
	for _, wrong := range []struct {
		route, body string
		status      int
	}{
		{"snapshots", `{"name": "first"}`, http.StatusUnprocessableEntity},
		{"snapshots", `{"name": "../x"}`, http.StatusUnprocessableEntity},
		{"rollback", `{"to": "second"}`, http.StatusUnprocessableEntity},
		{"learn", `{"inputs": [[1, 2]], "labels": ["3"]}`, http.StatusUnprocessableEntity},
		{"learn", strings.Replace(lessonOf(0), `"labels":["`, `"labels":["ten`, 1), http.StatusUnprocessableEntity},
		{"learn", body + "}", http.StatusUnprocessableEntity},
		{"learn", `{`, http.StatusBadRequest},
		{"snapshots", `{}`, http.StatusUnprocessableEntity},
		{"snapshots", `{"name": 5}`, http.StatusUnprocessableEntity},
		{"snapshots", `{`, http.StatusBadRequest},
		{"rollback", ``, http.StatusBadRequest},
	} {
		if p := call[Problem](t, http.MethodPost, address+"/"+wrong.route, typeJSON, wrong.body, wrong.status); p.Type == "" || strings.Contains(p.Detail, "validation failed") || p.Detail == "" || p.Status != wrong.status {
			t.Errorf("%s %s: %+v", wrong.route, wrong.body, p)
		}
	}
	if got := s.entries["m"].online.Status(); got.Samples != 4 {
		t.Errorf("%d samples after what was refused, want 4", got.Samples)
	}
	metrics, err := http.Get(server.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer metrics.Body.Close()
	if text, err := io.ReadAll(metrics.Body); err != nil || !bytes.Contains(text, []byte(`basin_learned_samples{model="m"} 4`)) {
		t.Errorf("the metrics lack what was learned: %v", err)
	}
}

// Without --learn nothing learns, and nothing is written beside the model.
func TestLearningIsAsked(t *testing.T) {
	path := pupilFile(t)
	server, _, _ := school(t, path, nil)
	body, _ := lesson(t, 0, 1, false)
	for route, method := range map[string]string{"learn": http.MethodPost, "history": http.MethodGet, "snapshots": http.MethodGet} {
		if p := call[Problem](t, method, server.URL+"/v1/models/m/"+route, typeJSON, body, http.StatusNotFound); !strings.Contains(p.Detail, "--learn") {
			t.Errorf("%s: %+v, want a word on --learn", route, p)
		}
	}
	if _, err := os.Stat(path + ".online"); err == nil {
		t.Error("a folder was made")
	}
}

// A file that changes is not taken while its model goes on learning.
func TestAModelThatLearnsIsNotReloaded(t *testing.T) {
	path := pupilFile(t)
	server, s, _ := school(t, path, &online.Options{})
	body, _ := lesson(t, 0, 4, false)
	call[LearnAnswer](t, http.MethodPost, server.URL+"/v1/models/m/learn", typeJSON, body, http.StatusOK)
	before := s.entries["m"].Model().Model
	s.Reload()
	if s.entries["m"].Model().Model != before {
		t.Error("the model of the file replaced the one that learns")
	}
}

// A prediction waits for a mini-batch that is being learned, not for all of a request.
func TestPredictionsDoNotWaitForALesson(t *testing.T) {
	server, s, _ := school(t, pupilFile(t), &online.Options{})
	e := s.entries["m"]
	_, rest := pupil()
	done := make(chan struct{})
	body, _ := lesson(t, 0, 350, false)
	go func() {
		defer close(done)
		for range 4 {
			call[LearnAnswer](t, http.MethodPost, server.URL+"/v1/models/m/learn", typeJSON, body, http.StatusOK)
		}
	}()
	one := rest.Subset([]int{0})
	var waited []int64
	for learning := true; learning; {
		select {
		case <-done:
			learning = false
		default:
		}
		before := e.online.Status().Batches
		if err := e.Model().Model.Predict(t.Context(), one, 1, func(int, basin.Prediction) error { return nil }); err != nil {
			t.Fatal(err)
		}
		waited = append(waited, e.online.Status().Batches-before)
	}
	slices.Sort(waited)
	if middle := waited[len(waited)/2]; len(waited) > 20 && middle > 2 {
		t.Errorf("half of %d predictions waited for more than %d mini-batches of 350", len(waited), middle)
	}
}

// What would be learned wrongly without a word is refused.
func TestContradictoryLabelsAreRefused(t *testing.T) {
	c := &content{labels: []string{"no"}, rows: []row{{named: map[string]any{"churn": "yes"}}}}
	m := &Loaded{Model: &basin.Model{}}
	m.Model.Columns = &table.Columns{Label: "churn"}
	if err := c.labelled(&dataset.Set{}, m); err == nil || !strings.Contains(err.Error(), `row 1 is "yes" in its column "churn" and "no" among the labels`) {
		t.Errorf("%v", err)
	}
	path := pupilFile(t)
	server, _, _ := school(t, path, &online.Options{})
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	body, _ := lesson(t, 0, 1, true)
	_, _ = w.Write([]byte(body))
	_ = w.Close()
	call[Problem](t, http.MethodPost, server.URL+"/v1/models/m/learn", typeCSV, packed.String(), http.StatusUnsupportedMediaType)
}
