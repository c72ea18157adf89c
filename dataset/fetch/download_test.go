package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// small is a set of two files, of which the first does not compress.
func small() (s source, content map[string][]byte) {
	noise := make([]byte, 5000)
	state := uint32(1)
	for i := range noise {
		state = state*1664525 + 1013904223
		noise[i] = byte(state >> 24)
	}
	s = source{Known: Known{Name: "small"}, hints: []string{"give the folder with --data DIR"}}
	content = map[string][]byte{}
	for name, data := range map[string][]byte{"a": noise, "b": []byte("labels")} {
		s.files = append(s.files, sourceFile{name, int64(len(data)), fmt.Sprintf("%x", sha256.Sum256(data))})
		content["/"+name+".gz"] = gz(data)
	}
	slices.SortFunc(s.files, func(x, y sourceFile) int { return int(y.size - x.size) })
	return s, content
}

// mirror serves the content and records the requests.
type mirror struct {
	content map[string][]byte
	cut     map[string]int // bytes after which the first answers break off
	mutex   sync.Mutex
	log     []string
}

func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mutex.Lock()
	m.log = append(m.log, r.URL.Path+" "+r.Header.Get("Range"))
	cut := m.cut[r.URL.Path]
	delete(m.cut, r.URL.Path)
	m.mutex.Unlock()
	data, ok := m.content[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if cut > 0 {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data[:cut])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// serve returns a finder for the set with these mirrors and no other place.
func serve(t *testing.T, s source, mirrors ...*mirror) *finder {
	t.Helper()
	for _, m := range mirrors {
		server := httptest.NewServer(m)
		t.Cleanup(server.Close)
		s.mirrors = append(s.mirrors, server.URL+"/")
	}
	return &finder{set: s, cache: filepath.Join(t.TempDir(), "cache"), client: newClient(), module: noModule}
}

func noModule(context.Context, string, bool) (string, error) { return "", errors.New("no go command") }

// checkCache fails unless the cache holds the files and nothing else.
func checkCache(t *testing.T, f *finder, content map[string][]byte) {
	t.Helper()
	entries, err := os.ReadDir(f.cache)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		data, _ := os.ReadFile(filepath.Join(f.cache, entry.Name()))
		if want, ok := content["/"+entry.Name()]; !ok || !bytes.Equal(data, want) {
			t.Errorf("cache holds %s of %d bytes, want %d", entry.Name(), len(data), len(want))
		}
	}
	if len(entries) != len(content) {
		t.Errorf("cache holds %d files, want %d", len(entries), len(content))
	}
}

func TestDownloadFillsTheCacheOnce(t *testing.T) {
	s, content := small()
	m := &mirror{content: content}
	f := serve(t, s, m)
	var done, total int64
	f.o.Progress = func(file string, d, n int64) {
		if file == "a.gz" {
			done, total = d, n
		}
	}
	for range 2 {
		if dir, err := f.find(t.Context(), s.verify); err != nil || dir != f.cache {
			t.Fatalf("found %s, %v, want %s", dir, err, f.cache)
		}
	}
	checkCache(t, f, content)
	if want := []string{"/a.gz ", "/b.gz "}; !slices.Equal(m.log, want) {
		t.Errorf("requests are %q, want %q", m.log, want)
	}
	if want := int64(len(content["/a.gz"])); done != want || total != want {
		t.Errorf("last progress is %d of %d, want %d", done, total, want)
	}
}

func TestDownloadResumesABrokenConnection(t *testing.T) {
	s, content := small()
	m := &mirror{content: content, cut: map[string]int{"/a.gz": 1500}}
	f := serve(t, s, m)
	if _, err := f.find(t.Context(), s.verify); err != nil {
		t.Fatal(err)
	}
	checkCache(t, f, content)
	if want := []string{"/a.gz ", "/a.gz bytes=1500-", "/b.gz "}; !slices.Equal(m.log, want) {
		t.Errorf("requests are %q, want %q", m.log, want)
	}
}

func TestDownloadGoesOnWithThePartOfAnEarlierRun(t *testing.T) {
	s, content := small()
	m := &mirror{content: content}
	f := serve(t, s, m)
	for name, size := range map[string]int{"a.gz": 2000, "b.gz": len(content["/b.gz"])} { // b is complete
		write(t, content["/"+name][:size], f.part(f.set.mirrors[0], name))
	}
	if _, err := f.find(t.Context(), s.verify); err != nil {
		t.Fatal(err)
	}
	checkCache(t, f, content)
	if m.log[0] != "/a.gz bytes=2000-" {
		t.Errorf("requests are %q", m.log)
	}
}

