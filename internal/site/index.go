package main

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// section is what stands below a heading, for the search.
type section struct {
	Page    string `json:"page"`
	Anchor  string `json:"anchor"`
	Title   string `json:"title"`
	Heading string `json:"heading"`
	Text    string `json:"text"`
}

// sections lists the sections of a page in their order.
func (p *page) sections() []section {
	list := []section{{Page: p.name, Title: p.title, Heading: p.title}}
	var words []string
	finish := func() {
		list[len(list)-1].Text = strings.Join(words, " ")
		words = nil
	}
	headings := p.headings
	for n := p.document.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() != ast.KindHeading {
			words = append(words, p.plain(n))
			continue
		}
		h := headings[0]
		headings = headings[1:]
		if h.Level > 1 {
			finish()
			list = append(list, section{Page: p.name, Anchor: h.Name, Title: p.title, Heading: h.Text})
		} else {
			words = append(words, h.Text)
		}
	}
	finish()
	return list
}

// index writes the sections of all pages as a script, which a browser also takes from a folder without a server.
func (s *site) index() []byte {
	out := bytes.NewBufferString("\"use strict\";\nwindow.basinSections = [\n")
	for _, p := range s.pages {
		for _, section := range p.sections() {
			line, _ := json.Marshal(section) // texts only, which cannot fail
			out.Write(line)
			out.WriteString(",\n")
		}
	}
	out.WriteString("];\n")
	return out.Bytes()
}
