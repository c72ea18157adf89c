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
		groups := groupsOf(c)
		count, _, senders := groups.sides()
		if size := int64(s.Receivers) * int64(s.Senders); size > gatherCost*int64(count)*int64(senders) || size > largestMatrix {
			return groups.product(g, name)
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

// groups are the receivers of a block that read the same senders, with their couplings.
type groups struct {
	of      map[string]int // the group of some senders
	senders [][]int32
	members [][]member
}

type member struct {
	receiver int32
	values   []float32
}

func groupsOf(c coupling.Couplings) *groups {
	g := &groups{of: map[string]int{}}
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
		at, known := g.of[string(key)]
		if !known {
			at = len(g.senders)
			g.of[string(key)] = at
			g.senders, g.members = append(g.senders, senders), append(g.members, nil)
		}
		g.members[at] = append(g.members[at], member{int32(i), values})
	}
	return g
}

// sides returns how many groups there are, and the most members and senders that one has.
func (g *groups) sides() (count, members, senders int) {
	senders = 1 // also where nobody reads anything
	for at := range g.senders {
		members, senders = max(members, len(g.members[at])), max(senders, len(g.senders[at]))
	}
	return len(g.senders), members, senders
}

// product adds the groups. Smaller ones are filled up with couplings of zero from sender 0.
func (g *groups) product(to *graph, name string) product {
	count, members, senders := g.sides()
	places := make([]int32, 0) // of the receivers among the members of all groups
	from, values := make([]int32, count*senders), make([]float32, count*members*senders)
	for at, list := range g.members {
		copy(from[at*senders:], g.senders[at])
		for k, m := range list {
			copy(values[(at*members+k)*senders:], m.values)
			for int(m.receiver) >= len(places) {
				places = append(places, 0)
			}
			places[m.receiver] = int32(at*members + k)
		}
	}
	weights := to.weights(name, values, count, members, senders)
	gathered := constant(to, name+".senders", from, count, senders)
	order := ""
	if members > 1 {
		order = constant(to, name+".places", places, len(places))
	}
	return func(states string) string {
		read := to.op("Gather", []string{states, gathered}, attribute{"axis", 0}) // count x senders x samples
		heard := to.reshape(to.matmul(weights, read), int64(count*members), -1)
		if order != "" {
			heard = to.op("Gather", []string{heard, order}, attribute{"axis", 0})
		}
		return heard
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
