package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// mistakes are what is wrong with documents, in their order.
type mistakes struct{ list []string }

func (m *mistakes) add(where, format string, values ...any) {
	m.list = append(m.list, where+": "+fmt.Sprintf(format, values...))
}

func (m *mistakes) err() error {
	if len(m.list) == 0 {
		return nil
	}
	return fmt.Errorf("%s\nsite: mistakes: %d, so nothing is written", strings.Join(m.list, "\n"), len(m.list))
}

var (
	scheme = regexp.MustCompile(`^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|//)`)
	web    = regexp.MustCompile(`^(?:https?://|mailto:)`)
)

// target is where a link of a document leads: to a page, to another file, or nowhere.
type target struct {
	to     *page
	file   string // path in the repository
	anchor string // with its #, or ""
}

// resolve finds the target of a relative link.
func (s *site) resolve(from *page, link string) (target, error) {
	file, anchor, has := strings.Cut(link, "#")
	t := target{to: from, file: from.source}
	if has {
		t.anchor = "#" + anchor
	}
	if file != "" {
		t.file = path.Join(path.Dir(from.source), string(util.URLEscape([]byte(file), false)))
		t.to = s.bySource[t.file]
	}
	switch {
	case path.IsAbs(file):
		return t, fmt.Errorf("link to %s: it begins with /: write a path from this document on", link)
	case t.file == ".." || strings.HasPrefix(t.file, "../"):
		return t, fmt.Errorf("link to %s, which is outside of the repository", link)
	case t.to != nil && anchor != "" && !t.to.anchors[anchor]:
		return t, fmt.Errorf("link to %s: %s has no heading with this name%s", link, t.to.source, t.to.nearest(anchor))
	case t.to == nil:
		if _, err := os.Stat(filepath.Join(s.root, filepath.FromSlash(t.file))); err != nil {
			return t, fmt.Errorf("link to %s: there is no %s", link, t.file)
		}
	}
	return t, nil
}

// nearest suggests a heading that begins alike.
func (p *page) nearest(anchor string) string {
	best, length := "", 2
	for _, h := range p.headings {
		n := 0
		for n < min(len(anchor), len(h.Name)) && anchor[n] == h.Name[n] {
			n++
		}
		if n > length {
			best, length = h.Name, n
		}
	}
	if best == "" {
		return ""
	}
	return "; #" + best + " is one"
}

// links rewrites and checks the links of a page, and finds its pictures.
func (s *site) links(p *page, wrong *mistakes) {
	for _, n := range p.nodes() {
		switch n := n.(type) {
		case *ast.AutoLink:
			s.external = append(s.external, p.where(n)+": "+string(n.URL(p.text)))
		case *ast.Link:
			s.link(p, n, wrong)
		case *ast.Image:
			s.picture(p, n, wrong)
		}
	}
}

func (s *site) link(p *page, n *ast.Link, wrong *mistakes) {
	link := string(n.Destination)
	if scheme.MatchString(link) {
		if !web.MatchString(link) {
			wrong.add(p.where(n), "link to %s: want https, http or mailto, or a path", link)
		}
		s.external = append(s.external, p.where(n)+": "+link)
		return
	}
	s.checked++
	t, err := s.resolve(p, link)
	switch {
	case err != nil:
		wrong.add(p.where(n), "%v", err)
	case t.to == p:
		n.Destination = []byte(t.anchor)
		if t.anchor == "" {
			n.Destination = []byte(p.name)
		}
	case t.to != nil:
		n.Destination = []byte(t.to.name + t.anchor)
		if p.plain(n) == path.Base(t.file) { // the name of a document, which a reader of the site does not see
			n.RemoveChildren(n)
			n.AppendChild(n, ast.NewString([]byte(t.to.title)))
		}
	case s.source != "":
		n.Destination = []byte(s.source + t.file + t.anchor)
	default:
		if !slices.Contains(s.unlinked, t.file) {
			s.unlinked = append(s.unlinked, t.file)
		}
		for child := n.FirstChild(); child != nil; child = n.FirstChild() {
			n.Parent().InsertBefore(n.Parent(), n, child)
		}
		n.Parent().RemoveChild(n.Parent(), n)
	}
}

// picture checks an image and takes it into the site.
func (s *site) picture(p *page, n *ast.Image, wrong *mistakes) {
	link := string(n.Destination)
	if scheme.MatchString(link) || path.IsAbs(link) {
		wrong.add(p.where(n), "picture %s: want a file of the repository, by a path from this document on", link)
		return
	}
	s.checked++
	file := path.Join(path.Dir(p.source), link)
	if strings.HasPrefix(file, "../") {
		wrong.add(p.where(n), "picture %s is outside of the repository", link)
		return
	}
	data, err := os.ReadFile(filepath.Join(s.root, filepath.FromSlash(file)))
	if err != nil {
		wrong.add(p.where(n), "picture %s: there is no file %s", link, file)
		return
	}
	name := strings.TrimPrefix(file, "docs/")
	s.files[name] = data
	n.Destination = []byte(name)
}
