package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func TestFormulasAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"of $x$, and ($y$)":               "x|y",
		"$J_{ij}$ and $a_b$: no *letter*": "J_{ij}|a_b",
		"from $5 to $6":                   "",
		"a price of $5, or 6$":            "5, or 6", // as on GitHub
		"US$5 and US$6":                   "",
		`escaped \$x\$`:                   "",
		`$\$$ a dollar`:                   `\$`,
		"`$x$` is code, $y$ is not":       "y",
		"``a ` $x$ b``":                   "",
		"$a `b$` c":                       "",
		"a$b$ and $b$c":                   "",
		"$ x$ and $x $":                   "",
		"$$x + y$$":                       "x + y",
		"$$":                              "",
		"| a | b |\n|---|---|\n| $x$ | `$z$` $y$ |": "x|y",
		"```\n$x$\n```":               "",
		"    $x$":                     "",
		"# Heading $x$":               "x",
		"**$x$** [$y$](a.md)":         "x|y",
		"over\n$x$ lines and $y\n z$": "x",
		"```math\n\\frac12\n```":      `\frac12`,
		`$\{1, \dots, 2\}$`:           `\{1, \dots, 2\}`,
		"echo $HOME and $PATH":        "",
		"cost $5 or a$b$":             "",
		"$x$$y$":                      "",
	} {
		p := newPage(entry{source: "docs/a.md"}, []byte(text+"\n"))
		wrong := &mistakes{}
		p.formulas(wrong)
		var found []string
		for _, n := range p.nodes() {
			if f, is := n.(*formulaNode); is && !f.open {
				found = append(found, strings.TrimSpace(f.tex))
			}
		}
		if got := strings.Join(found, "|"); got != want {
			t.Errorf("%q: found %q, want %q (%v)", text, got, want, wrong.err())
		}
	}
}

func TestFormulaThatDoesNotEndIsAMistake(t *testing.T) {
	for text, want := range map[string]bool{
		`the gain $\alpha is`:                   true,
		`of $J_{ij} \le 1 and so on`:            true,
		"$$x = 1":                               true,
		"over $\\alpha +\n\\beta$ two lines":    true,
		`from $5 in C:\data`:                    false,
		"echo $HOME":                            false,
		"of $x, which is text as GitHub has it": false,
	} {
		wrong := &mistakes{}
		newPage(entry{source: "docs/a.md"}, []byte(text+"\n")).formulas(wrong)
		if got := wrong.err() != nil; got != want {
			t.Errorf("%q: a mistake: %t (%v), want %t", text, got, wrong.err(), want)
		}
	}
}

// A formula with its dollars is the beginning of the line, and is found again alone.
func TestFormulaIsTheBeginningOfItsLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := "$" + strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"$", "$$", `\`, "`", "a", "1", " ", "_", "\n", "ü"})).Draw(t, "line"), "")
		tex, size, display := findFormula([]byte(line))
		if size == 0 {
			return
		}
		mark := "$"
		if display {
			mark = "$$"
		}
		if whole := mark + tex + mark; line[:size] != whole {
			t.Fatalf("%q: %q of %d bytes", line, tex, size)
		}
		if again, n, _ := findFormula([]byte(line[:size])); again != tex || n != size {
			t.Fatalf("%q: alone it is %q", line[:size], again)
		}
	})
}

// documentation is the site of this checkout.
var documentation = sync.OnceValues(func() (*site, error) { return build("../..", "") })

var (
	mathElement = regexp.MustCompile(`(?s)<math.*?</math>`)
	codeElement = regexp.MustCompile(`(?s)<(code|pre)\b.*?</(code|pre)>`)
	ofTeX       = regexp.MustCompile(`\\[a-zA-Z]|\$[a-zA-Z\\]`)
)

func TestAllFormulasOfTheDocumentsAreMathML(t *testing.T) {
	s, err := documentation()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, p := range s.pages {
		html := s.files[p.name]
		for _, math := range mathElement.FindAll(html, -1) {
			count++
			decoder := xml.NewDecoder(bytes.NewReader(math))
			for {
				token, err := decoder.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatalf("%s: %s: %v", p.name, math, err)
				}
				if start, is := token.(xml.StartElement); is && start.Name.Local == "merror" {
					t.Errorf("%s: %s", p.name, math)
				}
			}
			if bytes.Contains(math, []byte(`\`)) {
				t.Errorf("%s: a rest of TeX in %s", p.name, math)
			}
		}
		if rest := ofTeX.Find(codeElement.ReplaceAll(html, nil)); rest != nil {
			t.Errorf("%s: TeX that is no formula begins with %s", p.name, rest)
		}
	}
	if count < s.formulas || s.formulas < 900 {
		t.Errorf("%d elements for %d formulas, want 900 formulas at least: the documents had 973", count, s.formulas)
	}
}
