package sample

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// search finds the sets F of neurons whose flips lead from a state to a fixed point. With
//
//	c_k = s_k h_k - margin,    r_i = 2 J_D - s_i h_i - margin,    B_kj = 2 s_k J_kj s_j,
//
// the flips of F keep every neuron stable where
//
//	c_k - sum_{j in F} B_kj > 0              for each k that stays,
//	r_i + sum_{j in F, j not i} B_ij > 0     for each i of F.
//
// Flips break what is least stable first, so the constraints of the front, the neurons
// with the smallest c, are followed while F grows neuron by neuron. The last neuron of F
// must mend the front constraint that is broken most: it is one of the few that push it
// back far enough, or that neuron itself. So sets of d neurons cost about N^(d-1)
// looks at the front, and only what passes the front is looked at whole.
type search struct {
	*system
	spins   []float64
	stays   []float64 // c, by neuron
	turned  []float64 // r, by neuron
	order   []int     // neurons by ascending c
	front   []float64 // c of the front, by rank, with the flips of F; +Inf for F itself
	rank    []int     // in the front, by neuron; -1 outside
	columns []sparseVector
	rows    []sparseVector // of the front, by rank: negative B, ascending
	push    []float64      // largest B_kj of a sender j, by neuron
	lift    []float64      // largest B_ij of a receiver i
	drop    []float64      // largest -B_ij of a receiver i
	choice  []int          // neurons that may flip, in the order in which sets are built
	turn    []int          // place of each neuron in choice, -1 if not there
	saved   []saved
	broken  [][]int32 // ranks, by size of F
	flips   []int     // F
	stamps  []int     // by size of F: the number of the flip that made it so large
	stamp   int
	nodes   int
	halted  bool
	tally   *tally // where sets are counted, not found
	found   func(flips []int) bool
}

// sparseVector is some values at places: for a sender ranks in the front, ascending; for
// a receiver senders.
type sparseVector struct {
	at    []int32
	value []float64
}

type saved struct {
	rank int
	c    float64
}

// frontReach is how many front constraints a flip reaches about.
const frontReach = 128

// newSearch prepares a search from a state. Cost: O(N^2).
func newSearch(ctx context.Context, s *system, spins []float64, margin float64) (*search, error) {
	n := s.neurons
	fields, err := s.fields(ctx, spins)
	if err != nil {
		return nil, err
	}
	f := &search{
		system: s, spins: spins, stays: make([]float64, n), turned: make([]float64, n), order: make([]int, n),
		rank: make([]int, n), columns: make([]sparseVector, n), push: make([]float64, n), lift: make([]float64, n), drop: make([]float64, n), turn: make([]int, n),
	}
	for i, h := range fields {
		f.order[i], f.rank[i] = i, -1
		f.stays[i] = slack(spins[i], h, margin)
		f.turned[i] = slack(-spins[i], h-2*s.self[i]*spins[i], margin)
	}
	slices.SortStableFunc(f.order, func(a, b int) int { return cmp.Compare(f.stays[a], f.stays[b]) })
	column, present := make([]float64, n), 0
	for pass := range 2 { // the front is as deep as the density of the couplings asks
		if pass == 1 {
			f.openFront(present)
		}
		for j := range n {
			if err := lookUp(ctx, j); err != nil {
				return nil, err
			}
			s.column(j, column)
			if pass == 0 {
				present += f.bound(j, column)
			} else {
				f.addColumn(j, column)
			}
		}
	}
	sortRows(f.rows)
	return f, nil
}

// bound notes how far sender j can push others, turns its column to B, and counts it.
func (f *search) bound(j int, column []float64) (present int) {
	for k, J := range column {
		if J == 0 {
			continue
		}
		b := 2 * f.spins[k] * J * f.spins[j]
		f.push[j], f.lift[k], f.drop[k] = max(f.push[j], b), max(f.lift[k], b), max(f.drop[k], -b)
		present++
	}
	return present
}

// openFront makes the front for so many couplings.
func (f *search) openFront(present int) {
	depth := f.neurons
	if present > 0 {
		depth = int(min(float64(f.neurons), math.Ceil(frontReach*float64(f.neurons)*float64(f.neurons)/float64(present))))
	}
	f.front, f.rows = make([]float64, depth), make([]sparseVector, depth)
	for rank, k := range f.order[:depth] {
		f.rank[k], f.front[rank] = rank, f.stays[k]
	}
}

func (f *search) addColumn(j int, column []float64) {
	for rank, k := range f.order[:len(f.front)] {
		if column[k] == 0 {
			continue
		}
		b := 2 * f.spins[k] * column[k] * f.spins[j]
		f.columns[j].add(rank, b)
		if b < 0 {
			f.rows[rank].add(j, b)
		}
	}
}

func (v *sparseVector) add(at int, value float64) {
	v.at, v.value = append(v.at, int32(at)), append(v.value, value)
}

// sortRows sorts by value, then by place.
func sortRows(rows []sparseVector) {
	type entry struct {
		at    int32
		value float64
	}
	var row []entry
	for _, v := range rows {
		row = row[:0]
		for e := range v.at {
			row = append(row, entry{v.at[e], v.value[e]})
		}
		slices.SortFunc(row, func(a, b entry) int { return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.at, b.at)) })
		for e, x := range row {
			v.at[e], v.value[e] = x.at, x.value
		}
	}
}

