package kernel

import "testing"

// flips holds the flips of sparse couplings against the plain loop: none, some, and many,
// also one neuron twice.
func (d *draws) flips(t *testing.T, what string, n int) {
	t.Helper()
	senders := n + 3
	start, receiver := d.pattern(senders, n, 9)
	value, entry := d.normals(len(receiver)), make([]int32, len(receiver))
	for e := range entry {
		entry[e] = int32(d.IntN(len(entry)))
	}
	for _, count := range []int{0, 1, 3, 4, 5, 8, 9, 40} {
		flipped := make([]int32, count)
		for f := range flipped {
			flipped[f] = int32(d.IntN(senders))
		}
		state, got := d.signs(senders), d.normals(n)
		want := clone(got)
		SparseFlips(got, state, value, start, receiver, entry, flipped)
		sparseFlipsReference(want, state, value, start, receiver, entry, flipped)
		same(t, what+" flips", got, want)
		unharmed(t, what+" flips", got)
	}
}
