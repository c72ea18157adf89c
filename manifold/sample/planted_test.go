package sample

import (
	"context"
	"fmt"
	"math"
	"testing"

	"basin/internal/normal"
	"basin/internal/random"
	"basin/manifold/census"
	"basin/network"
	"basin/theory"
)

func near(t *testing.T, name string, got, err, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 5*err) {
		t.Errorf("%s: %v +- %v, want %v", name, got, err, want)
	}
}

func plant(t testing.TB, n *network.Network, x []float32, margin float64, seed uint64) []float32 {
	t.Helper()
	state, err := Plant(n, x, margin, seed)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func TestPlantedStatesAreFixedPoints(t *testing.T) {
	for _, c := range []struct {
		name   string
		spec   network.Spec
		margin float64
	}{
		{"dense", one(300, .5, 1, 0), 0},
		{"rare", one(300, -2, 1, .5), 0},
		{"margin", one(300, 1, 1, 1), .5},
		{"sparse", one(300, .3, .1, .4), 0},
		{"chain", chain(4, 100, .2, .6, .3), 0},
	} {
		n, x := draw(t, c.spec, 7), []float32{-1}
		state := plant(t, n, x, c.margin, 8)
		s, spins, err := begin(n, x, state)
		if err != nil {
			t.Fatal(err)
		}
		h, err := s.fields(context.Background(), spins)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range spins {
			if !(v*h[i] > c.margin) {
				t.Errorf("%s: neuron %d: s h = %v, want above %v", c.name, i, v*h[i], c.margin)
			}
		}
	}
}

// Around a planted state lie E[pairs at k]/E[#] fixed points on average, which theory has in
// closed form at every N.
func TestPlantedStatesHaveTheNeighboursOfTheFirstMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("a long computation on one goroutine, left out by -short")
	}
	for _, c := range []struct {
		neurons      int
		selfCoupling float64
		margin       float64
		draws        uint64
	}{{12, .4, 0, 1500}, {40, .5, .1, 800}} {
		counts := make([][]float64, 4)
		for seed := range c.draws {
			n := draw(t, one(c.neurons, c.selfCoupling, 1, 0), seed)
			state := plant(t, n, nil, c.margin, seed)
			got, err := Neighbours(context.Background(), n, nil, state, NeighbourOptions{Distance: 3, Margin: c.margin})
			if err != nil {
				t.Fatal(err)
			}
			for d, count := range got {
				counts[d] = append(counts[d], float64(count))
			}
		}
		for d := 1; d <= 3; d++ {
			want, err := theory.Ensemble{SelfCoupling: c.selfCoupling, Margin: c.margin}.Around(c.neurons, d)
			if err != nil {
				t.Fatal(err)
			}
			got, deviation := meanError(counts[d])
			near(t, fmt.Sprintf("N = %d, distance %d", c.neurons, d), got, deviation, want.Value)
		}
	}
}

// With fields, missing couplings and links given, the law of a pair is that of all pairs
// of a network and a fixed point: means over planted states are ratios of means over the
// fixed points of networks drawn plainly.
func TestPlantedStatesAreDrawnFromTheFixedPointsOfAllNetworks(t *testing.T) {
	if testing.Short() {
		t.Skip("a long computation on one goroutine, left out by -short")
	}
	for _, c := range []struct {
		name string
		spec network.Spec
	}{
		{"fields", one(8, .3, 1, 0)},
		{"chain", chain(3, 3, .1, .7, 0)},
		{"chain with fields", chain(2, 4, .2, .5, 0)},
		{"sparse", one(10, .3, .4, 0)},
	} {
		const draws = 1600
		given := draw(t, c.spec, 1)
		fields := make([]float32, given.StateSize())
		if c.name == "fields" || c.name == "chain with fields" {
			stream := random.New(1, random.Bias)
			for i := range fields {
				fields[i] = float32(2*stream.Float64() - 1)
			}
		}
		// J is drawn afresh where couplings are there, with fields as biases.
		again := func(seed uint64) *network.Network {
			n := draw(t, c.spec, 1)
			for index, m := range n.Modules {
				m.Bias = make([]float32, m.Padded())
				copy(m.Bias[:m.Neurons], fields[m.Offset:])
				stream := random.New(seed, random.Recurrent, uint64(index))
				normal := stream.Rand()
				m.Recurrent.Each(func(_, _ int, v *float32) bool {
					*v = float32(normal.NormFloat64() / math.Sqrt(m.Recurrent.Shape().FanIn))
					return true
				})
			}
			return n
		}
		x := []float32{0}
		var planted, above, below [][]float64
		for seed := range uint64(draws) {
			n := again(seed)
			r := take(t, n, x, 0)
			sums := make([]float64, 5)
			for k := range r.FixedPoints {
				for e, v := range measures(r, k) {
					sums[e] += v
				}
			}
			above, below = append(above, sums), append(below, []float64{float64(len(r.FixedPoints))})
			n = again(seed + draws)
			s, err := census.FromVector(n, plant(t, n, x, 0, seed))
			if err != nil {
				t.Fatal(err)
			}
			r = take(t, n, x, 0)
			for k, p := range r.FixedPoints {
				if p == s {
					planted = append(planted, measures(r, k))
				}
			}
		}
		if len(planted) != draws {
			t.Fatalf("%s: %d of %d planted states are in the census", c.name, len(planted), draws)
		}
		for e, name := range []string{"neuron 0", "neurons 0 and 4", "margin", "neighbours at 1", "neighbours at 2"} {
			got, deviation := meanError(column(planted, e))
			want := census.Ratio(column(above, e), column(below, 0))
			near(t, c.name+", "+name, got, math.Hypot(deviation, want.Error), want.Value)
		}
	}
}

func column(rows [][]float64, e int) (values []float64) {
	for _, row := range rows {
		values = append(values, row[e])
	}
	return values
}

// measures are some numbers of fixed point k: a state, a product of states, a margin, and
// neighbours.
func measures(r *census.Result, k int) []float64 {
	p, around := r.FixedPoints[k], r.Around(k)
	return []float64{float64(p.Spin(0)), float64(p.Spin(0) * p.Spin(4)), r.Margins(k)[1], float64(around[1]), float64(around[2])}
}

func TestNormalAboveABoundHasItsMoments(t *testing.T) {
	for _, bound := range []float64{-3, 0, .44, .46, 2, 8, 40} {
		stream := random.New(1, random.Planted)
		values := make([]float64, 20000)
		for k := range values {
			if values[k] = aboveNormal(bound, &stream); values[k] <= bound {
				t.Fatalf("bound %v: %v", bound, values[k])
			}
		}
		got, deviation := meanError(values)
		tail, _ := normal.Log(-bound)
		want := math.Exp(-bound*bound/2 - math.Log(math.Sqrt(2*math.Pi)) - tail)
		near(t, fmt.Sprintf("mean above %v", bound), got, deviation, want)
	}
}

func TestPlantReportsWhatItCannotPlant(t *testing.T) {
	symmetric := one(10, .5, 1, 0)
	symmetric.Modules[0].Recurrent.Symmetric = true
	alone := one(10, -.5, .01, 0)
	for name, spec := range map[string]network.Spec{"symmetric": symmetric, "links": mixed(), "no state": alone} {
		if _, err := Plant(draw(t, spec, 1), nil, 0, 1); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			t.Log(err)
		}
	}
	if _, err := Plant(draw(t, one(10, .5, 1, 0), 1), nil, math.NaN(), 1); err == nil {
		t.Error("margin NaN: no error")
	}
}
