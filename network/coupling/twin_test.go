package coupling

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"basin/internal/kernel"
	"basin/internal/layout"

	"pgregory.net/rapid"
)

// everyKernel runs a test once with each version of the kernels.
func everyKernel(t *testing.T, test func(t *testing.T)) {
	for _, name := range kernel.Available() {
		t.Run(name, func(t *testing.T) {
			undo, err := kernel.Use(name)
			if err != nil {
				t.Fatal(err)
			}
			defer undo()
			test(t)
		})
	}
}

// twin is the plain form of a block: a full matrix, and which couplings are present.
type twin struct {
	shape   Shape
	value   [][]float32 // receiver, sender
	present [][]bool
}

// drawTwin draws couplings, each present with a probability.
func drawTwin(r *rand.Rand, shape Shape, density float64) *twin {
	w := &twin{shape: shape}
	for i := range shape.Receivers {
		value, present := make([]float32, shape.Senders), make([]bool, shape.Senders)
		for j := range value {
			if r.Float64() < density && !(shape.Hollow && i == j) {
				value[j], present[j] = float32(r.NormFloat64()), true
			}
		}
		w.value, w.present = append(w.value, value), append(w.present, present)
	}
	return w
}

// senders and row are what Fill asks for.
func (w *twin) senders(i int) ([]int32, error) {
	var list []int32
	for j, present := range w.present[i] {
		if present {
			list = append(list, int32(j))
		}
	}
	return list, nil
}

func (w *twin) row(i int, row []float32) {
	if len(row) == w.shape.Senders {
		copy(row, w.value[i])
		return
	}
	senders, _ := w.senders(i)
	for e, j := range senders {
		row[e] = w.value[i][j]
	}
}

type failing interface {
	Helper()
	Fatalf(format string, values ...any)
}

func fill(t failing, c Couplings, w *twin) {
	t.Helper()
	if err := c.Fill(w.senders, w.row); err != nil {
		t.Fatalf("%v", err)
	}
}

// reload makes the block anew from its arrays, some values at a time.
func reload(t failing, from, outline Couplings) {
	t.Helper()
	sources := from.Tensors()
	tensors, done := outline.Load(func(name string) int {
		for _, source := range sources {
			if source.Name == name && len(source.Shape) == 1 {
				return source.Count()
			}
		}
		return 0
	})
	for k, source := range sources {
		if !reflect.DeepEqual(source.Shape, tensors[k].Shape) || source.Name != tensors[k].Name || source.Check() != nil {
			t.Fatalf("array %s of shape %v is loaded as %s of %v (%v)", source.Name, source.Shape, tensors[k].Name, tensors[k].Shape, source.Check())
		}
		for at := 0; at < source.Count(); at += source.Step() {
			count := min(source.Step(), source.Count()-at)
			if source.Integers() {
				values := make([]int32, count)
				source.GetIntegers(values, at)
				tensors[k].SetIntegers(values, at)
				continue
			}
			values := make([]float32, count)
			source.Get(values, at)
			if err := tensors[k].Set(values, at); err != nil {
				t.Fatalf("%v", err)
			}
		}
	}
	if err := done(); err != nil {
		t.Fatalf("%v", err)
	}
}

// holds that a reader of the block sees the twin.
func (w *twin) holds(t failing, name string, c Couplings) {
	t.Helper()
	count := 0
	c.Each(func(i, j int, v *float32) bool {
		if !w.present[i][j] || w.value[i][j] != *v || c.At(i, j) != v {
			t.Fatalf("%s: coupling from %d on %d is %v, want %v, present %v", name, j, i, *v, w.value[i][j], w.present[i][j])
		}
		count++
		return true
	})
	want, last := 0, -1
	for i, row := range w.present {
		for j, present := range row {
			if present {
				want++
				last = i
			} else if c.At(i, j) != nil {
				t.Fatalf("%s: a coupling from %d on %d, want none", name, j, i)
			}
		}
	}
	if count != want || Synapses(c) != want || !c.Filled() {
		t.Fatalf("%s: %d couplings seen, %d counted, want %d", name, count, Synapses(c), want)
	}
	c.Rows(last, last+1, func(i, _ int, _ *float32) bool {
		if i != last {
			t.Fatalf("%s: a coupling on %d among those on %d", name, i, last)
		}
		return true
	})
}

