// Command site writes the documentation as a folder for any static host, or to be opened in a browser as it is:
//
//	go run ./internal/site [--out site] [--source URL] [--external]
//
// It reads README.md, CHANGELOG.md, CONTRIBUTING.md, the documents of folder docs and the package comments of
// the checkout that it is started in, and writes pages with a column of all pages, their contents, and a search. Formulas
// become MathML; pages ask nothing of other servers, and one script searches.
//
// Links between documents become links between pages, and each is checked with its anchor. What leads to a file of the
// repository that is no page is text, or with --source a link below that address. A mistake (a link that leads
// nowhere, a formula that is not understood, raw HTML) is told with file and line, all of them at once, and nothing is
// written. The same documents give the same bytes.
//
// Which pages there are, and in which order, is a table: pages.go. Read build.go first; markdown.go and math.go
// read a document, links.go says where a link leads, index.go is what the search knows, folder.go writes.
package main
