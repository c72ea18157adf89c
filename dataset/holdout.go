package dataset

import (
	"fmt"
	"math"

	"basin/internal/random"
)

// Holdout splits train at random: a share of its samples becomes the validation
// set, the rest remains. The choice is a function of the number of samples, the
// share and the seed; both parts keep the order of the rows, which are copied.
//
// The validation set has round(share*Count) samples, at least one. A share of 0
// returns train itself and a nil validation set. It is an error if the share is
// outside 0 <= share < 1 or if one part would be empty.
func Holdout(train *Set, share float64, seed uint64) (rest, validation *Set, err error) {
	return split(train, share, random.New(seed, random.Holdout))
}

// splitTest separates the test set of a source that has none of its own, with
// draws other than those of Holdout, so that one seed serves both.
func splitTest(all *Set, share float64, seed uint64) (train, test *Set, err error) {
	return split(all, share, random.New(seed, random.Holdout, 1))
}

func split(all *Set, share float64, draws random.Stream) (rest, part *Set, err error) {
	if all == nil {
		return nil, nil, fmt.Errorf("dataset: %w", errNothing)
	}
	if !(share >= 0 && share < 1) {
		return nil, nil, fmt.Errorf("dataset: share to hold out is %v, want 0 <= share < 1", share)
	}
	if share == 0 {
		return all, nil, nil
	}
	count := all.Count()
	size := max(1, int(math.Round(share*float64(count))))
	if size >= count {
		return nil, nil, fmt.Errorf("dataset: %s: %d of %d samples held out leave none to train on", all.Name, size, count)
	}
	order := make([]int32, count)
	draws.Permute(order)
	chosen := make([]bool, count)
	for _, i := range order[:size] {
		chosen[i] = true
	}
	kept, held := make([]int, 0, count-size), make([]int, 0, size)
	for i, out := range chosen {
		if out {
			held = append(held, i)
		} else {
			kept = append(kept, i)
		}
	}
	return all.Subset(kept), all.Subset(held), nil
}
