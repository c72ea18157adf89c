package serve

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"basin/dataset"
)

// labelsOf returns the labels of samples by name.
func labelsOf(set *dataset.Set) string {
	var names []string
	for _, label := range set.Labels {
		names = append(names, set.LabelNames[label])
	}
	return strings.Join(names, " ")
}

// Labelled samples, in every form, have their labels by name; predictions pass them over.
func TestLabelledSamples(t *testing.T) {
	a := served(t, Options{}, digits(t), people(t))
	var scan bytes.Buffer
	if err := png.Encode(&scan, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	values := strings.Trim(zeros, "[]")
	for _, test := range []struct{ model, query, kind, body, want string }{
		{"digits", "", typeJSON, `{"inputs": [` + zeros + `, ` + zeros + `, ` + zeros + `], "labels": ["3", 1, "3"]}`, "3 1 3"},
		{"digits", "", typeCSV, values + ",7\n" + values + ",3\n", "7 3"},
		{"digits", "?label=5", typePNG, scan.String(), "5"},
		{"people", "", typeJSON, `{"inputs": [[1, "Ulm", "2020-01-02", true]], "labels": ["yes"]}`, "yes"},
		{"people", "", typeJSON, `{"inputs": [{"age": 1, "city": "Ulm", "since": null, "member": true, "label": "no"}]}`, "no"},
		{"people", "", typeCSV, peopleTable(4), "no no no yes"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+test.query, strings.NewReader(test.body))
		r.Header.Set("Content-Type", test.kind)
		set, err := a.Samples(a.entries[test.model].Model(), httptest.NewRecorder(), r, true)
		if err != nil {
			t.Errorf("%s %.60s: %v", test.kind, test.body, err)
			continue
		}
		if got := labelsOf(set); got != test.want || set.Validate() != nil {
			t.Errorf("%s %.60s: labels %q (%v), want %q", test.kind, test.body, got, set.Validate(), test.want)
		}
		if got := a.ask(t, "/v1/models/"+test.model+"/predict", test.kind, []byte(test.body)); got.status != http.StatusOK {
			t.Errorf("%s %.60s: status %d: %s", test.kind, test.body, got.status, got.body)
		}
	}
	for _, test := range []struct{ model, kind, body, want string }{
		{"digits", typeJSON, `{"inputs": [` + zeros + `]}`, "no labels"},
		{"digits", typeJSON, `{"inputs": [` + zeros + `], "labels": []}`, "0 labels, want a list of 1"},
		{"digits", typeJSON, `{"inputs": [` + zeros + `], "labels": [null]}`, "label 1 is not the name of a class"},
		{"digits", typeJSON, `{"inputs": [` + zeros + `], "labels": "3"}`, "want a list of 1"},
		{"digits", typeCSV, values + "\n", "no column of labels"},
		{"digits", typePNG, scan.String(), "want ?label=NAME"},
		{"people", typeJSON, `{"inputs": [{"age": 1, "city": "Ulm", "since": null, "member": true}]}`, "row 1 has no label"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(test.body))
		r.Header.Set("Content-Type", test.kind)
		var p *Problem
		if _, err := a.Samples(a.entries[test.model].Model(), httptest.NewRecorder(), r, true); !errors.As(err, &p) || p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Detail, test.want) {
			t.Errorf("%s %.60s: %v, want %q", test.kind, test.body, err, test.want)
		}
	}
}
