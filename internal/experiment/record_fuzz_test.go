package experiment

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Files of records: whole lines are kept as they are, a torn last one is cut off, and what is
// no file of cells is left alone.
func FuzzOpenLog(f *testing.F) {
	for _, text := range []string{
		"", "\n\n", `{"recipe":"coins","key":"a"}` + "\n", `{"recipe":"coins","key":"a"}` + "\n" + `{"reci`, `{"recipe":"other","key":"a"}` + "\n", "notes of mine", `{"recipe":`, "null\n", "{}\n", "\x00",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), CellsFile)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		want := text
		l, err := openLog(path, &Recipe{Name: "coins"}, nil)
		if err == nil {
			want = text[:bytes.LastIndexByte(text, '\n')+1]
			if err := l.close(); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%q became %q (%v)", text, got, err)
		}
	})
}
