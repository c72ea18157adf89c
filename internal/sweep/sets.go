package sweep

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nats-io/nats.go/jetstream"

	"basin/dataset/fetch"
)

// sentSet is a data set in the object store.
type sentSet struct {
	// Fingerprint is the SHA-256 of the archive of its files.
	Fingerprint string `json:"fingerprint"`
	// File is the name of its only file, "" for a folder.
	File string `json:"file,omitempty"`
}

func (s sentSet) object() string { return "set." + s.Fingerprint }

// send puts the files of a set into the object store, if they are not there.
func (c *Cluster) send(ctx context.Context, f fetch.Files) (sentSet, error) {
	s := sentSet{}
	if !f.Folder {
		s.File = f.Names[0]
	}
	hash := sha256.New()
	if err := pack(ctx, hash, f); err != nil {
		return s, err
	}
	s.Fingerprint = hex.EncodeToString(hash.Sum(nil))
	err := c.again(ctx, func() error {
		_, err := c.objects.GetInfo(ctx, s.object())
		if !errors.Is(err, jetstream.ErrObjectNotFound) {
			return err
		}
		reader, writer := io.Pipe()
		go func() { writer.CloseWithError(pack(ctx, writer, f)) }()
		_, err = c.objects.Put(ctx, jetstream.ObjectMeta{Name: s.object()}, reader)
		_ = reader.Close()
		return err
	})
	return s, err
}

// pack writes an archive of files, which depends on their names and contents alone.
func pack(ctx context.Context, w io.Writer, f fetch.Files) error {
	archive := tar.NewWriter(w)
	for _, name := range f.Names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := packFile(archive, filepath.Join(f.Dir, name), filepath.ToSlash(name)); err != nil {
			return fmt.Errorf("sweep: %s: %w", filepath.Join(f.Dir, name), err)
		}
	}
	return archive.Close()
}

func packFile(archive *tar.Writer, path, name string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: info.Size(), Mode: 0o644, Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err = io.Copy(archive, file) // more than the size is an error, and less is one of the next header
	return err
}

// receive returns the path of a set that was sent, which it fetches into a folder if it is not there.
func (c *Cluster) receive(ctx context.Context, s sentSet, cache string) (path string, err error) {
	if sum, err := hex.DecodeString(s.Fingerprint); err != nil || len(sum) != sha256.Size || s.File != "" && filepath.Base(s.File) != s.File {
		return "", fmt.Errorf("sweep: a data set of the form %+v", s)
	}
	dir := filepath.Join(cache, s.Fingerprint)
	path = filepath.Join(dir, s.File)
	if _, err := os.Stat(dir); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("sweep: %w", err)
	}
	fresh, err := os.MkdirTemp(cache, "coming-*")
	if err != nil {
		return "", fmt.Errorf("sweep: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(fresh)) }()
	err = c.again(ctx, func() error {
		object, err := c.objects.Get(ctx, s.object())
		if err != nil {
			return err
		}
		defer object.Close()
		hash := sha256.New()
		if err := unpackSet(io.TeeReader(object, hash), fresh); err != nil {
			return err
		}
		if hex.EncodeToString(hash.Sum(nil)) != s.Fingerprint {
			return errChanged
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("sweep: data set: %w", err)
	}
	if err := os.Chmod(fresh, 0o755); err != nil {
		return "", fmt.Errorf("sweep: %w", err)
	}
	if err := os.Rename(fresh, dir); err != nil && !isFolder(dir) { // another process may have been first
		return "", fmt.Errorf("sweep: %w", err)
	}
	return path, nil
}

var errChanged = permanent{errors.New("its files are not those that were announced: they were changed while they were sent; begin the run again")}

// permanent is an error that does not pass.
type permanent struct{ error }

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// unpackSet writes the files of an archive into a folder, and reads it to its end.
func unpackSet(r io.Reader, dir string) error {
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, r)
			return err
		}
		if err != nil {
			return err
		}
		name := filepath.FromSlash(header.Name)
		if header.Typeflag != tar.TypeReg || !filepath.IsLocal(name) {
			return permanent{fmt.Errorf("an archive with %q, want files within a folder", header.Name)}
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return permanent{err}
		}
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fs.FileMode(0o644))
		if err != nil {
			return permanent{err}
		}
		_, err = io.Copy(file, archive)
		if closing := file.Close(); err == nil && closing != nil {
			err = permanent{closing}
		}
		if err != nil {
			return err
		}
	}
}
