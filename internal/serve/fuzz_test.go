package serve

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Whatever a body holds, the answer is predictions or a problem of the one who asked.
func FuzzBodies(f *testing.F) {
	a := served(f, Options{MaxBody: 1 << 14}, digits(f), people(f), random(f))
	for kind, texts := range map[int][]string{
		0: {`{"inputs": [` + zeros + `]}`, `{"inputs": [{"age": 1, "city": "Ulm", "since": "2020-01-02", "member": true}], "labels": ["no"]}`, `{"inputs": [[null, "x", "", false]]}`, `{"inputs": [["\u0000", "\ud800", "#", "sep=;"]]}`},
		1: {peopleTable(3), strings.Trim(zeros, "[]"), "sep=;\n1;2", "\x1f\x8b\x08"},
		2: {"\x89PNG\r\n\x1a\n"},
		3: {"\xff\xd8\xff"},
	} {
		for _, text := range texts {
			f.Add(kind, []byte(text))
		}
	}
	kinds := []string{typeJSON, typeCSV, typePNG, typeJPEG}
	f.Fuzz(func(t *testing.T, kind int, body []byte) {
		for _, name := range a.names {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/models/"+name+"/predict", bytes.NewReader(body))
			r.Header.Set("Content-Type", kinds[uint(kind)%4])
			w := httptest.NewRecorder()
			a.Handler().ServeHTTP(w, r)
			if w.Code >= 500 || !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s: status %d: %s", name, w.Code, w.Body)
			}
			// Labelled samples, as those who learn read them.
			r = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?label=3", bytes.NewReader(body))
			r.Header.Set("Content-Type", kinds[uint(kind)%4])
			set, err := a.Samples(a.entries[name].Model(), httptest.NewRecorder(), r, true)
			if err == nil && (set.Validate() != nil || set.Labels == nil) {
				t.Errorf("%s: samples without labels, or that are not valid: %v", name, set.Validate())
			}
		}
	})
}
