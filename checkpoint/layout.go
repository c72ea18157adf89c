package checkpoint

import (
	"cmp"
	"math"
	"slices"

	"github.com/nlpodyssey/safetensors"

	"basin/network"
)

// tensor is one array of a file.
type tensor struct{ network.Tensor }

func (t *tensor) dtype() safetensors.DType {
	switch {
	case t.Bytes():
		return safetensors.I8 // U8 is for texts
	case t.Integers():
		return safetensors.I32
	}
	return safetensors.F32
}

func (t *tensor) outline() outline {
	shape := make([]uint64, len(t.Tensor.Shape))
	for i, side := range t.Tensor.Shape {
		shape[i] = uint64(side)
	}
	return outline{t.dtype(), shape}
}

// bytes returns the length of the tensor in the file.
func (t *tensor) bytes() int64 { return int64(t.dtype().Size()) * int64(t.Count()) }

// at names one value of the tensor by its place in the file.
func (t *tensor) at(flat int) string { return "tensor " + t.Name + ": " + t.Place(flat) }

// ordered returns the arrays of a network in the order of a file, that of the safetensors
// library: wide types first, then names.
func ordered(arrays []network.Tensor) []*tensor {
	list := make([]*tensor, len(arrays))
	for k, a := range arrays {
		list[k] = &tensor{a}
	}
	slices.SortFunc(list, func(a, b *tensor) int {
		return cmp.Or(cmp.Compare(b.dtype(), a.dtype()), cmp.Compare(a.Name, b.Name))
	})
	return list
}

func finite(v float32) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }
