package dataset

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Any bytes: the format is recognised, and what is read is sound, or it is an error.
func FuzzReadFrom(f *testing.F) {
	for _, file := range [][]byte{
		nil, []byte("1,2,a\n3,4,b\n"), idxFile(8, []int{2, 1, 2}, []byte{1, 2, 3, 4}), []byte("\x93NUMPY"), []byte("PK\x03\x04"), []byte("PK\x05\x06"),
		[]byte("\x89PNG\r\n"), []byte("\xff\xd8\xff"), gz([]byte("1,2\n3,4")), gz(gz([]byte("1,2\n"))),
		{0x1f, 0x8b, 8},
		[]byte("\xff\xfea\x00"), []byte("\x00\x00\x08\x03"),
		[]byte("%PDF-1.7"), []byte("PAR1"), []byte("@relation x\n@data\n1,2\n"), []byte("GIF89a"), []byte("BM"), []byte("II*\x00"), []byte("RIFF....WEBP"),
	} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := ReadFrom(bytes.NewReader(file), "", Options{})
		sound(t, s, err, file, 8*deflateRatio)
	})
}

// Files of class names: as many as there are classes, or an error.
func FuzzCIFARNames(f *testing.F) {
	for _, text := range []string{"", "a\nb\n", strings.Repeat("x\n", 10), strings.Repeat(" y \r\n\n", 10), strings.Repeat("a", longestNames+1), "\x1b[2J\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "batches.meta.txt"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		names, err := cifarNames(dir, 10)
		if err == nil && len(names) != 10 {
			t.Fatalf("%d names and no error", len(names))
		}
		for _, name := range names {
			if strings.TrimSpace(name) == "" {
				t.Fatalf("the name %q", name)
			}
		}
	})
}
