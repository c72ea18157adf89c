package baseline

import (
	"context"
	"fmt"

	"basin/internal/random"
)

// ForestSettings are those of a [Forest]. [DefaultForest] has values that suit most data.
type ForestSettings struct {
	// Trees is their number, 1 to 10,000.
	Trees int
	// Seed of the samples that each tree learns, and of the inputs it may divide by.
	Seed uint64
	// Workers is the number of goroutines; GOMAXPROCS for 0 or less. It changes the speed
	// and not a bit of the result.
	Workers int
}

// DefaultForest returns the settings of 200 trees.
func DefaultForest() ForestSettings { return ForestSettings{Trees: 200, Seed: 1} }

// Validate reports a number of trees that is out of its range.
func (s ForestSettings) Validate() error {
	if s.Trees < 1 || s.Trees > 10_000 {
		return fmt.Errorf("baseline: trees %d, want 1 to 10000", s.Trees)
	}
	return nil
}

// Forest is a random forest (Breiman 2001): each tree learns as many samples as there are, drawn with
// replacement, and divides them until every leaf has one class or equal inputs. Of sqrt(D)
// inputs, drawn for each node, it takes the division of the least Gini impurity. The logit of
// a class is the mean over the trees of its share in the leaf that a sample comes to. Of each
// input 256 ranges are told apart: its values, or where it has more, ranges that as many
// samples are in. It is not safe for use by several goroutines.
type Forest struct {
	settings ForestSettings
	samples  Samples
	classes  int
	trees    []tree
}

// NewForest makes a forest that is to learn samples of some classes. It reports settings that
// are out of their range, and samples that it cannot learn.
func NewForest(settings ForestSettings, samples Samples, classes int) (*Forest, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	if err := learnable(samples, classes); err != nil {
		return nil, err
	}
	return &Forest{settings: settings, samples: samples, classes: classes}, nil
}

// Run grows the trees; see [Learner]. It calls observe after every few trees.
func (f *Forest) Run(ctx context.Context, observe func(Progress) error) error {
	workers := crew(f.settings.Workers)
	if err := finite(ctx, f.samples, workers); err != nil {
		return err
	}
	ranges, err := newRanges(ctx, f.samples, workers)
	if err != nil {
		return err
	}
	growers := make([]*grower, min(workers, f.settings.Trees))
	for w := range growers {
		growers[w] = newGrower(ranges, f.classes)
	}
	trees := make([]tree, f.settings.Trees)
	const together = 16
	for first := 0; first < len(trees); first += together {
		some := trees[first:min(first+together, len(trees))]
		err := each(ctx, len(growers), len(some), func(worker, n int) {
			some[n] = growers[worker].grow(ctx, random.New(f.settings.Seed, random.Baseline, uint64(first+n)))
		})
		if err != nil {
			return err
		}
		if observe == nil {
			continue
		}
		if err := observe(Progress{Samples: int64(first+len(some)) * int64(f.samples.Count())}); err != nil {
			return err
		}
	}
	f.trees = trees
	return nil
}

// Logits calls each with the mean shares of the classes; see [Learner].
func (f *Forest) Logits(ctx context.Context, s Samples, count int, each func(i int, logits []float32)) error {
	if f.trees == nil {
		return errUnlearned
	}
	sums := func() response {
		return func(ctx context.Context, inputs, logits [][]float32) {
			for q := range logits {
				clear(logits[q])
			}
			// Tree by tree, so that one stays in the cache.
			for t := range f.trees {
				if ctx.Err() != nil {
					return
				}
				for q, x := range inputs {
					f.trees[t].vote(x, logits[q])
				}
			}
			for q := range logits {
				for c := range logits[q] {
					logits[q][c] /= float32(len(f.trees))
				}
			}
		}
	}
	return logitsOf(ctx, s, count, f.samples.Dim(), f.classes, f.settings.Workers, sums, each)
}

// Cost returns the thresholds and the shares of leaves, the bytes of all nodes, and the
// comparisons of a training sample, a mean. It is zero before [Forest.Run].
func (f *Forest) Cost() Cost {
	var c Cost
	for _, t := range f.trees {
		c.Parameters += int64(len(t.nodes) + len(t.shares))
		for _, n := range t.nodes {
			if n.input < 0 && n.next >= 0 { // its shares are counted
				c.Parameters--
			}
		}
		c.Bytes += 12*int64(len(t.nodes)) + 4*int64(len(t.shares))
		c.Operations += float64(t.comparisons) / float64(f.samples.Count())
	}
	return c
}
