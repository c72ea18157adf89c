package solve

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"basin/network"
)

// plainColumn sums over all spins of a column: ln Z, the half log-odds of each spin.
func plainColumn(c *columns, self, H, omega, v []float64) (log float64, odds []float64) {
	L := len(H)
	logs, top := make([]float64, 1<<L), math.Inf(-1)
	for s := range logs {
		at := func(l int) float64 {
			if l < 0 || l >= L {
				return 0
			}
			return 1 - 2*float64(s>>l&1)
		}
		for l := range L {
			argument := (self[l] + at(l)*(omega[l]+c.below[l]*at(l-1)+c.above[l]*at(l+1))) / math.Sqrt(v[l])
			logs[s] += H[l]*at(l) + math.Log(math.Erfc(-argument/math.Sqrt2)/2)
		}
		top = max(top, logs[s])
	}
	total := 0.0
	plus := make([]float64, L)
	for s, w := range logs {
		total += math.Exp(w - top)
		for l := range L {
			if s>>l&1 == 0 {
				plus[l] += math.Exp(w - top)
			}
		}
	}
	for l := range L {
		odds = append(odds, math.Log(plus[l]/(total-plus[l]))/2)
	}
	return top + math.Log(total), odds
}

// The sums over a column by transfer matrices are those over all its spins, and g and dg are
// the derivatives of ln Z over omega by differences.
func TestColumnsAreSumsOverAllSpins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		L := rapid.IntRange(1, 5).Draw(t, "L")
		number := func(name string, low, high float64) []float64 {
			return rapid.SliceOfN(rapid.Float64Range(low, high), L, L).Draw(t, name)
		}
		of := &columns{below: number("below", 0, 2), above: number("above", 0, 2)}
		of.below[0], of.above[L-1] = 0, 0
		self := number("self", -1, 2)
		for _, jd := range self {
			of.modules = append(of.modules, &network.Module{SelfCoupling: float32(jd)})
		}
		c := newColumn(of, 0)
		for l := range c.terms {
			c.terms[l] = &factors{}
		}
		for l, m := range of.modules {
			self[l] = float64(m.SelfCoupling)
		}
		H, omega, v := number("H", -2, 2), number("omega", -2, 2), number("v", 0.2, 1.5)
		c.set(omega, v)
		got := make([]outcome, L)
		c.read(H, got)
		log, odds := plainColumn(of, self, H, omega, v)
		if sum := c.sum(H); math.Abs(sum-log) > 1e-10 {
			t.Fatalf("ln Z = %v, want %v", sum, log)
		}
		for l := range L {
			if math.Abs(got[l].odds-odds[l]) > 1e-13*math.Exp(2*math.Abs(odds[l]))+1e-10 {
				t.Errorf("spin %d: half log-odds %v, want %v", l, got[l].odds, odds[l])
			}
			const h = 1e-4
			shifted := func(by float64) float64 {
				moved := append([]float64(nil), omega...)
				moved[l] += by
				log, _ := plainColumn(of, self, H, moved, v)
				return log
			}
			up, down := shifted(h), shifted(-h)
			if slope := (up - down) / (2 * h); math.Abs(got[l].slope-slope) > 1e-5*(1+math.Abs(slope)) {
				t.Errorf("neuron %d: g = %v, by differences %v", l, got[l].slope, slope)
			}
			if second := (up - 2*log + down) / (h * h); math.Abs(got[l].second-second) > 1e-3*(1+math.Abs(second)) {
				t.Errorf("neuron %d: dg = %v, by differences %v", l, got[l].second, second)
			}
		}
	})
}

// Damping mixes probabilities, also those next to one.
func TestDampingMixesMagnetisations(t *testing.T) {
	for _, c := range [][3]float64{{0.3, -0.8, 0.5}, {2, 2, 0.3}, {-1, 3, 0.9}, {0.5, 0, 0}} {
		want := (1-c[2])*math.Tanh(c[0]) + c[2]*math.Tanh(c[1])
		if got := math.Tanh(damped(c[0], c[1], c[2])); math.Abs(got-want) > 1e-14 {
			t.Errorf("damped(%v, %v, %v) has magnetisation %v, want %v", c[0], c[1], c[2], got, want)
		}
	}
	// P(-) = e^{-60} and e^{-80}: half of each.
	if got, want := damped(30, 40, 0.5), 30+math.Ln2/2; math.Abs(got-want) > 1e-8 {
		t.Errorf("damped(30, 40, .5) = %v, want %v", got, want)
	}
}
