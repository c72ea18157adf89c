package figure

import (
	"bytes"
	_ "embed" // the style of pages
	"html/template"
)

//go:embed page.css
var pageStyle string

// Page returns the template of a page with figures and tables, in whose text {{style}} stands for
// the rules of CSS that all such pages share. It panics where the text is none.
func Page(name, text string) *template.Template {
	style := func() template.CSS { return template.CSS(pageStyle) }
	return template.Must(template.New(name).Funcs(template.FuncMap{"style": style}).Parse(text))
}

// Element returns the SVG of a figure as an element of a page: without what only a file of its
// own has before it.
func Element(svg []byte) template.HTML {
	return template.HTML(svg[max(0, bytes.Index(svg, []byte("<svg"))):])
}
