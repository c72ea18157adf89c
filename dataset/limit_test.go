package dataset

import (
	"bytes"
	"strings"
	"testing"
)

// The bound of an array is that of the options: more where that is meant, or less.
func TestArraysAreBoundedByTheLimit(t *testing.T) {
	values := make([]byte, 40)
	for name, file := range map[string][]byte{"idx": idxFile(8, []int{4, 10}, values), "npy": npyFile("|u1", false, []int{4, 10}, values)} {
		if _, err := ReadFrom(bytes.NewReader(file), name, Options{Limit: 40}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := ReadFrom(bytes.NewReader(file), name, Options{Limit: 39}); err == nil || !strings.Contains(err.Error(), "want at most 39 bytes: data.limit, in GiB") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
