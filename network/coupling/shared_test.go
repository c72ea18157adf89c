package coupling

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"basin/internal/layout"

	"pgregory.net/rapid"
)

// randomGrid draws a grid: one of neurons over themselves if hollow, else any.
func randomGrid(t *rapid.T, hollow bool) Grid {
	side, channels := rapid.IntRange(1, 5), rapid.IntRange(1, 18)
	if rapid.Bool().Draw(t, "many channels") {
		side, channels = rapid.IntRange(1, 2), rapid.OneOf(rapid.SampledFrom([]int{32, 64, 96}), rapid.IntRange(90, 120))
	}
	g := Grid{
		Image:  Image{side.Draw(t, "height"), side.Draw(t, "width"), rapid.IntRange(1, 5).Draw(t, "image channels")},
		Stride: 1, Channels: channels.Draw(t, "channels"),
	}
	most := min(g.Image.Height, g.Image.Width)
	if hollow {
		g.Side = 2*rapid.IntRange(0, most-1).Draw(t, "half side") + 1
		g.Border, g.Image.Channels = g.Side/2, g.Channels
		return g
	}
	g.Side = rapid.IntRange(1, most+2).Draw(t, "side")
	g.Border = rapid.IntRange(max(0, g.Side-most+1)/2, g.Side-1).Draw(t, "border")
	g.Stride = rapid.IntRange(1, 3).Draw(t, "stride")
	return g
}

// sharedTwin is the plain form of a shared block: the couplings of every pair of neurons, found
// by a look at every pixel, and the vectors that they are taken from.
type sharedTwin struct {
	twin
	grid   Grid
	vector [][]float32 // channel, value of its window
	entry  [][]int     // of receiver and sender: which value of the window, or -1
}

func drawSharedTwin(r *rand.Rand, g Grid, hollow bool) *sharedTwin {
	m := g.Image
	w := &sharedTwin{grid: g, twin: twin{shape: Shape{Receivers: g.Neurons(), Senders: m.Height * m.Width * m.Channels, Hollow: hollow, FanIn: float64(g.Values()), Places: g.Places()}}}
	for range g.Channels {
		row := make([]float32, g.Values())
		for e := range row {
			row[e] = float32(r.NormFloat64())
		}
		w.vector = append(w.vector, row)
	}
	for i := range w.shape.Receivers {
		top, left := g.Corner(i / g.Channels)
		value := make([]int, w.shape.Senders)
		for j := range value {
			y, x := j/m.Channels/m.Width-top, j/m.Channels%m.Width-left
			value[j] = -1
			if y >= 0 && y < g.Side && x >= 0 && x < g.Side && !(hollow && i == j) {
				value[j] = (y*g.Side+x)*m.Channels + j%m.Channels
			}
		}
		w.entry = append(w.entry, value)
	}
	w.spread()
	return w
}

// spread gives every pair the coupling that its vector has.
func (w *sharedTwin) spread() {
	w.value, w.present = nil, nil
	for i, values := range w.entry {
		row, present := make([]float32, len(values)), make([]bool, len(values))
		for j, e := range values {
			if e >= 0 {
				row[j], present[j] = w.vector[i%w.grid.Channels][e], true
			}
		}
		w.value, w.present = append(w.value, row), append(w.present, present)
	}
}

// blocks makes a shared block, as drawn and as loaded, and a sparse one of the same couplings.
func (w *sharedTwin) blocks(t failing) (shared map[string]Block, sparse *Sparse) {
	drawn, loaded := NewShared(w.grid, w.shape.Hollow), NewShared(w.grid, w.shape.Hollow)
	if err := drawn.Fill(nil, func(c int, row []float32) { copy(row, w.vector[c]) }); err != nil {
		t.Fatalf("%v", err)
	}
	reload(t, drawn, loaded)
	if !reflect.DeepEqual(drawn, loaded) {
		t.Fatalf("the block loaded is not the one drawn")
	}
	sparse = NewSparse(w.shape)
	fill(t, sparse, &w.twin)
	return map[string]Block{"drawn": drawn, "loaded": loaded.Frozen()}, sparse
}

// Package comment: a shared block has the products, flips, changes, sums of messages, pairs and
// receivers of a sparse one that has a copy of every coupling, bit for bit, for any grid,
// number of samples, range and kernel.
func TestSharedBlocksMoveLikeSparseOnes(t *testing.T) {
	everyKernel(t, func(t *testing.T) { rapid.Check(t, sharedMovesLikeSparse) })
}

