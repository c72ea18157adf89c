package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"basin"
	"basin/dataset"
)

const predictDigits = "/v1/models/digits/predict?logits=true"

func TestPredictionsAreThoseOfTheModel(t *testing.T) {
	a := served(t, Options{}, digits(t))
	m, set := loaded(t, digits(t)), testSamples(t, 150) // more than two batches
	want := wanted(t, m, set)
	same(t, a.ask(t, predictDigits, typeJSON, asJSON(set)).predictions(t), want, m.Names())

	var table bytes.Buffer
	for i := range set.Count() {
		for _, v := range set.Bytes[64*i : 64*i+64] {
			fmt.Fprintf(&table, "%d,", v)
		}
		fmt.Fprintln(&table, set.LabelNames[set.Labels[i]])
	}
	same(t, a.ask(t, predictDigits, "text/csv; charset=utf-8", table.Bytes()).predictions(t), want, m.Names())

	if answer := a.ask(t, "/v1/models/digits/predict", typeJSON, asJSON(set)); bytes.Contains(answer.body, []byte("logits")) {
		t.Errorf("logits that nobody asked for: %.200s", answer.body)
	}
}

func TestImages(t *testing.T) {
	a := served(t, Options{}, digits(t), people(t))
	m := loaded(t, digits(t))
	grey := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range grey.Pix {
		grey.Pix[i] = uint8(7 * i)
	}
	var asPNG, asJPEG, large bytes.Buffer
	if err := png.Encode(&asPNG, grey); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&asJPEG, grey, nil); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&large, image.NewNRGBA(image.Rect(0, 0, 9, 8))); err != nil {
		t.Fatal(err)
	}
	for kind, body := range map[string][]byte{typePNG: asPNG.Bytes(), typeJPEG: asJPEG.Bytes()} {
		set, err := dataset.ReadImage(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		same(t, a.ask(t, predictDigits, kind, body).predictions(t), wanted(t, m, set), m.Names())
	}
	a.ask(t, predictDigits, typePNG, large.Bytes()).isProblem(t, http.StatusUnprocessableEntity, "samples of 8 x 9 (72 values), but the model reads 8 x 8")
	a.ask(t, predictDigits, typeJPEG, asPNG.Bytes()).isProblem(t, http.StatusBadRequest, "not an image/jpeg: it is an image/png")
	a.ask(t, predictDigits, typePNG, asPNG.Bytes()[:50]).isProblem(t, http.StatusBadRequest, "cannot be read")
	a.ask(t, predictDigits, typePNG, []byte("GIF89a")).isProblem(t, http.StatusBadRequest, "not an image/png")
	a.ask(t, "/v1/models/people/predict", typePNG, asPNG.Bytes()).isProblem(t, http.StatusUnprocessableEntity, "but the model reads 4 values")
	colours := image.NewRGBA(image.Rect(0, 0, 8, 8))
	colours.Set(3, 3, color.RGBA{255, 0, 0, 255})
	var coloured bytes.Buffer
	if err := png.Encode(&coloured, colours); err != nil {
		t.Fatal(err)
	}
	a.ask(t, predictDigits, typePNG, coloured.Bytes()).isProblem(t, http.StatusUnprocessableEntity, "but the model reads")
}

// A table in every form that a request may have: as `basin predict` reads its file.
func TestTables(t *testing.T) {
	a := served(t, Options{}, people(t))
	m := loaded(t, people(t))
	text := peopleTable(9)
	set, err := dataset.ReadCSV(strings.NewReader(text), m.Reads())
	if err != nil {
		t.Fatal(err)
	}
	want := wanted(t, m, set)
	const path = "/v1/models/people/predict?logits=true"
	whole := a.ask(t, path, typeCSV, []byte(text)).predictions(t)
	same(t, whole, want, m.Names())
	if n := len(whole.Notes); n != 2 || !strings.Contains(whole.Notes[1], "1 missing values in age (1)") {
		t.Errorf("notes %q, want those of truths and of a missing value", whole.Notes)
	}

	var objects, lists []any
	for _, line := range strings.Split(strings.TrimSpace(strings.ReplaceAll(text, `"Bad Ems, Lahn"`, "Bad Ems+ Lahn")), "\n")[1:] {
		cells := strings.Split(line, ",")
		age := any(json.Number(cells[0]))
		if cells[0] == "" {
			age = nil
		}
		city := strings.ReplaceAll(cells[1], "+", ",")
		objects = append(objects, map[string]any{"member": cells[3] == "true", "city": city, "age": age, "since": cells[2], "who": "passed over"})
		lists = append(lists, []any{age, city, cells[2], cells[3] == "true"})
	}
	for _, rows := range [][]any{objects, lists} {
		body, err := json.Marshal(map[string]any{"inputs": rows})
		if err != nil {
			t.Fatal(err)
		}
		same(t, a.ask(t, path, typeJSON, body).predictions(t), want, m.Names())
	}
	odd := []byte(`{"inputs": [{"age": 3.5, "city": "a \"new\"\ntown; of | 3", "since": "2020-01-02", "member": null}]}`)
	if got := a.ask(t, path, typeJSON, odd).predictions(t); len(got.Notes) != 2 {
		t.Errorf("notes %q, want one of a city that nobody has seen and one of a missing value", got.Notes)
	}
}

