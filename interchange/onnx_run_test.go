package interchange_test

import (
	"math"
	"slices"
	"testing"
)

// run computes a graph for rows of raw values, as its definition says and no faster: with sums
// in 64 bits, and every value rounded to the type that it has.
func (f onnxFile) run(t *testing.T, x array) map[string]array {
	t.Helper()
	values := map[string]array{"x": x}
	for name, constant := range f.constants {
		values[name] = constant
	}
	for _, n := range f.nodes {
		var inputs []array
		for _, name := range n.inputs {
			value, known := values[name]
			if !known {
				t.Fatalf("%s reads %q, which is not there", n.output, name)
			}
			inputs = append(inputs, value)
		}
		if _, twice := values[n.output]; twice {
			t.Fatalf("two values are called %s", n.output)
		}
		out := n.compute(t, inputs)
		if out.of == 1 {
			for e, v := range out.data {
				out.data[e] = float64(float32(v))
			}
		}
		values[n.output] = out
	}
	return values
}

var unary = map[string]func(float64) float64{
	"Cast": func(v float64) float64 { return v }, "Floor": math.Floor, "Sqrt": math.Sqrt, "Tanh": math.Tanh, "Abs": math.Abs,
	"IsNaN": func(v float64) float64 { return truth(math.IsNaN(v)) },
}

