package sample

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
)

// tally counts the last neurons of F together, where F has broken nothing: it begins with
// all of them and strikes those out that break a constraint, which for each constraint are
// the first few of its senders by B. A count then costs what is struck out, however many
// are left.
type tally struct {
	rows  []sparseVector // by rank, of the constraints that F can bring near: -B of the positive ones, ascending
	lift  float64        // largest B
	c     [][]float64    // by size of F: of all neurons, with the flips of F
	own   [][]float64    // r of all neurons, with the flips of F
	seen  []int          // by size of F: the flip for which c and own are
	open  []uint64       // neurons that are left, one bit each
	count int64
}

// tallies returns how many sets of size neurons lead to a fixed point.
func (f *search) tallies(ctx context.Context, choice []int, size int) (int64, error) {
	t := &tally{open: make([]uint64, (f.neurons+63)/64), seen: make([]int, size)}
	push := 0.0
	for i := range f.neurons {
		push, t.lift = max(push, f.push[i]), max(t.lift, f.lift[i])
	}
	for range size {
		t.c, t.own = append(t.c, make([]float64, f.neurons)), append(t.own, make([]float64, f.neurons))
	}
	copy(t.c[0], f.stays)
	copy(t.own[0], f.turned)
	near, _ := slices.BinarySearchFunc(f.order, float64(size-1)*push+t.lift, func(k int, c float64) int { return cmp.Compare(f.stays[k], c) })
	t.rows = make([]sparseVector, near)
	column := make([]float64, f.neurons)
	for j := range f.neurons {
		if err := lookUp(ctx, j); err != nil {
			return 0, err
		}
		f.column(j, column)
		for rank, k := range f.order[:near] {
			if b := 2 * f.spins[k] * column[k] * f.spins[j]; b > 0 {
				t.rows[rank].add(j, -b)
			}
		}
	}
	sortRows(t.rows)
	f.tally = t
	defer func() { f.tally = nil }()
	err := f.run(ctx, choice, size, func([]int) bool {
		t.count++
		return true
	})
	return t.count, err
}

// follow brings c and own of F up to date.
func (t *tally) follow(f *search) {
	for d := 1; d <= len(f.flips); d++ {
		if t.seen[d] == f.stamps[d] {
			continue
		}
		t.seen[d] = f.stamps[d]
		j := f.flips[d-1]
		column := t.c[d]
		f.column(j, column)
		for k, J := range column {
			b := 2 * f.spins[k] * J * f.spins[j]
			t.c[d][k], t.own[d][k] = t.c[d-1][k]-b, t.own[d-1][k]+b
		}
	}
}

// last counts the neurons from a place on that may join F, all of which choice has in
// ascending order.
func (t *tally) last(f *search, from int) {
	t.follow(f)
	size := len(f.flips)
	c, own := t.c[size], t.own[size]
	clear(t.open)
	for l := from; l < f.neurons; l++ {
		if own[l] > 0 {
			t.open[l/64] |= 1 << (l % 64)
		}
	}
	reach := t.lift
	for _, j := range f.flips {
		reach += f.push[j]
	}
	for rank, k := range f.order[:len(t.rows)] {
		if f.stays[k] > reach {
			break
		}
		if slices.Contains(f.flips, k) {
			continue
		}
		if c[k] <= 0 {
			t.mend(f, from, k)
			return
		}
		row := t.rows[rank]
		for e, l := range row.at {
			if -row.value[e] < c[k] {
				break
			}
			t.open[l/64] &^= 1 << (l % 64)
		}
	}
	t.holdFlips(f, own)
	for _, word := range t.open {
		t.count += int64(bits.OnesCount64(word))
	}
}

// mend tries the neurons that mend a constraint behind the front.
func (t *tally) mend(f *search, from, k int) {
	c := t.c[len(f.flips)][k]
	for l := from; l < f.neurons; l++ {
		if l == k || f.gain(k, l) < c {
			f.try(l, 0)
		}
	}
}

// holdFlips strikes out the neurons with which one of F is not stable.
func (t *tally) holdFlips(f *search, own []float64) {
	for _, i := range f.flips {
		if own[i] > f.drop[i] {
			continue
		}
		for w, word := range t.open {
			for left := word; left != 0; left &= left - 1 {
				l := w*64 + bits.TrailingZeros64(left)
				if own[i]+f.gain(i, l) <= 0 {
					t.open[w] &^= left & -left
				}
			}
		}
	}
}
