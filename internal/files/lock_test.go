package files

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestALockIsHeldOnce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.lock")
	release, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := Lock(path); !errors.As(err, &locked) || locked.Process != os.Getpid() {
		t.Errorf("a second lock: error %v, want one that names process %d", err, os.Getpid())
	}
	lists(t, dir, "a.lock")
	release()
	lists(t, dir)
	if release, err = Lock(path); err != nil {
		t.Fatal(err)
	}
	release()
	lists(t, dir)
}

func TestALockThatWasLeftBehindLocksNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.lock")
	if err := os.WriteFile(path, []byte("12345678901234567890 of another kind"), 0o644); err != nil {
		t.Fatal(err)
	}
	release, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if got := holder(path); got != os.Getpid() {
		t.Errorf("held by %d, want %d", got, os.Getpid())
	}
}

func TestALockInAFolderThatIsMissing(t *testing.T) {
	if _, err := Lock(filepath.Join(t.TempDir(), "absent", "a.lock")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want os.ErrNotExist", err)
	}
}

// The system gives up the lock of a process that is killed.
func TestALockDiesWithItsProcess(t *testing.T) {
	if path := os.Getenv("BASIN_TEST_LOCK"); path != "" {
		if _, err := Lock(path); err != nil {
			t.Fatal(err)
		}
		println("locked")
		select {} // until it is killed
	}
	path := filepath.Join(t.TempDir(), "a.lock")
	other := exec.Command(os.Args[0], "-test.run=^TestALockDiesWithItsProcess$")
	other.Env = append(os.Environ(), "BASIN_TEST_LOCK="+path)
	talk, err := other.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := talk.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := Lock(path); !errors.As(err, &locked) || locked.Process != other.Process.Pid {
		t.Errorf("error %v, want one that names process %d", err, other.Process.Pid)
	}
	_ = other.Process.Kill()
	_ = other.Wait()
	release, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func TestCleanRemovesWhatWasLeftOfAFile(t *testing.T) {
	long := strings.Repeat("l", 230) // with a dot and 20 digits it would be too long
	for _, name := range []string{"m.safetensors", long} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		file, err := create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		for _, kept := range []string{".m.safetensors1", ".m.safetensors.checkpoint12345678901234567890", "m.safetensors12345678901234567890", ".m.safetensors1234567890123456789x", ".lll12345678901234567890"} {
			if err := os.WriteFile(filepath.Join(dir, kept), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := Clean(path); err != nil {
			t.Fatal(err)
		}
		lists(t, dir, ".lll12345678901234567890", ".m.safetensors.checkpoint12345678901234567890", ".m.safetensors1", ".m.safetensors1234567890123456789x", "m.safetensors12345678901234567890")
	}
	if err := Clean(filepath.Join(t.TempDir(), "absent", "a")); err == nil {
		t.Error("a folder that is missing: no error")
	}
}

func TestALongNameIsReplaced(t *testing.T) {
	dir := t.TempDir()
	name := strings.Repeat("é", 122) + "a.b" // 247 bytes
	if err := Write(filepath.Join(dir, name), []byte("new")); err != nil {
		t.Fatal(err)
	}
	lists(t, dir, name)
}
