package basin_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"basin/settings"
)

var update = flag.Bool("update", false, "write docs/reference.md")

// documents returns the text of every document, by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, path := range append(paths, "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "python/README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(text)
	}
	return texts
}

var fenced = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

// blocks returns the fenced blocks of a text in one of the given languages.
func blocks(text string, languages ...string) []string {
	var list []string
	for _, match := range fenced.FindAllStringSubmatch(text, -1) {
		for _, language := range languages {
			if match[1] == language {
				list = append(list, match[2])
			}
		}
	}
	return list
}

func TestReferenceIsUpToDate(t *testing.T) {
	const path = "docs/reference.md"
	got := reference()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what the settings say: run `go test . -run %s -update` and read the difference", path, t.Name())
	}
}

const referenceHead = `# Settings

Every key of a settings file, made from the program: change the rows beside the settings' types, not this page. The same facts
come from ` + "`basin config show`" + ` (values, with a comment per key) and ` + "`basin config schema`" + ` (for editors).

A file holds what differs from its base, which is the preset that it names as its first key (` + "`preset: mnist`" + `), or the
preset of the data set on the command line, or these defaults. Sections merge with the base; a list replaces the list of
the base, but its sections start from those at the same place. On the command line a key is written with dots, and places
in lists count from 0: ` + "`--set network.modules.0.neurons=1000`" + `. A *schedule* is a number, or ` + "`{start: 0.02, end: 0.001, shape: cosine}`" + `
with the shapes constant, linear, exponential and cosine, from the first epoch to the last. Unknown keys are errors.

The default of a key with a star is what a module or link starts from where the base has none at its place; it must then
give neurons or channels, or kind and between.

What the symbols mean stands in [model.md](model.md).
`

// reference renders the settings as a page.
func reference() string {
	var page strings.Builder
	page.WriteString(referenceHead)
	code := func(text string) string {
		if text == "" {
			return ""
		}
		return "`" + text + "`"
	}
	for i, e := range settings.Reference() {
		top := !strings.Contains(e.Key, ".")
		if top && e.Type == "section" {
			fmt.Fprintf(&page, "\n## %s\n\n%s.\n", e.Key, sentence(e.Description))
		} else if i == 0 {
			page.WriteString("\n## General\n")
		}
		if top {
			page.WriteString("\n| key | type | default | range | what it is |\n|---|---|---|---|---|\n")
		}
		if top && e.Type == "section" {
			continue
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s | %s |\n", e.Key, e.Type, code(e.Default), e.Range, strings.ReplaceAll(e.Description, "|", "\\|"))
	}
	return page.String()
}

func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func TestSettingsInDocumentsLoad(t *testing.T) {
	count := 0
	for path, text := range documents(t) {
		for _, block := range blocks(text, "yaml") {
			count++
			if _, err := settings.Load(path, []byte(block), settings.Defaults()); err != nil {
				t.Errorf("%s:\n%s\n%v", path, block, err)
			}
		}
	}
	if count == 0 {
		t.Error("no block of settings found")
	}
}

// build builds the command into a folder of its own.
func build(t *testing.T) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "basin")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/basin").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

var (
	// call finds command lines: the words after basin, up to what ends a command.
	call = regexp.MustCompile(`(?m)(?:^|[|;&(]\s*|^\$ |go run \./cmd/)basin((?: +(?:'[^']*'|"[^"]*"|[^\s|;&()>#'"]+))+)`)
	word = regexp.MustCompile(`(?:'[^']*'|"[^"]*"|[^\s'"])+`)
	// option finds the flags in a help text.
	option = regexp.MustCompile(`(?m)^\s+(?:(-\w), )?(--[a-z-]+)`)
)

// Every command line in a document names a command, flags and settings that exist.
func TestCommandLinesInDocumentsExist(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: one long computation")
	}
	binary := build(t)
	helps := map[string]string{}
	help := func(command string) string {
		if _, known := helps[command]; !known {
			out, err := exec.Command(binary, append(strings.Fields(command), "--help")...).Output()
			if err != nil {
				t.Fatalf("basin %s --help: %v", command, err)
			}
			helps[command] = string(out)
		}
		return helps[command]
	}
	count := 0
	for path, text := range documents(t) {
		for _, block := range blocks(text, "sh", "console", "text") {
			for _, match := range call.FindAllStringSubmatch(block, -1) {
				count++
				if err := checkCall(word.FindAllString(match[1], -1), help); err != nil {
					t.Errorf("%s: basin%s: %v", path, match[1], err)
				}
			}
		}
	}
	if count < 10 {
		t.Errorf("%d command lines found, want more: the pattern may be wrong", count)
	}
}

