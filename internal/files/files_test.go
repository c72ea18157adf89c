package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// lists fails unless the folder has exactly these names.
func lists(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

// holds fails unless the file has this content and, where the system has them, these
// permissions.
func holds(t *testing.T, path, want string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s holds %q, want %q", path, got, want)
	}
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode() != mode {
		t.Errorf("%s has mode %v, want %v", path, info.Mode(), mode)
	}
}

func old(t *testing.T, mode fs.FileMode) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	path = filepath.Join(dir, "a")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return dir, path
}

func TestANewFileHasTheUsualPermissions(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "b"), nil, 0o644); err != nil { // less the umask
		t.Fatal(err)
	}
	usual, err := os.Lstat(filepath.Join(dir, "b"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "a")
	if err := Write(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "new", usual.Mode())
	lists(t, dir, "a", "b")
}

func TestAReplacedFileKeepsItsPermissions(t *testing.T) {
	for _, mode := range []fs.FileMode{0o600, 0o666, 0o755, 0o400} {
		if runtime.GOOS == "windows" && mode&0o200 == 0 {
			continue // a file that may not be written is not replaced there
		}
		dir, path := old(t, mode)
		if err := Write(path, []byte("new")); err != nil {
			t.Fatal(err)
		}
		holds(t, path, "new", mode)
		lists(t, dir, "a")
	}
}

func TestARelativePathStaysInItsFolder(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := Write("a", []byte("new")); err != nil {
		t.Fatal(err)
	}
	lists(t, dir, "a")
}

func TestASymbolicLinkIsReplacedItself(t *testing.T) {
	dir, path := old(t, 0o600)
	link := filepath.Join(dir, "link")
	if err := os.Symlink("a", link); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if err := Write(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the link is %v, %v, want a regular file", info.Mode(), err)
	}
	holds(t, path, "old", 0o600)
	lists(t, dir, "a", "link")
}

func TestAWriterThatFailsChangesNothing(t *testing.T) {
	failed := errors.New("failed")
	dir, path := old(t, 0o644)
	for name, write := range map[string]func(w io.Writer) error{
		"at once":    func(io.Writer) error { return failed },
		"in between": func(w io.Writer) error { _, err := io.WriteString(w, "half"); return errors.Join(err, failed) },
		// The file is then closed twice, and cannot be synced.
		"closed": func(w io.Writer) error { return errors.Join(w.(io.Closer).Close(), failed) },
	} {
		if err := Replace(path, write); !errors.Is(err, failed) {
			t.Errorf("%s: error %v, want %v", name, err, failed)
		}
		holds(t, path, "old", 0o644)
		lists(t, dir, "a")
		if err := Replace(filepath.Join(dir, "b"), write); !errors.Is(err, failed) {
			t.Errorf("%s: error %v, want %v", name, err, failed)
		}
		lists(t, dir, "a")
	}
}

func TestAFileThatCannotBeSyncedChangesNothing(t *testing.T) {
	dir, path := old(t, 0o644)
	err := Replace(path, func(w io.Writer) error { return w.(io.Closer).Close() })
	if !errors.Is(err, fs.ErrClosed) {
		t.Errorf("error %v, want %v", err, fs.ErrClosed)
	}
	holds(t, path, "old", 0o644)
	lists(t, dir, "a")
}

func TestAFolderIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "folder")
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("new")); err == nil {
		t.Error("no error")
	}
	lists(t, dir, "folder")
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		t.Errorf("the folder is now %v, %v", info, err)
	}
}

func TestAMissingFolderIsAnError(t *testing.T) {
	dir := t.TempDir()
	called := false
	err := Replace(filepath.Join(dir, "absent", "a"), func(io.Writer) error { called = true; return nil })
	if !errors.Is(err, fs.ErrNotExist) || called {
		t.Errorf("error %v, writer called %v, want %v and not called", err, called, fs.ErrNotExist)
	}
	lists(t, dir)
}

func TestAFolderThatCannotBeSynced(t *testing.T) {
	if err := syncFolder(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want %v", err, fs.ErrNotExist)
	}
	if err := syncFolder(t.TempDir()); err != nil {
		t.Error(err)
	}
}
