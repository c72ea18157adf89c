package baseline

import (
	"context"
	"math"
	"slices"
	"testing"

	"basin/internal/random"
)

func grow(t testing.TB, samples Samples, classes int, seed uint64) (*grower, tree) {
	t.Helper()
	r, err := newRanges(t.Context(), samples, 2)
	if err != nil {
		t.Fatal(err)
	}
	g := newGrower(r, classes)
	return g, g.grow(t.Context(), random.New(seed, random.Baseline))
}

// rounded returns normal points with few values each, so that divisions tie.
func rounded(count, features, classes int, seed uint64) *points {
	s := drawn(count, features, classes, seed)
	for _, x := range s.rows {
		for k := range x {
			x[k] = float32(math.Round(2*float64(x[k])) / 2)
		}
	}
	return s
}

// gini returns the impurity of both sides of a division, of samples that count as often as their weight.
func gini(samples *points, weights []int32, classes, input int, threshold float32) (impurity float64, one bool) {
	sides := [2][]float64{make([]float64, classes), make([]float64, classes)}
	var counts [2]float64
	for i, x := range samples.rows {
		side := 0
		if x[input] > threshold {
			side = 1
		}
		sides[side][samples.labels[i]] += float64(weights[i])
		counts[side] += float64(weights[i])
	}
	for side, count := range counts {
		if count == 0 {
			return 0, true
		}
		part := 1.0
		for _, n := range sides[side] {
			part -= (n / count) * (n / count)
		}
		impurity += count / (counts[0] + counts[1]) * part
	}
	return impurity, false
}

// All inputs, and all thresholds between two values that occur, as they are.
func TestDivisionIsTheBestOfAll(t *testing.T) {
	for seed := range uint64(40) {
		classes := 2 + int(seed%3)
		samples := rounded(12+int(seed), 5, classes, seed)
		if seed%4 == 0 {
			samples = drawn(12+int(seed), 5, classes, seed)
		}
		r, err := newRanges(t.Context(), samples, 1)
		if err != nil {
			t.Fatal(err)
		}
		g, stream := newGrower(r, classes), random.New(seed, random.Baseline)
		g.tries = 5
		g.draw(&stream)
		all, pure := g.count(g.order)
		if pure {
			continue
		}
		got := g.best(g.order, all, &stream)
		threshold := r.threshold(got.input, got.below, got.above)
		best := math.Inf(1)
		for input := range 5 {
			for _, x := range samples.rows {
				if v, one := gini(samples, g.weights, classes, input, x[input]); !one {
					best = min(best, v)
				}
			}
		}
		v, one := gini(samples, g.weights, classes, got.input, threshold)
		if one || math.Abs(v-best) > 1e-12 || math.Abs(1-got.score/float64(all)-best) > 1e-12 {
			t.Errorf("seed %d: impurity %v at input %d above %v, score %v of %d, want %v", seed, v, got.input, threshold, got.score, all, best)
		}
	}
}

// Samples that differ end in a leaf of their class, and a node has the comparisons of those
// that come through it.
func TestTreeKnowsWhatItLearned(t *testing.T) {
	samples := drawn(300, 6, 3, 4)
	g, tree := grow(t, samples, 3, 1)
	comparisons := int64(0)
	for i, x := range samples.rows {
		if g.weights[i] == 0 {
			continue
		}
		votes := make([]float32, 3)
		tree.vote(x, votes)
		if votes[samples.labels[i]] != 1 {
			t.Errorf("votes %v of sample %d of class %d", votes, i, samples.labels[i])
		}
		n := tree.nodes[0]
		for n.input >= 0 {
			comparisons += int64(g.weights[i])
			next := n.next
			if x[n.input] > n.threshold {
				next++
			}
			n = tree.nodes[next]
		}
	}
	if comparisons != tree.comparisons {
		t.Errorf("%d comparisons, want %d", tree.comparisons, comparisons)
	}
	if distinct := len(g.order); math.Abs(float64(distinct)/300-0.632) > 5*0.018 {
		t.Errorf("%d of 300 samples were drawn, want a share of 1-1/e, standard error 0.018", distinct)
	}
}

// No number lies between these two, so that the threshold is one of them.
func TestNeighbouringNumbersAreDivided(t *testing.T) {
	samples, values := &points{}, [2]float32{1, math.Nextafter32(1, 2)}
	for i := range 20 {
		samples.rows, samples.labels = append(samples.rows, []float32{values[i%2]}), append(samples.labels, i%2)
	}
	_, tree := grow(t, samples, 2, 1)
	for label, v := range values {
		votes := make([]float32, 2)
		if tree.vote([]float32{v}, votes); votes[label] != 1 {
			t.Errorf("votes %v of %v, want class %d", votes, v, label)
		}
	}
}

