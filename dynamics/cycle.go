package dynamics

import "basin/internal/random"

// lap follows the hashes of a trajectory to see it come round (Brent's method, with one
// look two states back).
type lap struct {
	seen         int    // states
	last, before uint64 // the newest two
	mark         uint64 // a state to come back to
	since, power int    // sweeps since mark, and when to move it
}

// observe takes the hash of the next state, which differs from the last, and returns
// the period of a cycle that it closes, or zero.
func (l *lap) observe(hash uint64) (period int) {
	l.since++
	switch {
	case l.seen >= 2 && hash == l.before:
		period = 2
	case l.seen >= 1 && hash == l.mark:
		period = l.since
	}
	if l.since >= l.power {
		l.mark, l.since, l.power = hash, 0, max(1, 2*l.power)
	}
	l.seen++
	l.before, l.last = l.last, hash
	return period
}

// hashKeys returns one key for each neuron: a state's hash is the exclusive or of the
// keys of the neurons that flipped since the first sweep.
func hashKeys(size int) []uint64 {
	stream := random.New(0, random.Update)
	keys := make([]uint64, size)
	for n := range keys {
		keys[n] = stream.Uint64()
	}
	return keys
}

// beginPhase empties the result of a sample and begins to look for cycles.
func (b *Batch) beginPhase(i int) {
	s := &b.samples[i]
	s.result, s.lap = Result{}, lap{}
	if !s.unset && b.keys != nil {
		s.lap.observe(s.hash)
	}
}

// endSweep counts a sweep that flipped some neurons, or none; fixed says that none would
// flip. It reports whether the relaxation goes on by the stop rule.
func (b *Batch) endSweep(i, flips int, fixed bool) bool {
	s := &b.samples[i]
	first := s.unset
	s.unset = false
	s.result.Sweeps++
	s.sweep++
	if !first {
		s.result.Flips += int64(flips)
	}
	switch {
	case !first && fixed:
		s.result.Status = FixedPoint
		return b.settings.Stop == StopAtBudget
	case b.keys != nil && s.result.Status == Budget:
		if s.result.Period = s.lap.observe(s.hash); s.result.Period > 0 {
			s.result.Status = Cycle
			return b.settings.Stop != StopAtCycle
		}
	}
	return true
}
