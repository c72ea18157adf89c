// Package packed reads files that may be compressed with gzip.
package packed

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Content is what a file holds, decompressed. Peek reaches at least 4096 bytes.
type Content struct{ *bufio.Reader }

// Unzip returns the content of r: decompressed, once, if it starts as gzip does, and as
// long as it is in proportion to that: see [MostExpansion].
func Unzip(r io.Reader) (Content, error) {
	if r == nil {
		return Content{}, errors.New("nothing to read from")
	}
	if c, done := r.(Content); done {
		return c, nil
	}
	packed := &counted{Reader: r}
	raw := bufio.NewReaderSize(packed, 1<<16)
	head, err := raw.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return Content{}, err
	}
	if !bytes.Equal(head, []byte{0x1f, 0x8b, 8}) {
		return Content{raw}, nil
	}
	zipped, err := gzip.NewReader(raw)
	if err != nil {
		return Content{}, fmt.Errorf("gzip: %w", err)
	}
	return Content{bufio.NewReaderSize(&expanded{content: zipped, packed: packed}, 1<<16)}, nil
}

// Find returns the path of a file in a folder, or of its compressed form.
func Find(dir, name string) (string, error) {
	for _, form := range []string{name + ".gz", name} {
		path := filepath.Join(dir, form)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", fmt.Errorf("no file %s", name)
}

// IsFolder reports whether there is a folder of this path.
func IsFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
