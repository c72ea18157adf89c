package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEveryDocumentHasAPage(t *testing.T) {
	documents, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(documents) == 0 {
		t.Fatal(documents, err)
	}
	found, names := map[string]bool{}, map[string]bool{}
	for _, group := range groups {
		for _, e := range group.pages {
			name := newPage(e, nil).name
			if found[e.source] || names[name] {
				t.Errorf("pages.go has %s or its page %s twice", e.source, name)
			}
			found[e.source], names[name] = true, true
		}
	}
	for _, path := range documents {
		if name := "docs/" + filepath.Base(path); !found[name] {
			t.Errorf("%s has no page: add it to the table in pages.go", name)
		}
	}
}

func TestAnchorsAreThoseOfGitHub(t *testing.T) {
	p := newPage(entry{source: "docs/a.md"}, []byte("# What is *local*, in `it`?\n\n## A & B\n\n## [Link](b.md) to Mézard\n\n## A & B\n\n### a_b-c 1.5\n\nSetext\n---\n\n## A & B\n\n## &lt;FILE&gt; \\*\n"))
	var got []string
	for _, h := range p.headings {
		got = append(got, h.Name)
	}
	want := []string{"what-is-local-in-it", "a--b", "link-to-mézard", "a--b-1", "a_b-c-15", "setext", "a--b-2", "file-"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// checkout writes files into a folder of their own.
func checkout(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		if err := writeFile(filepath.Join(root, filepath.FromSlash(name)), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// twoPages is a small table of pages.
var twoPages = []group{{"All", []entry{{"README.md", "Start"}, {"docs/a.md", "A"}}}}

func TestLinesOfDocumentsBecomeHTML(t *testing.T) {
	for _, c := range []struct{ from, link, want string }{
		{"README.md", "[t](docs/a.md)", `<a href="a.html">t</a>`},
		{"README.md", "[docs/a.md](docs/a.md)", `<a href="a.html">docs/a.md</a>`},
		{"README.md", "[a.md](docs/a.md#part-two)", `<a href="a.html#part-two">A</a>`},
		{"README.md", "[t](#start)", `<a href="#start">t</a>`},
		{"README.md", "[t](https://x.org/a.md#b)", `<a href="https://x.org/a.md#b">t</a>`},
		{"README.md", "[t][r]\n\n[r]: docs/a.md", `<a href="a.html">t</a>`},
		{"README.md", "`[t](nowhere.md)`", `<code>[t](nowhere.md)</code>`},
		{"README.md", "[**t** `u`](LICENSE)", `<p><strong>t</strong> <code>u</code></p>`},
		{"README.md", "![P](docs/images/p.svg)", `<img src="images/p.svg" alt="P">`},
		{"README.md", "a ($x$), $y$.", `<p>a <span class="held">(<math><mrow><mi>x</mi></mrow></math>),</span> <span class="held"><math><mrow><mi>y</mi></mrow></math>.</span></p>`},
		{"README.md", "(**$x$**) [$y$](docs/a.md).", `<p>(<strong><math><mrow><mi>x</mi></mrow></math></strong>) <a href="a.html"><math><mrow><mi>y</mi></mrow></math></a>.</p>`},
		{"README.md", "($\\kappa + \\lambda = 3 \\rho$)", `<p><span class="held">(<math><mrow><mi>κ</mi><mo form="infix">+</mo></mrow></math></span><math><mrow><mi>λ</mi><mo form="infix">=</mo></mrow></math><span class="held"><math><mrow><mn>3</mn><mi>ρ</mi></mrow></math>)</span></p>`},
		{"docs/a.md", "[t](../README.md)", `<a href="index.html">t</a>`},
		{"docs/a.md", "[t](../docs/./a.md#part-two)", `<a href="#part-two">t</a>`},
		{"docs/a.md", "[t](a.md)", `<a href="a.html">t</a>`},
		{"docs/a.md", "![P](images/p.svg)", `<img src="images/p.svg" alt="P">`},
		{"docs/a.md", "[t](images)", `<p>t</p>`},
	} {
		files := map[string]string{"README.md": "# Start\n", "docs/a.md": "# A\n\n## Part two\n", "LICENSE": "", "docs/images/p.svg": "<svg/>"}
		files[c.from] += "\n" + c.link + "\n"
		s, err := buildOf(checkout(t, files), "", twoPages)
		if err != nil {
			t.Errorf("%s: %s: %v", c.from, c.link, err)
			continue
		}
		if html := s.files[s.bySource[c.from].name]; !bytes.Contains(html, []byte(c.want)) {
			t.Errorf("%s: %s: want %s in\n%s", c.from, c.link, c.want, html[bytes.Index(html, []byte("<main")):])
		}
	}
}

func TestLinksToSourcesNeedAnAddress(t *testing.T) {
	root := checkout(t, map[string]string{"README.md": "[t](LICENSE) and [u](docs/b.go#L3)\n", "docs/a.md": "[v](../LICENSE)\n", "LICENSE": "", "docs/b.go": ""})
	s, err := buildOf(root, "https://x.org/main/", twoPages)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<a href="https://x.org/main/LICENSE">t</a>`, `<a href="https://x.org/main/docs/b.go#L3">u</a>`} {
		if !bytes.Contains(s.files["index.html"], []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
	s, err = buildOf(root, "", twoPages)
	if err != nil || !slices.Equal(s.unlinked, []string{"LICENSE", "docs/b.go"}) {
		t.Errorf("without an address %q are text, %v", s.unlinked, err)
	}
}

func TestMistakesHaveFileAndLine(t *testing.T) {
	for text, want := range map[string]string{
		"\n[t](b.md)":                      "docs/a.md:4: link to b.md: there is no docs/b.md",
		"[t](#part-to)":                    "docs/a.md:3: link to #part-to: docs/a.md has no heading with this name; #part-two is one",
		"x\ny [t](../README.md#end)":       "docs/a.md:4: link to ../README.md#end: README.md has no heading",
		"[t](../../x.md)":                  "docs/a.md:3: link to ../../x.md, which is outside",
		"[t](/README.md)":                  "it begins with /",
		"[t](ftp://x)":                     "docs/a.md:3: link to ftp://x",
		"[t](javascript:alert)":            "docs/a.md:3: link to javascript:alert",
		"![p](images/q.svg)":               "docs/a.md:3: picture images/q.svg: there is no file docs/images/q.svg",
		"![p](https://x.org/q.svg)":        "docs/a.md:3: picture https://x.org/q.svg",
		"![p](../../q.svg)":                "outside",
		"of $\\foo$":                       `docs/a.md:3: formula: character 1: the command \foo is not known, in \foo`,
		"- a\n- b $x_y_z$":                 "docs/a.md:4: formula: character 5: a second _",
		"| a |\n|---|\n| x |\n| $\\foo$ |": "docs/a.md:6: formula",
		"```math\n\\frac1\n```":            "docs/a.md:3: formula",
		"of $\\alpha":                      "docs/a.md:3: a formula begins",
		"x <b>y</b>":                       "docs/a.md:3: <b> is HTML",
		"<div>\nx\n</div>":                 "docs/a.md:3: HTML",
	} {
		root := checkout(t, map[string]string{"README.md": "# Start\n", "docs/a.md": "## Part two\n\n" + text + "\n"})
		if _, err := buildOf(root, "", twoPages); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
	if _, err := buildOf(checkout(t, nil), "", twoPages); err == nil || !strings.Contains(err.Error(), "README.md") {
		t.Errorf("no document: %v", err)
	}
}

func TestOneCheckoutGivesOneSite(t *testing.T) {
	a, err := documentation()
	if err != nil {
		t.Fatal(err)
	}
	b, err := build("../..", "")
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(a.files, b.files, bytes.Equal) {
		t.Error("the bytes of two runs differ")
	}
}

// foreign finds what the policy of the pages would forbid, or what asks other servers.
var foreign = regexp.MustCompile(`<[^>]* (?:style|on[a-z]+)=|<style|<script(?: |>)[^>]*>[^<]|<[^>]*\bsrc="(?:https?:)?//|<link[^>]*href="(?:https?:)?//`)

func TestPagesKeepTheirPolicy(t *testing.T) {
	s, err := documentation()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range s.pages {
		if found := foreign.Find(s.files[p.name]); found != nil {
			t.Errorf("%s: %s", p.name, found)
		}
	}
	if !bytes.Contains(s.files["packages.html"], []byte("<code>basin/theory</code>")) {
		t.Error("the page of packages has no basin/theory")
	}
}

func TestSectionsHoldTheTextOfPages(t *testing.T) {
	s, err := buildOf(checkout(t, map[string]string{
		"README.md": "# Start\n\nOne *two*\nthree.\n\n## `Four` $\\alpha$\n\n| a | b |\n|---|---|\n| five | $\\beta_1$ |\n\n```sh\nsix\n```\n", "docs/a.md": "x &amp; y\n",
	}), "", twoPages)
	if err != nil {
		t.Fatal(err)
	}
	want := `"use strict";
window.basinSections = [
{"page":"index.html","anchor":"","title":"Start","heading":"Start","text":"Start One two three."},
{"page":"index.html","anchor":"four-alpha","title":"Start","heading":"Four α","text":"a b five β1 six"},
{"page":"a.html","anchor":"","title":"A","heading":"A","text":"x \u0026 y"},
];
`
	if got := string(s.files["sections.js"]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFolderIsReplacedOnlyIfItIsOurs(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "site")
	files := func() (list []string) {
		_ = filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				list = append(list, strings.TrimPrefix(filepath.ToSlash(path), filepath.ToSlash(folder)+"/"))
			}
			return err
		})
		return list
	}
	check := func(names map[string][]byte, wrong string, want ...string) {
		t.Helper()
		err := writeFolder(folder, names)
		if (err == nil) != (wrong == "") || err != nil && !strings.Contains(err.Error(), wrong) {
			t.Fatalf("%v, want %q", err, wrong)
		}
		if got := files(); !slices.Equal(got, want) {
			t.Fatalf("the folder has %q, want %q", got, want)
		}
		if beside, _ := filepath.Glob(filepath.Join(filepath.Dir(folder), "*")); len(beside) != 1 {
			t.Fatalf("beside the folder: %q", beside)
		}
	}
	check(map[string][]byte{"a.html": nil, "images/p.svg": nil}, "", marker, "a.html", "images/p.svg")
	check(map[string][]byte{"b.html": nil}, "", marker, "b.html")
	if err := os.WriteFile(filepath.Join(folder, "CNAME"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	check(map[string][]byte{"c.html": nil}, "has CNAME, which", marker, "CNAME", "b.html")
	if err := os.Remove(filepath.Join(folder, marker)); err != nil {
		t.Fatal(err)
	}
	check(map[string][]byte{"c.html": nil}, "was not written by this command", "CNAME", "b.html")
}

func TestRun(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "site")
	var said bytes.Buffer
	if err := run([]string{"--out", folder, "--external"}, &said); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"pages", "LICENSE", "README.md:11: https://arxiv.org/abs/2509.05041"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("no %q in\n%s", want, &said)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "model.html")); err != nil {
		t.Error(err)
	}
	for want, arguments := range map[string][]string{
		"is no flag":                {"elsewhere"},
		"want an address":           {"--source", "main"},
		"not written by this":       {"--out", "page"},
		"flag provided but not def": {"--outt", "x"},
	} {
		if err := run(arguments, &said); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", arguments, err, want)
		}
	}
	if _, err := findRoot(filepath.VolumeName(folder) + string(filepath.Separator)); err == nil || !strings.Contains(err.Error(), "checkout") {
		t.Errorf("outside of a checkout: %v", err)
	}
}
