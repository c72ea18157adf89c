package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"basin/dataset"
)

// row of 64 zeros, as JSON.
var zeros = "[" + strings.TrimSuffix(strings.Repeat("0,", 64), ",") + "]"

func TestWrongRequests(t *testing.T) {
	a := served(t, Options{MaxBody: 1 << 16}, digits(t), people(t))
	const image, table = "/v1/models/digits/predict", "/v1/models/people/predict"
	for _, test := range []struct {
		path, kind, body string
		status           int
		detail           string
		row, column      int
	}{
		{"/v1/models/digit/predict", typeJSON, "{}", 404, `did you mean "digits"?`, 0, 0},
		{"/v1/models/x/predict", typeJSON, "{}", 404, "GET /v1/models lists", 0, 0},
		{"/v1/nothing", typeJSON, "{}", 404, "nothing at", 0, 0},
		{"/v1/models", typeJSON, "{}", 405, "want GET", 0, 0},
		{image, "", zeros, 415, "Content-Type", 0, 0},
		{image, "text/plain", zeros, 415, `Content-Type "text/plain", want application/json`, 0, 0},
		{image, typeJSON, strings.Repeat(" ", 1<<17), 413, "more than 65536 bytes", 0, 0},
		{image, typeJSON, "", 400, "the body is not JSON", 0, 0},
		{image, typeJSON, "{", 400, "the body is not JSON", 0, 0},
		{image, typeJSON, `{"inputs": [` + zeros + `]} {}`, 400, "something after its end", 0, 0},
		{image, typeJSON, "{}", 422, "no inputs", 0, 0},
		{image, typeJSON, `{"inputs": []}`, 422, "no inputs", 0, 0},
		{image, typeJSON, `{"input": []}`, 422, `did you mean "inputs"?`, 0, 0},
		{image, typeJSON, `{"inputs": [5]}`, 422, "row 1 is 5, want a list", 1, 0},
		{image, typeJSON, `{"inputs": [[1, 2]]}`, 422, "row 1 has 2 values, but the model reads 8 x 8 (64 values)", 1, 0},
		{image, typeJSON, `{"inputs": [` + zeros + `, []]}`, 422, "row 2 has 0 values", 2, 0},
		{image, typeJSON, `{"inputs": [` + zeros + `, ` + strings.Replace(zeros, "0,0,", "0,null,", 1) + `]}`, 422, "row 2, column 2: missing value", 2, 2},
		{image, typeJSON, `{"inputs": [` + strings.Replace(zeros, "0,", `"a",`, 1) + `]}`, 422, "row 1, column 1: want a number", 1, 1},
		{image, typeJSON, `{"inputs": [` + strings.Replace(zeros, "0,", "1e39,", 1) + `]}`, 422, "row 1, column 1: 1e39 does not fit", 1, 1},
		{image, typeJSON, `{"inputs": [` + strings.Replace(zeros, "0,", "[0],", 1) + `]}`, 422, "row 1, column 1: want a number", 1, 1},
		{image, typeJSON, `{"inputs": [{"a": 1}]}`, 422, "row 1 is an object, but the model has not learned a table", 1, 0},
		{image, typeJSON, `{"inputs": [` + strings.Replace(zeros, "0,", "3e5,", 1) + `]}`, 422, "but the model learned from values up to 16", 0, 0},
		{image + "?logit=true", typeJSON, `{"inputs": [` + zeros + `]}`, 422, `"logit" after the question mark, want logits`, 0, 0},
		{image + "?%zz=1", typeJSON, `{"inputs": [` + zeros + `]}`, 422, "the address: ", 0, 0},
		{image, typeJSON, `{"inputs": [` + zeros + `], "inputs": [` + zeros + `]}`, 422, `the body has "inputs" twice`, 0, 0},
		{table, typeJSON, `{"inputs": [{"age": 1, "b": {"age": 2}, "age": 3}]}`, 422, `row 1 has the column "age" twice`, 1, 0},
		{image + "?logits=perhaps", typeJSON, `{"inputs": [` + zeros + `]}`, 422, "want true or false", 0, 0},
		{image, typeCSV, "", 400, "empty", 0, 0},
		{image, typeCSV, "1,2,3\n", 422, "64", 0, 0},
		{image, typeCSV, strings.Trim(zeros, "[]") + "\n" + strings.Replace(strings.Trim(zeros, "[]"), "0,0", "0,x", 1) + "\n", 422, `line 2, column 2: "x"`, 2, 2},
		{image, typeCSV, "PK\x03\x04 and so on", 400, "", 0, 0},
		{table, typeCSV, "age,city\n1,Ulm\n", 422, "since", 0, 0},
		{table, typeCSV, "age,city,since,member\n1,Ulm,2020-01-02,true\nold,Ulm,2020-01-02,true\n", 422, `line 3, column 1: "old"`, 3, 1},
		{table, typeJSON, `{"inputs": [[1, "Ulm", "2020-01-02", true], [1, "Ulm", "yesterday", true]]}`, 422, `row 2, column 3 ("since"): "yesterday"`, 2, 3},
		{table, typeJSON, `{"inputs": [["a\nb", "Ulm", "2020-01-02", true]]}`, 422, `row 1, column 1 ("age")`, 1, 1},
		{table, typeJSON, `{"inputs": [[1, ["Ulm"], "2020-01-02", true]]}`, 422, `row 1, column 2 ("city"): want a number, a text`, 1, 2},
		{table, typeJSON, `{"inputs": [[1, "Ulm"]]}`, 422, "row 1 has 2 values, but the model reads 4", 1, 0},
		{table, typeJSON, `{"inputs": [{"age": 1, "town": "Ulm", "cyty": "Ulm", "since": null, "member": null}]}`, 422, `row 1 has no "city"; null says that a value is missing; is "cyty" meant?`, 1, 2},
	} {
		body := []byte(test.body)
		p := a.ask(t, test.path, test.kind, body).isProblem(t, test.status, test.detail)
		if p.Row != test.row || p.Column != test.column {
			t.Errorf("%s %.60q: row %d, column %d, want %d and %d: %s", test.path, test.body, p.Row, p.Column, test.row, test.column, p.Detail)
		}
	}
	if got := a.ask(t, image, typeJSON, []byte(`{"inputs": [`+zeros+`]}`), "Content-Encoding", "gzip"); got.status != http.StatusUnsupportedMediaType {
		t.Errorf("a packed body: status %d, want 415", got.status)
	}
	// A body whose length is not known beforehand.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url+image, io.LimitReader(blanks{}, 1<<18))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", typeJSON)
	a.do(t, r).isProblem(t, http.StatusRequestEntityTooLarge, "more than 65536 bytes")
}

