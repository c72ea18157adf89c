package basin_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports lists, for each package, what it may import beside the standard library. What
// is not listed is forbidden. An entry allows the package of that name and no other, but
// for those that end with a slash, which allow all below.
//
// The core (network, dynamics, plasticity, protocol, train, theory, manifold) knows no files,
// screens and services: data reach it through the small interfaces of protocol and train.
// plasticity does not see dynamics, so that the rule cannot look at a trajectory, and theory
// does not see the simulation; only internal/survey and internal/recipes see both. The root package is the one
// way from settings and data to a
// network that learns.
var imports = map[string][]string{
	"internal/files":    {"github.com/gofrs/flock"},
	"internal/formula":  nil,
	"internal/keys":     nil,
	"internal/kernel":   {"golang.org/x/sys/cpu"},
	"internal/normal":   nil,
	"internal/layout":   {"basin/internal/kernel"},
	"internal/paired":   {"gonum.org/v1/gonum/"},
	"internal/random":   nil,
	"internal/ridge":    {"basin/internal/kernel", "basin/internal/layout"},
	"internal/spelling": nil,

	"network/coupling": {"basin/internal/kernel", "basin/internal/layout"},
	"network":          {"basin/network/coupling", "basin/internal/kernel", "basin/internal/keys", "basin/internal/layout", "basin/internal/random"},
	"dynamics":         {"basin/network", "basin/network/coupling", "basin/internal/kernel", "basin/internal/keys", "basin/internal/layout", "basin/internal/random"},
	"plasticity":       {"basin/network", "basin/network/coupling", "basin/internal/kernel", "basin/internal/layout"},
	"protocol":         {"basin/dynamics", "basin/plasticity", "basin/network", "basin/network/coupling", "basin/internal/random", "basin/internal/keys", "basin/internal/layout", "basin/internal/ridge"},
	"train":            {"basin/protocol", "basin/network", "basin/internal/random", "basin/internal/ridge"},
	"theory":           {"gonum.org/v1/gonum/"},
	"manifold/sample":  {"basin/dynamics", "basin/internal/normal", "basin/manifold/census", "basin/manifold/solve", "basin/network", "basin/network/coupling", "basin/internal/random"},
	"manifold/solve":   {"basin/dynamics", "basin/internal/normal", "basin/network", "basin/network/coupling", "basin/internal/kernel", "basin/internal/layout", "basin/internal/random"},
	"manifold/census":  {"basin/dynamics", "basin/network", "basin/network/coupling", "basin/internal/random"},

	"baseline": {"basin/internal/kernel", "basin/internal/layout", "basin/internal/random", "basin/internal/ridge"},

	"dataset":                  {"basin/dataset/internal/packed", "basin/dataset/table", "basin/internal/kernel", "basin/internal/keys", "basin/internal/layout", "basin/internal/random", "basin/internal/spelling", "codeberg.org/sbinet/npyio/", "golang.org/x/image/", "gonum.org/v1/gonum/"},
	"dataset/fetch":            {"basin/dataset", "basin/dataset/internal/packed", "basin/internal/files", "basin/internal/spelling"},
	"dataset/internal/packed":  nil,
	"dataset/internal/parquet": {"basin/dataset/internal/packed", "github.com/klauspost/compress/snappy", "github.com/klauspost/compress/zstd"},
	"dataset/table":            {"basin/dataset/internal/packed", "basin/dataset/internal/parquet", "golang.org/x/text/"},

	"settings":    {"basin/dataset", "basin/dynamics", "basin/network", "basin/plasticity", "basin/protocol", "basin/internal/keys", "basin/internal/spelling", "github.com/goccy/go-yaml/", "github.com/invopop/jsonschema"},
	"checkpoint":  {"basin/dataset", "basin/dataset/table", "basin/network", "basin/network/coupling", "basin/protocol", "basin/settings", "basin/train", "basin/internal/files", "github.com/nlpodyssey/safetensors"},
	"interchange": {"basin/checkpoint", "basin/dataset", "basin/dynamics", "basin/network", "basin/network/coupling", "basin/protocol"},
	".":           {"basin/internal/files", "basin/checkpoint", "basin/dataset", "basin/dataset/fetch", "basin/dataset/table", "basin/network", "basin/protocol", "basin/settings", "basin/train"},

	"internal/bench":      {"basin/baseline", "basin/dataset", "basin/network", "basin/network/coupling", "basin/protocol", "basin/settings", "basin/train", "basin/internal/kernel", "basin/internal/layout"},
	"docs":                nil,
	"internal/explore":    {"basin", "basin/internal/graph", "basin/internal/inspect", "basin/network/coupling", "basin/protocol", "basin/dataset", "basin/dataset/fetch", "basin/docs", "basin/dynamics", "basin/internal/experiment", "basin/internal/keys", "basin/internal/paired", "basin/internal/random", "basin/internal/recipes", "basin/internal/survey", "basin/internal/sweep", "basin/manifold/census", "basin/manifold/sample", "basin/manifold/solve", "basin/network", "basin/settings", "basin/theory", "github.com/yuin/goldmark", "github.com/yuin/goldmark/", "gonum.org/v1/gonum/"},
	"internal/browser":    {"github.com/chromedp/cdproto/", "github.com/chromedp/chromedp"},
	"internal/figure":     {"gonum.org/v1/plot/"},
	"internal/foreign":    {"basin/network", "basin/protocol", "basin/settings", "basin/internal/spelling", "github.com/goccy/go-yaml", "github.com/goccy/go-yaml/"},
	"internal/inspect":    {"basin/network/coupling", "basin", "basin/dataset", "basin/network", "basin/plasticity", "basin/protocol", "basin/settings", "basin/train", "basin/internal/graph"},
	"internal/graph":      {"basin/network", "basin/protocol", "basin/settings"},
	"internal/compare":    {"basin", "basin/baseline", "basin/checkpoint", "basin/dataset", "basin/protocol", "basin/settings", "basin/internal/figure", "basin/internal/paired", "basin/internal/spelling", "gonum.org/v1/gonum/"},
	"internal/online":     {"basin", "basin/dataset", "basin/dataset/table", "basin/internal/files"},
	"internal/serve":      {"basin", "basin/dataset", "basin/dataset/table", "basin/dynamics", "basin/settings", "basin/internal/online", "basin/internal/spelling", "github.com/danielgtaylor/huma/v2", "github.com/danielgtaylor/huma/v2/adapters/humago", "github.com/prometheus/client_golang/"},
	"internal/site":       {"basin/internal/formula", "github.com/yuin/goldmark", "github.com/yuin/goldmark/"},
	"internal/survey":     {"basin/manifold/census", "basin/manifold/sample", "basin/manifold/solve", "basin/theory", "basin/dynamics", "basin/network"},
	"internal/experiment": {"basin", "basin/checkpoint", "basin/train", "basin/settings", "basin/dataset", "basin/network", "basin/dataset/fetch", "basin/internal/figure", "basin/internal/files"},
	"internal/licences":   nil,
	"internal/sweep":      {"basin/internal/experiment", "basin/dataset/fetch", "github.com/nats-io/nats.go", "github.com/nats-io/nats.go/", "github.com/nats-io/nats-server/v2/server", "github.com/nats-io/nuid"},
	"internal/recipes":    {"basin", "basin/train", "basin/manifold/sample", "basin/manifold/solve", "basin/internal/experiment", "basin/internal/paired", "basin/internal/survey", "basin/theory", "basin/protocol", "basin/settings", "basin/dataset", "basin/dynamics", "basin/plasticity", "basin/network", "basin/network/coupling", "basin/internal/random", "basin/internal/ridge", "basin/internal/spelling", "gonum.org/v1/gonum/", "basin/baseline", "basin/internal/layout"},
	"internal/tune":       {"basin", "basin/dataset", "basin/dynamics", "basin/internal/experiment", "basin/internal/files", "basin/internal/paired", "basin/internal/random", "basin/network", "basin/protocol", "basin/settings", "basin/train"},
	"cmd/basin":           {"basin", "basin/", "github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/schollz/progressbar/v3", "golang.org/x/term"},
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
			if !standard && !slices.ContainsFunc(allowed, func(a string) bool {
				return name == strings.TrimSuffix(a, "/") || strings.HasSuffix(a, "/") && strings.HasPrefix(name, a)
			}) {
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

// Whoever learns or reads a file does not carry the network or other programs along; only
// dataset/fetch does.
func TestTheHeartReachesNoNetwork(t *testing.T) {
	for _, core := range []string{"train", "protocol", "settings", "dataset", "checkpoint", "theory", "manifold/census", "manifold/sample", "manifold/solve"} {
		output, err := exec.Command("go", "list", "-deps", "basin/"+core).Output()
		if err != nil {
			t.Fatal(err)
		}
		deps := strings.Fields(string(output))
		if !slices.Contains(deps, "basin/"+core) {
			t.Errorf("%s: %d packages, and it is not among them", core, len(deps))
		}
		for _, far := range []string{"net/http", "os/exec"} {
			if slices.Contains(deps, far) {
				t.Errorf("package %s reaches %s", core, far)
			}
		}
	}
}