// A table whose names alone are longer than what is looked at to find out its form.
func TestWideTable(t *testing.T) {
	const columns = 2000
	var text strings.Builder
	for k := range columns {
		fmt.Fprintf(&text, "a column with a long name, %d;", k)
	}
	text.WriteString("label\n")
	for i := range 6 {
		for k := range columns {
			fmt.Fprintf(&text, "%d.5;", (i+k)%7)
		}
		fmt.Fprintf(&text, "%d\n", i%2)
	}
	set, err := dataset.ReadCSV(strings.NewReader(text.String()), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	path, err := trained("wide", "table", &dataset.Data{Train: set}, "data.validation=0")
	if err != nil {
		t.Fatal(err)
	}
	a := served(t, Options{}, path)
	m := loaded(t, path)
	row := map[string]any{}
	values := make([]float32, columns)
	for k := range columns {
		values[k] = float32(k % 5)
		row[m.Columns.Features[k]] = values[k]
	}
	body, err := json.Marshal(map[string]any{"inputs": []any{row}})
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.PredictOne(values)
	if err != nil {
		t.Fatal(err)
	}
	same(t, a.ask(t, "/v1/models/wide/predict?logits=true", typeJSON, body).predictions(t), []basin.Prediction{want}, m.Names())
}

// Where sweeps draw at random, each sample of a request is predicted as the first of a set.
func TestRandomSweepsDoNotDependOnNeighbours(t *testing.T) {
	a := served(t, Options{}, random(t))
	m, set := loaded(t, random(t)), testSamples(t, 20)
	same(t, a.ask(t, "/v1/models/random/predict", typeJSON, asJSON(set)).predictions(t), withoutLogits(wanted(t, m, set)), nil)
}

func withoutLogits(list []basin.Prediction) []basin.Prediction {
	for i := range list {
		list[i].Logits = nil
	}
	return list
}

// Requests at once, of any sizes, get what the model predicts for each sample alone.
func TestConcurrentRequests(t *testing.T) {
	for _, o := range []Options{{}, {Batch: 5}, {Batch: 1}, {Wait: 1}} {
		a := served(t, o, digits(t), others(t))
		set := testSamples(t, 60)
		for _, path := range []string{digits(t), others(t)} {
			m := loaded(t, path)
			want := wanted(t, m, set)
			source, _ := ParseSource(path)
			var group sync.WaitGroup
			for first := range 20 {
				group.Go(func() {
					for count := 1; first+count <= 60 && count < 12; count += 3 {
						part := set.Subset(interval(first, first+count))
						same(t, a.ask(t, "/v1/models/"+source.Name+"/predict?logits=1", typeJSON, asJSON(part)).predictions(t), want[first:first+count], m.Names())
					}
				})
			}
			group.Wait()
		}
	}
}

func interval(from, to int) (places []int) {
	for i := from; i < to; i++ {
		places = append(places, i)
	}
	return places
}

// Whether values have the range of the model is judged by request: a dark image among others fits,
// in whatever part of the request it is.
func TestRangeIsThatOfTheRequest(t *testing.T) {
	a := served(t, Options{Batch: 1}, digits(t))
	m, set := loaded(t, digits(t)), testSamples(t, 3)
	floats := make([]float32, len(set.Bytes))
	for i, v := range set.Bytes {
		floats[i] = float32(v)
		if i/64 == 1 {
			floats[i] /= 32
		}
	}
	set = &dataset.Set{Name: "digits", Shape: []int{64}, Floats: floats}
	var want []basin.Prediction
	err := m.Predict(t.Context(), set, 1, func(_ int, p basin.Prediction) error {
		want = append(want, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, a.ask(t, predictDigits, typeJSON, asJSON(set)).predictions(t), want, m.Names())
	dark := set.Subset([]int{1})
	a.ask(t, predictDigits, typeJSON, asJSON(dark)).isProblem(t, http.StatusUnprocessableEntity, "but the model learned from values up to 16")
}

// Any jobs, divided into batches in any way, have the predictions of each sample alone; one that
// does not fit spoils no other.
func TestBatchesChangeNothing(t *testing.T) {
	path := digits(t)
	m, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	set := testSamples(t, 40)
	want := wanted(t, m.Model, set)
	floats := make([]float32, len(set.Bytes))
	for i, v := range set.Bytes {
		floats[i] = float32(v)
	}
	rapid.Check(t, func(t *rapid.T) {
		q := newQueue(rapid.IntRange(1, 30).Draw(t, "batch"), 0)
		var jobs []*job
		var firsts []int
		for range rapid.IntRange(1, 12).Draw(t, "jobs") {
			first := rapid.IntRange(0, 39).Draw(t, "first")
			count := rapid.IntRange(1, 40-first).Draw(t, "count")
			part := &dataset.Set{Name: setName, Shape: []int{64}, Floats: floats[64*first : 64*(first+count)], Maximum: m.Model.Encoder.Divisor}
			if rapid.IntRange(0, 5).Draw(t, "kind") == 0 {
				part = &dataset.Set{Name: setName, Shape: []int{63}, Floats: floats[:63], Maximum: part.Maximum}
				first = -1
			}
			jobs, firsts = append(jobs, q.add(newJob(t.Context(), m, part))), append(firsts, first)
		}
		r := runner{entry: &Entry{metrics: newMetrics(&Server{}).of("digits")}}
		for len(q.jobs) > 0 {
			r.batch = q.take(r.batch[:0])
			r.predict()
			q.finish()
		}
		for i, j := range jobs {
			got, err := j.wait(0)
			if firsts[i] < 0 {
				if err == nil {
					t.Error("a sample of 63 values was predicted")
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			for k, p := range got {
				w := want[firsts[i]+k]
				if p.Label != w.Label || fmt.Sprint(p.Logits) != fmt.Sprint(w.Logits) {
					t.Errorf("job %d, sample %d: %v, want %v", i, k, p, w)
				}
			}
		}
	})
}
