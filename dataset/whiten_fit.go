package dataset

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/mat"

	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/internal/random"
)

const (
	mostWhitened   = 4096    // values of a whole sample
	whitenedRows   = 20_000  // samples, at most, whose covariance is taken
	fittedPatches  = 100_000 // patches, at most
	patchesOfEach  = 100     // as many times the number of samples, at most
	patchesAtOnce  = 10      // of a sample that is drawn
	leastSpectrum  = 1e-10   // of the largest eigenvalue: below it a direction is empty
	leastDeviation = 1e-4    // of values that vary by about 1: below it there is rounding alone, which divides nothing
	covarianceRows = 64      // rows whose products are added in float32 before they go to float64
)

// fitMixed fits what comes after the scale where contrast or whitening mix the values of a
// coded training sample: the whitening, and mean and deviation of what both give.
//
// The mean is that of the samples as an epoch shows them.
func (e *Encoder) fitMixed(train, shown *Set) error {
	if e.local() {
		if train.Channels() == 0 || e.Whiten == whitenPatch && e.side() > min(train.Shape[0], train.Shape[1]) {
			return fmt.Errorf("dataset: %s: samples of %s: contrast=local wants images, and whiten=patch images of at least %d x %d pixels", train.Name, ShapeText(train.Shape), e.side(), e.side())
		}
		e.Shape = slices.Clone(train.Shape)
	}
	t := e.mixing(train)
	if e.whitens() {
		var err error
		if e.Whitening, err = e.whitening(train, t); err != nil {
			return err
		}
		t = e.mixing(train)
	}
	if e.Standardise == none {
		return nil
	}
	width := train.Features()
	groups := width
	if e.Standardise == standardiseGlobal {
		groups = 1
	}
	m := &measured{width: width, row: t.mixedRows(shown, shown.Count())}
	sums, squares := make([]float64, groups), make([]float64, groups)
	m.blocks(shown.Count(), func(rows [][]float32) {
		for _, row := range rows {
			for k, v := range row[:width] {
				sums[k%groups] += float64(v)
				squares[k%groups] += float64(v) * float64(v) // exact
			}
		}
	})
	size := float64(shown.Count() * width / groups)
	e.Mean, e.Deviation = make([]float32, groups), make([]float32, groups)
	for k, sum := range sums {
		mean := sum / size
		e.Mean[k] = float32(mean)
		if d := math.Sqrt(max(0, squares[k]/size-float64(mean*mean))); d > leastDeviation {
			e.Deviation[k] = float32(d)
		}
	}
	return nil
}

// mixedRows returns for each goroutine a function that writes row i of count, spread evenly over
// a set.
func (t *steps) mixedRows(s *Set, count int) func() func(i int, dst []float32) {
	return func() func(i int, dst []float32) {
		w := t.workspace(s.Features())
		return func(i int, dst []float32) {
			s.rawRow(i*s.Count()/count, w.raw)
			t.mixed(w.raw, dst, w)
		}
	}
}

// whitening fits [Preprocess.Whiten] to coded training samples, after the steps before it.
func (e *Encoder) whitening(train *Set, t *steps) (*Whitening, error) {
	if e.Whiten == whitenPatch {
		return e.patchWhitening(train, t)
	}
	d := train.Features()
	if d > mostWhitened {
		return nil, fmt.Errorf("dataset: %s: %d values in a sample: whiten=image takes a matrix of their square, want at most %d, or whiten=patch", train.Name, d, mostWhitened)
	}
	count := min(train.Count(), whitenedRows)
	m := &measured{width: d, row: t.mixedRows(train, count)}
	mean := make([]float32, d)
	for k, sum := range m.sums(count) {
		mean[k] = float32(sum / float64(count))
	}
	matrix, err := e.zca(m.covariance(mean, count))
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w", train.Name, err)
	}
	return &Whitening{Mean: mean, Matrix: matrix}, nil
}

