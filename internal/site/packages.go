package main

import (
	"bytes"
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// packages writes the page of Go packages: those that a program may import, with the first sentence of their comments.
func packages(root, source string) ([]byte, error) {
	page := bytes.NewBufferString("# Go packages\n\nWhat a program may import, and the first sentence of each package comment. `go doc basin/NAME` prints\n" +
		"the rest; [embed in Go](docs/embed.md) has programs.\n\n| package | what it is |\n|---|---|\n")
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() {
			return nil
		}
		if base := path.Base(name); name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "internal" || base == "testdata") {
			return fs.SkipDir
		}
		synopsis, err := synopsisOf(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil || synopsis == "" {
			return err
		}
		title := "`" + path.Join("basin", name) + "`"
		if source != "" {
			title = "[" + title + "](" + name + ")"
		}
		fmt.Fprintf(page, "| %s | %s |\n", title, escapes.Replace(synopsis))
		return nil
	})
	return page.Bytes(), err
}

// escapes keeps the text of a comment from being read as Markdown.
var escapes = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", `\<`, "[", `\[`, "$", `\$`)

// synopsisOf returns the first sentence of the comment in the doc.go of a package; programs and others have none.
func synopsisOf(folder string) (string, error) {
	name := filepath.Join(folder, "doc.go")
	if _, err := os.Stat(name); err != nil {
		return "", nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil || file.Name.Name == "main" {
		return "", err
	}
	return new(doc.Package).Synopsis(file.Doc.Text()), nil
}
