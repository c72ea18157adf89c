package packed

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestContentIsDecompressedOnce(t *testing.T) {
	zip := func(text string) string {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		_, _ = io.WriteString(w, text)
		_ = w.Close()
		return out.String()
	}
	for name, row := range map[string][2]string{
		"empty": {"", ""}, "one byte": {"a", "a"}, "plain": {"text", "text"},
		"zipped": {zip("text"), "text"}, "twice": {zip(zip("text")), zip("text")},
	} {
		content, err := Unzip(strings.NewReader(row[0]))
		if err != nil {
			t.Fatal(err)
		}
		again, err := Unzip(content)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(again); err != nil || string(got) != row[1] {
			t.Errorf("%s: %q, %v, want %q", name, got, err, row[1])
		}
	}
	if _, err := Unzip(strings.NewReader("\x1f\x8b\x08")); err == nil {
		t.Error("a cut head gave no error")
	}
}

func TestFindPrefersTheCompressedFileAndPassesOverFolders(t *testing.T) {
	dir := t.TempDir()
	if _, err := Find(dir, "a"); err == nil {
		t.Error("a missing file gave no error")
	}
	if err := os.Mkdir(filepath.Join(dir, "a.gz"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b", "b.gz"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"a": "a", "b": "b.gz"} {
		if got, err := Find(dir, name); err != nil || got != filepath.Join(dir, want) {
			t.Errorf("%s: found %s, %v, want %s", name, got, err, want)
		}
	}
	if !IsFolder(dir) || IsFolder(filepath.Join(dir, "a")) || IsFolder(filepath.Join(dir, "absent")) {
		t.Error("folders are not told from files")
	}
}
