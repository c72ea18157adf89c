// Package files replaces files whole: after an error or a crash there is the old content
// or the new one, never a part of it. [Lock] keeps other processes away meanwhile.
package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// Write replaces the content of a file by data, as [Replace] does.
func Write(path string, data []byte) error {
	return Replace(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Replace makes a file, or replaces it, with what write writes. That goes to a temporary
// file in the same folder (its name has a dot before the name and 20 digits after it), which
// is synced and renamed; then the folder is synced, where the system can do that.
//
// A file that exists keeps its permissions, a new one gets 0644 before the umask. A
// symbolic link is replaced itself; what it points to stays. A folder is not replaced.
//
// After an error, that of write among them, nothing has changed and nothing is left
// behind; only where the folder cannot be synced is the new content in place already.
func Replace(path string, write func(w io.Writer) error) error {
	temporary, err := create(path)
	if err != nil {
		return err
	}
	err = errors.Join(fill(temporary, path, write), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

// create opens a new file for writing, with a free name beside path.
func create(path string) (*os.File, error) {
	folder, prefix := temporary(path)
	for {
		name := fmt.Sprintf("%s%0*d", prefix, numberDigits, rand.Uint64())
		file, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
}

// Names of temporary files end in a number of so many digits. A longer name of a file is
// cut and marked with a hash, so that there is room for them: most systems take 255 bytes.
const (
	numberDigits = 20
	longName     = 200
)

// temporary returns the folder of the temporary files of path and how their names begin.
func temporary(path string) (folder, prefix string) {
	folder, name := filepath.Dir(path), filepath.Base(path)
	if len(name) > longName {
		sum := sha256.Sum256([]byte(name))
		name = strings.ToValidUTF8(name[:longName], "") + "." + hex.EncodeToString(sum[:8]) + "."
	}
	return folder, "." + name
}

// fill gives the temporary file the permissions of the one at path and the new content.
func fill(temporary *os.File, path string, write func(w io.Writer) error) error {
	if old, err := os.Lstat(path); err == nil && old.Mode().IsRegular() {
		if err := temporary.Chmod(old.Mode().Perm()); err != nil {
			return err
		}
	}
	if err := write(temporary); err != nil {
		return err
	}
	return temporary.Sync()
}

// syncFolder makes the new name of a file outlast a crash. Windows cannot sync a folder,
// nor can some file systems, nor anyone a folder that may be written and not read.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err == nil {
		err = errors.Join(folder.Sync(), folder.Close())
	}
	for _, cannot := range []error{fs.ErrPermission, errors.ErrUnsupported, syscall.EINVAL} {
		if errors.Is(err, cannot) {
			return nil
		}
	}
	return err
}
