package checkpoint

import (
	"fmt"
	"math"

	"github.com/nlpodyssey/safetensors"

	"basin/network"
	"basin/network/coupling"
)

// rowsName is that of the array of the hashes of training rows.
const rowsName = "training_rows"

// rowsTensor is the array of so many hashes, each as its upper and its lower half.
func rowsTensor(halves *[]int32, count int) network.Tensor {
	return network.Tensor{Tensor: coupling.Pairs(halves, count), Name: rowsName, Scale: 1}
}

// claimedRows returns the number of hashes that the header gives, 0 for none. Whether they
// are in the file is checked later.
func claimedRows(infos map[string]*safetensors.TensorInfo) int {
	info := infos[rowsName]
	if info == nil || len(info.Shape) != 2 || info.Shape[0] > math.MaxInt32 {
		return 0
	}
	return int(info.Shape[0])
}

func splitRows(hashes []uint64) []int32 {
	halves := make([]int32, 0, 2*len(hashes))
	for _, h := range hashes {
		halves = append(halves, int32(uint32(h>>32)), int32(uint32(h)))
	}
	return halves
}

func joinRows(halves []int32) ([]uint64, error) {
	var hashes []uint64
	for at := 0; at < len(halves); at += 2 {
		h := uint64(uint32(halves[at]))<<32 | uint64(uint32(halves[at+1]))
		if last := len(hashes) - 1; last >= 0 && h < hashes[last] {
			return nil, fmt.Errorf("tensor %s: row %d is below the one before, want them ascending", rowsName, at/2)
		}
		hashes = append(hashes, h)
	}
	return hashes, nil
}
