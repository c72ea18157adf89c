package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"basin/dataset"
)

func TestStandardInputIsReadAsItComesAndBounded(t *testing.T) {
	const text = "1,2\n3,4\n"
	for _, reader := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.DataErrReader, iotest.HalfReader} {
		set, err := readStream(reader(strings.NewReader(text)), int64(len(text)), dataset.Options{Features: 2})
		if err != nil || set.Count() != 2 || set.Labels != nil {
			t.Errorf("%+v, %v, want two samples without labels", set, err)
		}
		_, err = readStream(reader(strings.NewReader(text)), int64(len(text))-1, dataset.Options{Features: 2})
		if long := overlong(len(text) - 1); !errors.Is(err, long) || !strings.Contains(err.Error(), "standard input: more than 7 bytes") {
			t.Errorf("error %v, want %v", err, long)
		}
	}
	_, err := readStream(strings.NewReader("1,2\n3\n"), 100, dataset.Options{Features: 2})
	if err == nil || !strings.HasPrefix(err.Error(), "standard input: dataset: table: line 2") {
		t.Errorf("error %v, want one of line 2", err)
	}
}
