package dynamics

import (
	"math"

	"basin/internal/layout"
)

// freshShare is the share of a module's neurons, as 1/freshShare, above which a sweep
// makes what the module sends stale in place of changing it flip by flip.
const freshShare = 4

// Resolution is the least change of a continuous neuron: one whose state would change
// by less stays where it is. So relaxations end, and cost follows what moves.
const Resolution = 1e-5

// respond is the state of a continuous neuron under field h.
func respond(gain, h float32) float32 { return float32(math.Tanh(float64(gain) * float64(h))) }

// moves reports whether a continuous neuron changes.
func moves(state, target float32) bool {
	change := target - state
	return change >= Resolution || change <= -Resolution
}

// flip turns the listed neurons of sample i, ascending, and updates what they send.
func (b *Batch) flip(w *Worker, i int, flipped []int32) {
	for len(flipped) > 0 {
		index := b.moduleOf(int(flipped[0]))
		last := b.network.Modules[index].Offset + b.network.Modules[index].Neurons
		end := 1
		for end < len(flipped) && int(flipped[end]) < last {
			end++
		}
		b.turn(w, i, index, flipped[:end])
		flipped = flipped[end:]
	}
}

// turn is flip for neurons of one module. It changes their list to their places in the
// module.
func (b *Batch) turn(w *Worker, i, index int, neurons []int32) {
	m := b.network.Modules[index]
	if b.keys != nil {
		hash := b.samples[i].hash
		for _, n := range neurons {
			hash ^= b.keys[n]
		}
		b.samples[i].hash = hash
	}
	for n := range neurons {
		neurons[n] -= int32(m.Offset)
	}
	state := b.state[i][m.Offset:][:m.Neurons]
	fresh := freshShare*len(neurons) > m.Neurons
	if m.Tanh > 0 {
		for _, j := range neurons {
			target := w.target[m.Offset+int(j)]
			change := target - state[j]
			state[j] = target
			if !fresh {
				b.addChange(i, index, int(j), change)
			}
		}
	} else {
		for _, j := range neurons {
			state[j] = -state[j]
		}
		if !fresh {
			for _, block := range b.leaving[index] {
				block.Flips(b.product[i][block.place:][:block.stride], state, neurons)
			}
		}
	}
	if fresh {
		b.spoil(i, index)
	}
	b.send(i, index, neurons)
}

// moduleOf returns the module of a place in a state.
func (b *Batch) moduleOf(n int) int { return int(b.owner[n/layout.Alignment]) }

// spoil says that what a module sends does not belong to its state.
func (b *Batch) spoil(i, index int) {
	if at := i*len(b.network.Modules) + index; len(b.leaving[index]) > 0 && !b.stale[at] {
		b.stale[at] = true
		b.samples[i].stale++
	}
}

// addChange adds to what a module sends what the change of one state changes.
func (b *Batch) addChange(i, index, sender int, change float32) {
	for _, block := range b.leaving[index] {
		block.Change(b.product[i][block.place:][:block.stride], sender, change)
	}
}

// send counts what neurons of a module, given by their places in it, send as they flip.
func (b *Batch) send(i, index int, neurons []int32) {
	sent := len(neurons) * len(b.facing[index])
	for _, block := range b.leaving[index] {
		sent += block.fanOut(neurons)
	}
	if r := &b.samples[i].result; b.network.Modules[index].Tanh > 0 {
		r.Multiplies += int64(sent)
	} else {
		r.Accumulates += int64(sent)
	}
}