// blanks is white space without end.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte(" "), len(p))), nil }

// Places are counted from 1, and from the first sample of the request in whatever part of it
// they are.
func TestPlacesOfErrors(t *testing.T) {
	set := &dataset.Set{Name: setName}
	for text, want := range map[string]string{
		"dataset: inputs: sample 0, feature 3: 1e38 is encoded as +Inf": "11 4 row 11, column 4: 1e38 is encoded as +Inf",
		"dataset: inputs: sample 2, value 5: missing value":             "12 5 sample 12, value 5: missing value",
		"samples of 3 values": "0 0 samples of 3 values",
	} {
		var p *Problem
		if !errors.As(moved(errors.New(text), 10, set), &p) {
			t.Fatal("not a problem")
		}
		if got := fmt.Sprint(p.Row, p.Column, " ", p.Detail); got != want || p.Status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestSources(t *testing.T) {
	for text, want := range map[string]Source{
		"a/b/people.safetensors":  {"people", "a/b/people.safetensors"},
		"p=a/b.safetensors":       {"p", "a/b.safetensors"},
		"people-3.v2.safetensors": {"people-3.v2", "people-3.v2.safetensors"},
	} {
		if got, err := ParseSource(text); err != nil || got != want {
			t.Errorf("%q: %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "=", "a=", "=a", "a b=c", "a/b=c", "..=c", "a?b.safetensors"} {
		if got, err := ParseSource(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
	twice := []Source{{"m", digits(t)}, {"m", others(t)}}
	if _, err := New(twice, Options{}); err == nil || !strings.Contains(err.Error(), "both called") {
		t.Errorf("two models of one name: %v", err)
	}
	if _, err := New([]Source{{"m", "nothing.safetensors"}}, Options{}); err == nil {
		t.Error("a file that is not there: no error")
	}
	if _, err := New(nil, Options{}); err == nil {
		t.Error("no models: no error")
	}
}
