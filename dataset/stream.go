package dataset

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// largestArray bounds the decoded bytes of one array, compressed or not, unless Options.Limit
// says something else.
const largestArray int64 = 1 << 32

// firstRead is what a reader allocates before it has seen any data.
const firstRead = 1 << 20

// errNothing is the error of a reader or a set that is nil.
var errNothing = errors.New("nothing there, want samples")

// readBytes reads exactly size bytes. It allocates in step with what really
// arrives, so that a false header costs nothing.
func readBytes(r io.Reader, size int64) ([]byte, error) {
	if r == nil {
		return nil, errNothing
	}
	if size < 0 || size > math.MaxInt { // of a program of 32 bits
		return nil, fmt.Errorf("%d bytes announced, want at most %d", size, math.MaxInt)
	}
	data := make([]byte, 0, min(size, firstRead))
	for int64(len(data)) < size {
		if len(data) == cap(data) {
			data = slices.Grow(data, int(min(int64(cap(data)), size-int64(len(data)))))
		}
		end := int(min(int64(cap(data)), size))
		n, err := io.ReadFull(r, data[len(data):end])
		data = data[:len(data)+n]
		if err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil, fmt.Errorf("data ends after %d bytes, want %d: %w", len(data), size, io.ErrUnexpectedEOF)
			}
			return nil, fmt.Errorf("after %d bytes: %w", len(data), err)
		}
	}
	return data, nil
}

// readEnd returns an error unless r is at its end.
func readEnd(r io.Reader) error {
	var extra [1]byte
	switch n, err := io.ReadFull(r, extra[:]); {
	case n > 0:
		return errors.New("more data follows after the announced end")
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}

// readAll reads everything, but at most limit bytes.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	if r == nil {
		return nil, errNothing
	}
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("more than %d bytes", limit)
	}
	return data, nil
}
