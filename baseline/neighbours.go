package baseline

import (
	"context"
	"fmt"
	"math"
	"slices"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// NeighboursSettings are those of [Neighbours]. The zero value chooses k.
type NeighboursSettings struct {
	// K is the number of neighbours that vote, 1 to 255, or as many as there are samples if
	// they are fewer; 0 chooses it among 1, 3, 5, 7, 9, 11, 15, 21 and 31 by the accuracy on
	// training samples that are held out.
	K int
	// Seed of the division into samples that are learned and held out.
	Seed uint64
	// Workers is the number of goroutines; GOMAXPROCS for 0 or less. It changes the speed
	// and not a bit of the result.
	Workers int
}

// Validate reports a number of neighbours that is out of its range.
func (s NeighboursSettings) Validate() error {
	if s.K < 0 || s.K > maxNeighbours {
		return fmt.Errorf("baseline: neighbours %d, want 1 to %d, or 0 to choose them", s.K, maxNeighbours)
	}
	return nil
}

// maxNeighbours bounds K so that logits in single precision tell all orders apart.
const maxNeighbours = 255

// numbersOfNeighbours are those chosen from.
var numbersOfNeighbours = []int{1, 3, 5, 7, 9, 11, 15, 21, 31}

// Neighbours lets the k training samples that are nearest to a sample vote, by Euclidean
// distance; of those equally far, the first. The logit of a class is its votes, and the nearest
// of them adds 1/(2n) where it is the n-th of all: among classes of equally many votes the one with
// the nearest neighbour wins. The neighbours are exact: single precision only passes over
// those that are certainly too far. It is not safe for use by several goroutines.
type Neighbours struct {
	settings NeighboursSettings
	samples  Samples
	classes  int
	k        int // in use; 0 before Run
	kept     *kept
}

// NewNeighbours makes a learner of samples of some classes. It reports settings that are out
// of their range, and samples that it cannot learn.
func NewNeighbours(settings NeighboursSettings, samples Samples, classes int) (*Neighbours, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	if err := learnable(samples, classes); err != nil {
		return nil, err
	}
	return &Neighbours{settings: settings, samples: samples, classes: classes}, nil
}

// K returns the number of neighbours that vote, and 0 before [Neighbours.Run].
func (n *Neighbours) K() int { return n.k }

// Run chooses k if that is asked for, and keeps all samples; see [Learner]. It calls observe
// as it goes through the samples held out.
func (n *Neighbours) Run(ctx context.Context, observe func(Progress) error) error {
	workers := crew(n.settings.Workers)
	if err := finite(ctx, n.samples, workers); err != nil {
		return err
	}
	k := n.settings.K
	if k == 0 {
		var err error
		if k, err = n.choose(ctx, workers, observe); err != nil {
			return err
		}
	}
	kept, err := keep(ctx, n.samples, workers)
	if err != nil {
		return err
	}
	n.k, n.kept = min(k, n.samples.Count()), kept
	return nil
}

// choose returns the k by which most of what is held out is right, the least among equals.
func (n *Neighbours) choose(ctx context.Context, workers int, observe func(Progress) error) (int, error) {
	right, passed := make([]int, len(numbersOfNeighbours)), int64(0)
	most := numbersOfNeighbours[len(right)-1]
	for _, part := range folds(n.samples, n.classes, n.settings.Seed) {
		kept, err := keep(ctx, part.learned, workers)
		if err != nil {
			return 0, err
		}
		nearest := func() response { return kept.labels(most) }
		logits := make([]float32, n.classes)
		err = respond(ctx, part.held, part.held.Count(), most, workers, nearest, func(i int, labels []float32) error {
			for c, k := range numbersOfNeighbours {
				vote(logits, labels[:k])
				if Largest(logits) == part.held.Label(i) {
					right[c]++
				}
			}
			if passed++; observe == nil || passed%respondedRows > 0 {
				return nil
			}
			return observe(Progress{Samples: passed})
		})
		if err != nil {
			return 0, err
		}
	}
	return numbersOfNeighbours[Largest(right)], nil
}

// vote writes the logits of neighbours of some labels, the nearest first; those of -1 are none.
func vote(logits, labels []float32) {
	clear(logits)
	for n, label := range labels {
		if label < 0 {
			return
		}
		if logits[int(label)] == 0 {
			logits[int(label)] = 1 / float32(2*(n+1))
		}
		logits[int(label)]++
	}
}

// Logits calls each with the votes; see [Learner].
func (n *Neighbours) Logits(ctx context.Context, s Samples, count int, each func(i int, logits []float32)) error {
	if n.kept == nil {
		return errUnlearned
	}
	voting := func() response {
		nearest := n.kept.labels(n.k)
		labels, _ := matrix(respondedRows, n.k)
		return func(ctx context.Context, inputs, logits [][]float32) {
			nearest(ctx, inputs, labels[:len(inputs)])
			for q := range logits {
				vote(logits[q], labels[q])
			}
		}
	}
	return logitsOf(ctx, s, count, n.samples.Dim(), n.classes, n.settings.Workers, voting, each)
}

// Cost returns the values and labels of all training samples, in single precision, and the
// products with all of them.
func (n *Neighbours) Cost() Cost {
	count, dim := int64(n.samples.Count()), int64(n.samples.Dim())
	return Cost{Parameters: count * (dim + 1), Bytes: 4 * count * (dim + 1), Operations: float64(count) * float64(dim)}
}

// kept are samples to look for neighbours among.
type kept struct {
	samples Samples
	blocks  [][]float32 // D x keptColumns each: a column per sample
	squares []float32   // of the length of each sample
	longest float64     // length of all
}

// keptColumns is the number of samples of a block: whole registers of the kernel, and a block
// of a few hundred inputs stays in the cache.
const keptColumns = 480

func keep(ctx context.Context, s Samples, workers int) (*kept, error) {
	count, dim := s.Count(), s.Dim()
	k := &kept{samples: s, squares: make([]float32, count), blocks: make([][]float32, (count+keptColumns-1)/keptColumns)}
	rows, _ := matrix(workers, dim)
	err := each(ctx, workers, len(k.blocks), func(worker, n int) {
		block, row := layout.Values(dim*keptColumns), rows[worker]
		for i := range min(keptColumns, count-n*keptColumns) {
			s.Row(n*keptColumns+i, row)
			for j, v := range row {
				block[j*keptColumns+i] = v
			}
			k.squares[n*keptColumns+i] = float32(square(row))
		}
		k.blocks[n] = block
	})
	for _, v := range k.squares {
		k.longest = max(k.longest, math.Sqrt(float64(v)))
	}
	return k, err
}

func square(row []float32) float64 {
	sum := 0.0
	for _, v := range row {
		sum += float64(float64(v) * float64(v))
	}
	return sum
}

// candidate is a training sample and its squared distance.
type candidate struct {
	place    int32
	distance float64
}

func nearer(a, b candidate) int {
	switch {
	case a.distance < b.distance || a.distance == b.distance && a.place < b.place:
		return -1
	case a == b:
		return 0
	}
	return 1
}

// labels returns the response that writes the labels of the count nearest, the nearest first,
// and -1 where there are fewer.
func (k *kept) labels(count int) response {
	products, _ := matrix(respondedRows, keptColumns)
	searches := make([]search, respondedRows)
	row := make([]float32, k.samples.Dim())
	return func(ctx context.Context, inputs, labels [][]float32) {
		for q, x := range inputs {
			searches[q].begin(k, x)
		}
		for n, block := range k.blocks {
			if ctx.Err() != nil {
				return
			}
			for q := range inputs {
				clear(products[q])
			}
			kernel.DenseField(products[:len(inputs)], inputs, block, keptColumns, false)
			first := n * keptColumns
			squares := k.squares[first:min(first+keptColumns, len(k.squares))]
			for q := range inputs {
				searches[q].look(first, squares, products[q], count)
			}
		}
		for q, x := range inputs {
			found := searches[q].end(k, x, row, count)
			for n := range labels[q] {
				labels[q][n] = -1
				if n < len(found) {
					labels[q][n] = float32(k.samples.Label(int(found[n].place)))
				}
			}
		}
	}
}

// search is for the neighbours of one sample. Distances are less the square of its own
// length, the same for all, until the end.
type search struct {
	doubt float64 // what a distance in single precision may be wrong by
	limit float64 // beyond it are none of the nearest
	found []candidate
	many  int // of those found, to drop some before the block ends
}

// begin takes the error of a sum of D rounded products in any order, at most (D+1) units in the last
// place of |x| |y| (Higham 2002, section 3.1), twice, with as much again for the rounding of
// squares.
func (s *search) begin(k *kept, x []float32) {
	const unit = 1.0 / (1 << 24)
	longest := max(k.longest, math.Sqrt(square(x)))
	s.doubt = 4 * float64(len(x)+4) * unit * longest * longest
	s.limit, s.found, s.many = math.Inf(1), s.found[:0], 64
}

// look passes over a block, and drops those that are too far as soon as many have come
// together.
func (s *search) look(first int, squares, products []float32, count int) {
	before := len(s.found)
	for i, square := range squares {
		distance := float64(square - 2*products[i])
		if distance > s.limit {
			continue
		}
		s.found = append(s.found, candidate{int32(first + i), distance})
		if len(s.found) >= s.many {
			s.drop(count)
		}
	}
	if len(s.found) != before {
		s.drop(count)
	}
}

// drop forgets those that are certainly further than count others.
func (s *search) drop(count int) {
	if len(s.found) <= count {
		return
	}
	slices.SortFunc(s.found, nearer)
	s.limit = s.found[count-1].distance + 2*s.doubt
	s.found = slices.DeleteFunc(s.found, func(c candidate) bool { return c.distance > s.limit })
	s.many = 2*len(s.found) + 64
}

// end computes the distances of those that are left and returns the nearest.
func (s *search) end(k *kept, x, row []float32, count int) []candidate {
	for n, c := range s.found {
		k.samples.Row(int(c.place), row)
		sum := 0.0
		for i, v := range row {
			d := float64(x[i]) - float64(v)
			sum += float64(d * d)
		}
		s.found[n].distance = sum
	}
	slices.SortFunc(s.found, nearer)
	return s.found[:min(count, len(s.found))]
}