// run calls found for every set of size neurons among choice whose flips lead to a fixed
// point, until found returns false. The order of the sets follows that of choice.
func (f *search) run(ctx context.Context, choice []int, size int, found func(flips []int) bool) error {
	f.choice, f.found, f.halted, f.flips = choice, found, false, f.flips[:0]
	for i := range f.turn {
		f.turn[i] = -1
	}
	for place, i := range choice {
		f.turn[i] = place
	}
	for len(f.broken) < size+1 {
		f.broken, f.stamps = append(f.broken, nil), append(f.stamps, 0)
	}
	f.broken[0] = f.broken[0][:0]
	for rank, c := range f.front {
		if c <= 0 {
			f.broken[0] = append(f.broken[0], int32(rank))
		}
	}
	return f.extend(ctx, 0, size)
}

// extend adds neurons to F, from a place of choice on, until it has so many more.
func (f *search) extend(ctx context.Context, from, more int) error {
	if more == 1 {
		return f.finish(ctx, from)
	}
	for place := from; place < len(f.choice) && !f.halted; place++ {
		if err := f.look(ctx); err != nil {
			return err
		}
		l := f.choice[place]
		if !f.mayTurn(l, more-1) {
			continue
		}
		before := len(f.saved)
		f.flip(l)
		err := f.extend(ctx, place+1, more-1)
		f.undo(before)
		if err != nil {
			return err
		}
	}
	return nil
}

// look looks at the context now and then.
func (f *search) look(ctx context.Context) error {
	f.nodes++
	return lookUp(ctx, f.nodes)
}

// mayTurn reports whether l and the neurons of F can be stable when so many more join them.
func (f *search) mayTurn(l, more int) bool {
	own := f.turned[l] + float64(more)*f.lift[l]
	for _, j := range f.flips {
		own += f.gain(l, j)
	}
	if own <= 0 {
		return false
	}
	for _, i := range f.flips {
		own := f.turned[i] + f.gain(i, l) + float64(more)*f.lift[i]
		for _, j := range f.flips {
			if j != i {
				own += f.gain(i, j)
			}
		}
		if own <= 0 {
			return false
		}
	}
	return true
}

// gain returns B_kj.
func (f *search) gain(k, j int) float64 { return 2 * f.spins[k] * f.at(k, j) * f.spins[j] }

// flip adds l to F.
func (f *search) flip(l int) {
	depth := len(f.flips)
	f.flips = append(f.flips, l)
	f.stamp++
	f.stamps[depth+1] = f.stamp
	if r := f.rank[l]; r >= 0 {
		f.set(r, math.Inf(1))
	}
	column := f.columns[l]
	broken := f.broken[depth+1][:0]
	for e, rank := range column.at {
		was := f.front[rank]
		c := was - column.value[e]
		f.set(int(rank), c)
		if c <= 0 && was > 0 {
			broken = append(broken, rank)
		}
	}
	for _, rank := range f.broken[depth] {
		if f.front[rank] <= 0 {
			broken = append(broken, rank)
		}
	}
	f.broken[depth+1] = broken
}

func (f *search) set(rank int, c float64) {
	f.saved = append(f.saved, saved{rank, f.front[rank]})
	f.front[rank] = c
}

// undo takes the newest neuron out of F.
func (f *search) undo(before int) {
	for e := len(f.saved) - 1; e >= before; e-- {
		f.front[f.saved[e].rank] = f.saved[e].c
	}
	f.saved, f.flips = f.saved[:before], f.flips[:len(f.flips)-1]
}

// finish tries every last neuron of F.
func (f *search) finish(ctx context.Context, from int) error {
	broken := f.broken[len(f.flips)]
	if len(broken) == 0 && f.tally != nil {
		f.tally.last(f, from)
		return f.look(ctx)
	}
	if len(broken) == 0 {
		for _, l := range f.choice[from:] {
			if err := f.look(ctx); err != nil || f.halted {
				return err
			}
			f.try(l, 0)
		}
		return nil
	}
	if err := f.look(ctx); err != nil {
		return err
	}
	worst := int(broken[0])
	for _, rank := range broken {
		if f.front[rank] < f.front[worst] {
			worst = int(rank)
		}
	}
	row := f.rows[worst]
	for e, j := range row.at {
		if row.value[e] >= f.front[worst] || f.halted {
			break
		}
		if f.turn[j] >= from {
			f.try(int(j), len(broken))
		}
	}
	if l := f.order[worst]; f.turn[l] >= from && !f.halted {
		f.try(l, len(broken))
	}
	return nil
}

// try calls found if F with l added leads to a fixed point; so many front constraints are
// broken before.
func (f *search) try(l, broken int) {
	own := f.rank[l]
	mended := 0
	if own >= 0 && f.front[own] <= 0 {
		mended++
	}
	column := f.columns[l]
	for e, rank := range column.at {
		c := f.front[rank]
		if c-column.value[e] <= 0 {
			return
		}
		if c <= 0 {
			mended++
		}
	}
	if mended != broken || !f.mayTurn(l, 0) || !f.restStays(l) {
		return
	}
	f.flips = append(f.flips, l)
	f.halted = !f.found(f.flips)
	f.flips = f.flips[:len(f.flips)-1]
}

// restStays looks at the constraints behind the front, when l joins F.
func (f *search) restStays(l int) bool {
	reach := f.push[l]
	for _, j := range f.flips {
		reach += f.push[j]
	}
	for _, k := range f.order[len(f.front):] {
		c := f.stays[k]
		if c > reach {
			return true
		}
		if k == l || slices.Contains(f.flips, k) {
			continue
		}
		c -= f.gain(k, l)
		for _, j := range f.flips {
			c -= f.gain(k, j)
		}
		if c <= 0 {
			return false
		}
	}
	return true
}
