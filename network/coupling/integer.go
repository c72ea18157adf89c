package coupling

import (
	"fmt"
	"math"
	"sync"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// Integer is couplings from inputs that are integers, which are integers too: every value of a
// receiver is one of at most 8 bits times a power of two. It holds them a second time as bytes,
// for products with bytes of inputs: sums of 32 bits are exact and so, bit for bit, those of
// the kind it was made from. Values must not change.
//
// Blocks of 16 receivers that follow each other lie side by side, with all quads, four inputs
// that follow each other, of which one of them reads something: neurons of one window, or with
// all inputs, waste little.
type Integer struct {
	Input
	weights kernel.Integers
	signs   bool
	spaces  sync.Pool // of bytes, for Multiply
}

// integerChunk is the number of blocks of receivers that are multiplied with one half of a
// tile and then with the other.
const integerChunk = 8

// NewInteger returns couplings with the values of others. Inputs are 0..255, or with signs -1
// and +1. It reports a receiver whose couplings are not integers of 8 bits in one unit.
func NewInteger(input Input, signs bool) (*Integer, error) {
	shape := input.Shape()
	padded := layout.Padded(shape.Receivers)
	w := &Integer{Input: input, signs: signs, weights: kernel.Integers{
		Start: make([]int32, 1, padded/kernel.IntegerBlock+1), Constant: make([]int32, padded), Unit: make([]float32, padded),
	}}
	place := make([]int32, (shape.Senders+3)/4) // 1 + that of a quad in the block
	for first := 0; first < padded; first += kernel.IntegerBlock {
		if err := w.addBlock(place, first); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// addBlock adds the receivers from first on.
func (w *Integer) addBlock(place []int32, first int) error {
	k := &w.weights
	clear(place)
	end := min(first+kernel.IntegerBlock, w.Shape().Receivers)
	w.Rows(first, end, func(_, k int, value *float32) bool {
		if *value != 0 {
			place[k/4] = 1
		}
		return true
	})
	begin := len(k.Quad)
	for q, used := range place {
		if used != 0 {
			k.Quad = append(k.Quad, int32(q))
			place[q] = int32(len(k.Quad))
		}
	}
	k.Weight = append(k.Weight, make([]int8, 4*kernel.IntegerBlock*(len(k.Quad)-begin))...)
	k.Start = append(k.Start, int32(len(k.Quad)))
	for i := first; i < end; i++ {
		unit := UnitOf(w.Input, i)
		scale := float32(math.Ldexp(float64(w.Scale()), unit))
		k.Unit[i] = scale
		most := 0.0
		w.Rows(i, i+1, func(_, input int, value *float32) bool {
			if v := math.Ldexp(float64(*value), -unit); v != 0 {
				most = max(most, math.Abs(v))
				if most > math.MaxInt8 {
					return false
				}
				k.Weight[((int(place[input/4])-1)*kernel.IntegerBlock+i-first)*4+input%4] = int8(v)
				if w.signs {
					k.Constant[i] -= int32(v)
				}
			}
			return true
		})
		if most > math.MaxInt8 {
			return fmt.Errorf("receiver %d has a coupling of %v units, want integers up to %d", i, most, math.MaxInt8)
		}
	}
	return nil
}

// Frozen returns the block itself.
func (w *Integer) Frozen() Input { return w }

// Footprint is that of [Couplings], bytes included.
func (w *Integer) Footprint() int64 {
	k := &w.weights
	return w.Input.Footprint() + int64(len(k.Weight)) + 4*int64(len(k.Start)+len(k.Quad)+len(k.Constant)+len(k.Unit))
}

// EntryBytes is that of [Couplings].
func (w *Integer) EntryBytes() int { return 1 }

// Product is that of [Input]. Inputs are rounded to bytes, or to signs.
func (w *Integer) Product(space *Workspace, tile Tile, fields [][]float32, at, from, to int) {
	samples := groupSize
	if len(tile.Rows) == 1 {
		samples = 1
	}
	size := samples * layout.Padded(w.Shape().Senders)
	halves := (len(tile.Rows) + samples - 1) / samples
	for h := range halves {
		w.pack(space.bytes[h*size:][:size], tile.Rows[h*samples:min((h+1)*samples, len(tile.Rows))], samples)
	}
	last := to / kernel.IntegerBlock
	for block := from / kernel.IntegerBlock; block < last; block += integerChunk {
		for h := range halves {
			kernel.IntegerInput(fields[h*samples:][:samples], at, space.bytes[h*size:][:size], &w.weights, block, min(block+integerChunk, last))
		}
	}
}

// Multiply writes sum_k W_ik x_k of some samples, all of them padded, to a vector of the padded
// receivers each. Calls may run at once.
func (w *Integer) Multiply(fields, inputs [][]float32) {
	size, to := layout.Padded(w.Shape().Senders), layout.Padded(w.Shape().Receivers)/kernel.IntegerBlock
	space, _ := w.spaces.Get().(*[]uint8)
	if space == nil {
		list := make([]uint8, groupSize*size)
		space = &list
	}
	defer w.spaces.Put(space)
	for first := 0; first < len(inputs); {
		samples := 1
		if len(inputs)-first >= groupSize {
			samples = groupSize
		}
		bytes := (*space)[:samples*size]
		w.pack(bytes, inputs[first:first+samples], samples)
		kernel.IntegerInput(fields[first:first+samples], 0, bytes, &w.weights, 0, to)
		first += samples
	}
}

// pack lays the inputs of some samples side by side, quad by quad, as bytes: signs as 0 and 2.
func (w *Integer) pack(bytes []uint8, rows [][]float32, samples int) {
	offset := float32(0.5)
	if w.signs {
		offset = 1.5
	}
	for s, row := range rows {
		kernel.Bytes(bytes[4*s:], 4*samples, row[:len(bytes)/samples], offset)
	}
}

// UnitOf returns the exponent of the largest power of two of which all couplings of a receiver
// are multiples; 0 where all are zero.
func UnitOf(c Couplings, i int) int {
	unit := math.MaxInt
	c.Rows(i, i+1, func(_, _ int, value *float32) bool {
		if *value != 0 {
			unit = min(unit, LowestBit(*value))
		}
		return true
	})
	if unit == math.MaxInt {
		return 0
	}
	return unit
}
