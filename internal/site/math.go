package main

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// formulaNode is a formula in a line, or between double dollars.
type formulaNode struct {
	ast.BaseInline
	tex, mathML   string
	before, after string // brackets and commas beside it
	display, open bool   // open: its end is missing
}

var formulaKind = ast.NewNodeKind("Formula")

func (n *formulaNode) Kind() ast.NodeKind { return formulaKind }

func (n *formulaNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

var tags = regexp.MustCompile("<[^>]*>")

// plain is the formula without its layout, as the search shows it.
func (n *formulaNode) plain() string {
	return n.before + html.UnescapeString(tags.ReplaceAllString(n.mathML, "")) + n.after
}

// hold takes the brackets and commas beside a formula out of the texts there, so that it is written with them.
func (n *formulaNode) hold(source []byte) {
	if before, is := n.PreviousSibling().(*ast.Text); is && !before.SoftLineBreak() && !before.HardLineBreak() {
		value := before.Segment.Value(source)
		kept := bytes.TrimRight(value, "([")
		n.before = string(value[len(kept):])
		before.Segment.Stop -= len(n.before)
	}
	if after, is := n.NextSibling().(*ast.Text); is {
		value := after.Segment.Value(source)
		kept := bytes.TrimLeft(value, ")],.;:!?")
		n.after = string(value[:len(value)-len(kept)])
		after.Segment.Start += len(n.after)
	}
}

// held is the formula with what is beside it, from which no line is broken.
func (n *formulaNode) held() string {
	const begin, end = "<math>", "</math>"
	text := n.mathML
	if n.before != "" {
		first := strings.Index(text, end) + len(end)
		text = `<span class="held">` + n.before + text[:first] + "</span>" + text[first:]
	}
	if n.after != "" {
		last := strings.LastIndex(text, begin)
		if n.before != "" && strings.Count(text, begin) == 1 {
			return strings.TrimSuffix(text, "</span>") + n.after + "</span>"
		}
		text = text[:last] + `<span class="held">` + text[last:] + n.after + "</span>"
	}
	return text
}

// dollars finds formulas as GitHub does: a dollar opens one where no letter or digit is before it and no
// space behind it, and closes it where no space is before it and no letter or digit behind it, in the
// same line. Dollars in code and behind a backslash are dollars.
type dollars struct{}

func (dollars) Trigger() []byte { return []byte{'$'} }

func (dollars) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if before := block.PrecendingCharacter(); isWord(before) || before == '$' {
		return nil
	}
	tex, size, display := findFormula(line)
	if size == 0 {
		if looksLikeFormula(line) {
			n := &formulaNode{tex: strings.TrimSpace(string(line)), open: true}
			block.Advance(len(bytes.TrimRight(line, "\r\n")))
			return n
		}
		return nil
	}
	block.Advance(size)
	return &formulaNode{tex: tex, display: display}
}

// findFormula returns the formula at the beginning of a line and how many bytes it takes with its dollars, or 0.
func findFormula(line []byte) (tex string, size int, display bool) {
	mark := "$"
	if bytes.HasPrefix(line, []byte("$$")) {
		mark, display = "$$", true
	}
	rest := string(line[len(mark):])
	if first, _ := utf8.DecodeRuneInString(rest); rest == "" || unicode.IsSpace(first) && !display {
		return "", 0, false
	}
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] == '\\':
			i++
		case rest[i] == '`':
			return "", 0, false
		case strings.HasPrefix(rest[i:], mark):
			after, _ := utf8.DecodeRuneInString(rest[i+len(mark):])
			if i == 0 || !display && (unicode.IsSpace(rune(rest[i-1])) || isWord(after) || after == '$') {
				return "", 0, false
			}
			return rest[:i], i + 2*len(mark), display
		}
	}
	return "", 0, false
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

var texCommand = regexp.MustCompile(`^\$[^\s\d][^` + "`" + `]*?\\[a-zA-Z]|^\$\\[a-zA-Z]|^\$\$`)

// looksLikeFormula says of a line in which no formula ends whether one was meant.
func looksLikeFormula(line []byte) bool { return texCommand.Match(line) }

// mathExtension reads formulas and writes them.
type mathExtension struct{}

func (mathExtension) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithInlineParsers(util.Prioritized(dollars{}, 150)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(mathExtension{}, 500)))
}

func (mathExtension) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(formulaKind, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		formula := n.(*formulaNode)
		text := formula.mathML
		if formula.display {
			text = `<span class="formula">` + text + `</span>`
		} else {
			text = formula.held()
		}
		_, err := w.WriteString(text)
		return ast.WalkContinue, err
	})
	r.Register(scrollKind, func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
		tag := "</div>\n"
		if entering {
			tag = `<div class="scroll">` + "\n"
		}
		_, err := w.WriteString(tag)
		return ast.WalkContinue, err
	})
}

// scrollNode stands around what may be wider than a page.
type scrollNode struct{ ast.BaseBlock }

var scrollKind = ast.NewNodeKind("Scroll")

func (n *scrollNode) Kind() ast.NodeKind { return scrollKind }

func (n *scrollNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
