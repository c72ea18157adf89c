package packed

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

// endless repeats a text.
type endless struct{ text string }

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.text)
	}
	return n, nil
}

func TestContentOutOfProportionIsRefused(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := io.CopyN(w, endless{strings.Repeat("0,0\n", 1<<12)}, 2*FreeExpansion); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := Unzip(&zipped)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, content)
	if err == nil || !strings.Contains(err.Error(), "unpack the file first") || n > FreeExpansion+1<<17 {
		t.Errorf("%d bytes, error %v, want at most %d bytes and a refusal", n, err, FreeExpansion)
	}
}

func TestLinesWithoutEndAreRefused(t *testing.T) {
	for name, row := range map[string]struct {
		text io.Reader
		want string
	}{
		"one line":         {endless{"1,"}, "line 1: more than 16777216 bytes with no end"},
		"after a line":     {io.MultiReader(strings.NewReader("a,b\r\n1,2\n"), endless{"1 "}), "line 3: "},
		"a quotation mark": {io.MultiReader(strings.NewReader("a\n\""), endless{"x\n"}), "line 2: more than 16777216 bytes inside of quotation marks"},
		"short lines":      {io.LimitReader(endless{"1,\"2\n3\"\n"}, 1<<26), ""},
		"carriage returns": {io.LimitReader(endless{"1,2\r"}, 1<<26), ""},
	} {
		_, err := io.Copy(io.Discard, Lines(row.text))
		if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s: error %v, want %q", name, err, row.want)
		}
	}
}

func TestFilesOfAnArchiveAreBounded(t *testing.T) {
	const size = FreeExpansion + 1<<20
	endless := io.LimitReader(zeros{}, size)
	n, err := io.Copy(io.Discard, Bounded(endless, 1000))
	if err == nil || n > FreeExpansion || !strings.Contains(err.Error(), "1000 bytes expand to more than 200 times as many") {
		t.Errorf("%d bytes of 1000: %v", n, err)
	}
	if n, err := io.Copy(io.Discard, Bounded(io.LimitReader(zeros{}, size), size/MostExpansion+1)); err != nil || n != size {
		t.Errorf("%d bytes, %v", n, err)
	}
	if _, err := io.Copy(io.Discard, Elements(io.LimitReader(zeros{}, LongestLine+1))); err == nil {
		t.Error("a text without end was passed on")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
