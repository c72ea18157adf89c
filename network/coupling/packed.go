package coupling

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// packed is couplings that are integers times a power of two for each receiver, as files have
// them: without a gap between numbers of a few bits.
type packed struct {
	unit          []uint8 // exponent of each receiver, signed
	start, window []int32 // of compressed rows, or the first input of each window
	sender, value []uint8 // packed
}

var errShared = errors.New("shared couplings, which have no integers of their own receiver")

// senderBits is that of the number of a sender.
func senderBits(shape Shape) int { return max(1, bits.Len(uint(shape.Senders-1))) }

// Packed lists the arrays that a file has of couplings that are integers of some bits, receiver
// by receiver with senders ascending:
//
//	.unit    [N] exponents of the units
//	.value   numbers of so many bits, the lowest bit first, without a gap, negative ones as
//	         their complement of two
//	.start   [N+1] and
//	.sender  numbers of as many bits as the last sender has, of a sparse block
//	.window  [N], the first input of each window
//
// It reports a value that is no such integer.
func Packed(c Couplings, width int) ([]Tensor, error) {
	if w, ok := c.(*Integer); ok {
		c = w.Input
	}
	if c.Shape().Places > 0 {
		return nil, errShared
	}
	shape, p := c.Shape(), &packed{}
	_, sparse := patternOf(c)
	var values, senders packer
	if sparse {
		p.start = append(p.start, 0)
	}
	limit := 1<<(width-1) - 1
	for i := range shape.Receivers {
		unit := UnitOf(c, i)
		if unit != int(int8(unit)) {
			return nil, fmt.Errorf("receiver %d has couplings in units of 2^%d, want exponents of 8 bits", i, unit)
		}
		p.unit = append(p.unit, uint8(int8(unit)))
		most := 0.0
		c.Rows(i, i+1, func(_, j int, value *float32) bool {
			v := math.Ldexp(float64(*value), -unit)
			most = max(most, math.Abs(v))
			if most > float64(limit) {
				return false
			}
			values.add(uint32(int32(v)), width)
			if sparse {
				senders.add(uint32(j), senderBits(shape))
			}
			return true
		})
		if most > float64(limit) {
			return nil, fmt.Errorf("receiver %d has a coupling of %v units of 2^%d, want integers up to %d", i, most, unit, limit)
		}
		if sparse {
			p.start = append(p.start, int32(values.count))
		}
	}
	p.value, p.sender = values.bytes, senders.bytes
	if w, ok := c.(*Windowed); ok {
		p.window = w.first
	}
	return p.tensors(c, func(name string) int {
		return map[string]int{".value": len(p.value), ".sender": len(p.sender)}[name]
	}), nil
}

// patternOf says whether a kind needs the first inputs of windows, or starts and senders.
func patternOf(c Couplings) (windowed, sparse bool) {
	switch c.(type) {
	case *Windowed:
		return true, false
	case *Sparse, *SparseInput:
		return false, true
	}
	return false, false
}

func (p *packed) tensors(c Couplings, length func(name string) int) []Tensor {
	receivers := c.Shape().Receivers
	windowed, sparse := patternOf(c)
	list := []Tensor{Bytes(".unit", &p.unit, receivers), Bytes(".value", &p.value, length(".value"))}
	if windowed {
		list = append(list, integers(".window", &p.window, receivers))
	}
	if sparse {
		list = append(list, integers(".start", &p.start, receivers+1), Bytes(".sender", &p.sender, length(".sender")))
	}
	for t := range list {
		list[t].open = true
	}
	return list
}

// LoadPacked is Load of [Couplings] for the arrays of [Packed].
func LoadPacked(c Couplings, width int, length func(name string) int) (tensors []Tensor, done func() error) {
	if c.Shape().Places > 0 {
		return nil, func() error { return errShared }
	}
	p := &packed{}
	tensors = p.tensors(c, length)
	return tensors, func() error {
		for t := range tensors {
			tensors[t].allocate()
		}
		return p.fill(c, width)
	}
}

// fill gives an outline what the arrays say, and reports arrays that do not fit together.
func (p *packed) fill(c Couplings, width int) error {
	shape := c.Shape()
	ends, row, err := p.rows(c)
	if err != nil {
		return err
	}
	values := unpacker{p.value, width}
	if count := ends(shape.Receivers); !values.holds(count) {
		return fmt.Errorf("%d bytes of values, want those of %d couplings of %d bits", len(p.value), count, width)
	}
	return c.Fill(
		func(i int) ([]int32, error) { return row(i), nil },
		func(i int, to []float32) {
			senders := row(i)
			list := make([]float32, len(senders))
			for e := range list {
				v := int32(values.at(ends(i)+e)<<(32-width)) >> (32 - width)
				list[e] = float32(math.Ldexp(float64(v), int(int8(p.unit[i]))))
			}
			place(to, shape.Senders, senders, list)
		})
}

