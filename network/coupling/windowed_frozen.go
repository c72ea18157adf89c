package coupling

import (
	"cmp"
	"slices"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// Frozen is that of [Input]: with a copy in which neurons of one window lie side by side the
// fields of one sample need no lanes. It takes about the memory of the couplings.
func (w *Windowed) Frozen() Input {
	f := &frozenWindows{Windowed: w, order: make([]int32, len(w.first))}
	for i := range f.order {
		f.order[i] = int32(i)
	}
	slices.SortStableFunc(f.order, func(a, b int32) int { return cmp.Compare(w.first[a], w.first[b]) })
	size := w.values()
	f.value = layout.Values(len(w.value) + sumsBlock)
	for from := 0; from < len(f.order); {
		group := f.group(from)
		for n, i := range group {
			for e, v := range w.row(w.value, int(i)) {
				f.value[from*size+e*len(group)+n] = v
			}
		}
		from += len(group)
	}
	return f
}

// sumsBlock is the multiple to which the sums of a group are padded.
const sumsBlock = 8

// frozenWindows are windows whose values do not change any more, with a copy by group: of a
// group that begins at place n of the order, all couplings from one input after another, from
// n times the values of a window on.
type frozenWindows struct {
	*Windowed
	order []int32 // receivers by window, ascending within one
	value []float32
}

// Frozen is that of [Input].
func (f *frozenWindows) Frozen() Input { return f }

// group returns the receivers from a place of the order on that read one window, at most
// rowBlock of them.
func (f *frozenWindows) group(from int) []int32 {
	to := from + 1
	for to < min(from+rowBlock, len(f.order)) && f.first[f.order[to]] == f.first[f.order[from]] {
		to++
	}
	return f.order[from:to]
}

// Product takes that of a single sample group by group: every sum has the order of a tile's.
func (f *frozenWindows) Product(space *Workspace, tile Tile, fields [][]float32, at, from, to int) {
	if len(tile.Rows) != 1 || from != 0 || to != f.stride() {
		f.Windowed.Product(space, tile, fields, at, from, to)
		return
	}
	field, x := fields[0][at:][:to], tile.Rows[0][:f.shape.Senders]
	clear(field[f.shape.Receivers:])
	size, lines, order := f.values(), f.lines(), f.order[:f.shape.Receivers]
	for n := 0; n < len(order); {
		group := f.group(n)
		sums := space.lanes[:(len(group)+sumsBlock-1)/sumsBlock*sumsBlock]
		kernel.WindowSample(sums, f.value[n*size:], len(group), x[f.first[group[0]]:], lines, float32(f.scale))
		if last := len(group) - 1; int(group[last]-group[0]) == last {
			copy(field[group[0]:], sums[:len(group)])
		} else {
			for g, i := range group {
				field[i] = sums[g]
			}
		}
		n += len(group)
	}
}
