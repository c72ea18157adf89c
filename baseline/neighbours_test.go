package baseline

import (
	"math"
	"slices"
	"testing"

	"basin/internal/random"
)

// nearest returns the labels of the count nearest in float64, one by one.
func nearest(samples *points, x []float32, count int) []int {
	type far struct {
		distance float64
		place    int
	}
	var all []far
	for i, y := range samples.rows {
		d := 0.0
		for k, v := range y {
			d += (float64(x[k]) - float64(v)) * (float64(x[k]) - float64(v))
		}
		all = append(all, far{d, i})
	}
	slices.SortStableFunc(all, func(a, b far) int {
		switch {
		case a.distance < b.distance:
			return -1
		case a.distance > b.distance:
			return 1
		}
		return 0
	})
	var labels []int
	for _, f := range all[:min(count, len(all))] {
		labels = append(labels, samples.labels[f.place])
	}
	return labels
}

func keepAll(t testing.TB, s Samples) *kept {
	t.Helper()
	k, err := keep(t.Context(), s, 2)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Among them are points on a grid, most of which are equally far from many others, points so
// far from zero that single precision sees none of what lies between them, and more points
// than a block has.
func TestNeighboursAreTheNearest(t *testing.T) {
	stream := random.New(5, random.Synthetic)
	grid := drawn(1100, 3, 3, 1)
	for _, x := range grid.rows {
		for k := range x {
			x[k] = float32(stream.IntN(4))
		}
	}
	shift := func(s *points, by float32) *points {
		for _, x := range s.rows {
			for k := range x {
				x[k] += by
			}
		}
		return s
	}
	for name, samples := range map[string]*points{
		"normal": drawn(1500, 40, 3, 1), "grid": grid, "far": shift(drawn(700, 20, 3, 2), 1e4), "few": drawn(4, 3, 3, 3),
		"wide": shift(drawn(600, 7, 3, 4), 3e37), "equal": table([]int{0, 1, 2, 1}, []float32{1}, []float32{1}, []float32{1}, []float32{1}),
	} {
		others := &points{rows: samples.rows[:min(60, len(samples.rows))], labels: samples.labels}
		if name == "normal" {
			others = drawn(60, 40, 3, 9)
		}
		for _, count := range []int{1, 5, 31} {
			kept := keepAll(t, samples)
			err := respond(t.Context(), others, len(others.rows), count, 2, func() response { return kept.labels(count) }, func(i int, labels []float32) error {
				want := nearest(samples, others.rows[i], count)
				for n, label := range labels {
					if n >= len(want) && label != -1 || n < len(want) && int(label) != want[n] {
						t.Fatalf("%s: labels %v of the nearest of %d, want %v", name, labels, i, want)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestVotesGoToTheNearerAmongEquals(t *testing.T) {
	for _, c := range []struct {
		labels []float32
		want   int
	}{
		{[]float32{2}, 2},
		{[]float32{2, 1}, 2},
		{[]float32{1, 2}, 1},
		{[]float32{2, 1, 1}, 1},
		{[]float32{2, 1, 1, 2, 0}, 2},
		{[]float32{0, 2, 1, 1, 2}, 2},
		{[]float32{1, 0, 0, -1, -1}, 0},
	} {
		z := []float32{9, 9, 9}
		vote(z, c.labels)
		if Largest(z) != c.want {
			t.Errorf("labels %v give %v, want class %d", c.labels, z, c.want)
		}
	}
	// The closest race: three classes of 85 votes, the first votes of two of them as late as they
	// can be, one after the other.
	labels := make([]float32, maxNeighbours)
	for n := range labels {
		labels[n] = float32(max(0, n-84-84))
		if n >= 85 {
			labels[n] = 2
		}
		if n == 85 || n > 85+85 {
			labels[n] = 1
		}
	}
	labels[maxNeighbours-1] = 1
	counts := [3]int{}
	for _, l := range labels {
		counts[int(l)]++
	}
	z := make([]float32, 3)
	vote(z, labels)
	if !(z[0] > z[1] && z[1] > z[2]) || counts != [3]int{85, 85, 85} {
		t.Errorf("logits %v of %v votes", z, counts)
	}
}

// Each k by itself, with neighbours that were found one by one.
func TestKIsThatOfMostHeldOut(t *testing.T) {
	samples := mixed(220, 4, 3, 8)
	n, err := NewNeighbours(NeighboursSettings{Seed: 2}, samples, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	right := make([]int, len(numbersOfNeighbours))
	for _, part := range folds(samples, 3, 2) {
		learned := &points{}
		for _, place := range part.learned.places {
			learned.rows, learned.labels = append(learned.rows, samples.rows[place]), append(learned.labels, samples.labels[place])
		}
		for _, place := range part.held.places {
			labels := nearest(learned, samples.rows[place], 31)
			for c, k := range numbersOfNeighbours {
				counts, best := [3]int{}, labels[0]
				for _, l := range labels[:k] {
					counts[l]++
				}
				for _, l := range labels[:k] { // in the order of their nearest
					if counts[l] > counts[best] {
						best = l
					}
				}
				if best == samples.labels[place] {
					right[c]++
				}
			}
		}
	}
	if want := numbersOfNeighbours[Largest(right)]; n.K() != want || want == 1 {
		t.Errorf("k %d, want %d, and not 1, of those right %v", n.K(), want, right)
	}
	few, err := NewNeighbours(NeighboursSettings{K: 9}, drawn(4, 3, 3, 1), 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := few.Run(t.Context(), nil); err != nil || few.K() != 4 {
		t.Errorf("%d of 4 samples vote, error %v", few.K(), err)
	}
}

// What is passed over is certainly too far: the doubt covers the rounding of single precision
// in the worst of many draws, and is not needlessly large.
func TestDoubtCoversTheRounding(t *testing.T) {
	samples := drawn(960, 300, 2, 6)
	kept := keepAll(t, samples)
	worst := 0.0
	var s search
	x := samples.rows[0]
	s.begin(kept, x)
	for i, y := range samples.rows {
		single := float32(0)
		for k, v := range y {
			single += float32(x[k] * v)
		}
		product := 0.0
		for k, v := range y {
			product += float64(x[k]) * float64(v)
		}
		worst = max(worst, math.Abs(float64(kept.squares[i]-2*single)-(square(y)-2*product)))
	}
	if worst > s.doubt || s.doubt > 0.01*math.Sqrt(square(x)) {
		t.Errorf("rounding of %v, doubt %v", worst, s.doubt)
	}
}
