package explore

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// explorer makes an explorer.
func explorer(t *testing.T, o Options) *Explorer {
	t.Helper()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// question asks a room, with a question in JSON or what becomes such.
func question(t *testing.T, e *Explorer, path string, question any) *httptest.ResponseRecorder {
	t.Helper()
	text, isText := question.(string)
	if !isText {
		body, err := json.Marshal(question)
		if err != nil {
			t.Fatal(err)
		}
		text = string(body)
	}
	r := httptest.NewRequest(http.MethodPost, "http://localhost/api/"+path, strings.NewReader(text))
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

// answered asks a room and reads what it answers.
func answered[A any](t *testing.T, e *Explorer, path string, of any) A {
	t.Helper()
	var a A
	w := question(t, e, path, of)
	if w.Code != http.StatusOK {
		t.Fatalf("%s %v: %d %s", path, of, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatal(err)
	}
	return a
}
