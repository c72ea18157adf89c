package plasticity

import "basin/internal/layout"

// updateSums changes one part of the couplings of a block by sums over samples: for rules with
// weights, continuous neurons, and those in which a coupling looks at more than its own
// receiver. Under a symmetric rule it changes pairs, those of which the larger number belongs
// to the part.
func (l *Learner) updateSums(w *Worker, b *block, part, parts int) {
	w.block = b
	if l.post == nil {
		w.evidence.Join(b.to.Padded(), b.from.Padded())
	}
	if l.symmetric(b) {
		from, to := layout.Part(b.Shape().Receivers, part, parts)
		b.Pairs(from, to, w.both)
		return
	}
	b.LearnSums(b.step, w.sum, part, parts)
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
		return l.weight(b, i, j)
	}
	return float32(w.evidence.Agreement(i, j, l.rule.BothUnstable))
}

// weight is sum where the samples have weights.
func (l *Learner) weight(b *block, i, j int) (sum float32) {
	i, j = b.to.Offset+i, b.from.Offset+j
	pre := l.pre[:l.count]
	for q, post := range l.post[:l.count] {
		sum += float32(post[i] * pre[q][j])
	}
	return sum
}
