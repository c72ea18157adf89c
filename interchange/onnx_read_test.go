package interchange_test

import (
	"encoding/binary"
	"math"
	"testing"
)

// field is one of a message of Protocol Buffers: a number, or bytes.
type field struct {
	number int64
	bytes  []byte
}

// fields reads a message: the values of each field, in their order.
func fields(t *testing.T, message []byte) map[int][]field {
	t.Helper()
	read := map[int][]field{}
	number := func() uint64 {
		v, length := binary.Uvarint(message)
		if length <= 0 {
			t.Fatal("a message ends within a number")
		}
		message = message[length:]
		return v
	}
	for len(message) > 0 {
		key := number()
		f := field{number: int64(number())}
		switch key & 7 {
		case 0:
		case 2:
			if f.number > int64(len(message)) {
				t.Fatalf("field %d has %d bytes, and %d are left", key>>3, f.number, len(message))
			}
			f.bytes, message = message[:f.number], message[f.number:]
		default:
			t.Fatalf("field %d is of kind %d", key>>3, key&7)
		}
		read[int(key>>3)] = append(read[int(key>>3)], f)
	}
	return read
}

func text(list []field) string {
	if len(list) == 0 {
		return ""
	}
	return string(list[0].bytes)
}

func texts(list []field) (all []string) {
	for _, f := range list {
		all = append(all, string(f.bytes))
	}
	return all
}

func numbers(list []field) (all []int) {
	for _, f := range list {
		all = append(all, int(f.number))
	}
	return all
}

// array is a value of a graph: row by row, of one type of ONNX.
type array struct {
	of    int // 1: 32-bit floating-point, 11: 64-bit, 3, 6 and 7: integers
	shape []int
	data  []float64
}

func arrayOf(t *testing.T, tensor []byte) (name string, a array) {
	t.Helper()
	f := fields(t, tensor)
	a.of, a.shape = int(f[2][0].number), numbers(f[1])
	raw := f[9][0].bytes
	size := map[int]int{1: 4, 3: 1, 6: 4, 7: 8, 11: 8}[a.of]
	for ; len(raw) > 0; raw = raw[size:] {
		switch a.of {
		case 1:
			a.data = append(a.data, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))))
		case 3:
			a.data = append(a.data, float64(int8(raw[0])))
		case 6:
			a.data = append(a.data, float64(int32(binary.LittleEndian.Uint32(raw))))
		case 7:
			a.data = append(a.data, float64(int64(binary.LittleEndian.Uint64(raw))))
		case 11:
			a.data = append(a.data, math.Float64frombits(binary.LittleEndian.Uint64(raw)))
		}
	}
	if len(a.data) != volume(a.shape) {
		t.Fatalf("%s: %d values of shape %v", text(f[8]), len(a.data), a.shape)
	}
	return text(f[8]), a
}

func volume(shape []int) int {
	count := 1
	for _, side := range shape {
		count *= side
	}
	return count
}

// node is an operation.
type node struct {
	kind, output string
	inputs       []string
	attributes   map[string][]int
}

// onnxFile is what a file says.
type onnxFile struct {
	format, operations int
	metadata           map[string]string
	nodes              []node
	constants          map[string]array
	inputs, outputs    []string
}

func readONNX(t *testing.T, content []byte) onnxFile {
	t.Helper()
	model := fields(t, content)
	file := onnxFile{
		format: int(model[1][0].number), operations: int(fields(t, model[8][0].bytes)[2][0].number),
		metadata: map[string]string{}, constants: map[string]array{},
	}
	for _, entry := range model[14] {
		pair := fields(t, entry.bytes)
		file.metadata[text(pair[1])] = text(pair[2])
	}
	graph := fields(t, model[7][0].bytes)
	for _, constant := range graph[5] {
		name, a := arrayOf(t, constant.bytes)
		if _, twice := file.constants[name]; twice {
			t.Errorf("two constants are called %s", name)
		}
		file.constants[name] = a
	}
	for _, operation := range graph[1] {
		f := fields(t, operation.bytes)
		n := node{kind: text(f[4]), output: text(f[2]), inputs: texts(f[1]), attributes: map[string][]int{}}
		for _, attribute := range f[5] {
			a := fields(t, attribute.bytes)
			n.attributes[text(a[1])] = append(numbers(a[3]), numbers(a[8])...)
		}
		file.nodes = append(file.nodes, n)
	}
	for _, value := range graph[11] {
		file.inputs = append(file.inputs, text(fields(t, value.bytes)[1]))
	}
	for _, value := range graph[12] {
		file.outputs = append(file.outputs, text(fields(t, value.bytes)[1]))
	}
	return file
}
