package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"basin/dataset/internal/packed"
)

// NotFoundError says that no place had good files of a known set.
type NotFoundError struct {
	// Name is the name of the set.
	Name string
	// Tried holds every place, in the order in which they were tried.
	Tried []Attempt
	// Hints say what would help, one sentence each.
	Hints []string
}

// Attempt is one place that was tried in vain.
type Attempt struct {
	// Place is a folder, an address or a module.
	Place string
	// Err is why it did not serve.
	Err error
}

// Error names the set and, on a line each, the places and reasons; not the hints.
func (e *NotFoundError) Error() string {
	text := strings.Builder{}
	fmt.Fprintf(&text, "fetch: %s: no usable files in any of %d places", e.Name, len(e.Tried))
	for _, attempt := range e.Tried {
		fmt.Fprintf(&text, "\n  %s: %v", attempt.Place, attempt.Err)
	}
	return text.String()
}

// Unwrap returns the reasons.
func (e *NotFoundError) Unwrap() []error {
	var reasons []error
	for _, attempt := range e.Tried {
		reasons = append(reasons, attempt.Err)
	}
	return reasons
}

// finder looks for the files of one set. Tests replace its fields.
type finder struct {
	set      source
	o        Options
	cache    string // "" if there is none, for the reason cacheErr
	cacheErr error
	client   *http.Client
	module   func(ctx context.Context, module string, offline bool) (dir string, err error)
	tried    []Attempt
}

func newFinder(s source, o Options) *finder {
	f := &finder{set: s, o: o, client: newClient(), module: moduleFolder}
	f.cache, f.cacheErr = cacheFolder(s.Name)
	return f
}

// cacheFolder returns the folder of a set within the user's cache.
func cacheFolder(name string) (string, error) {
	root, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(root, "basin", name), nil
}

// find returns the first folder that accept returns no error for, after trying
// the local ones, then the mirrors, then the module.
func (f *finder) find(ctx context.Context, accept func(dir string) error) (string, error) {
	try := func(dir string) bool {
		err := accept(dir)
		if err != nil {
			f.fail(dir, err)
		}
		return err == nil
	}
	for _, dir := range f.folders() {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if try(dir) {
			return dir, nil
		}
	}
	if len(f.set.mirrors) > 0 && f.o.Offline {
		f.fail("network", errors.New("not used, offline"))
	} else if len(f.set.mirrors) > 0 && f.cache != "" {
		defer f.client.CloseIdleConnections()
		for _, mirror := range f.set.mirrors {
			if err := f.download(ctx, mirror); err != nil {
				f.fail(mirror, err)
			} else if try(f.cache) {
				return f.cache, nil
			}
			if err := ctx.Err(); err != nil {
				return "", err
			}
		}
	}
	if f.set.module != "" {
		dir, err := f.module(ctx, f.set.module, f.o.Offline)
		if err != nil {
			f.fail("module "+f.set.module, err)
		} else if try(dir) {
			return f.keep(dir), nil
		}
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return "", &NotFoundError{Name: f.set.Name, Tried: f.tried, Hints: f.set.hints}
}

func (f *finder) fail(place string, err error) {
	f.tried = append(f.tried, Attempt{Place: place, Err: err})
}

// folders returns the local folders to look into and notes the missing ones.
func (f *finder) folders() []string {
	var candidates []string
	if f.o.Dir != "" {
		candidates = append(candidates, f.o.Dir, filepath.Join(f.o.Dir, f.set.Name))
	}
	if f.cache != "" {
		candidates = append(candidates, f.cache)
	} else {
		f.fail("cache", f.cacheErr)
	}
	candidates = append(candidates, f.set.system...)
	var folders []string
	for _, dir := range candidates {
		if !packed.IsFolder(dir) {
			f.fail(dir, errors.New("no such folder"))
			continue
		}
		if inner := filepath.Join(dir, f.set.archive); f.set.archive != "" && f.set.present(dir) != nil && packed.IsFolder(inner) {
			dir = inner
		}
		folders = append(folders, dir)
	}
	return folders
}

// present returns an error unless all files are there, or the set as folders of images.
func (s source) present(dir string) error {
	missing := s.absent(dir)
	if missing == nil || s.folders == nil {
		return missing
	}
	folder := s.noFolder(dir)
	if folder == "" {
		return nil
	}
	return fmt.Errorf("%w, and no folder %s: want the binary files, or %s", missing, folder, s.imagesForm())
}

// absent returns an error unless all files are there.
func (s source) absent(dir string) error {
	for _, file := range s.files {
		if _, err := packed.Find(dir, file.name); err != nil {
			return err
		}
	}
	return nil
}

// verify returns an error unless all files are there and have the right content.
func (s source) verify(dir string) error {
	if err := s.present(dir); err != nil {
		return err
	}
	for _, file := range s.files {
		if file.sum == "" {
			continue
		}
		if err := file.consume(dir, ignore); err != nil {
			return err
		}
	}
	return nil
}

// consume opens the file in a folder, plain or compressed, hands its content to
// read and then checks all of it.
func (file sourceFile) consume(dir string, read func(content io.Reader) error) error {
	path, err := packed.Find(dir, file.name)
	if err != nil {
		return err
	}
	return file.consumePath(path, read)
}

func (file sourceFile) consumePath(path string, read func(content io.Reader) error) error {
	opened, err := os.Open(path)
	if err != nil {
		return err
	}
	defer opened.Close()
	content, err := packed.Unzip(opened)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	sum := sha256.New()
	hashed := io.TeeReader(io.LimitReader(content, file.size+1), sum)
	err = read(hashed)
	if err == nil {
		_, err = io.Copy(io.Discard, hashed)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != file.sum {
		return fmt.Errorf("%s: SHA-256 of the content is %s, want %s", filepath.Base(path), got, file.sum)
	}
	return nil
}

// ignore reads nothing: consume hashes the rest.
func ignore(io.Reader) error { return nil }
