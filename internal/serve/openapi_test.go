package serve

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"basin/internal/online"
)

// document is an OpenAPI document, as far as these tests look at it.
type document struct {
	OpenAPI    string
	Info       struct{ Title, Version string }
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]any }
}

type operation struct {
	OperationID string
	Parameters  []struct {
		Name, In string
		Required bool
		Schema   any
	}
	Responses map[string]struct {
		Description string
		Content     map[string]any
	}
	Security []map[string][]string
}

func TestOpenAPI(t *testing.T) {
	a := served(t, Options{Token: "secret", Version: "1.2.3", Learn: &online.Options{}}, "digits="+pupilFile(t))
	text := a.ask(t, "/openapi.json", "", nil).body
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(d.OpenAPI, "3.1.") || d.Info.Title == "" || d.Info.Version != "1.2.3" {
		t.Errorf("version %q, info %+v", d.OpenAPI, d.Info)
	}
	var seen, ids []string
	for path, item := range d.Paths {
		for method, o := range item {
			seen = append(seen, strings.ToUpper(method)+" "+path)
			ids = append(ids, o.OperationID)
			checkOperation(t, path, o)
			if open := openPaths[path]; open == (len(o.Security) > 0) {
				t.Errorf("%s: security %v", path, o.Security)
			}
		}
	}
	slices.Sort(seen)
	want := []string{
		"GET /docs", "GET /healthz", "GET /metrics", "GET /openapi.json", "GET /readyz", "GET /v1/models", "GET /v1/models/{name}", "POST /v1/models/{name}/predict",
		"POST /v1/models/{name}/learn", "GET /v1/models/{name}/history", "GET /v1/models/{name}/snapshots", "POST /v1/models/{name}/snapshots", "POST /v1/models/{name}/rollback",
	}
	for _, route := range want {
		if !slices.Contains(seen, route) {
			t.Errorf("%s is not in the document", route)
		}
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(seen) {
		t.Errorf("the ids %q of %d routes are not unique", ids, len(seen))
	}
	// Every route of the document is served, and every reference leads somewhere.
	for _, route := range seen {
		method, path, _ := strings.Cut(route, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, a.url+strings.ReplaceAll(path, "{name}", "digits"), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer secret")
		if got := a.do(t, r); got.status == http.StatusNotFound || got.status == http.StatusMethodNotAllowed || got.status >= 500 {
			t.Errorf("%s: status %d: %s", route, got.status, got.body)
		}
	}
	var whole any
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	references(whole, func(to string) {
		name, ok := strings.CutPrefix(to, "#/components/schemas/")
		if !ok || d.Components.Schemas[name] == nil {
			t.Errorf("the reference %q leads nowhere", to)
		}
	})
}

// checkOperation holds what OpenAPI demands of an operation.
func checkOperation(t *testing.T, path string, o operation) {
	t.Helper()
	named := 0
	for _, p := range o.Parameters {
		if p.Schema == nil || p.In == "path" && !p.Required {
			t.Errorf("%s: parameter %+v", path, p)
		}
		if p.In == "path" {
			named++
		}
	}
	if named != strings.Count(path, "{") {
		t.Errorf("%s: %d parameters in the path", path, named)
	}
	if o.Responses["200"].Description == "" || len(o.Responses["default"].Content) != 1 {
		t.Errorf("%s: responses %v", path, o.Responses)
	}
	for status, response := range o.Responses {
		if response.Description == "" || len(response.Content) == 0 {
			t.Errorf("%s: response %s: %+v", path, status, response)
		}
	}
}

// references calls each with every reference of a document.
func references(value any, each func(to string)) {
	switch v := value.(type) {
	case map[string]any:
		if to, ok := v["$ref"].(string); ok {
			each(to)
		}
		for _, inner := range v {
			references(inner, each)
		}
	case []any:
		for _, inner := range v {
			references(inner, each)
		}
	}
}
