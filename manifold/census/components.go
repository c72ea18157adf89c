package census

import (
	"context"
	"fmt"
	"slices"
)

// Components are the connected components of a graph: that whose vertices are the fixed
// points of a [Result] and whose edges join those within a Hamming distance, or that of
// [Join].
type Components struct {
	// Of is the component of each vertex, in their order: a place in Sizes.
	Of []int
	// Sizes counts the vertices of each component, largest first; equal ones in the
	// order of their smallest vertex.
	Sizes []int
}

// Largest returns the size of the largest component, 0 if there is no vertex.
func (c *Components) Largest() int {
	if len(c.Sizes) == 0 {
		return 0
	}
	return c.Sizes[0]
}

// Components joins fixed points at Hamming distance 1..distance. Cost: the number of
// pairs or, where that is less, of states within the distance of a fixed point. It
// reports a distance below 1 or above N, and a context that ends.
func (r *Result) Components(ctx context.Context, distance int) (*Components, error) {
	if distance < 1 || distance > r.Neurons {
		return nil, fmt.Errorf("census: components at distance %d, want 1 to %d, the number of neurons", distance, r.Neurons)
	}
	f := newForest(len(r.FixedPoints))
	join := r.joinPairs
	if ball := ballSize(r.Neurons, distance); ball*searchCost < int64(len(f)) {
		join = r.joinBalls
	}
	if err := join(ctx, f, distance); err != nil {
		return nil, err
	}
	return f.components(), nil
}

// Join joins those of so many vertices that are near: near(k, l) is asked of every pair
// with l < k. The components order equal sizes by their smallest vertex. It is what
// [Result.Components] does by distance, for vertices of any kind. It reports a context that
// ends.
func Join(ctx context.Context, vertices int, near func(k, l int) bool) (*Components, error) {
	f := newForest(vertices)
	if err := f.joinWhere(ctx, near); err != nil {
		return nil, err
	}
	return f.components(), nil
}

// searchCost is the time to look a state up among the fixed points, in comparisons of
// two states.
const searchCost = 50

// ballSize counts the states at distance 1..distance of a state.
func ballSize(neurons, distance int) int64 {
	size, binomial := int64(0), int64(1)
	for k := 1; k <= distance; k++ {
		binomial = binomial * int64(neurons-k+1) / int64(k)
		size += binomial
	}
	return size
}

// joinPairs compares all pairs.
func (r *Result) joinPairs(ctx context.Context, f forest, distance int) error {
	return f.joinWhere(ctx, func(k, l int) bool { return r.FixedPoints[k].Distance(r.FixedPoints[l]) <= distance })
}

// joinBalls looks up all states within the distance.
func (r *Result) joinBalls(ctx context.Context, f forest, distance int) error {
	for weight := 1; weight <= distance; weight++ {
		// The numbers with this many bits, in ascending order (Gosper's method).
		for mask := uint64(1)<<weight - 1; mask < 1<<r.Neurons; {
			for k, p := range r.FixedPoints {
				if cancelled(ctx, k) {
					return ctx.Err()
				}
				if q := p ^ State(mask); q < p {
					if l, ok := slices.BinarySearch(r.FixedPoints[:k], q); ok {
						f.join(k, l)
					}
				}
			}
			low := mask & -mask
			ripple := mask + low
			mask = (mask^ripple)/low>>2 | ripple
		}
	}
	return nil
}

// forest holds a parent for each vertex; a root is its own.
type forest []int32

func newForest(vertices int) forest {
	f := make(forest, vertices)
	for k := range f {
		f[k] = int32(k)
	}
	return f
}

// joinWhere compares all pairs of vertices.
func (f forest) joinWhere(ctx context.Context, near func(k, l int) bool) error {
	for k := range f {
		if err := ctx.Err(); err != nil {
			return err
		}
		for l := range k {
			if near(k, l) {
				f.join(k, l)
			}
		}
	}
	return nil
}

func (f forest) root(k int) int32 {
	v := int32(k)
	for f[v] != v {
		f[v] = f[f[v]]
		v = f[v]
	}
	return v
}

// join makes the smaller root that of both trees.
func (f forest) join(k, l int) {
	a, b := f.root(k), f.root(l)
	f[max(a, b)] = min(a, b)
}

func (f forest) components() *Components {
	c := &Components{Of: make([]int, len(f))}
	sizes := make([]int, len(f)) // by root
	var roots []int
	for k := range f {
		root := int(f.root(k))
		if root == k {
			roots = append(roots, k)
		}
		sizes[root]++
	}
	slices.SortStableFunc(roots, func(a, b int) int { return sizes[b] - sizes[a] })
	place := make([]int, len(f))
	for p, root := range roots {
		place[root] = p
		c.Sizes = append(c.Sizes, sizes[root])
	}
	for k := range f {
		c.Of[k] = place[f.root(k)]
	}
	return c
}
