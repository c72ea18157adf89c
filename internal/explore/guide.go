package explore

import (
	"bytes"
	"html/template"
	"io/fs"
	"net/http"

	"basin/docs"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
)

// guidePage is the page of the guide, with the rooms in its head as in index.html.
var guidePage = template.Must(template.New("guide").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Guide · Basin explorer</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="style.css">
</head>
<body>
<a class="skip" href="#guide">Skip to the guide</a>
<header>
<p class="name">Basin</p>
<nav aria-label="Rooms">{{range .Rooms}}<a href="./#{{.}}">{{.}}</a>{{end}}<a href="guide.html" aria-current="page">guide</a></nav>
</header>
<main id="guide" class="guide">{{.Text}}</main>
</body>
</html>
`))

// rooms are their names, in the order in which the page has them.
var rooms = []string{"relax", "learn", "manifold", "model", "experiments"}

// guide registers the guide and its pictures.
func (e *Explorer) guide() error {
	text, err := docs.Explorer.ReadFile("explore.md")
	if err != nil {
		return err
	}
	var body, page bytes.Buffer
	markdown := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	if err := markdown.Convert(text, &body); err != nil {
		return err
	}
	if err := guidePage.Execute(&page, map[string]any{"Rooms": rooms, "Text": template.HTML(body.String())}); err != nil {
		return err
	}
	pictures, err := fs.Sub(docs.Explorer, "images")
	if err != nil {
		return err
	}
	e.mux.HandleFunc("GET /guide.html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page.Bytes()) // whoever went away misses nothing
	})
	e.mux.Handle("GET /images/", http.StripPrefix("/images/", http.FileServerFS(pictures)))
	return nil
}
