package interchange

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// An ONNX file is one message of Protocol Buffers, of which a model needs two kinds of fields:
// varints (kind 0) and bytes with their length (kind 2), which are texts, numbers and other messages. The
// numbers of the fields are those of the definition of ONNX, onnx.proto.
//
// message is one whose parts are not copied when it becomes part of another.
type message struct {
	parts [][]byte
	size  int64
}

// largestMessage is what a reader of Protocol Buffers takes.
const largestMessage = math.MaxInt32

func (m *message) add(part []byte) {
	m.parts = append(m.parts, part)
	m.size += int64(len(part))
}

// number adds an integer, or a value of an enumeration.
func (m *message) number(field int, v int64) {
	m.add(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3), uint64(v)))
}

// head adds what stands before bytes.
func (m *message) head(field int, length int64) {
	m.add(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3|2), uint64(length)))
}

func (m *message) bytes(field int, content []byte) {
	m.head(field, int64(len(content)))
	m.add(content)
}

func (m *message) text(field int, content string) { m.bytes(field, []byte(content)) }

func (m *message) message(field int, part *message) {
	m.head(field, part.size)
	m.parts = append(m.parts, part.parts...)
	m.size += part.size
}

// write writes the message as a file.
func (m *message) write(w io.Writer) error {
	if m.size > largestMessage {
		return fmt.Errorf("a file of %d bytes, want at most %d, which readers of ONNX take", m.size, largestMessage)
	}
	for _, part := range m.parts {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// kind is the type of the values of an array, in the numbers of ONNX.
type kind int64

const (
	float32s kind = 1
	int8s    kind = 3
	int32s   kind = 6
	int64s   kind = 7
	float64s kind = 11
)

// tensorOf is the message of a constant array, row by row.
func tensorOf[T float32 | float64 | int8 | int32 | int64](name string, values []T, shape ...int) *message {
	t := &message{}
	for _, side := range shape {
		t.number(1, int64(side))
	}
	of := float32s
	switch any(values).(type) {
	case []float64:
		of = float64s
	case []int8:
		of = int8s
	case []int32:
		of = int32s
	case []int64:
		of = int64s
	}
	t.number(2, int64(of))
	t.text(8, name)
	raw, err := binary.Append(make([]byte, 0, binary.Size(values)), binary.LittleEndian, values)
	if err != nil {
		panic(err) // numbers of fixed size have no fault
	}
	t.bytes(9, raw)
	return t
}

// valueOf describes an input or an output of the graph. A side is an int, or a string where it
// is known only when the graph runs.
func valueOf(name, about string, of kind, sides ...any) *message {
	shape := &message{}
	for _, side := range sides {
		dimension := &message{}
		switch side := side.(type) {
		case int:
			dimension.number(1, int64(side))
		case string:
			dimension.text(2, side)
		}
		shape.message(1, dimension)
	}
	array, whole, value := &message{}, &message{}, &message{}
	array.number(1, int64(of))
	array.message(2, shape)
	whole.message(1, array)
	value.text(1, name)
	value.message(2, whole)
	value.text(3, about)
	return value
}

// attribute is one of an operation: an integer, some integers, or a text.
type attribute struct {
	name  string
	value any
}

func (a attribute) message() *message {
	m := &message{}
	m.text(1, a.name)
	switch v := a.value.(type) {
	case int:
		m.number(3, int64(v))
		m.number(20, 2)
	case kind:
		m.number(3, int64(v))
		m.number(20, 2)
	case string:
		m.text(4, v)
		m.number(20, 3)
	case []int:
		for _, each := range v {
			m.number(8, int64(each))
		}
		m.number(20, 7)
	}
	return m
}
