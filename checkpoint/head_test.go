package checkpoint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// watched remembers the end of what is read.
type watched struct {
	*bytes.Reader
	end int64
}

func (w *watched) ReadAt(b []byte, at int64) (int, error) {
	w.end = max(w.end, at+int64(len(b)))
	return w.Reader.ReadAt(b, at)
}

func TestHeadReadsNoValues(t *testing.T) {
	for _, s := range samples() {
		m, state := s.draw(t)
		for _, whole := range [][]byte{file(t, m, nil), file(t, m, &state)} {
			in := &watched{Reader: bytes.NewReader(whole)}
			if _, err := readHead(in, int64(len(whole))); err != nil {
				t.Errorf("%s: %v", s.name, err)
			}
			if want := 8 + int64(binary.LittleEndian.Uint64(whole)); in.end != want {
				t.Errorf("%s: read up to byte %d, want the header, which ends at %d of %d", s.name, in.end, want, len(whole))
			}
		}
	}
}

// Values that are no numbers make a damaged model, but a model.
func TestCheckLooksAtTheHeaderAlone(t *testing.T) {
	m, state := samples()[0].draw(t)
	whole := file(t, m, &state)
	damaged := bytes.Clone(whole)
	for k := len(damaged) - 40; k < len(damaged); k++ {
		damaged[k] = 0xff // NaN
	}
	if err := Check(put(t, damaged)); err != nil {
		t.Errorf("damaged values: %v", err)
	}
	if _, err := Load(put(t, damaged)); err == nil {
		t.Error("damaged values load: they are not what the test is about")
	}
	if err := Check(put(t, whole[:len(whole)-1])); err == nil {
		t.Error("a file that is cut short is checked without an error")
	}
	if err := Check(put(t, []byte("1,2,cat\n3,4,dog\n"))); !errors.Is(err, ErrNotModel) {
		t.Errorf("a table: error %v, want ErrNotModel", err)
	}
	if err := Check(t.TempDir()); !errors.Is(err, ErrNotModel) {
		t.Errorf("a folder: error %v, want ErrNotModel", err)
	}
	if err := Check(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an absent file: error %v, want os.ErrNotExist", err)
	}
}
