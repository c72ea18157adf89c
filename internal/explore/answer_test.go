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

func TestQuestionsOfTheWrongKindAreAnsweredWithASentence(t *testing.T) {
	e := explorer(t, Options{})
	for q, want := range map[string]string{
		`{"seed": -1}`:         "seed is of the kind number -1, want a whole number from 0 on",
		`{"neurons": 1.5}`:     "neurons is of the kind number 1.5, want a whole number",
		`{"gain": "much"}`:     "gain is of the kind string, want a number",
		`{"own": 1}`:           "own is of the kind number, want true or false",
		`{"drawing": []}`:      "drawing is of the kind array, want a string",
		`{"nonsense": 1}`:      "unknown field \"nonsense\"",
		`{"seed": 1} {}`:       "more than one JSON value",
		strings.Repeat("[", 9): "the question is not what the room asks",
		`{"drawing": "` + strings.Repeat("0", largestQuestion) + `"}`: "more than 1048576 bytes",
	} {
		w := question(t, e, "relax/run", q)
		var problem struct{ Detail string }
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Code < 400 || w.Code > 499 || !strings.Contains(problem.Detail, want) {
			t.Errorf("%.40s: %d %s, want %q", q, w.Code, w.Body, want)
		}
	}
}

// Other sites cannot make a browser ask, under whatever name they know this computer.
func TestQuestionsFromElsewhereAreRefused(t *testing.T) {
	e := explorer(t, Options{})
	for _, c := range []struct {
		host, origin string
		status       int
	}{
		{"localhost:8090", "", http.StatusOK},
		{"127.0.0.1:8090", "http://127.0.0.1:8090", http.StatusOK},
		{"[::1]:8090", "http://[::1]:8090", http.StatusOK},
		{"evil.example", "", http.StatusForbidden},
		{"evil.example:8090", "http://evil.example:8090", http.StatusForbidden},
		{"127.0.0.1:8090", "http://evil.example", http.StatusForbidden},
		{"127.0.0.1:8090", "null", http.StatusForbidden},
		{"127.0.0.1:8090", "http://127.0.0.1:9999", http.StatusForbidden},
		{"", "", http.StatusForbidden},
	} {
		for _, path := range []string{"/", "/guide.html"} {
			r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
			r.Host = c.host
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			if w.Code != c.status {
				t.Errorf("%s of host %q from %q: %d, want %d", path, c.host, c.origin, w.Code, c.status)
			}
		}
	}
}

// What is served asks nothing of another server, and may not.
func TestPageIsSafe(t *testing.T) {
	e := explorer(t, Options{})
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/", nil))
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	for _, path := range []string{"/../explore.go", "/page/../../explore.go", "/%2e%2e/explore.go", "/pictures/../explore.md", "/nothing"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
		r.URL.Path = path
		e.ServeHTTP(w, r)
		if w.Code == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}
