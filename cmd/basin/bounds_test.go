package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"basin/dataset"
)

// Files of any size that are mostly holes: they are refused before they are read.
func TestHugeFilesOfTextAreRefused(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"big.yaml", "batches.meta.txt", "data_batch_1.bin"} {
		file, err := os.Create(filepath.Join(dir, name))
		if err == nil {
			err = file.Truncate(1 << 32)
		}
		if err != nil {
			t.Skipf("no sparse files here: %v", err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for want, args := range map[string][]string{
		"big.yaml: more than 1.0 MiB":             {"train", "--config", filepath.Join(dir, "big.yaml")},
		"batches.meta.txt: more than 65536 bytes": {"data", "inspect", dir},
	} {
		var said bytes.Buffer
		if status := run(t.Context(), args, strings.NewReader(""), &said, &said); status != statusError || !strings.Contains(said.String(), want) {
			t.Errorf("%q: status %d, said %q, want %q", args, status, &said, want)
		}
	}
}

func TestReadingAFileEndsWithTheContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	release := make(chan struct{})
	defer close(release)
	_, err := interruptible(ctx, "rows.csv", func() (*dataset.Data, error) {
		stop()
		<-release // as a file system that does not answer
		return nil, nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}
