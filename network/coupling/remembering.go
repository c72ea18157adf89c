package coupling

import (
	"encoding/binary"
	"math"
	"math/bits"

	"basin/internal/kernel"
)

// remembered is the number of products that a remembering block begins from. Samples of MNIST
// differ from the nearest of 16 in a fifth of their first states, from the one before in a third.
const remembered = 16

// Remembering returns a frozen block of couplings that are integers, for use by one goroutine
// in a network whose sums are exact in any order: the product of one sample begins from that of
// the most similar of some states before, and only neurons of another sign are added. A block
// of another kind, or one whose sums do not fit into 16 bits, is returned as it is.
func Remembering(b Block) Block {
	f, ok := b.(*frozenSparse)
	if !ok || f.shape.Receivers > 1<<16 {
		return b
	}
	r := &remembering{
		frozenSparse: f, unit: make([]float32, f.stride()), signs: make([]uint8, (f.sending()+63)/64*8),
		receiver: make([]uint16, len(f.senders.receiver)), value: make([]int8, len(f.senders.value)),
	}
	first := memory{make([]uint8, len(r.signs)), new([1 << 16]int16)} // all are +1
	for i := range f.shape.Receivers {
		unit, size, sum := UnitOf(f, i), 0.0, 0.0
		r.unit[i] = float32(math.Ldexp(1, unit))
		_, values := f.row(f.Sparse.value, i)
		for _, v := range values {
			k := math.Ldexp(float64(v), -unit)
			if math.Abs(k) > math.MaxInt8 {
				return b
			}
			size, sum = size+math.Abs(k), sum+k
		}
		if size > math.MaxInt16 {
			return b
		}
		first.sums[i] = int16(sum)
	}
	for e, i := range f.senders.receiver {
		r.receiver[e], r.value[e] = uint16(i), int8(f.senders.value[e]/r.unit[i])
	}
	r.before = append(r.before, first)
	return r
}

// remembering is such a block: by sender, in units of the receiver.
type remembering struct {
	*frozenSparse
	receiver []uint16
	value    []int8
	unit     []float32 // of each receiver
	signs    []uint8   // of the senders under way, in whole words
	before   []memory
	next     int // the one to forget
}

// memory is a product in units, and the signs of its senders. Its length lets a sum be found
// without a look at how many there are.
type memory struct {
	signs []uint8
	sums  *[1 << 16]int16
}

func (r *remembering) Frozen() Block { return r }

// Product takes that of a single sample from the nearest product before.
func (r *remembering) Product(w *Workspace, products [][]float32, states States, from, to int) {
	if len(products) != 1 || from != 0 || to != r.stride() || states.Real {
		r.frozenSparse.Product(w, products, states, from, to)
		return
	}
	kernel.Signs(r.signs[:r.sending()/8], states.Rows[0][:r.sending()])
	nearest := r.nearest()
	if len(r.before) < remembered {
		r.before = append(r.before, memory{make([]uint8, len(r.signs)), new([1 << 16]int16)})
		r.next = len(r.before) - 1
	}
	m := r.before[r.next]
	r.next = (r.next + 1) % remembered
	copy(m.sums[:to], nearest.sums[:to])
	for at := 0; at < len(r.signs); at += 8 {
		now := binary.LittleEndian.Uint64(r.signs[at:])
		other := now ^ binary.LittleEndian.Uint64(nearest.signs[at:])
		for ; other != 0; other &= other - 1 {
			n := bits.TrailingZeros64(other)
			r.turn(m.sums, 8*at+n, now>>n&1)
		}
	}
	copy(m.signs, r.signs)
	kernel.Widen(products[0][:to], m.sums[:to], r.unit)
}

// turn adds to the sums what a sender changes that has turned to another sign.
func (r *remembering) turn(sums *[1 << 16]int16, j int, negative uint64) {
	from, to := r.senders.start[j], r.senders.start[j+1]
	receivers, change := r.receiver[from:to], 2-4*int16(negative)
	values := r.value[from:to][:len(receivers)]
	for n, i := range receivers {
		sums[i] += change * int16(values[n])
	}
}

// nearest returns the memory whose signs differ least, the first among equals.
func (r *remembering) nearest() (nearest memory) {
	least := math.MaxInt
	for _, m := range r.before {
		distance := 0
		for at := 0; at < len(r.signs); at += 8 {
			distance += bits.OnesCount64(binary.LittleEndian.Uint64(r.signs[at:]) ^ binary.LittleEndian.Uint64(m.signs[at:]))
		}
		if distance < least {
			least, nearest = distance, m
		}
	}
	return nearest
}