// patchWhitening keeps of the matrix of patches the rows of the pixel in their middle. The
// patches lie wholly within samples; the mean is one for each channel, as every pixel is in
// the middle of a patch once.
func (e *Encoder) patchWhitening(train *Set, t *steps) (*Whitening, error) {
	side, width, channels := e.side(), e.Shape[1], e.channels()
	line := side * channels
	d := side * line
	count := min(fittedPatches, patchesOfEach*train.Count())
	m := &measured{width: d, row: func() func(i int, dst []float32) {
		w := t.workspace(train.Features())
		values, drawn := make([]float32, train.Features()), -1 // those of the draw i/patchesAtOnce
		return func(i int, dst []float32) {
			if i/patchesAtOnce != drawn {
				drawn = i / patchesAtOnce
				draws := random.New(0, random.Patch, uint64(drawn))
				train.rawRow(draws.IntN(train.Count()), w.raw)
				t.mixed(w.raw, values, w)
			}
			draws := random.New(0, random.Patch, uint64(drawn), uint64(i%patchesAtOnce))
			y, x := draws.IntN(e.Shape[0]-side+1), draws.IntN(width-side+1)
			for v := range side {
				copy(dst[v*line:(v+1)*line], values[((y+v)*width+x)*channels:])
			}
		}
	}}
	mean, means := make([]float32, channels), make([]float32, d)
	totals := make([]float64, channels)
	for k, sum := range m.sums(count) {
		totals[k%channels] += sum
	}
	for k := range means {
		mean[k%channels] = float32(totals[k%channels] / float64(count*side*side))
		means[k] = mean[k%channels]
	}
	matrix, err := e.zca(m.covariance(means, count))
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w", train.Name, err)
	}
	middle := (side/2*side + side/2) * channels * d
	return &Whitening{Side: side, Mean: mean, Matrix: matrix[middle : middle+channels*d : middle+channels*d]}, nil
}

// zca returns U (S + epsilon s)^-1/2 U^T of a covariance U S U^T with the mean eigenvalue s, row by
// row. Directions in which there is nothing are left out.
func (e *Encoder) zca(values []float64, d int) ([]float32, error) {
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(d, values), true) {
		return nil, fmt.Errorf("the covariance of %d values has no eigenvectors that the search finds", d)
	}
	spectrum := eigen.Values(nil)
	mean := 0.0
	for _, s := range spectrum {
		mean += s / float64(d)
	}
	var u, scaled, product mat.Dense
	eigen.VectorsTo(&u)
	largest := spectrum[d-1]
	scaled.Apply(func(_, k int, v float64) float64 {
		s := max(spectrum[k], 0) + e.epsilon()*mean
		if s <= leastSpectrum*largest {
			return 0
		}
		return v / math.Sqrt(s)
	}, &u)
	product.Mul(&scaled, u.T())
	matrix := make([]float32, d*d)
	for k := range d {
		for l := range k + 1 { // exactly symmetric
			v := float32(product.At(k, l))
			matrix[k*d+l], matrix[l*d+k] = v, v
		}
	}
	return matrix, nil
}

// measured are many rows of values. row returns, for each goroutine, a function that writes one.
type measured struct {
	width int
	row   func() func(i int, dst []float32)
}

// blocks visits all rows, some at a time, in ascending order. All processors make them.
func (m *measured) blocks(count int, visit func(rows [][]float32)) {
	const together = 16 * covarianceRows
	stride := layout.Padded(m.width)
	memory, rows := make([]float32, together*stride), make([][]float32, together)
	for i := range rows {
		rows[i] = memory[i*stride : (i+1)*stride]
	}
	for from := 0; from < count; from += together {
		part := rows[:min(together, count-from)]
		_ = eachChunk(len(part), func() func(i int) error {
			write := m.row()
			return func(i int) error {
				write(from+i, part[i][:m.width])
				return nil
			}
		})
		visit(part)
	}
}

// sums returns the sum of each value over the rows.
func (m *measured) sums(count int) []float64 {
	sums := make([]float64, m.width)
	m.blocks(count, func(rows [][]float32) {
		for _, row := range rows {
			for k, v := range row[:m.width] {
				sums[k] += float64(v)
			}
		}
	})
	return sums
}

// covariance returns the covariance of the values about a mean, width x width, of which what is
// right of the diagonal counts, and the width. Who adds which row of it changes nothing.
func (m *measured) covariance(mean []float32, count int) ([]float64, int) {
	total := make([]float64, m.width*m.width)
	m.blocks(count, func(rows [][]float32) {
		for _, row := range rows {
			for k, at := range mean {
				row[k] -= at
			}
		}
		var next atomic.Int64
		workers := sync.WaitGroup{}
		for range runtime.GOMAXPROCS(0) {
			workers.Go(func() {
				weights, part := make([]float32, covarianceRows), make([]float32, layout.Padded(m.width))
				views := make([][]float32, covarianceRows)
				for i := int(next.Add(1)) - 1; i < m.width; i = int(next.Add(1)) - 1 {
					first := i / layout.Alignment * layout.Alignment
					for from := 0; from < len(rows); from += covarianceRows {
						some := rows[from:min(from+covarianceRows, len(rows))]
						for b, row := range some {
							weights[b], views[b] = row[i], row[first:]
						}
						sum := part[:len(part)-first]
						clear(sum)
						kernel.DenseInputPlasticity(sum, views[:len(some)], weights[:len(some)], 1)
						for j, v := range sum[i-first : m.width-first] {
							total[i*m.width+i+j] += float64(v)
						}
					}
				}
			})
		}
		workers.Wait()
	})
	for k := range total {
		total[k] /= float64(count)
	}
	return total, m.width
}
