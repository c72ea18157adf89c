package basin_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports lists, for each package, what it may import beside the standard library. What
// is not listed is forbidden: data flow one way, dataset -> train -> dynamics -> network
// -> kernel, and the core stays free of files, screens and services. Only internal/figure
// knows the plotting library. Only internal/survey sees both manifold and theory.
var imports = map[string][]string{
	".":                   nil,
	"internal/kernel":     {"golang.org/x/sys/cpu"},
	"internal/layout":     {"basin/internal/kernel"},
	"internal/random":     nil,
	"internal/spelling":   nil,
	"network":             {"basin/internal/layout", "basin/internal/kernel", "basin/internal/random"},
	"dynamics":            {"basin/internal/layout", "basin/network", "basin/internal/kernel", "basin/internal/random"},
	"plasticity":          {"basin/internal/layout", "basin/network", "basin/internal/kernel"},
	"dataset":             {"basin/internal/random", "basin/internal/spelling", "codeberg.org/sbinet/npyio", "github.com/google/renameio/v2"},
	"train":               {"basin/internal/layout", "basin/dataset", "basin/dynamics", "basin/plasticity", "basin/network", "basin/internal/random"},
	"settings":            {"basin/internal/spelling", "basin/train", "basin/dataset", "basin/dynamics", "basin/network", "basin/plasticity", "github.com/goccy/go-yaml", "github.com/invopop/jsonschema"},
	"manifold/census":     {"basin/internal/layout", "basin/dynamics", "basin/network", "basin/internal/random"},
	"theory":              {"gonum.org/v1/gonum"},
	"internal/survey":     {"basin/manifold/census", "basin/theory", "basin/dynamics", "basin/network"},
	"internal/bench":      {"basin/internal/layout", "basin/train", "basin/dynamics", "basin/plasticity", "basin/network", "basin/dataset", "basin/internal/kernel"},
	"internal/figure":     {"gonum.org/v1/plot"},
	"internal/graph":      {"basin/network", "basin/train"},
	"internal/experiment": {"basin/train", "basin/settings", "basin/dataset", "basin/network", "basin/internal/figure", "github.com/google/renameio/v2"},
	"internal/recipes":    {"basin/internal/experiment", "basin/internal/survey", "basin/theory", "basin/protocol", "basin/settings", "basin/dataset", "basin/dynamics", "basin/plasticity", "basin/network", "basin/internal/random", "basin/internal/spelling", "gonum.org/v1/gonum"},
	"checkpoint":          {"basin/internal/layout", "basin/train", "basin/network", "basin/dataset", "github.com/google/renameio/v2", "github.com/nlpodyssey/safetensors"},
	"cmd/basin":           {"basin", "github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/schollz/progressbar/v3", "golang.org/x/term"},
}

func TestImportsPointOneWay(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), "_") || strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		allowed, known := imports[dir]
		if !known {
			t.Errorf("%s: package %s is not in the table of imports", path, dir)
			return nil
		}
		seen[dir] = true
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			standard := name != "basin" && !strings.HasPrefix(name, "basin/") && !strings.Contains(strings.Split(name, "/")[0], ".")
			if !standard && !slices.ContainsFunc(allowed, func(a string) bool { return name == a || strings.HasPrefix(name, a+"/") }) {
				t.Errorf("%s imports %s, which package %s may not", path, name, dir)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range imports {
		if !seen[dir] {
			t.Errorf("the table of imports has package %s, which does not exist", dir)
		}
	}
}
