package interchange

import (
	"bytes"
	"strings"
	"testing"
)

func TestFilesThatNoReaderTakesAreRefused(t *testing.T) {
	part := &message{}
	part.bytes(9, []byte("abc"))
	whole := &message{}
	whole.message(7, part)
	var out bytes.Buffer
	if err := whole.write(&out); err != nil || out.String() != "\x3a\x05\x4a\x03abc" || whole.size != 7 {
		t.Errorf("%q of %d bytes (%v), want a message of 5 bytes with one of 3", out.String(), whole.size, err)
	}
	whole.size = largestMessage + 1
	out.Reset()
	if err := whole.write(&out); err == nil || !strings.Contains(err.Error(), "want at most 2147483647") || out.Len() > 0 {
		t.Errorf("a file of 2 GiB: %v, and %d bytes are written", err, out.Len())
	}
}