var binaryOf = map[string]func(a, b float64) float64{
	"Add": func(a, b float64) float64 { return a + b }, "Sub": func(a, b float64) float64 { return a - b },
	"Mul": func(a, b float64) float64 { return a * b }, "Div": func(a, b float64) float64 { return a / b },
	"Max": math.Max, "Less": func(a, b float64) float64 { return truth(a < b) }, "Greater": func(a, b float64) float64 { return truth(a > b) },
	"Equal": func(a, b float64) float64 { return truth(a == b) }, "Or": func(a, b float64) float64 { return truth(a != 0 || b != 0) },
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func (n node) compute(t *testing.T, in []array) array {
	t.Helper()
	first := in[0]
	if of := unary[n.kind]; of != nil {
		out := array{first.of, first.shape, make([]float64, len(first.data))}
		if n.kind == "Cast" {
			out.of = n.attributes["to"][0]
		}
		for e, v := range first.data {
			out.data[e] = of(v)
		}
		return out
	}
	if of := binaryOf[n.kind]; of != nil {
		return broadcast(t, first.of, in, func(v []float64) float64 { return of(v[0], v[1]) })
	}
	switch n.kind {
	case "Where":
		return broadcast(t, in[1].of, in, func(v []float64) float64 {
			if v[0] != 0 {
				return v[1]
			}
			return v[2]
		})
	case "Clip":
		return broadcast(t, first.of, in, func(v []float64) float64 { return max(v[1], min(v[2], v[0])) })
	case "MatMul":
		return matmul(first, in[1])
	case "Transpose":
		return transposed(first, n.attributes["perm"])
	case "Reshape":
		return reshaped(first, in[1])
	case "Gather":
		return gathered(first, in[1])
	case "Concat":
		out := array{of: first.of, shape: slices.Clone(first.shape)}
		out.shape[0] = 0
		for _, a := range in {
			out.shape[0] += a.shape[0]
			out.data = append(out.data, a.data...)
		}
		return out
	case "ReduceMin":
		out := array{first.of, []int{1, first.shape[1]}, slices.Clone(first.data[:first.shape[1]])}
		for e, v := range first.data {
			out.data[e%first.shape[1]] = min(out.data[e%first.shape[1]], v)
		}
		return out
	case "ReduceMean":
		out := reduced(first, n.attributes["axes"][0])
		for e := range out.data {
			out.data[e] /= float64(first.shape[n.attributes["axes"][0]])
		}
		out.shape = slices.Insert(out.shape, n.attributes["axes"][0], 1)
		return out
	case "ReduceSum":
		return reduced(first, int(in[1].data[0]))
	case "ArgMax":
		return largest(first)
	case "Pad":
		return padded(first, in[1].data)
	case "Conv":
		return convolved(first, in[1], n.attributes["strides"], n.attributes["pads"])
	}
	t.Fatalf("%s: operation %s", n.output, n.kind)
	return array{}
}

// broadcast computes one value from the values of all arrays at each place; sides of 1 repeat.
func broadcast(t *testing.T, of int, in []array, value func([]float64) float64) array {
	t.Helper()
	out := array{of: of}
	for _, a := range in {
		for len(out.shape) < len(a.shape) {
			out.shape = slices.Insert(out.shape, 0, 1)
		}
	}
	shift := func(a array) int { return len(out.shape) - len(a.shape) }
	for _, a := range in {
		for k, side := range a.shape {
			if at := k + shift(a); out.shape[at] == 1 {
				out.shape[at] = side
			} else if side != 1 && side != out.shape[at] {
				t.Fatalf("shapes %v and %v", out.shape, a.shape)
			}
		}
	}
	out.data = make([]float64, volume(out.shape))
	values := make([]float64, len(in))
	for e := range out.data {
		for i, a := range in {
			at, stride, rest := 0, 1, e
			for k := len(out.shape) - 1; k >= shift(a); k-- {
				if side := a.shape[k-shift(a)]; side > 1 {
					at += rest % out.shape[k] * stride
					stride *= side
				}
				rest /= out.shape[k]
			}
			values[i] = a.data[at]
		}
		out.data[e] = value(values)
	}
	return out
}

// matmul multiplies the last two sides; the sides before them are those of b, and of a if it has any.
func matmul(a, b array) array {
	rows, inner, columns := a.shape[len(a.shape)-2], a.shape[len(a.shape)-1], b.shape[len(b.shape)-1]
	shape := slices.Clone(b.shape)
	shape[len(shape)-2] = rows
	out := array{a.of, shape, make([]float64, volume(shape))}
	for m := range volume(shape[:len(shape)-2]) {
		left := a.data
		if len(a.shape) > 2 {
			left = a.data[m*rows*inner:]
		}
		for i := range rows {
			to := out.data[(m*rows+i)*columns:][:columns]
			for k := range inner {
				w := left[i*inner+k]
				for j, v := range b.data[(m*inner+k)*columns:][:columns] {
					to[j] += w * v
				}
			}
		}
	}
	return out
}

func transposed(a array, order []int) array {
	out := array{of: a.of, data: make([]float64, len(a.data))}
	for _, k := range order {
		out.shape = append(out.shape, a.shape[k])
	}
	index := make([]int, len(order))
	for e := range out.data {
		rest := e
		for k := len(order) - 1; k >= 0; k-- {
			index[order[k]] = rest % out.shape[k]
			rest /= out.shape[k]
		}
		at := 0
		for k, side := range a.shape {
			at = at*side + index[k]
		}
		out.data[e] = a.data[at]
	}
	return out
}

func reshaped(a, sides array) array {
	out, rest := array{of: a.of, data: slices.Clone(a.data)}, -1
	for k, side := range sides.data {
		if out.shape = append(out.shape, int(side)); side == -1 {
			rest, out.shape[k] = k, 1
		}
	}
	if rest >= 0 {
		out.shape[rest] = len(a.data) / volume(out.shape)
	}
	return out
}

func gathered(a, list array) array {
	out, size := array{of: a.of, shape: append(slices.Clone(list.shape), a.shape[1:]...)}, volume(a.shape[1:])
	for _, row := range list.data {
		out.data = append(out.data, a.data[int(row)*size:][:size]...)
	}
	return out
}

// reduced adds up along one side, which goes.
func reduced(a array, axis int) array {
	out := array{of: a.of, shape: slices.Delete(slices.Clone(a.shape), axis, axis+1)}
	out.data = make([]float64, volume(out.shape))
	inner, side := volume(a.shape[axis+1:]), a.shape[axis]
	for e, v := range a.data {
		out.data[e/inner/side*inner+e%inner] += v
	}
	return out
}

// largest returns the first row that is largest, of each column.
func largest(a array) array {
	out := array{7, a.shape[1:], make([]float64, a.shape[1])}
	for e, v := range a.data {
		if at := e % a.shape[1]; v > a.data[int(out.data[at])*a.shape[1]+at] {
			out.data[at] = float64(e / a.shape[1])
		}
	}
	return out
}

// padded repeats the pixels on the edges of images.
func padded(a array, pads []float64) array {
	height, width := a.shape[2], a.shape[3]
	top, left := int(pads[2]), int(pads[3])
	shape := []int{a.shape[0], a.shape[1], height + top + int(pads[6]), width + left + int(pads[7])}
	out := array{a.of, shape, make([]float64, 0, volume(shape))}
	for plane := range shape[0] * shape[1] {
		for y := range shape[2] {
			for x := range shape[3] {
				row, column := min(max(y-top, 0), height-1), min(max(x-left, 0), width-1)
				out.data = append(out.data, a.data[(plane*height+row)*width+column])
			}
		}
	}
	return out
}

func convolved(a, filters array, strides, pads []int) array {
	stride, border := 1, 0
	if strides != nil {
		stride, border = strides[0], pads[0]
	}
	height, width, side := a.shape[2], a.shape[3], filters.shape[2]
	shape := []int{a.shape[0], filters.shape[0], (height+2*border-side)/stride + 1, (width+2*border-side)/stride + 1}
	out := array{a.of, shape, make([]float64, 0, volume(shape))}
	for place := range volume(shape) {
		x, y := place%shape[3], place/shape[3]%shape[2]
		filter, sample := place/shape[3]/shape[2]%shape[1], place/shape[3]/shape[2]/shape[1]
		sum := 0.0
		for w, weight := range filters.data[filter*volume(filters.shape[1:]):][:volume(filters.shape[1:])] {
			row, column := y*stride-border+w/side%side, x*stride-border+w%side
			if row >= 0 && row < height && column >= 0 && column < width {
				sum += weight * a.data[((sample*a.shape[1]+w/side/side)*height+row)*width+column]
			}
		}
		out.data = append(out.data, sum)
	}
	return out
}
