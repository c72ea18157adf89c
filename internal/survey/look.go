package survey

import (
	"context"
	"math"

	"basin/dynamics"
	"basin/manifold/census"
)

// looking says what is looked at in a network.
type looking struct {
	// distance within which fixed points are neighbours.
	distance int
	// starts is the number of random states that dynamics is started from.
	starts int
	// histograms counts margins by bin, of up to 500 of the fixed points, in place of
	// adding up those of all.
	histograms bool
}

// look is what one network has. Its numbers are whole, apart from margins and largest.
type look struct {
	count   float64   // fixed points
	pairs   []float64 // ordered pairs by distance
	near    float64   // ordered pairs of neighbours
	alone   float64   // fixed points without neighbours
	largest float64   // share of the largest component, NaN without fixed points
	margins float64   // sum over neurons and fixed points

	parallel, sequential float64 // starts that come to rest
	// Over the starts that sequential sweeps bring to rest, around where they end: fixed
	// points by distance, neighbours, and starts that end where there are none.
	around                    []float64
	reachedNear, reachedAlone float64

	histogram, reachedHistogram []float64
}

// at looks at a network; the seed is that of the starts and of the orders of sweeps.
func (l looking) at(ctx context.Context, r *census.Result, pairs []int64, seed uint64) (*look, error) {
	s := &look{
		count: float64(len(r.FixedPoints)), largest: math.NaN(),
		pairs: make([]float64, len(pairs)), around: make([]float64, len(pairs)),
	}
	if l.histograms {
		s.histogram, s.reachedHistogram = make([]float64, marginBins), make([]float64, marginBins)
	}
	for d, count := range pairs {
		s.pairs[d] = float64(count)
		if d >= 1 && d <= l.distance {
			s.near += float64(count)
		}
	}
	if s.count > 0 {
		components, err := r.Components(ctx, l.distance)
		if err != nil {
			return nil, err
		}
		s.largest = float64(components.Largest()) / s.count
		for _, size := range components.Sizes {
			if size == 1 {
				s.alone++
			}
		}
	}
	if err := l.margins(ctx, s, r); err != nil {
		return nil, err
	}
	return s, l.follow(ctx, s, r, seed)
}

// margins takes those of all fixed points or, for the histogram, of some that are evenly
// spaced in their list, with the weight of all.
func (l looking) margins(ctx context.Context, s *look, r *census.Result) error {
	const most = 500
	step := 1
	if l.histograms {
		step = max(1, (len(r.FixedPoints)+most-1)/most)
	}
	for k := 0; k < len(r.FixedPoints); k += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		margins := r.Margins(k)
		if l.histograms {
			bin(s.histogram, margins, float64(step))
			continue
		}
		for _, margin := range margins {
			s.margins += margin
		}
	}
	return nil
}

// follow counts the starts that come to rest and looks at where they do.
func (l looking) follow(ctx context.Context, s *look, r *census.Result, seed uint64) error {
	starts := census.RandomStates(r.Neurons, l.starts, seed)
	parallel, err := r.Reach(ctx, starts, census.BasinOptions{Workers: 1})
	if err != nil {
		return err
	}
	sequential, err := r.Reach(ctx, starts, census.BasinOptions{Order: dynamics.Sequential, Seed: seed, Workers: 1})
	if err != nil {
		return err
	}
	hits := map[int32]float64{}
	for k := range starts {
		if parallel[k] != census.Unsettled {
			s.parallel++
		}
		if end := sequential[k]; end != census.Unsettled {
			s.sequential++
			hits[end]++
		}
	}
	for end, weight := range hits { // sums of whole numbers, in any order
		if err := ctx.Err(); err != nil {
			return err
		}
		near := 0.0
		for d, count := range r.Around(int(end)) {
			s.around[d] += weight * float64(count)
			if d >= 1 && d <= l.distance {
				near += float64(count)
			}
		}
		s.reachedNear += weight * near
		if near == 0 {
			s.reachedAlone += weight
		}
		if l.histograms {
			bin(s.reachedHistogram, r.Margins(int(end)), weight)
		}
	}
	return nil
}

// The bins of histograms of margins.
const (
	marginBins = 40
	marginFrom = 0.0
	marginTo   = 4.0
)

// bin counts margins. What lies beyond the bins is not counted: less than one in a thousand.
func bin(counts, margins []float64, weight float64) {
	for _, m := range margins {
		if k := int((m - marginFrom) / (marginTo - marginFrom) * marginBins); k >= 0 && k < marginBins {
			counts[k] += weight
		}
	}
}
