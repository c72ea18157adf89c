package network

import (
	"math"
	"strings"
	"testing"

	"basin/network/coupling"
)

func evenInputs(n *Network, scale, offset float64) Inputs {
	inputs := Inputs{make([]float64, n.Inputs()), make([]float64, n.Inputs())}
	for k := range inputs.Scale {
		inputs.Scale[k], inputs.Offset[k] = scale, offset
	}
	return inputs
}

// Every coupling is next to the number it was, in the unit of its receiver, unless that is cut
// off: recurrent ones, which nothing is diffused into. Seed 5.
func TestQuantiseRoundsToTheNearestUnit(t *testing.T) {
	for _, bits := range []int{2, 4, 8} {
		n, err := Draw(mixed(), mixedShape, 4, 5)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range n.Modules {
			m.Tanh = 0
		}
		for m := range n.Spec.Modules {
			n.Spec.Modules[m].Tanh = 0
		}
		n.Readout.Real = false
		q, err := Quantise(n, Integers{Bits: bits}, evenInputs(n, 1./80, -0.7))
		if err != nil {
			t.Fatal(err)
		}
		limit := limitOf(bits)
		for index, m := range n.Modules {
			if m.Recurrent == nil {
				continue
			}
			for i := range m.Neurons {
				unit := math.Ldexp(1, coupling.UnitOf(q.Modules[index].Recurrent, i))
				m.Recurrent.Rows(i, i+1, func(_, j int, v *float32) bool {
					got := float64(*q.Modules[index].Recurrent.At(i, j))
					if math.Abs(got) > limit*unit {
						t.Errorf("%d bits, J_%d,%d: %v, beyond %v units of %v", bits, i, j, got, limit, unit)
					}
					if fault := math.Abs(got - float64(*v)); fault > unit/2 && math.Abs(float64(*v)) <= limit*unit {
						t.Errorf("%d bits, J_%d,%d: %v of %v, want the nearest multiple of %v", bits, i, j, got, *v, unit)
					}
					return true
				})
			}
		}
		if _, err := q.Tensors(); err != nil {
			t.Errorf("%d bits: %v", bits, err)
		}
	}
}

// At the mean of the inputs, where the inputs of the network it was made from are zero, the
// rounding of W changes nothing: the bias alone is left, rounded to the finest unit.
func TestQuantisedFieldAtTheMeanInputIsTheBias(t *testing.T) {
	spec := Spec{Modules: []ModuleSpec{{Neurons: 30, Bias: 0.4, Input: InputSpec{Gain: 1, Density: 1}}}}
	n, err := Draw(spec, []int{6, 6}, 3, 7)
	if err != nil {
		t.Fatal(err)
	}
	q, err := Quantise(n, Integers{Bits: 3}, evenInputs(n, 1./80, -0.75)) // zero at byte 60
	if err != nil {
		t.Fatal(err)
	}
	m := q.Modules[0]
	for i := range m.Neurons {
		field := float64(m.Bias[i])
		m.Input.Rows(i, i+1, func(_, _ int, v *float32) bool { field += 60 * float64(*v); return true })
		finest := q.fieldOf(0, i).unit
		if want := float64(n.Modules[0].Bias[i]); math.Abs(field-want) > math.Ldexp(0.5, finest)+1e-9 {
			t.Errorf("neuron %d: field %v, want the bias %v up to half of 2^%d", i, field, want, finest)
		}
	}
}

func TestQuantiseReportsWhatCannotBe(t *testing.T) {
	plain := Spec{Modules: []ModuleSpec{{Neurons: 8, SelfCoupling: 0.3, Input: InputSpec{Gain: 1, Density: 1}}}}
	small := func(change func(s *Spec)) *Network {
		s := Spec{Modules: []ModuleSpec{plain.Modules[0]}}
		change(&s)
		n, err := Draw(s, []int{9}, 2, 1)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	same := small(func(*Spec) {})
	done, err := Quantise(same, Integers{Bits: 8}, evenInputs(same, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if got := done.Spec.Modules[0].SelfCoupling; got != 77./256 { // 0.3 to 8 digits
		t.Errorf("self-coupling %v, want 77/256", got)
	}
	for name, c := range map[string]struct {
		n    *Network
		q    Integers
		x    Inputs
		want string
	}{
		"nothing":     {nil, Integers{Bits: 8}, Inputs{}, "none"},
		"bits":        {same, Integers{Bits: 9}, evenInputs(same, 1, 0), "9 bits, want 2 to 8"},
		"no bits":     {same, Integers{}, evenInputs(same, 1, 0), "0 bits, want 2 to 8"},
		"tanh":        {small(func(s *Spec) { s.Modules[0].Tanh = 1 }), Integers{Bits: 8}, evenInputs(same, 1, 0), "want tanh 0"},
		"inputs":      {same, Integers{Bits: 8}, Inputs{}, "0 scales and 0 offsets"},
		"scale":       {same, Integers{Bits: 8}, evenInputs(same, 0, 0), "scale of input 0 is 0"},
		"twice":       {done, Integers{Bits: 8}, evenInputs(same, 1, 0), "8 bits already"},
		"far too big": {small(func(s *Spec) { s.Modules[0].SelfCoupling = 1e30 }), Integers{Bits: 8}, evenInputs(same, 1, 0), ""},
	} {
		n, err := Quantise(c.n, c.q, c.x)
		if c.want == "" && err == nil {
			if err := n.finishIntegers(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
