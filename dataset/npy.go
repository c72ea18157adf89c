package dataset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"codeberg.org/sbinet/npyio/npy"

	"basin/dataset/internal/packed"
)

// largestNPYHeader bounds the dictionary of types and lengths.
const largestNPYHeader = 1 << 16

// largestText bounds the characters of a label.
const largestText = 1 << 12

// ReadNPY reads one NumPy array of 2 to 4 dimensions, of which the first counts
// the samples; plain or compressed with gzip. Element types are bool, signed and
// unsigned integers of 8 to 64 bits, float16, float32 and float64, of either byte order,
// in C or Fortran order. Images with channels (1, 3 or 4) may have them second or last, and
// get them last; where that is in doubt they are refused. Integers that all lie in 0..255 become Bytes, all else
// Floats, but Doubles where 32 bits would make numbers of a column equal. The set is unlabelled. A value that is not finite, or a header that
// does not agree with the length of the data, is an error.
func ReadNPY(r io.Reader) (*Set, error) {
	s, err := readNPY(r, Options{})
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return s, nil
}

func readNPY(r io.Reader, o Options) (*Set, error) {
	content, err := packed.Unzip(r)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	a, err := readNPYArray(content, o.most())
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	a.fine = o.forModel()
	s, err := a.samples()
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	return s, nil
}

func readNPYArray(r io.Reader, most int64) (*array, error) {
	header, err := readNPYHeader(r)
	if err != nil {
		return nil, err
	}
	a := &array{shape: header.Descr.Shape, permuted: header.Descr.Fortran}
	if err := a.setNPYType(header.Descr.Type); err != nil {
		return nil, err
	}
	size, err := bytesOf(a.shape, a.size, most)
	if err != nil {
		return nil, err
	}
	if a.data, err = readBytes(r, size); err != nil {
		return nil, fmt.Errorf("shape %v: %w", a.shape, err)
	}
	if err := readEnd(r); err != nil {
		return nil, fmt.Errorf("shape %v: %w", a.shape, err)
	}
	return a, nil
}

// readNPYHeader reads up to the first element. npyio trusts the announced length
// and panics on a dictionary that it does not expect: it gets the header alone,
// once all of it has been read.
func readNPYHeader(r io.Reader) (header npy.Header, err error) {
	preamble, err := readBytes(r, 10)
	if err != nil {
		return header, err
	}
	if !bytes.Equal(preamble[:6], npy.Magic[:]) {
		return header, fmt.Errorf("offset 0: % x, want % x", preamble[:6], npy.Magic[:])
	}
	length := int64(binary.LittleEndian.Uint16(preamble[8:]))
	switch preamble[6] {
	case 1:
	case 2, 3: // 3 is 2 with UTF-8 in the dictionary, and unknown to npyio
		rest, err := readBytes(r, 2)
		if err != nil {
			return header, err
		}
		preamble = append(preamble, rest...)
		preamble[6] = 2
		length = int64(binary.LittleEndian.Uint32(preamble[8:]))
	default:
		return header, fmt.Errorf("offset 6: version %d, want 1 to 3", preamble[6])
	}
	if length > largestNPYHeader {
		return header, fmt.Errorf("header of %d bytes, want at most %d", length, largestNPYHeader)
	}
	dictionary, err := readBytes(r, length)
	if err != nil {
		return header, fmt.Errorf("header: %w", err)
	}
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("header: %q, want a dictionary of descr, fortran_order and shape", excerpt(dictionary))
		}
	}()
	parsed, err := npy.NewReader(bytes.NewReader(append(preamble, dictionary...)))
	if err != nil {
		return header, fmt.Errorf("header: %w", err)
	}
	return parsed.Header, nil
}

// setNPYType takes a descriptor such as '<f4'.
func (a *array) setNPYType(descriptor string) error {
	wrong := fmt.Errorf("element type %s, want integers of 8 to 64 bits, floats of 16 to 64 bits or, for labels, text", excerpt([]byte(descriptor)))
	if descriptor == "'|O'" {
		return errors.New("elements are Python objects, want numbers or text: save astype(float) of the samples, astype(str) of the labels")
	}
	if len(descriptor) < 5 || descriptor[0] != '\'' || descriptor[len(descriptor)-1] != '\'' {
		return wrong
	}
	size, err := strconv.Atoi(descriptor[3 : len(descriptor)-1])
	if err != nil || size < 1 || size > largestText {
		return wrong
	}
	a.kind, a.size = descriptor[2], size
	switch descriptor[1] {
	case '<', '|', '=':
		a.order = binary.LittleEndian
	case '>':
		a.order = binary.BigEndian
	default:
		return wrong
	}
	if a.kind == 'U' {
		a.size *= 4
	}
	if a.isText() {
		return nil
	}
	switch descriptor[2 : len(descriptor)-1] {
	case "b1":
		a.kind = 'u'
	case "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8":
	default:
		return wrong
	}
	return nil
}

// excerpt shortens text from a file for a message.
func excerpt(text []byte) string {
	if len(text) > 60 {
		return string(text[:60]) + "..."
	}
	return string(text)
}
