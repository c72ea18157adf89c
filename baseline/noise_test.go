package baseline

import (
	"slices"
	"testing"
)

// shaken are points that are moved by a number of the seed, the epoch and the place.
type shaken struct{ *points }

func (s shaken) NoisyRow(place int, dst []float32, seed, epoch uint64) {
	s.Row(place, dst)
	for k := range s.rows[place] {
		dst[k] += float32(100*seed+10*epoch) + float32(place)/100
	}
}

// Samples that are noisy are learned as they are shown in each epoch: as others that are there
// in that epoch.
func TestNoisySamplesAreLearnedAsShown(t *testing.T) {
	s := Settings{Hidden: 5, Epochs: 2, Batch: 7, Rate: 0.01, Seed: 3, Workers: 1}
	clean := drawn(20, 4, 3, 1)
	noisy, plain := perceptron(t, s, shaken{clean}, 3), perceptron(t, s, clean, 3)
	if err := noisy.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	original := clean.rows
	epoch := -1
	move := func(p Progress) error {
		if p.Samples%20 != 0 && epoch >= 0 {
			return nil
		}
		epoch++
		clean.rows = nil
		for i, row := range original {
			moved := slices.Clone(row)
			shaken{&points{rows: original}}.NoisyRow(i, moved, s.Seed, uint64(epoch))
			clean.rows = append(clean.rows, moved)
		}
		return nil
	}
	if err := move(Progress{}); err != nil {
		t.Fatal(err)
	}
	if err := plain.Run(t.Context(), move); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(noisy.hidden.weights, plain.hidden.weights) || !slices.Equal(noisy.output.weights, plain.output.weights) {
		t.Error("noisy samples give other weights than samples that are as they are shown")
	}
}
