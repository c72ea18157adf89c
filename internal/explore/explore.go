package explore

import (
	"embed"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"

	"basin"
	"basin/internal/sweep"
)

//go:embed page
var page embed.FS

// Options say what there is to see.
type Options struct {
	// Model is the trained model that the rooms begin with; nil for none.
	Model *basin.Model
	// Path is where the model was read, for people.
	Path string
	// Results are folders of experiments, or folders that hold such.
	Results []string
	// Cluster is what the room experiments tells of beside them; nil for none.
	Cluster *sweep.Cluster
	// Log is told of errors that are not the asker's; nil for nobody.
	Log *slog.Logger
}

// Explorer answers the page and what its rooms ask for. Its methods may be called from several
// goroutines at once.
type Explorer struct {
	options Options
	mux     *http.ServeMux
	log     *slog.Logger

	mutex sync.Mutex
	model *basin.Model // shown; replaced by one that was learned here
	path  string

	// digits opens the embedded digits, once; reading keeps how samples of a model are read.
	digits  func() (*reader, error)
	reading struct {
		sync.Mutex
		model  *basin.Model
		reader *reader
	}

	school  school
	judging modelRoom // what the open model makes of samples

	kept kept // folders of results that were read
}

// New makes an explorer.
func New(o Options) (*Explorer, error) {
	files, err := fs.Sub(page, "page")
	if err != nil {
		return nil, err
	}
	e := &Explorer{options: o, mux: http.NewServeMux(), log: o.Log, model: o.Model, path: o.Path}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	e.manifold()
	e.experiments()
	e.mux.Handle("GET /", http.FileServerFS(files))
	if err := e.guide(); err != nil {
		return nil, err
	}
	e.digits = sync.OnceValues(openDigits)
	e.relax()
	e.modelRoom()
	e.learn()
	return e, nil
}

// Model returns the model that is shown and where it comes from; nil where there is none.
func (e *Explorer) Model() (m *basin.Model, path string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.model, e.path
}

// show makes another model the one that is shown.
func (e *Explorer) show(m *basin.Model, path string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.model, e.path = m, path
}

// largestQuestion bounds the bytes of a question.
const largestQuestion = 1 << 20

// ServeHTTP answers a request. It refuses those that another site makes a browser send: the
// name of the server must be an address of this computer, and a question must come from the
// page itself.
func (e *Explorer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !local(r.Host) {
		refuse(w, http.StatusForbidden, "the explorer answers to localhost, not to "+r.Host)
		return
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
			refuse(w, http.StatusForbidden, "the question comes from another page: "+origin)
			return
		}
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	r.Body = http.MaxBytesReader(w, r.Body, largestQuestion)
	e.mux.ServeHTTP(w, r)
}

// local reports whether a host of a request is this computer by name or by address.
func local(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}
