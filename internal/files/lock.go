package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/gofrs/flock"
)

// LockedError says that another process holds a lock.
type LockedError struct {
	// Path of the lock.
	Path string
	// Process that holds it, 0 where that is not known.
	Process int
}

// Error names the process.
func (e *LockedError) Error() string {
	if e.Process == 0 {
		return e.Path + ": locked by another process"
	}
	return fmt.Sprintf("%s: locked by process %d", e.Path, e.Process)
}

// Lock takes the lock of a file, which it makes, and writes the number of this process into
// it. The system gives it up when the process dies, however it dies: a file that was left
// behind locks nothing. release gives it up and removes the file. Where another process, or
// another caller of this one, holds it, the error is a [*LockedError]. A file system that
// has no locks locks nothing.
func Lock(path string) (release func(), err error) {
	for {
		lock := flock.New(path, flock.SetPermissions(0o644))
		held, err := lock.TryLock()
		switch {
		case errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOLCK):
			_ = os.Remove(path)
			return func() {}, nil
		case err != nil:
			return nil, err
		case !held:
			return nil, &LockedError{path, holder(path)}
		}
		if !current(lock, path) { // its holder removed it before it was locked here
			_ = lock.Unlock()
			continue
		}
		sign(path)
		return func() {
			if runtime.GOOS == "windows" { // an open file cannot be removed
				_ = lock.Unlock()
				_ = os.Remove(path)
				return
			}
			_ = os.Remove(path)
			_ = lock.Unlock()
		}, nil
	}
}

// current reports whether the file that is locked is the one that has the name.
func current(lock *flock.Flock, path string) bool {
	have, err := lock.Stat()
	if err != nil {
		return false
	}
	want, err := os.Stat(path)
	return err == nil && os.SameFile(have, want)
}

// numberAt is where the number of a process stands. Windows lets nobody but the holder
// read the byte that is locked, the first.
func numberAt() int64 {
	if runtime.GOOS == "windows" {
		return 1
	}
	return 0
}

// sign writes the number of this process. It is there for people: without it the lock holds.
func sign(path string) {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return
	}
	_, _ = file.WriteAt(fmt.Appendf(nil, "%-19d\n", os.Getpid()), numberAt())
	_ = file.Close()
}

// holder reads who holds a lock.
func holder(path string) int {
	file, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer file.Close()
	text := make([]byte, 20)
	n, _ := file.ReadAt(text, numberAt())
	process, _ := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	return process
}

// Clean removes what [Write] and [Replace] of a file left behind when their process died. No
// other process may write the file meanwhile: hold its [Lock].
func Clean(path string) error {
	folder, prefix := temporary(path)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var failed error
	for _, entry := range entries {
		digits, ours := strings.CutPrefix(entry.Name(), prefix)
		if !ours || len(digits) != numberDigits || strings.Trim(digits, "0123456789") != "" || !entry.Type().IsRegular() {
			continue
		}
		if err := os.Remove(filepath.Join(folder, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