// checkCall checks the words of a command line after basin.
func checkCall(words []string, help func(command string) string) error {
	command := ""
	for len(words) > 0 && strings.Contains(help(command), "\n  "+words[0]+" ") {
		command = strings.TrimSpace(command + " " + words[0])
		words = words[1:]
	}
	if strings.Contains(help(command), "[command]") {
		return fmt.Errorf("no command in %q", words)
	}
	flags := map[string]bool{}
	for _, match := range option.FindAllStringSubmatch(help(command), -1) {
		flags[match[1]], flags[match[2]] = true, true
	}
	for i, w := range words {
		name, _, _ := strings.Cut(w, "=")
		if strings.HasPrefix(w, "-") && w != "-" && !flags[name] {
			return fmt.Errorf("`basin %s` has no flag %s", command, name)
		}
		if w == "--set" && i+1 < len(words) {
			s := settings.Defaults()
			if err := settings.Set(&s, []string{strings.Trim(words[i+1], `'"`)}); err != nil {
				return err
			}
		}
		if w == "--preset" && i+1 < len(words) && words[i+1] != "NAME" {
			if _, err := settings.LoadPreset(words[i+1]); err != nil {
				return err
			}
		}
	}
	return nil
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	dropped = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// anchors returns the anchors of a document's headings, as GitHub makes them.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		found[strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-")] = true
	}
	return found
}

func TestLinksInDocumentsLeadSomewhere(t *testing.T) {
	texts := documents(t)
	for path, text := range texts {
		for _, match := range link.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			target := match[1]
			if strings.Contains(target, "://") {
				continue
			}
			file, anchor, _ := strings.Cut(target, "#")
			to := path
			if file != "" {
				to = filepath.Join(filepath.Dir(path), filepath.FromSlash(file))
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: link to %s: %v", path, target, err)
				continue
			}
			if anchor != "" && !anchors(texts[filepath.ToSlash(to)])[anchor] {
				t.Errorf("%s: link to %s: no such heading", path, target)
			}
		}
	}
}

func TestEveryPresetIsDescribed(t *testing.T) {
	found := anchors(documents(t)["docs/presets.md"])
	for _, p := range settings.Presets() {
		if !found[p.Name] {
			t.Errorf("docs/presets.md has no section %q", p.Name)
		}
	}
}

// The program in the README is made of lines of the Example.
func TestProgramInReadmeIsTheExample(t *testing.T) {
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]bool{"": true}
	for line := range strings.Lines(string(example)) {
		lines[strings.TrimSpace(line)] = true
	}
	programs := blocks(documents(t)["README.md"], "go")
	if len(programs) == 0 {
		t.Error("no program in README.md")
	}
	for _, program := range programs {
		for line := range strings.Lines(program) {
			if !lines[strings.TrimSpace(line)] {
				t.Errorf("README.md: not in the Example: %s", line)
			}
		}
	}
}

// fileName finds names of files in a comment, or patterns of them.
var fileName = regexp.MustCompile(`[\w./*-]*\w\.(?:go|md|yaml|txt)\b`)

// Doc comments name files that exist: in their package, or by their path in the repository.
func TestFilesInDocCommentsExist(t *testing.T) {
	count := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		positions := token.NewFileSet()
		file, err := parser.ParseFile(positions, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, doc := range docComments(file) {
			for _, name := range fileName.FindAllString(doc.Text(), -1) {
				count++
				beside, _ := filepath.Glob(filepath.Join(filepath.Dir(path), name)) // no name is a bad pattern
				if found, _ := filepath.Glob(name); len(beside)+len(found) == 0 {
					t.Errorf("%s: a doc comment names %s, which is neither in the package nor a path in the repository", positions.Position(doc.Pos()), name)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 20 {
		t.Errorf("%d names of files found, want more: the pattern may be wrong", count)
	}
}

// docComments lists the comments of a package and of what it declares.
func docComments(file *ast.File) []*ast.CommentGroup {
	var docs []*ast.CommentGroup
	ast.Inspect(file, func(n ast.Node) bool {
		var doc *ast.CommentGroup
		switch n := n.(type) {
		case *ast.File:
			doc = n.Doc
		case *ast.GenDecl:
			doc = n.Doc
		case *ast.FuncDecl:
			doc = n.Doc
		case *ast.TypeSpec:
			doc = n.Doc
		case *ast.ValueSpec:
			doc = n.Doc
		case *ast.Field:
			doc = n.Doc
		}
		if doc != nil {
			docs = append(docs, doc)
		}
		return true
	})
	return docs
}