func randomShape(t *rapid.T) Shape {
	size := rapid.OneOf(rapid.IntRange(1, 15), rapid.SampledFrom([]int{16, 32, 48, 64}), rapid.IntRange(17, 150))
	s := Shape{Receivers: size.Draw(t, "receivers"), Hollow: rapid.Bool().Draw(t, "hollow"), FanIn: 3}
	switch rapid.IntRange(0, 9).Draw(t, "panels") {
	case 0: // of a dense block, several
		s.Receivers = rapid.SampledFrom([]int{192, 193, 384, 400}).Draw(t, "panelled")
	case 1: // one large one
		s.Receivers, s.Hollow = panelled+rapid.IntRange(1, 40).Draw(t, "large"), false
	}
	if s.Senders = s.Receivers; !s.Hollow {
		s.Senders = size.Draw(t, "senders")
	}
	return s
}

// drawStates draws padded states of neurons, signs or real numbers.
func drawStates(r *rand.Rand, count, neurons int, real bool) [][]float32 {
	states := make([][]float32, count)
	for q := range states {
		states[q] = make([]float32, layout.Padded(neurons))
		for i := range states[q] {
			states[q][i] = float32(2*r.IntN(2) - 1)
			if real && i < neurons {
				states[q][i] = float32(r.NormFloat64())
			}
		}
	}
	return states
}

// blocks makes a block of each kind of the twin, as drawn, loaded and frozen.
func (w *twin) blocks(t failing, dense bool) map[string]Block {
	outline := func() Block {
		if dense {
			return NewDense(w.shape)
		}
		return NewSparse(w.shape)
	}
	drawn, loaded := outline(), outline()
	fill(t, drawn, w)
	reload(t, drawn, loaded)
	if !reflect.DeepEqual(drawn, loaded) && w.count() > 0 {
		t.Fatalf("the block loaded is not the one drawn")
	}
	return map[string]Block{"drawn": drawn, "loaded": loaded, "frozen": drawn.Frozen(), "frozen twice": drawn.Frozen().Frozen()}
}

func (w *twin) count() (count int) {
	for _, row := range w.present {
		for _, present := range row {
			if present {
				count++
			}
		}
	}
	return count
}

// Package comment: whatever the kind, the number of samples, the range and the kernel, a
// block has the products, flips and changes of a full matrix, bit for bit.
func TestBlocksMoveLikeFullMatrices(t *testing.T) {
	everyKernel(t, func(t *testing.T) { rapid.Check(t, moveLikeTwin) })
}

func moveLikeTwin(t *rapid.T) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	shape, dense := randomShape(t), rapid.Bool().Draw(t, "dense")
	density := 2.0
	if !dense {
		density = rapid.SampledFrom([]float64{0, 0.02, 0.3, 0.9}).Draw(t, "density")
	}
	w := drawTwin(r, shape, density)
	count, real := rapid.SampledFrom([]int{1, 3, 8, 9, 16, 17, 70}).Draw(t, "samples"), rapid.Bool().Draw(t, "real")
	states := States{Rows: drawStates(r, count, shape.Senders, real), Real: real}
	space := NewWorkspace(max(shape.Receivers, shape.Senders), 0)
	if rapid.Bool().Draw(t, "planes") {
		for q := 0; q < count; q += 8 {
			plane := make([]uint8, layout.Padded(shape.Senders))
			space.Plane(plane, states.Rows[q:min(q+8, count)])
			states.Planes = append(states.Planes, plane)
		}
	}
	size := layout.Padded(shape.Receivers)
	from := 16 * rapid.IntRange(0, size/16).Draw(t, "from")
	to := min(size, from+16*rapid.IntRange(0, size/16).Draw(t, "length"))
	if rapid.Bool().Draw(t, "all") {
		from, to = 0, size
	}
	turned := r.Perm(shape.Senders)[:r.IntN(shape.Senders)+1]
	flipped := make([]int32, len(turned))
	for k, j := range turned {
		flipped[k] = int32(j)
	}
	slices.Sort(flipped)
	for name, block := range w.blocks(t, dense) {
		w.holds(t, name, block)
		got, want := make([][]float32, count), make([][]float32, count)
		for q := range got {
			got[q], want[q] = make([]float32, size), make([]float32, size)
			for i := from; i < min(to, shape.Receivers); i++ {
				for j, v := range w.value[i] {
					if w.present[i][j] {
						want[q][i] += float32(v * states.Rows[q][j])
					}
				}
			}
		}
		block.Product(space, got, states, from, to)
		same(t, name+": product", got, want)
		for i := range shape.Receivers {
			for _, j := range flipped {
				if !real && w.present[i][j] {
					want[0][i] += float32(w.value[i][j] * (2 * states.Rows[0][j]))
				}
			}
		}
		if !real { // states that are not signs change one by one
			block.Flips(got[0], states.Rows[0], flipped)
		}
		same(t, name+": flips", got[:1], want[:1])
		for i := range shape.Receivers {
			if j := flipped[0]; w.present[i][j] {
				want[0][i] += float32(w.value[i][j] * 0.3)
			}
		}
		block.Change(got[0], int(flipped[0]), 0.3)
		same(t, name+": change", got[:1], want[:1])
	}
}

