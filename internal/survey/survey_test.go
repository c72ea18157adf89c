package survey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"basin/dynamics"
	"basin/manifold/census"
	"basin/network"
)

var small = Kind{Neurons: 4, Modules: 2, SelfCoupling: 0.1, Lambda: 0.2, Gain: 1, Density: 1, Input: 0.2}

func options(draws int) TallyOptions {
	return TallyOptions{Draws: draws, Seeds: func(draw int) uint64 { return 7 + 3*uint64(draw) }, Distance: 2, Starts: 30, Workers: 2}
}

func tallied(t *testing.T, k Kind, o TallyOptions) *Tally {
	t.Helper()
	tally, err := TallyOf(t.Context(), k, o)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// Against sums over all pairs of fixed points of each network, one after another.
func TestTallyEqualsPlainSums(t *testing.T) {
	const draws = 40
	o := options(draws)
	var count, none, some, near, alone, largest, parallel, reached, reachedNear, reachedAlone, margins float64
	for draw := range draws {
		seed := o.Seeds(draw)
		n, err := network.Draw(small.Spec(), []int{1}, 2, seed)
		if err != nil {
			t.Fatal(err)
		}
		r, err := census.Take(t.Context(), n, []float32{1}, census.Options{})
		if err != nil {
			t.Fatal(err)
		}
		around := make([]float64, len(r.FixedPoints))
		for k, p := range r.FixedPoints {
			for _, q := range r.FixedPoints {
				if d := p.Distance(q); d == 1 || d == 2 {
					around[k]++
				}
			}
			near += around[k]
			if around[k] == 0 {
				alone++
			}
			for _, m := range r.Margins(k) {
				margins += m
			}
		}
		count += float64(len(r.FixedPoints))
		if len(r.FixedPoints) == 0 {
			none++
		} else {
			some++
			components, err := r.Components(t.Context(), 2)
			if err != nil {
				t.Fatal(err)
			}
			largest += float64(components.Largest()) / float64(len(r.FixedPoints))
		}
		for _, start := range census.RandomStates(8, o.Starts, seed) {
			for _, order := range []dynamics.Order{dynamics.Parallel, dynamics.Sequential} {
				ends, err := r.Reach(t.Context(), []census.State{start}, census.BasinOptions{Order: order, Seed: seed})
				switch end := ends[0]; {
				case err != nil:
					t.Fatal(err)
				case end == census.Unsettled:
				case order == dynamics.Parallel:
					parallel++
				default:
					reached++
					reachedNear += around[end]
					if around[end] == 0 {
						reachedAlone++
					}
				}
			}
		}
	}
	if none == 0 || alone == 0 || reachedAlone == 0 || parallel == reached {
		t.Fatalf("none %v, alone %v, %v, at rest %v and %v: the test sees too little", none, alone, reachedAlone, parallel, reached)
	}
	tally := tallied(t, small, o)
	starts := float64(draws * o.Starts)
	for name, c := range map[string]struct {
		got  census.Mean
		want float64
	}{
		"count": {tally.Count(), count / draws}, "none": {tally.None(), none / draws}, "largest": {tally.Largest(), largest / some},
		"neighbours": {tally.Neighbours(), near / count}, "alone": {tally.Alone(), alone / count},
		"reached neighbours": {tally.ReachedNeighbours(), reachedNear / reached}, "reached alone": {tally.ReachedAlone(), reachedAlone / reached},
		"parallel": {tally.RestParallel(), parallel / starts}, "sequential": {tally.RestSequential(), reached / starts},
	} {
		if math.Abs(c.got.Value-c.want) > 1e-14*c.want || !(c.got.Error > 0 && c.got.Error < 1) {
			t.Errorf("%s: %+v, want %v with an error", name, c.got, c.want)
		}
	}
	typical, around := tally.Around()
	if got, want := typical[1]+typical[2], near/count; math.Abs(got-want) > 1e-14*want || typical[0] != 1 || around[0] != 1 {
		t.Errorf("around a typical one %v, around a reached one %v, want %v neighbours of the first", typical, around, want)
	}
	// The average adds the same networks, in the same order.
	a, err := Average(t.Context(), small, Options{Draws: draws, Seed: 7, Distance: 2})
	if err != nil {
		t.Fatal(err)
	}
	o.Seeds, o.Starts = func(draw int) uint64 { return 7 + uint64(draw) }, StartsPerDraw
	again := tallied(t, small, o)
	for name, c := range map[string]struct {
		got  Measured
		want census.Mean
	}{
		"count": {a.Count, again.Count()}, "spread": {a.Spread, again.Spread()}, "neighbours": {a.Neighbours, again.Neighbours()},
		"reached": {a.NeighboursReached, again.ReachedNeighbours()}, "parallel": {a.Parallel, again.RestParallel()},
	} {
		if math.Abs(float64(c.got.Mean)-c.want.Value) > 1e-12 || math.Abs(float64(c.got.Error)-c.want.Error) > 1e-12 {
			t.Errorf("%s: average %+v, tally %+v", name, c.got, c.want)
		}
	}
	mean := tally.ratio(func(l *look) float64 { return l.margins }, func(l *look) float64 { return 8 * l.count })
	if want := margins / count / 8; math.Abs(mean.Value-want) > 1e-13 {
		t.Errorf("mean margin %+v, want %v", mean, want)
	}
}

func TestTalliesDependOnSeedsAlone(t *testing.T) {
	o := options(12)
	o.Histograms = true
	one := tallied(t, small, o)
	o.Workers = 1
	told := 0
	o.Observe = func(done int) {
		told++
		if told != done {
			t.Errorf("told of %d draws after %d", done, told)
		}
	}
	again := tallied(t, small, o)
	for draw, l := range one.looks { // as texts, where NaN equals itself
		if got, want := fmt.Sprint(*again.looks[draw]), fmt.Sprint(*l); got != want {
			t.Errorf("draw %d with one worker: %s, want %s", draw, got, want)
		}
	}
	if told != 12 {
		t.Errorf("told of %d draws, want 12", told)
	}
	centres, typical, reached := one.Densities()
	for _, density := range [][]float64{typical, reached} {
		area := 0.0
		for _, y := range density {
			area += y * 0.1
		}
		if len(centres) != len(density) || math.Abs(area-1) > 1e-12 {
			t.Errorf("density %v of area %v", density, area)
		}
	}
	o.Observe = nil
	restless := tallied(t, Kind{Neurons: 5, Modules: 1, SelfCoupling: -9, Gain: 1, Density: 1}, o)
	typical, reached = restless.Around()
	if restless.None().Value != 1 || !math.IsNaN(restless.Neighbours().Value) || typical != nil || reached != nil {
		t.Errorf("%v without a fixed point, %v and %v around one", restless.None(), typical, reached)
	}
}

// Theory page, sections 1 and 2: 6.0207 fixed points at N = 8, J_D = 0.3, 1.6383 neighbours
// within two neurons. The gain is a unit: all other strengths are measured in it.
func TestTheoryOfAKindIsMeasuredInTheGain(t *testing.T) {
	for _, gain := range []float64{1, 2, 0.3} {
		k := Kind{Neurons: 8, Modules: 1, SelfCoupling: 0.3 * gain, Gain: gain, Density: 1}
		a, err := expect(t.Context(), k, Options{Draws: 2, Distance: 2})
		if err != nil {
			t.Fatal(err)
		}
		near, err := k.Neighbours(t.Context(), 2)
		if err != nil || near != *a.Neighbours.Theory {
			t.Errorf("gain %v: %v neighbours, %v beside a census (%v)", gain, near, *a.Neighbours.Theory, err)
		}
		if math.Abs(*a.Count.Theory-6.020714486119) > 1e-11 || math.Abs(near-1.6383) > 5e-5 {
			t.Errorf("gain %v: %v fixed points, %v neighbours", gain, *a.Count.Theory, near)
		}
		m, err := k.Margins()
		if err != nil {
			t.Fatal(err)
		}
		const step = 0.001
		mean, area := 0.0, 0.0
		for x := step / 2; x < 8; x += step {
			mean, area = mean+x*gain*m.Density(x*gain)*step*gain, area+m.Density(x*gain)*step*gain
		}
		if math.Abs(area-1) > 1e-5 || math.Abs(mean-m.Mean()) > 1e-5*gain || m.Mean() != *a.Margins.Theory {
			t.Errorf("gain %v: margins of mean %v, their density has %v and the area %v", gain, m.Mean(), mean, area)
		}
	}
}

func TestListingHasEveryFixedPoint(t *testing.T) {
	l, err := List(t.Context(), small, Options{Seed: 2, Distance: 1})
	if err != nil {
		t.Fatal(err)
	}
	parallel, sequential := l.UnsettledParallel, l.UnsettledSequential
	for _, p := range l.FixedPoints {
		parallel, sequential = parallel+p.Parallel, sequential+p.Sequential
		if len(p.State) != 8 || p.SmallestMargin > p.MeanMargin || p.Neighbours != p.Around[1] || p.Component < 1 {
			t.Errorf("%+v", p)
		}
	}
	if !l.AllStates || l.Starts != 256 || math.Abs(parallel-1) > 1e-12 || math.Abs(sequential-1) > 1e-12 || len(l.FixedPoints) == 0 {
		t.Errorf("%+v: the ends add up to %v and %v", l, parallel, sequential)
	}
}

func TestCurvesOverTheirRange(t *testing.T) {
	for _, c := range Curves() {
		p := Parameters{SelfCoupling: 0.3, Modules: max(1, c.Modules), Replicas: []float64{2}}
		table, err := c.Tabulate(t.Context(), p, c.From, c.To, 3)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if len(table.Rows) != 3 || float64(table.Rows[0][0]) != c.From || float64(table.Rows[2][0]) != c.To || table.Columns[0] != c.Axis {
			t.Errorf("%s: %+v", c.Name, table)
		}
		for _, row := range table.Rows {
			if len(row) != len(table.Columns) {
				t.Errorf("%s: a row of %d values under %d columns", c.Name, len(row), len(table.Columns))
			}
		}
		if slices.Contains(c.Uses, "modules") != (c.Modules > 0) || c.Title == "" || c.Standing == "" || c.Kind == "" || c.Unit == "" {
			t.Errorf("%s: %+v", c.Name, c)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.Tabulate(ended, p, c.From, c.To, 3); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v of a context that has ended", c.Name, err)
		}
		var outside *DomainError
		if _, err := c.Tabulate(t.Context(), p, -1e9, 0.5, 2); c.Name == "isolation" && (!errors.As(err, &outside) || outside.At != -1e9) {
			t.Errorf("%s far away: %v", c.Name, err)
		}
	}
}

// Averages end with the context, in the middle of the draws.
func TestCancelledAverageEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	begun := 0
	_, err := Average(ctx, small, Options{Draws: 1 << 20, Distance: 2, Workers: 1, Observe: func(done int) {
		if begun = done; done == 5 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || begun != 5 {
		t.Errorf("error %v after %d draws, want that of the context after 5", err, begun)
	}
}

func TestNumbersThatJSONLacksAreNull(t *testing.T) {
	text, err := json.Marshal([]Number{1, -0.1, Number(math.NaN()), Number(math.Inf(-1))})
	if err != nil || string(text) != "[1,-0.1,null,null]" {
		t.Errorf("got %s (%v)", text, err)
	}
}
