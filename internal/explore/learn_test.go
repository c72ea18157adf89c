package explore

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"basin"
	"basin/dataset/fetch"
)

// aLesson is a question that is answered soon.
func aLesson(epochs int) learnQuestion {
	return learnQuestion{Neurons: 40, SelfCoupling: 0.5, Density: 0.1, Kappa: 1, Feedback: 1, Rate: 0.03, ReadoutRate: 0.1, Batch: 32, Epochs: epochs, Seed: 3}
}

// messages runs a lesson and returns what the page is told.
func messages(t *testing.T, e *Explorer, q learnQuestion) (all []learnMessage) {
	t.Helper()
	w := question(t, e, "learn/run", q)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for text := range strings.SplitSeq(strings.TrimSpace(w.Body.String()), "\n\n") {
		var m learnMessage
		if err := json.Unmarshal([]byte(strings.TrimPrefix(text, "data: ")), &m); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		all = append(all, m)
	}
	return all
}

// What is told and kept is the training of the settings.
func TestALessonIsATraining(t *testing.T) {
	e, q := explorer(t, Options{}), aLesson(2)
	told := messages(t, e, q)
	if len(told) != 4 || len(told[0].Labels) == 0 || told[3].Digest == "" {
		t.Fatalf("%d messages: %+v", len(told), told)
	}
	s, err := q.settings()
	if err != nil {
		t.Fatal(err)
	}
	data, err := basin.Open(t.Context(), s, fetch.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	m, err := basin.Train(t.Context(), s, data, basin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for k, record := range m.History {
		if got := told[1+k]; got.Epoch != record.Epoch || got.Training != record.Training.Accuracy() || got.Held != record.Held.Accuracy() || got.Unstable != record.Training.UnstableShare() {
			t.Errorf("epoch %d: %+v, want %+v", k+1, got, record)
		}
		if len(told[1+k].X) != len(told[0].Labels) || told[1+k].Shown <= 0 || told[1+k].Shown > 1 {
			t.Errorf("epoch %d: a map of %d samples with %v of the spread", k+1, len(told[1+k].X), told[1+k].Shown)
		}
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/api/learn/model/"+told[3].Digest, nil))
	if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), want) {
		t.Errorf("the model file that is offered is not that of the training: %d", w.Code)
	}
	if again := messages(t, e, q); again[3].Digest != told[3].Digest || again[2].X[0] != told[2].X[0] {
		t.Error("the same question has another answer")
	}
	// It becomes the model of the other rooms.
	answered[struct{}](t, e, "learn/show", map[string]string{"digest": told[3].Digest})
	if shown, _ := e.Model(); shown == nil {
		t.Error("no model is open")
	}
	for k := range mostLearned {
		q.Seed = uint64(10 + k)
		q.Epochs = 1
		messages(t, e, q)
	}
	if w := question(t, e, "learn/show", map[string]string{"digest": told[3].Digest}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a model that is no longer kept: %d", w.Code)
	}
}

func TestBeforeALessonTheNetworkIsMapped(t *testing.T) {
	if told := messages(t, explorer(t, Options{}), aLesson(0)); len(told) != 1 || len(told[0].X) != len(told[0].Labels) || len(told[0].Names) != 10 {
		t.Errorf("%+v", told)
	}
}

func TestLessonsAreBounded(t *testing.T) {
	e := explorer(t, Options{})
	for name, change := range map[string]func(*learnQuestion){
		"neurons": func(q *learnQuestion) { q.Neurons = 1001 }, "none": func(q *learnQuestion) { q.Neurons = 0 },
		"J_D": func(q *learnQuestion) { q.SelfCoupling = -1 }, "density": func(q *learnQuestion) { q.Density = 2 },
		"rate": func(q *learnQuestion) { q.Rate = 2 }, "batch": func(q *learnQuestion) { q.Batch = 0 }, "epochs": func(q *learnQuestion) { q.Epochs = 101 },
		"size": func(q *learnQuestion) { q.Neurons, q.Density = 1000, 1 },
	} {
		q := aLesson(1)
		change(&q)
		if w := question(t, e, "learn/run", q); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	for range mostLessons {
		leave, err := e.school.enter()
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
	}
	if w := question(t, e, "learn/run", aLesson(1)); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "stop one") {
		t.Errorf("one more lesson: %d %s", w.Code, w.Body)
	}
}

// The components of rows that vary along two directions are these.
func TestPrincipalComponents(t *testing.T) {
	rows := mat.NewDense(40, 6, nil)
	var x, y []float64
	for i := range 40 {
		a, b := 3*math.Sin(float64(i)), math.Cos(float64(3*i))
		x, y = append(x, a), append(y, b)
		for k := range 6 {
			rows.Set(i, k, 5+a*[]float64{0.5, 0.5, 0.5, 0.5, 0, 0}[k]+b*[]float64{0, 0, 0, 0, 0.6, 0.8}[k])
		}
	}
	gotX, gotY, shown := principal(rows)
	if math.Abs(shown-1) > 1e-9 {
		t.Errorf("two directions have %v of the spread", shown)
	}
	for i := range 40 {
		for k := range i {
			want := math.Hypot(x[i]-x[k], y[i]-y[k])
			if got := math.Hypot(gotX[i]-gotX[k], gotY[i]-gotY[k]); math.Abs(got-want) > 1e-9 {
				t.Fatalf("distance of rows %d and %d: %v, want %v", i, k, got, want)
			}
		}
	}
}