// rows returns how many couplings there are before each receiver, and its senders.
func (p *packed) rows(c Couplings) (before func(i int) int, senders func(i int) []int32, err error) {
	shape := c.Shape()
	var list []int32
	windowed, sparse := patternOf(c)
	switch {
	case windowed:
		w := c.(*Windowed)
		if err := w.ready(); err != nil {
			return nil, nil, err
		}
		size := w.values()
		return func(i int) int { return i * size }, func(i int) []int32 {
			list = list[:0]
			for e := range size {
				list = append(list, int32(w.sender(p.window[i], e)))
			}
			return list
		}, nil
	case sparse:
		packed := unpacker{p.sender, senderBits(shape)}
		last := int(p.start[shape.Receivers])
		for i, start := range p.start[1:] {
			if p.start[0] != 0 || start < p.start[i] || int(start) > last {
				return nil, nil, fmt.Errorf("receiver %d has couplings from %d to %d of %d", i, p.start[i], start, last)
			}
		}
		if !packed.holds(last) {
			return nil, nil, fmt.Errorf("%d bytes of senders, want those of %d couplings of %d bits", len(p.sender), last, packed.width)
		}
		return func(i int) int { return int(p.start[i]) }, func(i int) []int32 {
			list = list[:0]
			for e := p.start[i]; e < p.start[i+1]; e++ {
				list = append(list, int32(packed.at(int(e))))
			}
			return list
		}, nil
	}
	each := shape.Senders
	if shape.Hollow {
		each--
	}
	return func(i int) int { return i * each }, func(i int) []int32 {
		list = list[:0]
		for j := range shape.Senders {
			if !shape.Hollow || i != j {
				list = append(list, int32(j))
			}
		}
		return list
	}, nil
}

// packer writes numbers of some bits one after another, the lowest bit first.
type packer struct {
	bytes []uint8
	count int
	rest  uint64 // bits not yet written
	held  int
}

func (p *packer) add(v uint32, width int) {
	if p.held > 0 {
		p.bytes = p.bytes[:len(p.bytes)-1] // the last byte is not full
	}
	p.rest |= uint64(v) & (1<<width - 1) << p.held
	for p.held += width; p.held > 0; p.held -= 8 {
		p.bytes = append(p.bytes, uint8(p.rest))
		if p.held < 8 {
			break
		}
		p.rest >>= 8
	}
	p.count++
}

// unpacker reads what a packer wrote.
type unpacker struct {
	bytes []uint8
	width int
}

// holds reports whether the bytes are those of so many numbers.
func (u unpacker) holds(count int) bool { return len(u.bytes) == (count*u.width+7)/8 }

func (u unpacker) at(n int) uint32 {
	first := n * u.width
	v := uint64(0)
	for at, end := first/8, (first+u.width+7)/8; at < end; at++ {
		v |= uint64(u.bytes[at]) << (8 * (at - first/8))
	}
	return uint32(v >> (first % 8) & (1<<u.width - 1))
}

// Pack returns values that are integers of some bits times a unit, packed, and the exponent of
// the unit; Unpack is the reverse. Pack reports a value that is no such integer, Unpack
// bytes that are not those of so many values.
func Pack(values []float32, width int) (bytes []uint8, unit int, err error) {
	unit = math.MaxInt8
	for _, v := range values {
		if v != 0 {
			unit = min(unit, LowestBit(v))
		}
	}
	limit := 1<<(width-1) - 1
	var p packer
	for e, value := range values {
		v := math.Ldexp(float64(value), -unit)
		if unit < math.MinInt8 || math.Abs(v) > float64(limit) {
			return nil, 0, fmt.Errorf("value %d is %v, %v units of 2^%d, want integers up to %d", e, value, v, unit, limit)
		}
		p.add(uint32(int32(v)), width)
	}
	return p.bytes, unit, nil
}

// Unpack is the reverse of [Pack].
func Unpack(values []float32, bytes []uint8, width, unit int) error {
	u := unpacker{bytes, width}
	if !u.holds(len(values)) {
		return fmt.Errorf("%d bytes, want those of %d values of %d bits", len(bytes), len(values), width)
	}
	for e := range values {
		v := int32(u.at(e)<<(32-width)) >> (32 - width)
		values[e] = float32(math.Ldexp(float64(v), unit))
	}
	return nil
}
