package checkpoint

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/nlpodyssey/safetensors"

	"basin/internal/layout"
	"basin/network"
)

// tensor joins one tensor of a file to the memory it is kept in. The file holds rows
// one after another without padding. Memory holds them at a stride: row by row, or,
// if byColumn, column by column at the places of columns.
type tensor struct {
	name  string
	shape []int
	// Exactly one of floats and ints is set.
	floats *[]float32
	ints   *[]int32
	// rows x width is the shape, or 1 x length for one dimension.
	rows, width int
	stride      int
	byColumn    bool
	columns     []run
	// size is the length in memory.
	size int
	// hollow says that the diagonal is zero.
	hollow bool
	// scale is the factor of a saved model, 1 where there is none.
	scale float64
}

// run is a run of columns at consecutive places in memory.
type run struct{ place, count int }

func (t *tensor) dtype() safetensors.DType {
	if t.ints != nil {
		return safetensors.I32
	}
	return safetensors.F32
}

// bytes returns the length of the tensor in the file.
func (t *tensor) bytes() int64 { return 4 * int64(t.rows) * int64(t.width) }

// at names one value of the tensor by its place in the file.
func (t *tensor) at(flat int) string {
	if len(t.shape) == 1 {
		return fmt.Sprintf("tensor %s: value %d", t.name, flat)
	}
	return fmt.Sprintf("tensor %s: value [%d %d]", t.name, flat/t.width, flat%t.width)
}

// block is the name and the parts of one block with a scale.
type block struct {
	name     string
	rows     int // receivers
	width    int // senders
	hollow   bool
	bySender bool // how dense values lie in memory
	scale    *float64
	dense    *[]float32
	sparse   *network.Sparse
}

// blocks lists the recurrent and input blocks of n, and those of its links.
func blocks(n *network.Network) []block {
	var list []block
	for index, m := range n.Modules {
		if r := m.Recurrent; r != nil {
			list = append(list, blockOf(fmt.Sprintf("modules.%d.recurrent", index), r))
		}
		if w := m.Input; w != nil {
			list = append(list, block{
				name: fmt.Sprintf("modules.%d.input", index), rows: m.Neurons, width: w.Inputs,
				scale: &w.Scale, dense: &w.Dense, sparse: w.Sparse,
			})
		}
	}
	for index, p := range n.Pathways {
		if p.Block != nil {
			list = append(list, blockOf(fmt.Sprintf("pathways.%d", index), p.Block))
		}
	}
	return list
}

func blockOf(name string, b *network.Block) block {
	return block{
		name: name, rows: b.Receivers, width: b.Senders, hollow: b.Hollow, bySender: true,
		scale: &b.Scale, dense: &b.Dense, sparse: b.Sparse,
	}
}

// tensors lists the tensors of n, in the order of the file. A sparse block has the
// number of entries that entries gives for its name. Arrays need not exist yet.
func tensors(n *network.Network, entries map[string]int, average bool) []*tensor {
	var list []*tensor
	for _, b := range blocks(n) {
		switch {
		case b.sparse != nil:
			count := entries[b.name]
			list = append(list,
				vector(b.name+".start", nil, &b.sparse.Start, b.rows+1, b.rows+1),
				vector(b.name+".sender", nil, &b.sparse.Sender, count, count))
			value := vector(b.name+".value", &b.sparse.Value, nil, count, count)
			value.scale = *b.scale
			list = append(list, value)
		case b.bySender:
			t := matrixByColumn(b.name, b.dense, b.rows, []run{{0, b.width}}, b.width)
			t.hollow, t.scale = b.hollow, *b.scale
			list = append(list, t)
		default:
			t := matrix(b.name, b.dense, b.rows, b.width)
			t.scale = *b.scale
			list = append(list, t)
		}
	}
	var columns []run
	for index, m := range n.Modules {
		list = append(list, matrix(fmt.Sprintf("modules.%d.feedback", index), &m.Feedback, n.Classes, m.Neurons))
		if n.Spec.Modules[index].Bias > 0 {
			list = append(list, vector(fmt.Sprintf("modules.%d.bias", index), &m.Bias, nil, m.Neurons, m.Padded()))
		}
		if m.Read {
			columns = append(columns, run{m.Offset, m.Neurons})
		}
	}
	list = append(list, matrixByColumn("readout", &n.Readout.Couplings, n.Classes, columns, n.StateSize()))
	if average {
		list = append(list, matrixByColumn("readout.average", &n.Readout.Average, n.Classes, columns, n.StateSize()))
	}
	slices.SortFunc(list, func(a, b *tensor) int {
		// The order of the safetensors library: wide types first, then names.
		return cmp.Or(cmp.Compare(b.dtype(), a.dtype()), cmp.Compare(a.name, b.name))
	})
	return list
}

func vector(name string, floats *[]float32, ints *[]int32, length, size int) *tensor {
	return &tensor{
		name: name, shape: []int{length}, floats: floats, ints: ints,
		rows: 1, width: length, stride: size, size: size, scale: 1,
	}
}

func matrix(name string, floats *[]float32, rows, width int) *tensor {
	stride := layout.Padded(width)
	return &tensor{
		name: name, shape: []int{rows, width}, floats: floats,
		rows: rows, width: width, stride: stride, size: rows * stride, scale: 1,
	}
}

// matrixByColumn has its columns at the given places of places in memory.
func matrixByColumn(name string, floats *[]float32, rows int, columns []run, places int) *tensor {
	width := 0
	for _, c := range columns {
		width += c.count
	}
	stride := layout.Padded(rows)
	return &tensor{
		name: name, shape: []int{rows, width}, floats: floats,
		rows: rows, width: width, stride: stride, byColumn: true, columns: columns,
		size: places * stride, scale: 1,
	}
}

// tileRows returns how many rows of a tensor by column are gathered at a time: enough
// to use whole cache lines of memory, but no more than two megabytes beyond a row.
func (t *tensor) tileRows() int {
	return min(t.rows, max(1, min(32, 1<<19/max(1, t.width))))
}

// gather copies rows first, first+1, ... from memory by column into tile.
func (t *tensor) gather(tile []float32, first, rows int) {
	column := 0
	for _, c := range t.columns {
		for p := c.place; p < c.place+c.count; p++ {
			for r, v := range (*t.floats)[p*t.stride+first:][:rows] {
				tile[r*t.width+column] = v
			}
			column++
		}
	}
}

// scatter is the reverse of gather.
func (t *tensor) scatter(tile []float32, first, rows int) {
	column := 0
	for _, c := range t.columns {
		for p := c.place; p < c.place+c.count; p++ {
			memory := (*t.floats)[p*t.stride+first:][:rows]
			for r := range memory {
				memory[r] = tile[r*t.width+column]
			}
			column++
		}
	}
}

// checkDiagonal reports a value on the diagonal of rows first, first+1, ... of a
// hollow tensor.
func (t *tensor) checkDiagonal(tile []float32, first, rows int) error {
	if !t.hollow {
		return nil
	}
	for r := range rows {
		if v := tile[r*t.width+first+r]; v != 0 {
			return fmt.Errorf("%s is %v, want 0 on the diagonal", t.at((first+r)*t.width+first+r), v)
		}
	}
	return nil
}

func finite(v float32) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }
