// Licences writes THIRD_PARTY.md: the modules, fonts and data that are part of the program, with
// their licences. Run it from the root of the repository after a dependency has changed:
//
//	go run ./internal/licences
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// file is what is written.
const file = "THIRD_PARTY.md"

func main() {
	text, err := write(".")
	if err == nil {
		err = os.WriteFile(file, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

// systems are those that a release is built for.
var systems = []string{"linux", "darwin", "windows"}

// module is one that is linked into the program.
type module struct{ Path, Version, Dir string }

// modules returns the modules of the program on all systems, by path.
func modules(root string) ([]module, error) {
	all := map[string]module{}
	for _, system := range systems {
		list := exec.Command("go", "list", "-deps", "-json=Module", "./cmd/basin")
		list.Dir = root
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		var faults bytes.Buffer
		list.Stderr = &faults
		out, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w: %s", system, err, &faults)
		}
		for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct {
				Module *struct {
					module
					Main bool
				}
			}
			err := decoder.Decode(&p)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, err
			}
			if p.Module != nil && !p.Module.Main {
				all[p.Module.Path] = p.Module.module
			}
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b module) int { return cmp.Compare(a.Path, b.Path) }), nil
}

// kinds are the licences that are allowed, by a phrase that each has and no other.
var kinds = []struct{ name, phrase string }{
	{"Apache-2.0", `Apache License Version 2\.0`},
	{"MPL-2.0", `Mozilla Public License Version 2\.0`},
	{"CC-BY-4.0", `Creative Commons Attribution 4\.0 International`},
	{"OFL-1.1", `SIL OPEN FONT LICENSE Version 1\.1`},
	{"FTL", `The FreeType Project LICENSE`},
	{"BSD-3-Clause", `Redistribution and use in source and binary forms.*(Neither the name|names? of .{0,80} may not be used)`},
	{"BSD-2-Clause", `Redistribution and use in source and binary forms`},
	{"ISC", `Permission to use, copy, modify, and(/or)? distribute this software`},
	{"MIT", `Permission is hereby granted, free of charge, to any person obtaining a copy`},
}

var space = regexp.MustCompile(`[\s*#]+`)

// kindOf names the licence of a text, "" for one that is not known.
func kindOf(text []byte) string {
	flat := space.ReplaceAllString(string(text), " ")
	for _, k := range kinds {
		if regexp.MustCompile(`(?i)` + k.phrase).MatchString(flat) {
			return k.name
		}
	}
	return ""
}

// licenceFile matches the names of files that hold licences.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|ftl|unlicense)([.-].*)?$`)

// licence is one file of a module.
type licence struct {
	name, kind string
	text       []byte
}

// licences returns the licences of a module. A file of another kind is part of it where there is
// one of a known kind beside it.
func licences(m module) (list []licence, err error) {
	dirs := []string{m.Dir, filepath.Join(m.Dir, "licenses")}
	known := false
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.IsDir() || !licenceFile.MatchString(e.Name()) {
				continue
			}
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return nil, err
			}
			l := licence{e.Name(), kindOf(text), text}
			known = known || l.kind != ""
			list = append(list, l)
		}
	}
	if !known {
		return nil, fmt.Errorf("%s %s: no licence that is allowed among the files of %s: look at it, and at internal/licences", m.Path, m.Version, m.Dir)
	}
	return list, nil
}

// own are the parts of the program that are no modules.
const own = `| the digits | UCI Machine Learning Repository, doi:10.24432/C50P49, E. Alpaydin and C. Kaynak | CC-BY-4.0 |
| Liberation fonts, for figures | Google and Red Hat, within codeberg.org/go-fonts/liberation | OFL-1.1 |
`

// write returns the content of the file.
func write(root string) ([]byte, error) {
	list, err := modules(root)
	if err != nil {
		return nil, err
	}
	version := exec.Command("go", "env", "GOROOT")
	out, err := version.Output()
	if err != nil {
		return nil, err
	}
	goLicence, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "LICENSE"))
	if err != nil {
		return nil, err
	}
	var head, body bytes.Buffer
	head.WriteString("# What the program is made of\n\nBasin itself is under the [licence](LICENSE) of this repository. The program `basin` contains the following, on one system or another. Their licences stand below.\n\n" +
		"| part | from | licence |\n|---|---|---|\n")
	head.WriteString("| the Go run-time and standard library | The Go Authors | BSD-3-Clause |\n" + own)
	fmt.Fprintf(&body, "\n## Go\n\n%s\n", block(goLicence))
	for _, m := range list {
		files, err := licences(m)
		if err != nil {
			return nil, err
		}
		var names []string
		fmt.Fprintf(&body, "\n## %s\n", m.Path)
		for _, l := range files {
			if l.kind != "" && !slices.Contains(names, l.kind) {
				names = append(names, l.kind)
			}
			fmt.Fprintf(&body, "\n%s\n\n%s\n", l.name, block(l.text))
		}
		fmt.Fprintf(&head, "| `%s` | %s | %s |\n", m.Path, m.Version, strings.Join(names, ", "))
	}
	return append(head.Bytes(), body.Bytes()...), nil
}

// block is a text as it is, within a document.
func block(text []byte) string {
	return "```text\n" + strings.TrimSpace(strings.ReplaceAll(string(text), "```", "'''")) + "\n```"
}
