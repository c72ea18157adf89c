package baseline

import "testing"

func TestDefaultsForFewSamplesAreMoreEpochs(t *testing.T) {
	for _, c := range []struct{ samples, batch, epochs int }{
		{0, 32, 200},
		{120, 32, 200}, // 4 mini-batches
		{1437, 32, 67}, // 45
		{9_999, 32, 10},
		{10_000, 128, 38}, // 79
		{60_000, 128, 10}, // 469
	} {
		s := DefaultsFor(c.samples)
		if s.Batch != c.batch || s.Epochs != c.epochs || s.Validate() != nil {
			t.Errorf("%d samples: mini-batches of %d, %d epochs, want %d and %d", c.samples, s.Batch, s.Epochs, c.batch, c.epochs)
		}
		if s.Batch, s.Epochs = Defaults().Batch, Defaults().Epochs; s != Defaults() {
			t.Errorf("%d samples: %+v, want %+v but for those", c.samples, s, Defaults())
		}
	}
}
