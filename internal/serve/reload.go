package serve

import (
	"context"
	"log/slog"
	"os"
	"time"
)

// lookEvery is how often model files are looked at for changes.
const lookEvery = time.Second

// stamp tells versions of a file apart.
type stamp struct {
	modified int64
	size     int64
}

func stampOf(modified time.Time, size int64) stamp { return stamp{modified.UnixNano(), size} }

// Reload loads all model files again. One that does not load is logged, and the model that there
// is goes on.
func (s *Server) Reload() {
	for _, name := range s.names {
		s.reload(s.entries[name])
	}
}

// reload loads the file of one model.
func (s *Server) reload(e *Entry) {
	if e.online != nil {
		s.options.Log.Warn("not reloaded: the model goes on learning in its folder", slog.String("name", e.Name), slog.String("file", e.Path))
		return
	}
	outcome := "loaded"
	m, err := Load(e.Path)
	if err == nil {
		e.Replace(m)
		s.options.Log.Info("reloaded", slog.String("name", e.Name), slog.String("file", e.Path))
	} else {
		outcome = "failed"
		s.options.Log.Error("not reloaded, the model before it goes on", slog.String("name", e.Name), slog.String("file", e.Path), slog.String("reason", err.Error()))
	}
	s.metrics.reloads.WithLabelValues(e.Name, outcome).Inc()
}

// watch looks for changed files until ctx ends.
func (s *Server) watch(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	look := s.watcher()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			look()
		}
	}
}

// watcher returns a function that looks at all files once, and loads those that have changed
// and rest since the look before: nobody is writing them.
func (s *Server) watcher() (look func()) {
	tried, seen := map[string]stamp{}, map[string]stamp{}
	return func() {
		for _, name := range s.names {
			e := s.entries[name]
			info, err := os.Stat(e.Path)
			if err != nil {
				continue // it is away, perhaps to come back
			}
			now, m := stampOf(info.ModTime(), info.Size()), e.Model()
			if now != stampOf(m.Modified, m.Size) && now != tried[name] && now == seen[name] {
				tried[name] = now
				s.reload(e)
			}
			seen[name] = now
		}
	}
}