// same holds that vectors are equal, the sign of a zero aside.
func same(t failing, what string, got, want [][]float32) {
	t.Helper()
	for q := range want {
		for i := range want[q] {
			if got[q][i] != want[q][i] {
				t.Fatalf("%s of sample %d, neuron %d of %d: %v, want %v", what, q, i, len(want[q]), got[q][i], want[q][i])
			}
		}
	}
}

// evidence draws which of some neurons were unstable in which samples.
func evidence(r *rand.Rand, samples, receivers, senders int) (e *Evidence, unstable, signs, from [][]bool) {
	e = NewEvidence(layout.Padded(max(receivers, senders)), samples)
	planes := func(neurons int) (list [][]uint8, bits [][]bool) {
		for range samples {
			bits = append(bits, make([]bool, neurons))
		}
		for q := 0; q < samples; q += 8 {
			plane := make([]uint8, (neurons+63)/64*64)
			for i := range neurons {
				for b := q; b < min(q+8, samples); b++ {
					if r.IntN(2) == 1 {
						plane[i] |= 1 << (b - q)
						bits[b][i] = true
					}
				}
			}
			list = append(list, plane)
		}
		return list, bits
	}
	e.Unstable, unstable = planes(receivers)
	e.Signs, signs = planes(receivers)
	e.SenderUnstable, _ = planes(senders)
	e.SenderSigns, from = planes(senders)
	return e, unstable, signs, from
}

func sign(negative bool) float32 {
	if negative {
		return -1
	}
	return 1
}

// Model page, section 3: the increment of every coupling is the step times the sum of
// s_i s_j over the samples in which i is unstable, whatever the kind and the parts.
func TestBlocksLearnLikeFullMatrices(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
			shape, dense := randomShape(t), rapid.Bool().Draw(t, "dense")
			density := 2.0
			if !dense {
				density = 0.3
			}
			w := drawTwin(r, shape, density)
			samples := rapid.SampledFrom([]int{1, 8, 13, 70, 130}).Draw(t, "samples")
			e, unstable, signs, from := evidence(r, samples, shape.Receivers, shape.Senders)
			if shape.Hollow {
				e.SenderUnstable, e.SenderSigns, from = nil, nil, signs
			}
			e.Step = 0.37
			block := w.blocks(t, dense)["loaded"]
			parts := rapid.IntRange(1, 3).Draw(t, "parts")
			for part := range parts {
				block.Learn(e, part, parts)
			}
			e.Join(layout.Padded(shape.Receivers), layout.Padded(shape.Senders))
			for i := range shape.Receivers {
				for j := range shape.Senders {
					sum := 0
					for q := range samples {
						if unstable[q][i] {
							sum += int(sign(signs[q][i]) * sign(from[q][j]))
						}
					}
					if got := e.Agreement(i, j, false); got != sum {
						t.Fatalf("agreement of %d and %d is %d, want %d", i, j, got, sum)
					}
					if w.present[i][j] {
						w.value[i][j] += float32(0.37 * float32(sum))
					}
				}
			}
			w.holds(t, "learned", block)
		})
	})
}

// Pairs are those couplings of a hollow block of which both are present, in the order that
// says the comment.
func TestPairsHaveBothCouplings(t *testing.T) {
	for _, density := range []float64{2, 0.4} {
		w := drawTwin(rand.New(rand.NewPCG(3, 3)), Shape{Receivers: 40, Senders: 40, Hollow: true}, density)
		for name, block := range w.blocks(t, density > 1) {
			var got, want [][2]int
			block.Pairs(5, 40, func(i, j int, ij, ji *float32) {
				got = append(got, [2]int{i, j})
				if *ij != w.value[i][j] || *ji != w.value[j][i] {
					t.Fatalf("%s: pair %d, %d has %v and %v", name, i, j, *ij, *ji)
				}
			})
			for i := 5; i < 40; i++ {
				for j := range i {
					if w.present[i][j] && w.present[j][i] {
						want = append(want, [2]int{i, j})
					}
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: pairs %v, want %v", name, got, want)
			}
		}
	}
}
