package main

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode"

	"basin/internal/formula"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extensionast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown reads and writes documents. Alignment is an attribute, since pages have no style of their own.
var markdown = goldmark.New(goldmark.WithExtensions(
	extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), mathExtension{},
))

// page is a document on its way to a page.
type page struct {
	entry
	name     string // of its file
	text     []byte
	document ast.Node
	headings []heading
	anchors  map[string]bool
}

// heading is one of the levels 1 to 6.
type heading struct {
	Level      int
	Text, Name string
	node       *ast.Heading
}

// newPage reads a document.
func newPage(e entry, source []byte) *page {
	name, given := names[e.source]
	if !given {
		name = strings.TrimSuffix(path.Base(e.source), ".md")
	}
	p := &page{entry: e, name: name + ".html", text: source, anchors: map[string]bool{}}
	p.document = markdown.Parser().Parse(text.NewReader(source))
	for _, n := range p.nodes() {
		h, is := n.(*ast.Heading)
		if !is {
			continue
		}
		words := p.plain(h)
		anchor := p.anchor(words)
		h.SetAttributeString("id", []byte(anchor))
		p.headings = append(p.headings, heading{h.Level, words, anchor, h})
	}
	return p
}

// nodes lists all nodes below the document, which may then be replaced.
func (p *page) nodes() []ast.Node {
	var list []ast.Node
	_ = ast.Walk(p.document, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // which returns no error
		if entering {
			list = append(list, n)
		}
		return ast.WalkContinue, nil
	})
	return list
}

// anchor makes the name of a heading as GitHub does, and takes it.
func (p *page) anchor(words string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Pc):
			return unicode.ToLower(r)
		}
		return -1
	}, words)
	free := name
	for i := 1; p.anchors[free]; i++ {
		free = fmt.Sprintf("%s-%d", name, i)
	}
	p.anchors[free] = true
	return free
}

// where says in which file and line a node begins.
func (p *page) where(n ast.Node) string {
	for n.Pos() < 0 && n.Parent() != nil {
		n = n.Parent()
	}
	return fmt.Sprintf("%s:%d", p.source, 1+bytes.Count(p.text[:max(0, min(n.Pos(), len(p.text)))], []byte("\n")))
}

// plain is the text of a node, without its layout.
func (p *page) plain(n ast.Node) string {
	var words strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // which returns no error
		if !entering {
			if n.Type() == ast.TypeBlock || n.Kind() == extensionast.KindTableCell {
				words.WriteByte(' ')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			value := n.Segment.Value(p.text)
			if n.Parent().Kind() != ast.KindCodeSpan {
				value = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(value)))
			}
			words.Write(value)
			if n.SoftLineBreak() || n.HardLineBreak() {
				words.WriteByte(' ')
			}
		case *ast.String:
			words.Write(n.Value)
		case *ast.AutoLink:
			words.Write(n.Label(p.text))
		case *formulaNode:
			if n.mathML == "" {
				words.WriteString(n.tex)
			}
			words.WriteString(n.plain())
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			words.Write(n.Lines().Value(p.text))
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(words.String()), " ")
}

// formulas turns the formulas of a page into MathML, and returns how many there are.
func (p *page) formulas(wrong *mistakes) int {
	count := 0
	for _, n := range p.nodes() {
		if block, is := n.(*ast.FencedCodeBlock); is && string(block.Language(p.text)) == "math" {
			count++
			tex := string(block.Lines().Value(p.text))
			mathML, err := formula.MathML(strings.TrimSpace(tex), true)
			if err != nil {
				wrong.add(p.where(n), "%v, in %s", err, strings.TrimSpace(tex))
			}
			paragraph := ast.NewParagraph()
			paragraph.AppendChild(paragraph, &formulaNode{tex: tex, mathML: mathML, display: true})
			n.Parent().ReplaceChild(n.Parent(), n, paragraph)
			continue
		}
		f, is := n.(*formulaNode)
		if !is {
			continue
		}
		count++
		var err error
		if f.open {
			wrong.add(p.where(n), "a formula begins and does not end in its line: %s", f.tex)
		} else if f.mathML, err = formula.MathML(f.tex, f.display); err != nil {
			wrong.add(p.where(n), "%v, in %s", err, f.tex)
		} else if !f.display {
			f.hold(p.text)
		}
	}
	for i, h := range p.headings {
		p.headings[i].Text = p.plain(h.node)
	}
	return count
}

// tidy puts tables where they can be scrolled, takes comments out, and refuses other HTML.
func (p *page) tidy(wrong *mistakes) {
	for _, n := range p.nodes() {
		switch n := n.(type) {
		case *extensionast.Table:
			scroll := &scrollNode{}
			n.Parent().ReplaceChild(n.Parent(), n, scroll)
			scroll.AppendChild(scroll, n)
		case *ast.HTMLBlock:
			if !bytes.HasPrefix(bytes.TrimSpace(n.Lines().Value(p.text)), []byte("<!--")) {
				wrong.add(p.where(n), "HTML is not taken over: write it in Markdown")
			}
			n.Parent().RemoveChild(n.Parent(), n)
		case *ast.RawHTML:
			if !bytes.HasPrefix(n.Segments.Value(p.text), []byte("<!--")) {
				wrong.add(p.where(n), "%s is HTML, which is not taken over: write it in Markdown, or as code", n.Segments.Value(p.text))
			}
			n.Parent().RemoveChild(n.Parent(), n)
		}
	}
}
