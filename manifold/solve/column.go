package solve

import (
	"math"

	"basin/internal/normal"
)

// A column is one site of a run of L modules: its spins s_1..s_L have the weight
//
//	prod_l exp(H_l s_l) Phi((J_D - kappa + s_l (omega_l + below_l s_{l-1} + above_l s_{l+1})) / sqrt V_l)
//
// where H_l is the field of all that the spin hears but for its own column, and omega_l and
// V_l are mean and variance of the weak part of the field on neuron l. A single neuron is a
// column of one.
type column struct {
	of    *columns
	self  []float64 // J_D - kappa of each module
	terms []*factors
	ahead [][4]float64
	back  [][4]float64
}

// term is the factor of one neuron at given signs.
type term struct {
	log    float64 // ln Phi(a)
	slope  float64 // d ln Phi / d omega
	second float64 // Phi'' / Phi, the second derivative of Phi over omega by Phi
}

// factors are the terms of one neuron by the bits of s_{l-1}, s_l, s_{l+1}, first to last.
type factors [8]term

// outcome is what a column says of one of its neurons.
type outcome struct {
	odds   float64 // (1/2) ln P(+)/P(-)
	slope  float64 // g = d ln Z / d omega
	second float64 // dg / d omega
}

func newColumn(of *columns, margin float64) *column {
	c := &column{of: of}
	for _, m := range of.modules {
		c.self = append(c.self, float64(m.SelfCoupling)-margin)
	}
	c.terms = make([]*factors, len(of.modules))
	c.ahead, c.back = make([][4]float64, len(of.modules)), make([][4]float64, len(of.modules))
	return c
}

// sign is +1 for a clear bit and -1 for one that is set.
func sign(bit int) float64 { return 1 - 2*float64(bit) }

// range of the bits of a neighbour: one that is not there has the bit 0 alone, and lambda 0.
func (c *column) bits(l int) int {
	if l < 0 || l >= len(c.terms) {
		return 1
	}
	return 2
}

// set computes the terms from mean and variance of the weak fields.
func (c *column) set(omega, v []float64) {
	for l := range c.terms {
		root := math.Sqrt(v[l])
		for a := range c.bits(l - 1) {
			for b := range 2 {
				for d := range c.bits(l + 1) {
					s := sign(b)
					argument := (c.self[l] + s*(omega[l]+c.of.below[l]*sign(a)+c.of.above[l]*sign(d))) / root
					log, hazard := normal.Log(argument)
					c.terms[l][a<<2|b<<1|d] = term{log: log, slope: s * hazard / root, second: -argument * hazard / (root * root)}
				}
			}
		}
	}
}

// sum returns ln Z at the fields of the spins.
func (c *column) sum(H []float64) float64 {
	if len(c.terms) == 1 {
		return normal.LogAdd(c.terms[0][0].log+H[0], c.terms[0][2].log-H[0])
	}
	c.pass(H)
	total := math.Inf(-1)
	for b := range 2 {
		total = normal.LogAdd(total, c.ahead[0][b]+c.back[0][b])
	}
	return total
}

// read writes what the column says of each neuron at the fields of the spins.
func (c *column) read(H []float64, out []outcome) {
	if len(c.terms) == 1 {
		plus, minus := &c.terms[0][0], &c.terms[0][2]
		odds := H[0] + (plus.log-minus.log)/2
		p := 1 / (1 + math.Exp(-2*odds))
		q := 1 / (1 + math.Exp(2*odds))
		slope := p*plus.slope + q*minus.slope
		out[0] = outcome{odds: odds, slope: slope, second: p*plus.second + q*minus.second - slope*slope}
		return
	}
	c.pass(H)
	for l := range c.terms {
		var weights [8]float64 // logarithms
		top := math.Inf(-1)
		c.combine(l, H, func(a, b, d int, weight float64) {
			weights[a<<2|b<<1|d] = weight
			top = max(top, weight)
		})
		var total [2]float64
		slope, second := 0.0, 0.0
		for a := range c.bits(l - 1) {
			for b := range 2 {
				for d := range c.bits(l + 1) {
					at := a<<2 | b<<1 | d
					w, t := math.Exp(weights[at]-top), &c.terms[l][at]
					total[b] += w
					slope += w * t.slope
					second += w * t.second
				}
			}
		}
		all := total[0] + total[1]
		slope /= all
		out[l] = outcome{odds: c.odds(l, H), slope: slope, second: second/all - slope*slope}
	}
}

// odds returns the half log-odds of spin l, in logarithms.
func (c *column) odds(l int, H []float64) float64 {
	side := [2]float64{math.Inf(-1), math.Inf(-1)}
	c.combine(l, H, func(_, b, _ int, weight float64) { side[b] = normal.LogAdd(side[b], weight) })
	return (side[0] - side[1]) / 2
}

// combine visits the signs of l and its neighbours with the logarithm of their joint weight,
// after a pass.
func (c *column) combine(l int, H []float64, visit func(a, b, d int, weight float64)) {
	for a := range c.bits(l - 1) {
		for b := range 2 {
			for d := range c.bits(l + 1) {
				weight := c.ahead[l][a<<1|b] + c.terms[l][a<<2|b<<1|d].log
				if l+1 < len(c.terms) {
					weight += sign(d)*H[l+1] + c.back[l+1][b<<1|d]
				}
				visit(a, b, d, weight)
			}
		}
	}
}

// pass fills ahead and back. ahead[l] at (s_{l-1}, s_l) is the logarithm of all that lies
// before factor l, field of s_l included; back[l] that of factor l and all behind it.
func (c *column) pass(H []float64) {
	last := len(c.terms) - 1
	c.ahead[0] = [4]float64{H[0], -H[0], math.Inf(-1), math.Inf(-1)}
	for l := range last {
		for b := range 2 {
			for d := range 2 {
				sum := math.Inf(-1)
				for a := range c.bits(l - 1) {
					sum = normal.LogAdd(sum, c.ahead[l][a<<1|b]+c.terms[l][a<<2|b<<1|d].log)
				}
				c.ahead[l+1][b<<1|d] = sum + sign(d)*H[l+1]
			}
		}
	}
	for l := last; l >= 0; l-- {
		for a := range c.bits(l - 1) {
			for b := range 2 {
				sum := math.Inf(-1)
				for d := range c.bits(l + 1) {
					weight := c.terms[l][a<<2|b<<1|d].log
					if l < last {
						weight += sign(d)*H[l+1] + c.back[l+1][b<<1|d]
					}
					sum = normal.LogAdd(sum, weight)
				}
				c.back[l][a<<1|b] = sum
			}
		}
	}
}
