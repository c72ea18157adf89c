package online

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A folder that version 0.1.0 left when it was killed, with samples in its log, gives the model that it gave then. It is
// never written again.
func TestKeptFolderIsReadAsItWasMeant(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("testdata", "kept"))); err != nil {
		t.Fatal(err)
	}
	m, err := Open(filepath.Join(folder, "m.safetensors"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s := m.Status()
	if s.Samples != 7 {
		t.Errorf("%d samples, want 7", s.Samples)
	}
	if runtime.GOARCH != "amd64" {
		return
	}
	want, err := os.ReadFile(filepath.Join("testdata", "kept", "sum.txt"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(bytesOf(t, m.Current()))
	if got := hex.EncodeToString(sum[:]); got != strings.TrimSpace(string(want)) {
		t.Errorf("the model is %s, want %s", got, bytes.TrimSpace(want))
	}
}
