package coupling

import (
	"basin/internal/kernel"
	"basin/internal/layout"
)

// States are the states of the senders of a block in some samples.
type States struct {
	// Rows has a vector of the padded senders for each sample.
	Rows [][]float32
	// Planes has for each 8 of them one byte per padded sender, with the signs of these
	// samples, where they are at hand; else nil.
	Planes [][]uint8
	// Real says that not all states are -1 and +1.
	Real bool
}

// Tile is the inputs of some samples.
type Tile struct {
	// Rows has the padded inputs of each sample.
	Rows [][]float32
	// Lanes has the same side by side: input k of sample b at k*Width + b.
	Lanes []float32
	// Width is 8 or 16, at least the number of samples; what lies in lanes beyond is free.
	Width int
	// Exact says that every input is -1, 0 or +1: products then need no rounding, which
	// makes them cheaper and changes no bit.
	Exact bool
}

// side returns the lanes of so many inputs.
func (t Tile) side(inputs int) []float32 { return t.Lanes[:inputs*t.Width] }

// columns appends the inputs that are not zero in the whole tile.
func (t Tile) columns(list []int32, inputs int) []int32 {
	for k := range inputs {
		for _, x := range t.Lanes[k*t.Width:][:t.Width] {
			if x != 0 {
				list = append(list, int32(k))
				break
			}
		}
	}
	return list
}

// Workspace is the vectors and lists that one goroutine needs while it takes products.
type Workspace struct {
	lanes   []float32   // of a block of receivers
	sums    []float32   // of some channels at some places
	discard []float32   // product of samples that are none
	rows    [][]float32 // lists handed to kernels
	states  [][]float32
	masks   [][]uint8
	planes  [][]uint8
	ofTile  [][]uint8
	signs   []uint16 // of the senders in a tile
	columns []int32  // inputs that are not zero in the whole tile
	bytes   []uint8  // inputs of a tile that are integers
}

// NewWorkspace makes a workspace for blocks of up to so many neurons at either end, and so
// many inputs. Products then allocate nothing.
func NewWorkspace(neurons, inputs int) *Workspace {
	size := layout.Padded(neurons)
	w := &Workspace{
		lanes: make([]float32, rowBlock*tileSize), discard: make([]float32, size),
		sums: make([]float32, denseTile*(sharedBlock+8)),
		rows: make([][]float32, 0, denseTile), states: make([][]float32, 0, denseTile),
		masks: make([][]uint8, groupSize), ofTile: make([][]uint8, 0, tileSize/groupSize),
		signs: make([]uint16, size), columns: make([]int32, 0, inputs),
		bytes: make([]uint8, tileSize*layout.Padded(inputs)),
	}
	for q := range w.masks {
		w.masks[q] = make([]uint8, size/8)
	}
	for range tileSize / groupSize {
		w.planes = append(w.planes, make([]uint8, size))
	}
	return w
}

// Plane lays the signs of up to 8 states into a plane: bit b of byte i is set where neuron i
// of state b is negative. States have the length of the plane, a multiple of 16.
func (w *Workspace) Plane(plane []uint8, states [][]float32) {
	for q := range groupSize {
		w.masks[q] = w.masks[q][:len(plane)/8]
		if q < len(states) {
			kernel.Signs(w.masks[q], states[q])
		} else {
			clear(w.masks[q])
		}
	}
	kernel.Plane(plane, w.masks)
}

// clearLanes returns the lanes of receivers first..end of a tile, zero if some of them are
// padding, and the end of those that are not.
func (w *Workspace) clearLanes(width, first, end, receivers int) (lanes []float32, real int) {
	lanes, real = w.lanes[:(end-first)*width], min(end, receivers)
	if real < end {
		clear(lanes)
	}
	return lanes, real
}
