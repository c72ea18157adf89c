package sample

import (
	"context"
	"math"
	"testing"

	"basin/dynamics"
	"basin/manifold/census"
)

// Flips and disturbed states end where the census says that its dynamics takes them.
func TestFlipsEndWhereTheCensusSays(t *testing.T) {
	for seed := range uint64(6) {
		n := draw(t, one(14, .4, 1, .5), seed)
		x := []float32{1}
		r := take(t, n, x, 0)
		ends, err := census.FindBasins(context.Background(), n, x, census.BasinOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for k, p := range r.FixedPoints[:min(4, len(r.FixedPoints))] {
			want := FlipCounts{Neurons: 14}
			for i := range 14 {
				switch end := int(ends.Reached[p^1<<i]); {
				case end >= len(r.FixedPoints):
					want.Unsettled++
				case r.FixedPoints[end] == p^1<<i:
					want.Stays++
				case end == k:
					want.Heals++
				default:
					want.Leaves++
				}
			}
			got, err := Flips(context.Background(), n, x, p.Vector(n), FlipOptions{Relaxing: Relaxing{Sweeps: 200}})
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("seed %d, %#x: %+v, want %+v", seed, p, got, want)
			}
			if around := r.Around(k)[1]; int64(got.Stays) != around {
				t.Errorf("seed %d, %#x: %d stay, %d neighbours at distance 1", seed, p, got.Stays, around)
			}
		}
	}
}

// From p without noise, from all states with half of them turned: shares of the basins.
func TestBasinIsThatOfTheCensus(t *testing.T) {
	n := draw(t, one(12, .5, 1, 0), 2)
	r := take(t, n, nil, 0)
	ends, err := census.FindBasins(context.Background(), n, nil, census.BasinOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := r.FixedPoints[1]
	const samples = 4000
	points, err := Basin(context.Background(), n, nil, p.Vector(n), BasinOptions{
		Relaxing: Relaxing{Sweeps: 200}, Shares: []float64{0, 2. / 12, .5, 1}, Samples: samples, Seed: 3,
	})
	if err != nil {
		t.Fatal(err)
	}
	for e, turned := range []int{0, 2, 6, 12} {
		count, settled, returned, overlap := 0., 0., 0., 0.
		for s := range census.State(1 << 12) {
			if s.Distance(p) != turned {
				continue
			}
			count++
			if end := int(ends.Reached[s]); end < len(r.FixedPoints) {
				settled++
				overlap += r.FixedPoints[end].Overlap(p, 12)
				if end == 1 {
					returned++
				}
			}
		}
		got := points[e]
		near(t, "settled", got.Settled, math.Sqrt(settled/count*(1-settled/count)/samples), settled/count)
		near(t, "returned", got.Returned, math.Sqrt(returned/count*(1-returned/count)/samples), returned/count)
		if settled == count {
			near(t, "overlap", got.Overlap, got.Error, overlap/count)
		}
		if want := float64(turned) / 12; got.Share != want {
			t.Errorf("share %v, want %v", got.Share, want)
		}
	}
}

func TestFlipsAndBasinReportWhatIsWrong(t *testing.T) {
	n := draw(t, one(20, .5, 1, 0), 1)
	state := plant(t, n, nil, 0, 1)
	fine := Relaxing{Sweeps: 10}
	for name, call := range map[string]func() error{
		"no sweeps": func() error {
			_, err := Flips(context.Background(), n, nil, state, FlipOptions{})
			return err
		},
		"too many neurons": func() error {
			_, err := Flips(context.Background(), n, nil, state, FlipOptions{Relaxing: fine, Neurons: 21})
			return err
		},
		"no fixed point": func() error {
			_, err := Flips(context.Background(), n, nil, randomState(n, 2), FlipOptions{Relaxing: fine})
			return err
		},
		"share": func() error {
			_, err := Basin(context.Background(), n, nil, state, BasinOptions{Relaxing: fine, Shares: []float64{math.NaN()}, Samples: 2})
			return err
		},
		"one sample": func() error {
			_, err := Basin(context.Background(), n, nil, state, BasinOptions{Relaxing: fine, Shares: []float64{0}, Samples: 1})
			return err
		},
		"order": func() error {
			_, err := Flips(context.Background(), n, nil, state, FlipOptions{Relaxing: Relaxing{Dynamics: dynamics.Settings{Order: "none"}, Sweeps: 1}})
			return err
		},
		"input": func() error {
			_, err := Flips(context.Background(), n, []float32{1, 2}, state, FlipOptions{Relaxing: fine})
			return err
		},
	} {
		if err := call(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Look says what its parts say, and of a state that is no fixed point what can be said.
func TestLookPutsTheMeasuresTogether(t *testing.T) {
	n := draw(t, one(60, .8, 1, .5), 1)
	x := []float32{1}
	state := reached(t, n, x, 1)
	o := LookOptions{Relaxing: Relaxing{Sweeps: 50}, Shares: []float64{.1}, Samples: 10, Entropy: DefaultEntropy(), Seed: 4}
	r, err := Look(context.Background(), n, x, state, o)
	if err != nil {
		t.Fatal(err)
	}
	flips, err := Flips(context.Background(), n, x, state, FlipOptions{Relaxing: o.Relaxing, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	if !r.FixedPoint || r.Unstable != 0 || r.Flips != flips || len(r.Basin) != 1 || len(r.Entropy) != len(o.Entropy.Fields) || len(r.Lowest) != 6 || !(r.Lowest[0] > 0 && r.Mean > r.Lowest[5]) {
		t.Errorf("%+v", r)
	}
	r, err = Look(context.Background(), n, x, randomState(n, 9), o)
	if err != nil || r.FixedPoint || r.Unstable == 0 || r.Flips.Neurons != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