func TestDownloadDiscardsWrongContentAndTriesTheNextMirror(t *testing.T) {
	s, content := small()
	for name, wrong := range map[string][]byte{
		"other content": gz([]byte("something else")), "no gzip": []byte("<html>"), "cut gzip": content["/a.gz"][:100],
		"too long": bytes.Repeat([]byte{1}, 50000), "empty": {},
	} {
		bad := &mirror{content: map[string][]byte{"/a.gz": wrong, "/b.gz": content["/b.gz"]}}
		f := serve(t, s, bad, &mirror{content: content})
		if _, err := f.find(t.Context(), s.verify); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(f.tried) != 2 || f.tried[1].Place != f.set.mirrors[0] {
			t.Errorf("%s: tried in vain %v, want the cache and the first mirror", name, f.tried)
		}
		checkCache(t, f, content)
	}
}

func TestNothingFoundListsEveryPlace(t *testing.T) {
	s, content := small()
	content["/a.gz"] = gz([]byte("wrong"))
	f := serve(t, s, &mirror{}, &mirror{content: content})
	f.set.module = "example.org/small"
	f.set.system = []string{"/nowhere/small"}
	f.o.Dir = t.TempDir()
	write(t, gz([]byte("wrong")), f.o.Dir, "a.gz")
	write(t, nil, f.o.Dir, "b")
	_, err := f.find(t.Context(), s.verify)
	missing := new(NotFoundError)
	if !errors.As(err, &missing) || len(missing.Tried) != 7 || !slices.Equal(missing.Hints, s.hints) {
		t.Fatalf("error is %v, want seven places and the hints", err)
	}
	wantError(t, err, "fetch: small: ", "7 places", f.o.Dir+": a.gz: SHA-256", filepath.Join(f.o.Dir, "small")+": no such folder",
		f.cache, "/nowhere/small: no such folder", "404", "discarded: ", "module example.org/small: no go command")
}

func TestOfflineMakesNoRequest(t *testing.T) {
	s, content := small()
	m := &mirror{content: content}
	f := serve(t, s, m)
	f.o.Offline = true
	_, err := f.find(t.Context(), s.verify)
	wantError(t, err, "network: not used, offline")
	if len(m.log) > 0 {
		t.Errorf("requests are %q", m.log)
	}
}

func TestAnUnreachableMirrorIsPassedOver(t *testing.T) {
	s, content := small()
	f := serve(t, s, &mirror{content: content})
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	f.set.mirrors = slices.Insert(f.set.mirrors, 0, closed.URL+"/")
	if _, err := f.find(t.Context(), s.verify); err != nil {
		t.Fatal(err)
	}
	checkCache(t, f, content)
}

func TestACancelledSearchEndsWithTheReason(t *testing.T) {
	s, content := small()
	ctx, cancel := context.WithCancel(t.Context())
	f := serve(t, s, &mirror{content: content})
	f.o.Progress = func(string, int64, int64) { cancel() }
	_, err := f.find(ctx, func(string) error { return errors.New("never") })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want %v", err, context.Canceled)
	}
}

func TestFilesOfTheModuleAreKeptInTheCache(t *testing.T) {
	s, content := small()
	f := serve(t, s)
	f.set.module = "example.org/small"
	folder := t.TempDir()
	for name, data := range content {
		write(t, data, folder, name)
	}
	f.module = func(context.Context, string, bool) (string, error) { return folder, nil }
	if dir, err := f.find(t.Context(), s.verify); err != nil || dir != f.cache {
		t.Fatalf("found %s, %v, want %s", dir, err, f.cache)
	}
	checkCache(t, f, content)
	f.cache = write(t, nil, t.TempDir(), "file") // no folder can be made here
	if dir, err := f.find(t.Context(), s.verify); err != nil || dir != folder {
		t.Fatalf("found %s, %v, want %s", dir, err, folder)
	}
}

func TestFilesAreFoundInTheFolderOfTheUserFirst(t *testing.T) {
	s, content := small()
	f := serve(t, s)
	f.o.Dir = t.TempDir()
	for name, data := range content {
		write(t, data, f.o.Dir, "small", name)
	}
	want := filepath.Join(f.o.Dir, "small")
	if dir, err := f.find(t.Context(), s.verify); err != nil || dir != want {
		t.Errorf("found %s, %v, want %s", dir, err, want)
	}
}
