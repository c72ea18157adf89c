package interchange

import (
	"encoding/binary"
	"math"

	"basin/network/coupling"
)

// product multiplies the couplings of a block with states or inputs, senders x samples, and
// returns the name of what receivers hear, receivers x samples.
type product func(senders string) string

// product adds the couplings of a block, in the first of these forms that fits:
//
//	shared couplings     a convolution
//	a dense matrix       where the block is dense, or a dense one is no slower than the rest
//	groups of receivers  that read the same senders, as the neurons of one window do: these are
//	                     gathered, and each group has a matrix of its own
func (g *graph) product(name string, c coupling.Couplings) product {
	if integer, ok := c.(*coupling.Integer); ok {
		c = integer.Input
	}
	if grid, ok := c.(interface{ Grid() coupling.Grid }); ok {
		return g.convolution(name, c, grid.Grid())
	}
	s := c.Shape()
	if c.Kind() != "dense" {
		parts := partsOf(groupsOf(c))
		if size := int64(s.Receivers) * int64(s.Senders); size > gatherCost*gathered(parts) || size > largestMatrix {
			return g.gather(name, parts, s.Receivers)
		}
	}
	matrix := make([]float32, s.Receivers*s.Senders)
	c.Each(func(i, j int, value *float32) bool {
		matrix[i*s.Senders+j] = *value * float32(c.Scale())
		return true
	})
	weights := g.weights(name, matrix, s.Receivers, s.Senders)
	return func(senders string) string { return g.matmul(weights, senders) }
}

const (
	// gatherCost is how many products of a dense matrix take the time in which one value is
	// gathered: measured with onnxruntime 1.32 and 100 samples, 0.024 and 1.1 ns.
	gatherCost = 50
	// largestMatrix bounds the values of a matrix of couplings of which many are absent.
	largestMatrix = 1 << 26
)

// convolution adds shared couplings: the filters of the channels, which move over the image.
func (g *graph) convolution(name string, c coupling.Couplings, grid coupling.Grid) product {
	tensor := c.Tensors()[0] // a row for each channel
	values := make([]float32, tensor.Count())
	tensor.Get(values, 0)
	for e := range values {
		values[e] *= float32(c.Scale())
	}
	image, b := grid.Image, grid.Border
	filters := constant(g, name, channelsFirst(values, grid.Channels, grid.Side, image.Channels), grid.Channels, image.Channels, grid.Side, grid.Side)
	return func(senders string) string {
		images := g.images(senders, image.Height, image.Width, image.Channels)
		out := g.op("Conv", []string{images, filters}, attribute{"strides", []int{grid.Stride, grid.Stride}}, attribute{"pads", []int{b, b, b, b}})
		return g.columns(out, grid.Neurons())
	}
}

// group is the receivers that read the same senders, with their couplings.
type group struct {
	senders []int32
	members []member
}

type member struct {
	receiver int32
	values   []float32
}

func groupsOf(c coupling.Couplings) (list []group) {
	places := map[string]int{} // of the group of some senders
	for i := range c.Shape().Receivers {
		var senders []int32
		var values []float32
		c.Rows(i, i+1, func(_, j int, value *float32) bool {
			senders, values = append(senders, int32(j)), append(values, *value*float32(c.Scale()))
			return true
		})
		key, err := binary.Append(nil, binary.LittleEndian, senders)
		if err != nil {
			panic(err) // numbers of fixed size have no fault
		}
		at, known := places[string(key)]
		if !known {
			at = len(list)
			places[string(key)] = at
			list = append(list, group{senders: senders})
		}
		list[at].members = append(list[at].members, member{int32(i), values})
	}
	return list
}

// part is groups of about equal sizes, which are filled up to the largest: the most members and senders
// that one has.
type part struct {
	groups           []group
	members, senders int
}

// partsOf divides groups into parts of which the largest has at most about half more members and
// senders than the smallest.
func partsOf(groups []group) (list []*part) {
	parts := map[[2]int]*part{}
	for _, g := range groups {
		key := [2]int{level(len(g.members)), level(len(g.senders))}
		p := parts[key]
		if p == nil {
			p = &part{senders: 1} // also where nobody reads anything
			parts[key], list = p, append(list, p)
		}
		p.groups = append(p.groups, g)
		p.members, p.senders = max(p.members, len(g.members)), max(p.senders, len(g.senders))
	}
	return list
}

// level counts the steps 1, 2, 3, 4, 6, 9, 13, ... below a size.
func level(size int) (steps int) {
	for step := 1; step < size; step += max(1, step/2) {
		steps++
	}
	return steps
}

// gathered is how many values a product gathers for a sample.
func gathered(parts []*part) (count int64) {
	for _, p := range parts {
		count += int64(len(p.groups)) * int64(p.senders)
	}
	return count
}

// gather adds the groups of all parts, each filled up with couplings of zero from sender 0, and brings the
// receivers into their order.
func (g *graph) gather(name string, parts []*part, receivers int) product {
	places, first := make([]int32, receivers), 0 // of the receivers among the members of all groups
	var weights, senders []string
	for _, p := range parts {
		from, values := make([]int32, len(p.groups)*p.senders), make([]float32, len(p.groups)*p.members*p.senders)
		for at, each := range p.groups {
			copy(from[at*p.senders:], each.senders)
			for k, m := range each.members {
				copy(values[(at*p.members+k)*p.senders:], m.values)
				places[m.receiver] = int32(first + at*p.members + k)
			}
		}
		weights = append(weights, g.weights(name, values, len(p.groups), p.members, p.senders))
		senders = append(senders, constant(g, name+".senders", from, len(p.groups), p.senders))
		first += len(p.groups) * p.members
	}
	order := constant(g, name+".places", places, receivers)
	return func(states string) string {
		var heard []string
		for k, p := range parts {
			read := g.op("Gather", []string{states, senders[k]}, attribute{"axis", 0}) // groups x senders x samples
			heard = append(heard, g.reshape(g.matmul(weights[k], read), int64(len(p.groups)*p.members), -1))
		}
		all := heard[0]
		if len(heard) > 1 {
			all = g.op("Concat", heard, attribute{"axis", 0})
		}
		return g.op("Gather", []string{all, order}, attribute{"axis", 0})
	}
}

// weights adds couplings, rows of the last side: of a network of integers as bytes times the unit of
// each row, where they are bytes, which programs multiply once when they read the file.
func (g *graph) weights(name string, values []float32, shape ...int) string {
	if !g.integers {
		return constant(g, name, values, shape...)
	}
	width := shape[len(shape)-1]
	bytes, units := make([]int8, len(values)), make([]float32, len(values)/width)
	for row := range units {
		unit := math.MaxInt
		for _, v := range values[row*width:][:width] {
			if v != 0 {
				unit = min(unit, coupling.LowestBit(v))
			}
		}
		if unit == math.MaxInt {
			unit = 0
		}
		units[row] = float32(math.Ldexp(1, unit))
		for k, v := range values[row*width:][:width] {
			b := v / units[row]
			if b != float32(int8(b)) {
				return constant(g, name, values, shape...)
			}
			bytes[row*width+k] = int8(b)
		}
	}
	sides := append(append([]int{}, shape[:len(shape)-1]...), 1)
	return g.mul(g.cast(constant(g, name, bytes, shape...), float32s), constant(g, name+".unit", units, sides...))
}