// Samples that do not differ share a leaf, where each class has its share.
func TestLeafHasTheSharesOfItsClasses(t *testing.T) {
	samples := &points{}
	for i := range 90 {
		samples.rows, samples.labels = append(samples.rows, []float32{float32(i % 3), 1}), append(samples.labels, i%2*(i%3))
	}
	g, one := grow(t, samples, 3, 2)
	for value := range 3 {
		counts, all, votes := [3]float64{}, 0.0, make([]float32, 3)
		for i, w := range g.weights {
			if i%3 == value {
				counts[samples.labels[i]] += float64(w)
				all += float64(w)
			}
		}
		one.vote([]float32{float32(value), 1}, votes)
		for c, v := range votes {
			if math.Abs(float64(v)-counts[c]/all) > 1e-6 {
				t.Errorf("value %d: votes %v, want %v of %v", value, votes, counts, all)
			}
		}
	}
	if cost := (&Forest{samples: samples, trees: []tree{one}}).Cost(); cost.Parameters != int64(2+1+6) || cost.Bytes != 12*5+4*6 {
		t.Errorf("cost %+v, want 2 thresholds, a leaf of one class and two of 3", cost)
	}
}

// One input of many tells the classes apart, and the others are constant: the few that are
// drawn are passed over until one divides.
func TestConstantInputsAreDrawnInVain(t *testing.T) {
	samples := &points{}
	for i := range 50 {
		row := make([]float32, 100)
		row[71] = float32(i)
		samples.rows, samples.labels = append(samples.rows, row), append(samples.labels, i/25)
	}
	_, tree := grow(t, samples, 2, 3)
	if n := tree.nodes[0]; len(tree.nodes) != 3 || n.input != 71 || n.threshold < 20 || n.threshold > 30 {
		t.Errorf("tree %+v, want a division at input 71 about 24.5", tree.nodes)
	}
}

// With at most 256 values each has a range of its own; of more, ranges are as full as they can
// be. A threshold between two of them has on either side what it should.
func TestRangesDivideTheValues(t *testing.T) {
	stream := random.New(1, random.Synthetic)
	for name, draw := range map[string]func() float32{
		"few":     func() float32 { return float32(stream.IntN(200)) / 7 },
		"many":    func() float32 { return float32(stream.Float64()) },
		"mostly":  func() float32 { return float32(max(0, stream.Float64()-0.7)) },
		"one":     func() float32 { return 3 },
		"closest": func() float32 { return math.Float32frombits(0x3f800000 + uint32(stream.IntN(100))) },
	} {
		samples := &points{}
		for range 4000 {
			samples.rows, samples.labels = append(samples.rows, []float32{draw()}), append(samples.labels, 0)
		}
		r, err := newRanges(t.Context(), samples, 1)
		if err != nil {
			t.Fatal(err)
		}
		values, full := map[float32]bool{}, make([]int, len(r.low[0]))
		for i, x := range samples.rows {
			v, code := x[0], r.codes[0][i]
			values[v] = true
			full[code]++
			if v < r.low[0][code] || v > r.high[0][code] {
				t.Fatalf("%s: value %v is in the range from %v to %v", name, v, r.low[0][code], r.high[0][code])
			}
		}
		switch {
		case len(values) <= 256 && len(full) != len(values):
			t.Errorf("%s: %d ranges of %d values", name, len(full), len(values))
		case name == "many" && (len(full) != 256 || slices.Max(full) > 16 || slices.Min(full) < 15):
			t.Errorf("%s: %d ranges of %v samples, want 256 of 4000/256", name, len(full), full)
		case name == "mostly" && (len(full) < 70 || slices.Min(full) == 0):
			t.Errorf("%s: %d ranges of %v samples", name, len(full), full)
		}
		for n := range len(full) - 1 {
			threshold := r.threshold(0, uint8(n), uint8(n+1))
			if threshold < r.high[0][n] || threshold >= r.low[0][n+1] {
				t.Errorf("%s: threshold %v between %v and %v", name, threshold, r.high[0][n], r.low[0][n+1])
			}
		}
	}
}

// The logits are the mean of the trees' votes, and each tree that of its number, whichever
// goroutine grows it.
func TestForestIsTheMeanOfItsTrees(t *testing.T) {
	samples, others := drawn(200, 5, 3, 1), drawn(90, 5, 3, 2)
	f, err := NewForest(ForestSettings{Trees: 19, Seed: 7, Workers: 3}, samples, 3)
	if err != nil {
		t.Fatal(err)
	}
	got := logits(t, learned(t, "forest", made{f, nil}), others)
	r, err := newRanges(context.Background(), samples, 1)
	if err != nil {
		t.Fatal(err)
	}
	want, operations := make([]float64, len(got)), 0.0
	for n := range 19 {
		tree := newGrower(r, 3).grow(t.Context(), random.New(7, random.Baseline, uint64(n)))
		operations += float64(tree.comparisons) / 200
		for i, x := range others.rows {
			votes := make([]float32, 3)
			tree.vote(x, votes)
			for c, v := range votes {
				want[3*i+c] += float64(v) / 19
			}
		}
	}
	for i, v := range got {
		if math.Abs(float64(v)-want[i]) > 1e-6 {
			t.Fatalf("logit %d is %v, want %v", i, v, want[i])
		}
	}
	if cost := f.Cost(); math.Abs(cost.Operations-operations) > 1e-9 {
		t.Errorf("%v comparisons, want %v", cost.Operations, operations)
	}
}
