package serve

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"basin/internal/online"
)

// Options say how requests are answered. The zero value means the defaults.
type Options struct {
	// Batch is the most samples that are predicted together, at least 1; 0 means 64.
	Batch int
	// Wait is how long a sample waits for others to be predicted with; 0 takes what is there.
	Wait time.Duration
	// MaxBody bounds the bytes of a body; 0 means 16 MiB.
	MaxBody int64
	// Timeout bounds the time in which a request arrives, and that in which it is answered;
	// 0 means 30 s.
	Timeout time.Duration
	// Concurrent bounds the requests whose samples are read or wait for their predictions;
	// others are refused. 0 means 256.
	Concurrent int
	// Token is what requests have to show, "" for nothing.
	Token string
	// Log is told of models, reloads and failures, and with Access of every request. Nil
	// tells nobody.
	Log    *slog.Logger
	Access bool
	// Learn, if not nil, lets the models learn on, each in a folder beside its file: see
	// [online.Open].
	Learn *online.Options
	// Version is that of the program, for the OpenAPI document.
	Version string
}

// explicit names what zero values mean.
func (o Options) explicit() Options {
	if o.Batch <= 0 {
		o.Batch = 64
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 16 << 20
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Concurrent <= 0 {
		o.Concurrent = 256
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Version == "" {
		o.Version = "devel"
	}
	return o
}

// Server answers requests for the predictions of some models. Its methods may be called at
// once.
type Server struct {
	options Options
	entries map[string]*Entry
	names   []string // of the entries, ascending
	metrics *metrics
	mux     *http.ServeMux
	api     huma.API
	token   [sha256.Size]byte // of the token
	buffers sync.Pool         // of *bytes.Buffer
	runners int               // goroutines that predict, for each model

	waiting  atomic.Int64 // requests that were admitted
	stopping atomic.Bool
	ended    sync.WaitGroup // of the runners
}

// New loads models and makes a server of them, which [Server.Close] ends. Two models of one name
// and a file that does not load are errors.
func New(sources []Source, o Options) (*Server, error) {
	if len(sources) == 0 {
		return nil, errors.New("no models to serve")
	}
	s := &Server{
		options: o.explicit(), entries: map[string]*Entry{}, token: sha256.Sum256([]byte(o.Token)),
		runners: max(2, runtime.GOMAXPROCS(0)),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
	s.metrics = newMetrics(s)
	if err := s.open(sources); err != nil {
		return nil, err
	}
	if err := s.route(); err != nil {
		return nil, err
	}
	for _, e := range s.entries {
		for range s.runners {
			s.ended.Go(func() { s.run(e) })
		}
	}
	return s, nil
}

// Close ends the goroutines of the server, when no request is under way any more. Models that
// learn write their last checkpoints; an error says of one that could not, whose log has it all.
func (s *Server) Close() error {
	for _, e := range s.entries {
		e.queue.close()
	}
	s.ended.Wait()
	return s.closeLearning()
}

// The limits of connections that no flag sets.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	headerBytes   = 64 << 10
)

// Serve answers requests on a listener until ctx ends. Then it takes no new ones, answers those
// under way, for as long as a request may take, and returns nil. Meanwhile it looks once a
// second whether model files have changed.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: min(headerTimeout, s.options.Timeout), ReadTimeout: s.options.Timeout,
		WriteTimeout: 2*s.options.Timeout + headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: headerBytes,
		ErrorLog: slog.NewLogLogger(s.options.Log.Handler(), slog.LevelWarn),
	}
	for _, name := range s.names {
		e := s.entries[name]
		s.options.Log.Info("model", slog.String("name", name), slog.String("file", e.Path), slog.Int64("bytes", e.Model().Size))
		s.sayLearning(e)
	}
	stopped := make(chan error, 1)
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	go s.watch(watching)
	go func() {
		<-watching.Done()
		s.stopping.Store(true)
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.Timeout)
		defer cancel()
		stopped <- server.Shutdown(last)
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-stopped; err != nil {
		_ = server.Close()
		return fmt.Errorf("requests under way were cut off after %v: %w", s.options.Timeout, err)
	}
	return nil
}
