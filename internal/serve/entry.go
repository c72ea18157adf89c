package serve

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"basin"
	"basin/dynamics"
	"basin/internal/online"
	"basin/internal/spelling"
)

// Source is a model file and the name under which its model is served.
type Source struct{ Name, Path string }

// ParseSource reads PATH or NAME=PATH. Without a name it is that of the file without its
// extension.
func ParseSource(text string) (Source, error) {
	name, path, named := strings.Cut(text, "=")
	if !named {
		path = text
		name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	switch {
	case path == "":
		return Source{}, fmt.Errorf("%q: no path of a model file", text)
	case name == "" || len(name) > 200 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`/\?#%`, r) }) || name == "." || name == "..":
		return Source{}, fmt.Errorf("%q: %q cannot be the name of a model in an address: want NAME=PATH with another name", text, name)
	}
	return Source{name, path}, nil
}

// Entry is a model under a name. Its methods may be called at once.
type Entry struct {
	Source
	current atomic.Pointer[Loaded]
	queue   *queue
	metrics *entryMetrics
	online  *online.Model // nil where the server does not let models learn
}

// Loaded is a model as it was loaded; it does not change, but for what the model learns.
type Loaded struct {
	Model *basin.Model
	// At is when, and Size and Modified are those of the file then.
	At       time.Time
	Size     int64
	Modified time.Time

	features int
	draws    bool     // sweeps draw at random by the place of a sample in its set
	coded    bool     // not all columns of its table are numbers that are always there
	labels   [][]byte // of the classes, as JSON
}

// Model returns the model that answers now.
func (e *Entry) Model() *Loaded { return e.current.Load() }

// Replace lets another model answer from now on. Requests under way end with the old one.
func (e *Entry) Replace(m *Loaded) { e.current.Store(m) }

// Load reads a model file.
func Load(path string) (*Loaded, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	m, err := basin.Load(path)
	if err != nil {
		return nil, err
	}
	return NewLoaded(m, info), nil
}

// NewLoaded makes a model of a file ready to be served; info is that of the file.
func NewLoaded(m *basin.Model, info os.FileInfo) *Loaded {
	order := m.Settings.Dynamics.Order
	l := &Loaded{
		Model: m, At: time.Now(), Size: info.Size(), Modified: info.ModTime(),
		features: m.Encoder.Features, coded: m.Encoder.Codings != nil || m.Columns != nil && m.Columns.Kinds != nil,
		draws: order == dynamics.Partial || order == dynamics.Sequential,
	}
	for _, name := range m.Names() {
		l.labels = append(l.labels, quoted(name))
	}
	return l
}

// Entry returns the model of a name, or a problem that suggests the nearest one.
func (s *Server) Entry(name string) (*Entry, error) {
	if e := s.entries[name]; e != nil {
		return e, nil
	}
	if near := spelling.Nearest(name, s.names); near != "" {
		return nil, NewProblem(http.StatusNotFound, "no model %.100q: did you mean %q?", name, near)
	}
	return nil, NewProblem(http.StatusNotFound, "no model %.100q; GET /v1/models lists those that there are", name)
}

// open loads all sources.
func (s *Server) open(sources []Source) error {
	for _, source := range sources {
		if other := s.entries[source.Name]; other != nil {
			return fmt.Errorf("%s and %s are both called %q: want NAME=PATH with another name for one of them", other.Path, source.Path, source.Name)
		}
		e := &Entry{Source: source, queue: newQueue(s.options.Batch, s.options.Wait), metrics: s.metrics.of(source.Name)}
		load := func() (*Loaded, error) { return Load(source.Path) }
		if s.options.Learn != nil {
			load = func() (*Loaded, error) { return s.learning(e) }
		}
		m, err := load()
		if err != nil {
			return errors.Join(err, s.closeLearning())
		}
		e.Replace(m)
		s.entries[source.Name] = e
		s.names = append(s.names, source.Name)
	}
	slices.Sort(s.names)
	return nil
}
