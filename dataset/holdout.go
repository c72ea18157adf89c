package dataset

import (
	"fmt"
	"math"

	"basin/internal/random"
)

// Split says how samples are divided into two parts.
type Split string

// The ways to divide samples. Empty is Random.
const (
	// Random draws samples whatever their labels.
	Random Split = "random"
	// Stratified draws within each class: see [Holdout].
	Stratified Split = "stratified"
)

// Holdout splits train at random: a share of its samples becomes the validation
// set, the rest remains. The choice is a function of the labels (for Random only of their
// number), the share and the seed; both parts keep the order of the rows, which are copied.
//
// The validation set has round(share*Count) samples, at least one. A Stratified one has
// round(share*n) of a class of n samples, one more or less where the sum wants it; as far as
// its size has room, a class of two samples or more is in both parts and one of a single
// sample in the rest. A share of 0 returns train itself and a nil validation set. It is an
// error if the share is outside 0 <= share < 1 or if one part would be empty.
func Holdout(train *Set, share float64, how Split, seed uint64) (rest, validation *Set, err error) {
	return split(train, share, how, random.New(seed, random.Holdout))
}

// HoldoutTest separates the test set of a source that has none of its own, as [Open] does:
// like [Holdout], with other draws, so that one seed serves both.
func HoldoutTest(all *Set, share float64, how Split, seed uint64) (train, test *Set, err error) {
	return split(all, share, how, random.New(seed, random.Holdout, 1))
}

func split(all *Set, share float64, how Split, draws random.Stream) (rest, part *Set, err error) {
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
	labels, quota := all.Labels, []int{size}
	switch {
	case how == Stratified && labels != nil:
		if err := all.Validate(); err != nil {
			return nil, nil, err
		}
		quota = quotas(ClassCounts(labels, all.Classes()), size)
	case how == "" || how == Random || how == Stratified:
		labels = make([]int, count) // all of one class
	default:
		return nil, nil, fmt.Errorf("dataset: split %q, want %q or %q", how, Random, Stratified)
	}
	order := make([]int32, count)
	draws.Permute(order)
	parts := make([]int, count)
	for _, i := range order {
		if quota[labels[i]] > 0 {
			quota[labels[i]]--
			parts[i] = 1
		}
	}
	return all.Subset(members(parts, 0)), all.Subset(members(parts, 1)), nil
}

// members returns the places of a part, in order.
func members(parts []int, part int) []int {
	var places []int
	for i, p := range parts {
		if p == part {
			places = append(places, i)
		}
	}
	return places
}

// quotas divides a part of size samples among classes in proportion to their counts. Ties are
// decided by the order of the classes.
func quotas(counts []int, size int) []int {
	total := 0
	for _, n := range counts {
		total += n
	}
	quota, low, high, left := make([]int, len(counts)), make([]int, len(counts)), make([]int, len(counts)), size
	for c, n := range counts {
		high[c] = max(0, n-1)
		low[c] = min(1, high[c])
		quota[c] = max(low[c], min(high[c], int(int64(n)*int64(size)/int64(total))))
		left -= quota[c]
	}
	// owed is what a class lacks of its exact share, in parts of total.
	owed := func(c int) int64 { return int64(counts[c])*int64(size) - int64(quota[c])*int64(total) }
	for left != 0 {
		step, found := 1, -1
		if left < 0 {
			step = -1
		}
		for c := range quota {
			fits := step > 0 && quota[c] < high[c] || step < 0 && quota[c] > low[c]
			if fits && (found < 0 || int64(step)*owed(c) > int64(step)*owed(found)) {
				found = c
			}
		}
		if found < 0 { // no room for every class in both parts
			for c, n := range counts {
				low[c], high[c] = 0, n
			}
			continue
		}
		quota[found] += step
		left -= step
	}
	return quota
}

// Folds divides samples into parts of equal size, stratified like [Holdout], and returns for
// each part the data that have it as Test and the rest as Train. The choice is a function of
// labels, number and seed. It is an error if there are fewer than 2 parts, fewer samples
// than parts, or no labels.
func Folds(all *Set, number int, seed uint64) ([]*Data, error) {
	count := all.Count()
	switch {
	case number < 2 || number > count:
		return nil, fmt.Errorf("dataset: %d folds of %d samples, want 2 or more, and a sample in each", number, count)
	case all.Labels == nil:
		return nil, fmt.Errorf("dataset: %s has no labels", all.Name)
	}
	if err := all.Validate(); err != nil {
		return nil, err
	}
	order := make([]int32, count)
	draws := random.New(seed, random.Holdout, 2)
	draws.Permute(order)
	classes := make([][]int32, all.Classes())
	for _, i := range order {
		classes[all.Labels[i]] = append(classes[all.Labels[i]], i)
	}
	parts, dealt := make([]int, count), 0
	for _, class := range classes { // dealt like cards, on from where the class before ended
		for _, i := range class {
			parts[i] = dealt % number
			dealt++
		}
	}
	folds := make([]*Data, number)
	for k := range folds {
		var rest []int
		for i, p := range parts {
			if p != k {
				rest = append(rest, i)
			}
		}
		folds[k] = &Data{Train: all.Subset(rest), Test: all.Subset(members(parts, k))}
	}
	return folds, nil
}
