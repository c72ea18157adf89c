package serve

import (
	_ "embed" // the page
	"net/http"
)

//go:embed page/docs.html
var docsPage []byte

// serveDocs answers GET /docs with a page that asks nothing of another server.
func serveDocs(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'self' 'unsafe-inline'")
	_, _ = w.Write(docsPage)
	return nil
}
