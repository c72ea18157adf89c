package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
)

//go:embed page
var assets embed.FS

var layout = template.Must(template.ParseFS(assets, "page/page.html"))

// site is all that is written, and what is said about it.
type site struct {
	root, source string // of the checkout; what links to files lead to, or ""
	pages        []*page
	bySource     map[string]*page
	files        map[string][]byte // by name in the folder

	formulas, checked  int
	unlinked, external []string
}

// build makes the site of a checkout. Its error has all mistakes.
func build(root, source string) (*site, error) {
	return buildOf(root, source, groups)
}

func buildOf(root, source string, groups []group) (*site, error) {
	s := &site{root: root, source: source, bySource: map[string]*page{}, files: map[string][]byte{}}
	for _, group := range groups {
		for _, e := range group.pages {
			text, err := s.read(e)
			if err != nil {
				return nil, fmt.Errorf("site: %w", err)
			}
			p := newPage(e, text)
			s.pages = append(s.pages, p)
			s.bySource[e.source] = p
		}
	}
	wrong := &mistakes{}
	for _, p := range s.pages {
		s.formulas += p.formulas(wrong)
		p.tidy(wrong)
		s.links(p, wrong)
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	slices.Sort(s.unlinked)
	for i := range s.pages {
		if err := s.render(i, groups); err != nil {
			return nil, err
		}
	}
	s.files["sections.js"] = s.index()
	for _, name := range []string{"style.css", "site.js", "icon.svg"} {
		data, err := assets.ReadFile("page/" + name)
		if err != nil {
			return nil, err
		}
		s.files[name] = data
	}
	return s, nil
}

func (s *site) read(e entry) ([]byte, error) {
	if e.source == packagesPage {
		return packages(s.root, s.source)
	}
	text, err := os.ReadFile(filepath.Join(s.root, filepath.FromSlash(e.source)))
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), err
}

// link is a page as others name it.
type link struct {
	Name, Title string
	Here        bool
}

// column is a group of links.
type column struct {
	Title string
	Links []link
}

// render writes a page.
func (s *site) render(i int, groups []group) error {
	p := s.pages[i]
	var body, out bytes.Buffer
	if err := markdown.Renderer().Render(&body, p.text, p.document); err != nil {
		return fmt.Errorf("site: %s: %w", p.source, err)
	}
	values := struct {
		Title          string
		Text           template.HTML
		Columns        []column
		Headings       []heading
		Previous, Next *link
	}{Title: p.title, Text: template.HTML(body.String())}
	for _, group := range groups {
		c := column{Title: group.title}
		for _, e := range group.pages {
			c.Links = append(c.Links, link{s.bySource[e.source].name, e.title, e.source == p.source})
		}
		values.Columns = append(values.Columns, c)
	}
	for _, h := range p.headings {
		if h.Level == 2 || h.Level == 3 {
			values.Headings = append(values.Headings, h)
		}
	}
	if i > 0 {
		values.Previous = &link{Name: s.pages[i-1].name, Title: s.pages[i-1].title}
	}
	if i+1 < len(s.pages) {
		values.Next = &link{Name: s.pages[i+1].name, Title: s.pages[i+1].title}
	}
	if err := layout.Execute(&out, values); err != nil {
		return fmt.Errorf("site: %s: %w", p.source, err)
	}
	s.files[p.name] = out.Bytes()
	return nil
}
