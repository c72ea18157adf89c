package serve

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Handler returns what answers requests.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.guard) }

// guard lets a request pass that may, and counts its answer.
func (s *Server) guard(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	a := &answer{ResponseWriter: w, status: http.StatusOK}
	if err := s.allowed(r); err != nil {
		writeProblem(a, problemOf(err))
	} else {
		s.mux.ServeHTTP(a, r)
	}
	model := ""
	if e := s.entries[r.PathValue("name")]; e != nil {
		model = e.Name
	}
	_, route, _ := strings.Cut(r.Pattern, " ")
	took := time.Since(begun)
	s.metrics.answered(model, route, a.status, took)
	if s.options.Access {
		s.options.Log.Info("request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", a.status), slog.Duration("took", took), slog.String("from", r.RemoteAddr))
	}
}

// answer notes the status.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// openPaths need no token: probes and what describes the server, which tells nothing of its
// models.
var openPaths = map[string]bool{"/healthz": true, "/readyz": true, "/docs": true, "/openapi.json": true}

// allowed reports a request that does not show the token.
func (s *Server) allowed(r *http.Request) error {
	if s.options.Token == "" || openPaths[r.URL.Path] {
		return nil
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	shown := sha256.Sum256([]byte(token))
	if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(shown[:], s.token[:]) != 1 {
		return NewProblem(http.StatusUnauthorized, "want the header Authorization: Bearer TOKEN with the token of this server")
	}
	return nil
}

// admit takes a place among the requests whose samples are read or wait. The context ends when
// the request has taken too long; release gives the place back.
func (s *Server) admit(r *http.Request) (ctx context.Context, release func(), err error) {
	if s.waiting.Add(1) > int64(s.options.Concurrent) {
		s.waiting.Add(-1)
		return nil, nil, NewProblem(http.StatusServiceUnavailable, "%d requests are waiting already: ask again later", s.options.Concurrent)
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.options.Timeout)
	return ctx, func() {
		cancel()
		s.waiting.Add(-1)
	}, nil
}

// handle makes a handler of a function that returns an error, which is answered as a problem.
func (s *Server) handle(serve func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := serve(w, r)
		if err == nil {
			return
		}
		p := problemOf(err)
		if p.Status >= http.StatusInternalServerError && !errors.Is(r.Context().Err(), context.Canceled) {
			s.options.Log.Debug("refused", slog.String("path", r.URL.Path), slog.Int("status", p.Status), slog.String("detail", p.Detail))
		}
		writeProblem(w, p)
	}
}
