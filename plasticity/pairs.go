package plasticity

import (
	"math/bits"
	"slices"
)

// updatePairs changes the couplings that receivers from..to of a block receive, one by
// one: for rules with weights, continuous neurons, and those in which a coupling looks
// at more than its own receiver. Under a symmetric rule it changes the pairs of which
// the larger number is one of from..to.
func (l *Learner) updatePairs(w *Worker, b *block, from, to int) {
	if l.post == nil {
		l.join(w, &w.receiver, b.to)
		l.join(w, &w.sender, b.from)
	}
	for i := from; i < to; i++ {
		if b.Sparse == nil {
			l.updateDenseRow(w, b, i)
		} else {
			l.updateSparseRow(w, b, i)
		}
	}
}

func (l *Learner) updateDenseRow(w *Worker, b *block, i int) {
	stride := b.Stride()
	if l.symmetric(b) {
		for j := range i {
			l.updateBoth(w, b, i, j, &b.Dense[j*stride+i], &b.Dense[i*stride+j])
		}
		return
	}
	for j := range b.Senders {
		if !b.Hollow || j != i {
			b.Dense[j*stride+i] += float32(b.step * l.sum(w, b, i, j))
		}
	}
}

func (l *Learner) updateSparseRow(w *Worker, b *block, i int) {
	senders, values := b.Sparse.Row(i)
	if !l.symmetric(b) {
		for e, j := range senders {
			values[e] += float32(b.step * l.sum(w, b, i, int(j)))
		}
		return
	}
	for e, j := range senders {
		if int(j) > i {
			return
		}
		mirror, mirrored := b.Sparse.Row(int(j))
		if at, found := slices.BinarySearch(mirror, int32(i)); found {
			l.updateBoth(w, b, i, int(j), &values[e], &mirrored[at])
		}
	}
}

// updateBoth changes J_ij and J_ji together.
func (l *Learner) updateBoth(w *Worker, b *block, i, j int, ij, ji *float32) {
	if l.rule.Symmetry == SymmetricUpdate {
		change := float32(b.step * float32(0.5*float32(l.sum(w, b, i, j)+l.sum(w, b, j, i))))
		*ij += change
		*ji += change
		return
	}
	x, y := *ij+float32(b.step*l.sum(w, b, i, j)), *ji+float32(b.step*l.sum(w, b, j, i))
	*ij = float32(0.5 * float32(x+y))
	*ji = *ij
}

// sum returns the sum of s_i s_j over the samples, each with the weight that the rule
// gives it: in float32 with samples ascending, or counted where weights are 0 and 1 and
// states are signs, which is exact in any order.
func (l *Learner) sum(w *Worker, b *block, i, j int) float32 {
	if l.post != nil {
		sum := float32(0)
		for q := range l.count {
			sum += float32(l.post[q][b.to.Offset+i] * l.pre[q][b.from.Offset+j])
		}
		return sum
	}
	count := 0
	for g := range (l.count + groupSize*wordGroups - 1) / (groupSize * wordGroups) {
		u := w.receiver.unstable[g][i]
		if l.rule.BothUnstable {
			u &= w.sender.unstable[g][j]
		}
		count += 2*bits.OnesCount64(u&^(w.receiver.signs[g][i]^w.sender.signs[g][j])) - bits.OnesCount64(u)
	}
	return float32(count)
}