func sharedMovesLikeSparse(t *rapid.T) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 7))
	hollow := rapid.Bool().Draw(t, "hollow")
	w := drawSharedTwin(r, randomGrid(t, hollow), hollow)
	shape := w.shape
	count, real := rapid.SampledFrom([]int{1, 3, 16, 70}).Draw(t, "samples"), rapid.Bool().Draw(t, "real")
	states := States{Rows: drawStates(r, count, shape.Senders, real), Real: real}
	space := NewWorkspace(max(shape.Receivers, shape.Senders), 0)
	size := layout.Padded(shape.Receivers)
	from := 16 * rapid.IntRange(0, size/16).Draw(t, "from")
	to := min(size, from+16*rapid.IntRange(0, size/16).Draw(t, "length"))
	if rapid.Bool().Draw(t, "all") {
		from, to = 0, size
	}
	var flipped []int32
	for _, j := range r.Perm(shape.Senders)[:r.IntN(shape.Senders)+1] {
		flipped = append(flipped, int32(j))
	}
	slices.Sort(flipped)
	shared, sparse := w.blocks(t)
	for name, block := range shared {
		w.holds(t, name, block)
		got, want := make([][]float32, count), make([][]float32, count)
		for q := range got {
			got[q], want[q] = make([]float32, size), make([]float32, size)
			for i := range size {
				got[q][i], want[q][i] = 7, 7 // what is outside of the range stays
			}
		}
		block.Product(space, got, states, from, to)
		sparse.Product(space, want, states, from, to)
		for q := range want {
			clear(want[q][min(max(from, shape.Receivers), to):to])
		}
		same(t, name+": product", got, want)
		if !real {
			block.Flips(got[0], states.Rows[0], flipped)
			sparse.Flips(want[0], states.Rows[0], flipped)
			same(t, name+": flips", got[:1], want[:1])
		}
		block.Change(got[0], int(flipped[0]), 0.3)
		sparse.Change(want[0], int(flipped[0]), 0.3)
		same(t, name+": change", got[:1], want[:1])
		for j := range shape.Senders {
			receivers, all := block.Receivers(j, nil), sparse.Receivers(j, nil)
			if !slices.Equal(receivers, all) || block.FanOut(j) != len(all) {
				t.Fatalf("%s: sender %d has %d receivers, %v, want %v", name, j, block.FanOut(j), receivers, all)
			}
		}
		sameMessages(t, name, r, block, sparse)
		if hollow {
			samePairs(t, name, block, sparse, from, min(to, shape.Receivers))
		}
	}
}

// sameMessages holds that two blocks receive and send the same sums.
func sameMessages(t failing, name string, r *rand.Rand, block, want Block) {
	shape := block.Shape()
	for _, send := range []bool{false, true} {
		ends, others, call, plain := shape.Receivers, shape.Senders, block.Receive, want.Receive
		if send {
			ends, others, call, plain = others, ends, block.Send, want.Send
		}
		mean, variance := drawStates(r, 1, others, true)[0], drawStates(r, 1, others, true)[0]
		size := layout.Padded(ends)
		var sums [4][]float64
		for k := range sums {
			sums[k] = make([]float64, size)
			for i := range sums[k] {
				sums[k][i] = 3
			}
		}
		cut := 16 * r.IntN(size/16+1)
		call(mean, variance, sums[0], sums[1], 0, cut)
		call(mean, variance, sums[0], sums[1], cut, size)
		plain(mean, variance, sums[2], sums[3], 0, size)
		if !slices.Equal(sums[0], sums[2]) || !slices.Equal(sums[1], sums[3]) {
			t.Fatalf("%s: sums of messages, send %t: %v and %v, want %v and %v", name, send, sums[0], sums[1], sums[2], sums[3])
		}
	}
}

// samePairs holds that two hollow blocks have the same pairs.
func samePairs(t failing, name string, block, want Block, from, to int) {
	list := func(b Block) (pairs []string) {
		b.Pairs(from, to, func(i, j int, ij, ji *float32) { pairs = append(pairs, fmt.Sprint(i, j, *ij, *ji)) })
		return pairs
	}
	if got, pairs := list(block), list(want); !slices.Equal(got, pairs) {
		t.Fatalf("%s: pairs %v, want %v", name, got, pairs)
	}
}

// The increment of a shared coupling is the step times the sum of s_i s_j over all places and
// the samples in which neuron i of the place is unstable, rounded once, whatever the kernel and
// the parts; and so it is with sums that are not counts.
func TestSharedBlocksLearnSumsOverPlaces(t *testing.T) {
	everyKernel(t, func(t *testing.T) { rapid.Check(t, sharedLearnsSums) })
}

func sharedLearnsSums(t *rapid.T) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 8))
	hollow := rapid.Bool().Draw(t, "hollow")
	w := drawSharedTwin(r, randomGrid(t, hollow), hollow)
	samples := rapid.SampledFrom([]int{1, 8, 13, 70}).Draw(t, "samples")
	e, unstable, signs, from := evidence(r, samples, w.shape.Receivers, w.shape.Senders)
	if hollow {
		e.SenderUnstable, e.SenderSigns, from = nil, nil, signs
	}
	e.Step = 0.37
	shared, _ := w.blocks(t)
	block, parts := shared["drawn"], rapid.IntRange(1, 3).Draw(t, "parts")
	for part := range parts {
		block.Learn(e, part, parts)
	}
	w.add(0.37, func(i, j int) float32 {
		sum := 0
		for q := range samples {
			if unstable[q][i] {
				sum += int(sign(signs[q][i]) * sign(from[q][j]))
			}
		}
		return float32(sum)
	})
	w.holds(t, "learned", block)
	sum := func(i, j int) float32 { return float32(i%7) - 0.1*float32(j%5) }
	for part := range parts {
		block.LearnSums(0.1, sum, part, parts)
	}
	w.add(0.1, sum)
	w.holds(t, "learned by sums", block)
}

