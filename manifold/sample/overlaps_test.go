package sample

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"basin/network"
)

func TestMarginsAreThoseOfTheCensus(t *testing.T) {
	for _, spec := range []network.Spec{one(12, .5, 1, .4), one(16, .5, .3, 0), chain(3, 5, .2, .6, .3), mixed()} {
		n, x := draw(t, spec, 5), []float32{-1}
		r := take(t, n, x, 0)
		for k, p := range r.FixedPoints[:min(3, len(r.FixedPoints))] {
			got, err := Margins(context.Background(), n, x, p.Vector(n))
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range r.Margins(k) {
				if math.Abs(got[i]-want) > 1e-12 {
					t.Errorf("neuron %d of %#x: margin %v, want %v", i, p, got[i], want)
				}
			}
		}
	}
}

func TestOverlapsAndClustersAreThoseOfTheCensus(t *testing.T) {
	n := draw(t, chain(2, 7, .3, .3, 0), 2)
	r := take(t, n, nil, 0)
	var states [][]float32
	for _, p := range r.FixedPoints {
		states = append(states, p.Vector(n))
	}
	overlaps, err := Overlaps(context.Background(), n, states)
	if err != nil {
		t.Fatal(err)
	}
	var want []float64
	for k, p := range r.FixedPoints {
		for _, q := range r.FixedPoints[:k] {
			want = append(want, p.Overlap(q, 14))
		}
	}
	if !slices.Equal(overlaps, want) {
		t.Errorf("overlaps %v, want %v", overlaps, want)
	}
	for _, distance := range []int{1, 2, 5} {
		got, err := Clusters(context.Background(), n, states, 1-2*float64(distance)/14)
		if err != nil {
			t.Fatal(err)
		}
		want, err := r.Components(context.Background(), distance)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Of, want.Of) || !slices.Equal(got.Sizes, want.Sizes) {
			t.Errorf("distance %d: %+v, want %+v", distance, got, want)
		}
	}
	if _, err := Clusters(context.Background(), n, states, 1.5); err == nil {
		t.Error("threshold 1.5: no error")
	}
	if _, err := Overlaps(context.Background(), n, [][]float32{states[0], states[0][1:]}); err == nil {
		t.Error("short state: no error")
	}
	if c, err := Clusters(context.Background(), n, nil, 0); err != nil || c.Largest() != 0 {
		t.Errorf("no states: %+v, %v", c, err)
	}
}

// Every long call ends soon after its context, wherever it is.
func TestCallsEndWithTheirContext(t *testing.T) {
	n := draw(t, one(1000, 1.2, 1, 0), 1)
	x := []float32{1}
	a, b := reached(t, n, x, 1), reached(t, n, x, 2)
	relaxing := Relaxing{Sweeps: 1 << 30}
	for name, call := range map[string]func(ctx context.Context) error{
		"neighbours": func(ctx context.Context) error {
			_, err := Neighbours(ctx, n, x, a, NeighbourOptions{Distance: 6})
			return err
		},
		"walk": func(ctx context.Context) error {
			_, err := FindWalk(ctx, n, x, a, b, WalkOptions{Moves: 4, Tries: 1 << 30, Sweeps: 1 << 30})
			return err
		},
		"wander": func(ctx context.Context) error {
			_, err := Wander(ctx, n, x, a, WanderOptions{Fields: []float64{2, 1}, Moves: 3, Sweeps: 1 << 30})
			return err
		},
		"flips": func(ctx context.Context) error {
			_, err := Flips(ctx, n, x, a, FlipOptions{Relaxing: relaxing})
			return err
		},
		"basin": func(ctx context.Context) error {
			_, err := Basin(ctx, n, x, a, BasinOptions{Relaxing: relaxing, Shares: []float64{.3}, Samples: 1 << 20})
			return err
		},
		"entropy": func(ctx context.Context) error {
			o := DefaultEntropy()
			o.Iterations, o.Tolerance = 1<<30, 1e-300
			_, err := LocalEntropy(ctx, n, x, a, o)
			return err
		},
		"margins": func(ctx context.Context) error {
			_, err := Margins(ctx, n, x, a)
			return err
		},
	} {
		for _, after := range []time.Duration{0, 20 * time.Millisecond} {
			ctx, cancel := context.WithTimeout(context.Background(), after)
			err := call(ctx)
			cancel()
			if err != context.DeadlineExceeded && (err != nil || after == 0) {
				t.Errorf("%s, ended after %v: %v", name, after, err)
			}
		}
	}
}

func TestWrongArgumentsAreReported(t *testing.T) {
	n := draw(t, one(20, .5, 1, 0), 1)
	state := randomState(n, 1)
	real := one(20, .5, 1, 0)
	real.Modules[0].Tanh = 2
	unset := slices.Clone(state)
	unset[3] = 0
	huge := draw(t, one(20, .5, 1, 0), 1)
	*huge.Modules[0].Recurrent.At(1, 2) = float32(math.Inf(1))
	for name, call := range map[string]func() ([]int64, error){
		"no network": func() ([]int64, error) {
			return Neighbours(context.Background(), nil, nil, state, NeighbourOptions{Distance: 1})
		},
		"continuous": func() ([]int64, error) {
			return Neighbours(context.Background(), draw(t, real, 1), nil, state, NeighbourOptions{Distance: 1})
		},
		"infinite coupling": func() ([]int64, error) {
			return Neighbours(context.Background(), huge, nil, state, NeighbourOptions{Distance: 1})
		},
		"unset neuron": func() ([]int64, error) {
			return Neighbours(context.Background(), n, nil, unset, NeighbourOptions{Distance: 1})
		},
		"no state": func() ([]int64, error) {
			return Neighbours(context.Background(), n, nil, nil, NeighbourOptions{Distance: 1})
		},
		"input": func() ([]int64, error) {
			return Neighbours(context.Background(), n, []float32{1, 1}, state, NeighbourOptions{Distance: 1})
		},
		"infinite input": func() ([]int64, error) {
			return Neighbours(context.Background(), n, []float32{float32(math.NaN())}, state, NeighbourOptions{Distance: 1})
		},
		"distance 0": func() ([]int64, error) { return Neighbours(context.Background(), n, nil, state, NeighbourOptions{}) },
		"distance 21": func() ([]int64, error) {
			return Neighbours(context.Background(), n, nil, state, NeighbourOptions{Distance: 21})
		},
		"margin": func() ([]int64, error) {
			return Neighbours(context.Background(), n, nil, state, NeighbourOptions{Distance: 1, Margin: math.NaN()})
		},
	} {
		if counts, err := call(); err == nil {
			t.Errorf("%s: %v, no error", name, counts)
		}
	}
}
