package fetch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// What an earlier download left: only the whole content passes, whatever lies there.
func FuzzPart(f *testing.F) {
	whole := []byte("the content of a file\n")
	sum := sha256.Sum256(whole)
	want := sourceFile{name: "file", size: int64(len(whole)), sum: hex.EncodeToString(sum[:])}
	for _, part := range [][]byte{nil, whole, whole[:5], append(bytes.Clone(whole), 'x'), {0x1f, 0x8b, 8, 0}, {0x1f, 0x8b, 8}, []byte("<html>")} {
		f.Add(part)
	}
	f.Fuzz(func(t *testing.T, part []byte) {
		path := filepath.Join(t.TempDir(), "file.part")
		if err := os.WriteFile(path, part, 0o600); err != nil {
			t.Fatal(err)
		}
		var content bytes.Buffer
		err := want.consumePath(path, func(r io.Reader) error {
			_, err := io.Copy(&content, r)
			return err
		})
		if (err == nil) != bytes.Equal(content.Bytes(), whole) {
			t.Fatalf("%q: error %v", part, err)
		}
	})
}
