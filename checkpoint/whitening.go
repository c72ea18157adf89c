package checkpoint

import (
	"github.com/nlpodyssey/safetensors"

	"basin/dataset"
	"basin/network"
	"basin/network/coupling"
)

// whiteningName is that of the array of the whitening of the encoder.
const whiteningName = "whitening"

// whiteningTensor is the matrix of a whitening, which has as many values as its shape says.
func whiteningTensor(w *dataset.Whitening) network.Tensor {
	size := w.MatrixSize()
	return network.Tensor{Tensor: coupling.Vector(&w.Matrix, size, size), Name: whiteningName, Scale: 1}
}

// claimedMatrix returns the number of values that a file holds of the matrix, 0 without.
func claimedMatrix(infos map[string]*safetensors.TensorInfo) uint64 {
	info := infos[whiteningName]
	if info == nil {
		return 0
	}
	return (info.DataOffsets[1] - info.DataOffsets[0]) / 4
}