// add adds step times the sum over the places, ascending, to every coupling.
func (w *sharedTwin) add(step float32, sum func(i, j int) float32) {
	for c, row := range w.vector {
		for e := range row {
			total := float32(0)
			for i := c; i < w.shape.Receivers; i += w.grid.Channels {
				if j := slices.Index(w.entry[i], e); j >= 0 {
					total += sum(i, j)
				}
			}
			row[e] += float32(step * total)
		}
	}
	w.spread()
}

// A count that does not fit the 16 bits of a kernel is exact: 64 x 64 places, 16 samples, all
// unstable and agreed.
func TestSharedCountsOfManyPlacesAreExact(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		g := Grid{Image{64, 64, 1}, 1, 1, 0, 3}
		block := NewShared(g, false)
		if err := block.Fill(nil, func(int, []float32) {}); err != nil {
			t.Fatal(err)
		}
		e := NewEvidence(layout.Padded(g.Neurons()), 16)
		full := slices.Repeat([]uint8{0xff}, layout.Padded(g.Neurons())+64)
		e.Unstable, e.Signs = [][]uint8{full, full}, [][]uint8{full, full}
		e.SenderUnstable, e.SenderSigns, e.Step = e.Unstable, e.Signs, 0.5
		block.Learn(e, 0, 1)
		for c := range g.Channels {
			if got := *block.At(c, 0); got != 0.5*64*64*16 {
				t.Errorf("channel %d: an increment of %v, want %v", c, got, 0.5*64*64*16)
			}
		}
	})
}

// Products, flips and increments allocate nothing after the first.
func TestSharedBlocksAllocateNothing(t *testing.T) {
	w := drawSharedTwin(rand.New(rand.NewPCG(1, 9)), Grid{Image{5, 5, 6}, 3, 1, 1, 20}, false)
	shared, _ := w.blocks(t)
	block := shared["drawn"]
	space := NewWorkspace(w.shape.Receivers, 0)
	states := States{Rows: drawStates(rand.New(rand.NewPCG(2, 9)), 3, w.shape.Senders, false)}
	products := drawStates(rand.New(rand.NewPCG(2, 9)), 3, w.shape.Receivers, false)
	e, _, _, _ := evidence(rand.New(rand.NewPCG(3, 9)), 16, w.shape.Receivers, w.shape.Senders)
	flipped := []int32{3, 70}
	if n := testing.AllocsPerRun(10, func() {
		block.Product(space, products, states, 0, layout.Padded(w.shape.Receivers))
		block.Flips(products[0], states.Rows[0], flipped)
		block.Learn(e, 0, 1)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// Grids that no hollow block has, and files with a coupling of a neuron with itself, are
// refused; an outline has no couplings.
func TestSharedBlocksRefuseWhatTheyAreNot(t *testing.T) {
	good := Grid{Image{4, 5, 3}, 3, 1, 1, 3}
	for name, change := range map[string]func(*Grid){
		"no grid":        func(g *Grid) { g.Channels = 0 },
		"even side":      func(g *Grid) { g.Side, g.Border = 2, 1 },
		"other border":   func(g *Grid) { g.Border = 2 },
		"stride":         func(g *Grid) { g.Stride = 2 },
		"other channels": func(g *Grid) { g.Channels = 4 },
	} {
		g := good
		change(&g)
		if err := NewShared(g, true).Fill(nil, func(int, []float32) {}); err == nil {
			t.Errorf("%s: %+v is filled", name, g)
		}
		if _, done := NewShared(g, true).Load(nil); done() == nil {
			t.Errorf("%s: %+v is loaded", name, g)
		}
	}
	block := NewShared(good, true)
	if block.Filled() || block.At(0, 1) != nil {
		t.Error("an outline has couplings")
	}
	block.Each(func(int, int, *float32) bool { t.Error("an outline has couplings"); return false })
	tensors, done := block.Load(nil)
	values := make([]float32, tensors[0].Count())
	values[27+12+1] = 1 // row 1 of 27 values, the middle pixel, channel 1
	if err := tensors[0].Set(values, 0); err != nil {
		t.Fatal(err)
	}
	if err := done(); !fits(err, "of a neuron with itself, is 1, want 0") {
		t.Errorf("a coupling of a neuron with itself: %v", err)
	}
}
