package checkpoint

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/nlpodyssey/safetensors"

	"basin/internal/files"
	"basin/train"
)

// chunk is the number of values encoded or decoded at a time.
const chunk = 1 << 14

// save writes a model file, or with a state a training file, through a temporary file
// in the same folder.
func save(path string, m *Model, state *train.State) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("checkpoint: %s: %w", path, err)
		}
	}()
	header, b, err := prepare(m, state)
	if err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("is not a regular file (%v), want the name of a file to write", info.Mode())
	}
	return files.Replace(path, func(w io.Writer) error { return write(w, header, b, state == nil) })
}

// body is what a file holds after its header.
type body struct {
	tensors []*tensor
	texts   []text
}

// prepare checks a model and returns the head of its file, digest and all, and its body.
func prepare(m *Model, state *train.State) ([]byte, body, error) {
	header, b, err := outlined(m, state)
	if err != nil {
		return nil, body{}, err
	}
	return header, b, seal(header, b, state == nil)
}

// outlined checks a model and returns the head of its file, without the digest, and its body.
func outlined(m *Model, state *train.State) (header []byte, b body, err error) {
	arrays, meta, err := contents(m, state)
	if err != nil {
		return nil, b, err
	}
	if b.texts, err = takeLong(meta); err != nil {
		return nil, b, err
	}
	b.tensors = ordered(arrays)
	header, err = encodeHeader(b, meta)
	return header, b, err
}

// outline is an array as the safetensors library sees it. It has no data: the library
// writes the head alone, and the values are streamed after it.
type outline struct {
	kind  safetensors.DType
	shape []uint64
}

func (o outline) DType() safetensors.DType { return o.kind }
func (o outline) Shape() []uint64          { return o.shape }
func (o outline) Data() []byte             { return nil }

func (o outline) DataLen() uint64 {
	length := uint64(o.kind.Size())
	for _, side := range o.shape {
		length *= side
	}
	return length
}

// encodeHeader returns the head of a file: the length of the header and the header.
func encodeHeader(b body, meta map[string]string) ([]byte, error) {
	outlines := make(map[string]outline, len(b.tensors))
	for _, t := range b.tensors {
		outlines[t.Name] = t.outline()
	}
	for _, t := range b.texts {
		outlines[t.name] = t.outline()
	}
	var head bytes.Buffer
	if err := safetensors.SerializeToWriter(outlines, meta, &head); err != nil {
		return nil, err
	}
	if size := head.Len() - 8; size > maxHeader {
		return nil, fmt.Errorf("the header takes %d bytes, want at most %d", size, maxHeader)
	}
	return head.Bytes(), nil
}

// write writes a whole file. With fold, scales are multiplied into the values.
func write(out io.Writer, header []byte, b body, fold bool) error {
	w := &writer{out: bufio.NewWriterSize(out, 1<<20)}
	if _, err := w.out.Write(header); err != nil {
		return err
	}
	for _, t := range b.tensors {
		w.tensor, w.scale = t, 1
		if fold {
			w.scale = float32(t.Scale)
		}
		if err := w.write(); err != nil {
			return err
		}
	}
	for _, t := range b.texts {
		if _, err := w.out.WriteString(t.content); err != nil {
			return err
		}
	}
	return w.out.Flush()
}

// writer streams tensors in the order of the file.
type writer struct {
	out      *bufio.Writer
	bytes    [4 * chunk]byte
	integers [chunk]int32
	values   []float32
	tensor   *tensor
	scale    float32
}

func (w *writer) write() error {
	t := w.tensor
	if t.Bytes() {
		for at := 0; at < t.Count(); at += len(w.bytes) {
			part := w.bytes[:min(len(w.bytes), t.Count()-at)]
			t.GetBytes(part, at)
			if _, err := w.out.Write(part); err != nil {
				return err
			}
		}
		return nil
	}
	if t.Integers() {
		for at := 0; at < t.Count(); at += chunk {
			part := w.integers[:min(chunk, t.Count()-at)]
			t.GetIntegers(part, at)
			for e, v := range part {
				binary.LittleEndian.PutUint32(w.bytes[4*e:], uint32(v))
			}
			if _, err := w.out.Write(w.bytes[:4*len(part)]); err != nil {
				return err
			}
		}
		return nil
	}
	for at := 0; at < t.Count(); at += t.Step() {
		values := resize(&w.values, min(t.Step(), t.Count()-at))
		t.Get(values, at)
		if err := w.floats(at, values); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) floats(at int, values []float32) error {
	for len(values) > 0 {
		part := values[:min(chunk, len(values))]
		for e, v := range part {
			if w.scale != 1 {
				v *= w.scale
			}
			if !finite(v) {
				return fmt.Errorf("%s is %v, want a finite number", w.tensor.at(at+e), v)
			}
			binary.LittleEndian.PutUint32(w.bytes[4*e:], math.Float32bits(v))
		}
		if _, err := w.out.Write(w.bytes[:4*len(part)]); err != nil {
			return err
		}
		at += len(part)
		values = values[len(part):]
	}
	return nil
}

// resize returns buffer with the given length, made anew where it is too short.
func resize(buffer *[]float32, length int) []float32 {
	if cap(*buffer) < length {
		*buffer = make([]float32, length)
	}
	return (*buffer)[:length]
}
