package baseline

import (
	"context"
	"slices"
	"sort"
)

// mostRanges is the number of ranges of an input that trees tell apart.
const mostRanges = 256

// ranges are training samples as trees learn them: of each input, the range that it is in.
type ranges struct {
	codes     [][]uint8   // D x n: a row per input
	low, high [][]float32 // of each input, the least and the largest value of each range
	labels    []int32
}

// newRanges divides every input. It takes strips of inputs at a time, to need no second copy of all.
func newRanges(ctx context.Context, s Samples, workers int) (*ranges, error) {
	const strip, rowsTogether = 128, 1024
	count, dim := s.Count(), s.Dim()
	r := &ranges{codes: make([][]uint8, dim), low: make([][]float32, dim), high: make([][]float32, dim), labels: make([]int32, count)}
	for i := range r.labels {
		r.labels[i] = int32(s.Label(i))
	}
	columns, _ := matrix(min(strip, dim), count)
	rows, _ := matrix(workers, dim)
	sorted, _ := matrix(workers, count)
	for first := 0; first < dim; first += strip {
		some := columns[:min(strip, dim-first)]
		err := each(ctx, workers, (count+rowsTogether-1)/rowsTogether, func(worker, n int) {
			for i := n * rowsTogether; i < min((n+1)*rowsTogether, count); i++ {
				s.Row(i, rows[worker])
				for k, v := range rows[worker][first:][:len(some)] {
					some[k][i] = v
				}
			}
		})
		if err != nil {
			return nil, err
		}
		err = each(ctx, workers, len(some), func(worker, k int) {
			r.divide(first+k, some[k], sorted[worker])
		})
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}

// divide finds the ranges of an input, whose values begin with those of starts: each value if
// there are few, else every 256th part of all.
func (r *ranges) divide(input int, values, sorted []float32) {
	copy(sorted, values)
	slices.Sort(sorted)
	starts := make([]float32, 0, mostRanges)
	for i, v := range sorted {
		if i > 0 && v == sorted[i-1] {
			continue
		}
		if len(starts) == mostRanges {
			starts = starts[:0]
			break
		}
		starts = append(starts, v)
	}
	if len(starts) == 0 {
		for n := range mostRanges {
			v := sorted[len(sorted)*n/mostRanges]
			if n == 0 || v > starts[len(starts)-1] {
				starts = append(starts, v)
			}
		}
	}
	high := make([]float32, len(starts))
	for n := range starts {
		end := len(sorted)
		if n+1 < len(starts) {
			end, _ = slices.BinarySearch(sorted, starts[n+1])
		}
		high[n] = sorted[end-1]
	}
	codes := make([]uint8, len(values))
	for i, v := range values {
		codes[i] = uint8(sort.Search(len(starts), func(n int) bool { return starts[n] > v }) - 1)
	}
	r.codes[input], r.low[input], r.high[input] = codes, starts, high
}

// threshold returns a value between two ranges of an input: at most it are those of the first.
func (r *ranges) threshold(input int, below, above uint8) float32 {
	high, low := r.high[input][below], r.low[input][above]
	if middle := float32((float64(high) + float64(low)) / 2); middle < low {
		return middle
	}
	return high
}
