package explore

import (
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every room has its part of the guide, and what the guide refers to is there.
func TestGuideHasAPartForEveryRoom(t *testing.T) {
	e := explorer(t, Options{})
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+path, nil))
		return w.Code, w.Body.String()
	}
	code, text := get("/guide.html")
	if code != 200 {
		t.Fatal(code, text)
	}
	for _, room := range rooms {
		if !strings.Contains(text, `<h2 id="`+room+`">`) {
			t.Errorf("no part of the guide has the name %s", room)
		}
	}
	for _, link := range regexp.MustCompile(`(?:href|src)="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		path, _, _ := strings.Cut(link[1], "#")
		if name, ok := strings.CutPrefix(link[1], "./#"); ok && !slices.Contains(rooms, name) {
			t.Errorf("the guide leads to the room %s", name)
		}
		if code, _ := get("/" + strings.TrimPrefix(path, "./")); code != 200 {
			t.Errorf("the guide leads to %s: status %d", link[1], code)
		}
	}
}
