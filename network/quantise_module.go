package network

import (
	"math"

	"basin/network/coupling"
)

// rounding is one block of couplings on a module on its way to integers.
type rounding struct {
	from, to coupling.Couplings
	most     float64 // the largest that a sender sends
	inputs   *Inputs // what the senders are, where they are inputs
	image    []int   // their shape, where they are pixels
	fixed    float32 // what every coupling becomes, where it is not zero
	rows     [][]float32
	// Of the neuron under way:
	senders         []int
	values, weights []float64
	unit            int
	carry           []float64 // by pixel: what rounding has taken from others
}

// take reads the couplings on neuron i and chooses their unit.
func (r *rounding) take(i int, limit float64) {
	r.senders, r.values, r.weights = r.senders[:0], r.values[:0], r.weights[:0]
	r.from.Rows(i, i+1, func(_, j int, value *float32) bool {
		v, weight := float64(*value)*r.from.Scale(), 1.0
		if r.inputs != nil {
			v, weight = v*r.inputs.Scale[j], r.inputs.spread(j)
		}
		r.senders, r.values, r.weights = append(r.senders, j), append(r.values, v), append(r.weights, weight)
		return true
	})
	r.rows[i] = make([]float32, len(r.values))
	if r.fixed == 0 {
		r.unit = bestUnit(r.values, r.weights, limit)
	}
}

// round writes the couplings on neuron i and counts them as terms of its field. It returns
// what the offsets of inputs add to the bias.
func (r *rounding) round(i int, limit float64, x *exactness) (constant float64) {
	row := r.rows[i]
	switch {
	case r.fixed != 0:
		for e := range row {
			row[e] = r.fixed
		}
	case r.image != nil:
		r.diffuse(row, limit)
	default:
		roundTo(row, r.values, r.unit, limit)
	}
	for e, v := range row {
		x.add(v, r.most)
		if r.inputs != nil {
			constant -= float64(float64(v) * r.inputs.mean(r.senders[e]))
		}
	}
	return constant
}

// diffuse rounds the couplings from an image, lines from above, pixels from the left, and
// gives each fault to the four neighbours still to come. What a limit cuts off is lost.
func (r *rounding) diffuse(row []float32, limit float64) {
	height, width, channels, u := r.image[0], r.image[1], product(r.image[2:]), math.Ldexp(1, r.unit)
	clear(r.carry)
	for e, k := range r.senders {
		v := r.values[e] + r.carry[k]
		to := nearest(v, u, limit)
		row[e] = float32(to)
		fault := max(-u/2, min(u/2, v-to))
		y, x := k/channels/width, k/channels%width
		for _, n := range [4]struct {
			y, x  int
			share float64
		}{{0, 1, 7}, {1, -1, 3}, {1, 0, 5}, {1, 1, 1}} {
			if y+n.y < height && x+n.x >= 0 && x+n.x < width {
				r.carry[k+(n.y*width+n.x)*channels] += float64(n.share / 16 * fault)
			}
		}
	}
}

// quantiseModule fills one module of a quantised network, and the links that arrive there.
func (n *Network) quantiseModule(out *Network, index int, inputs Inputs) error {
	m, to, limit := n.Modules[index], out.Modules[index], limitOf(out.Integers.Bits)
	list := n.roundings(out, index, inputs)
	to.Bias = make([]float32, to.Padded())
	for i := range m.Neurons {
		for _, r := range list {
			r.take(i, limit)
		}
		const tries = 4
		for range tries {
			x, bias := out.constants(index), 0.0
			if m.Bias != nil {
				bias = float64(m.Bias[i])
			}
			for _, r := range list {
				bias += r.round(i, limit, &x)
			}
			to.Bias[i] = float32(rounded(bias))
			if x.unit != math.MaxInt {
				u := math.Ldexp(1, x.unit)
				to.Bias[i] = float32(u * math.RoundToEven(bias/u))
			}
			x.add(to.Bias[i], 1)
			if x.exact() {
				break
			}
			_, top := math.Frexp(x.size)
			for _, r := range list {
				r.unit = max(r.unit, top-exactBits)
			}
		}
	}
	for _, r := range list {
		if err := coupling.Copy(r.to, r.from, func(i int) []float32 { return r.rows[i] }); err != nil {
			return err
		}
	}
	return nil
}

// roundings lists the blocks of couplings on a module.
func (n *Network) roundings(out *Network, index int, inputs Inputs) []*rounding {
	m, to := n.Modules[index], out.Modules[index]
	var list []*rounding
	add := func(r rounding) {
		r.rows = make([][]float32, m.Neurons)
		list = append(list, &r)
	}
	if m.Input != nil {
		r := rounding{from: m.Input, to: to.Input, most: out.Integers.largestInput(), inputs: &inputs}
		if !out.Integers.Signs && len(n.InputShape) > 1 {
			r.image, r.carry = n.InputShape, make([]float64, n.Inputs())
		}
		add(r)
	}
	if m.Recurrent != nil {
		add(rounding{from: m.Recurrent, to: to.Recurrent, most: 1})
	}
	fixed := out.fixedValues()
	for p, pathway := range n.Pathways {
		if pathway.To == index && pathway.Block != nil {
			add(rounding{from: pathway.Block, to: out.Pathways[p].Block, most: 1, fixed: fixed[p]})
		}
	}
	return list
}

// fixedValues returns the couplings of each pathway that does not learn, zero of others.
func (n *Network) fixedValues() []float32 {
	var values []float32
	for _, link := range n.Spec.Links {
		for range link.Directions() {
			value := float32(0)
			if k := link.FixedFanIn(); k > 0 && link.Kind != Learned {
				value = float32(link.Strength / float64(k))
			}
			values = append(values, value)
		}
	}
	return values
}

// constants returns those terms of the fields on a module that all its neurons share.
func (n *Network) constants(module int) exactness {
	x := newExactness()
	x.add(n.Modules[module].SelfCoupling, 1)
	for _, p := range n.Pathways {
		if p.To == module && p.Block == nil {
			x.add(p.Strength, 1)
		}
	}
	return x
}
