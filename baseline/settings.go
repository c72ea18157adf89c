package baseline

import (
	"errors"
	"fmt"
	"math"
)

// Samples are what a learner learns or is measured on. Methods are called from several
// goroutines at once.
type Samples interface {
	// Count returns the number of samples.
	Count() int
	// Dim returns D, the number of values of a row.
	Dim() int
	// Row writes the D values of the row at a place, 0 <= place < Count, to the front of dst.
	Row(place int, dst []float32)
	// Label returns the class of the sample at a place, 0 <= class < C.
	Label(place int) int
}

// Noisy are samples that are shown differently in every epoch, with noise or augmented, as
// those of package train are: a [Perceptron] and a [Contrastive] learn them so, and are measured
// on Row. Learners that do not go by epochs learn Row.
type Noisy interface {
	Samples
	// NoisyRow writes a row as it is shown in an epoch, counted from 0: a function of seed,
	// epoch and place.
	NoisyRow(place int, dst []float32, seed, epoch uint64)
}

// Settings of a [Perceptron], or of another learner with one hidden layer, and of its training.
// [Defaults] has values that suit images, [DefaultsFor] those for a number of samples.
type Settings struct {
	// Hidden is the number of hidden units, 1 to 65,536.
	Hidden int
	// Epochs are the passes over the training samples, 0 or more, over which the rate
	// falls.
	Epochs int
	// Batch is the number of samples of a mini-batch, 1 to 4096.
	Batch int
	// Rate is Adam's rate at the start, above 0. It falls along half a cosine to 0 at the
	// end of the last epoch.
	Rate float64
	// Seed of the weights and of the order of the samples, which is that of package train
	// for the same seed.
	Seed uint64
	// Workers is the number of goroutines; GOMAXPROCS for 0 or less. It changes the speed
	// and not a bit of the result.
	Workers int
}

// Bounds of the settings.
const (
	maxHidden  = 1 << 16
	maxBatch   = 1 << 12
	maxEpochs  = 1_000_000
	maxWorkers = 1 << 10
)

// Defaults returns the settings with which 784 inputs and 10 classes, 262,360 weights, learn
// MNIST.
func Defaults() Settings {
	return Settings{Hidden: 330, Epochs: 10, Batch: 128, Rate: 0.002, Seed: 1}
}

// Below fewSamples mini-batches are small; fewestBatches are learned, in mostEpochs at most.
const (
	fewSamples    = 10_000
	fewestBatches = 3000
	mostEpochs    = 200
)

// DefaultsFor returns [Defaults] for a number of training samples: with fewer than 10,000
// mini-batches of 32, and as many epochs, 10 to 200, as give 3000 mini-batches.
func DefaultsFor(samples int) Settings {
	s := Defaults()
	if samples < fewSamples {
		s.Batch = 32
	}
	batches := (max(samples, 1) + s.Batch - 1) / s.Batch
	s.Epochs = max(s.Epochs, min(mostEpochs, (fewestBatches+batches-1)/batches))
	return s
}

// HiddenFor returns the hidden units, at least 1, with which a [Perceptron] of some inputs and
// classes has about so many weights and biases. It may be more than Validate takes.
func HiddenFor(weights float64, inputs, classes int) int {
	units := math.Round((weights - float64(classes)) / float64(inputs+1+classes))
	return max(1, int(units))
}

// Validate reports all settings that are out of their range.
func (s Settings) Validate() error {
	var faults []error
	between := func(name string, value, low, high int) {
		if value < low || value > high {
			faults = append(faults, fmt.Errorf("baseline: %s %d, want %d to %d", name, value, low, high))
		}
	}
	between("hidden units", s.Hidden, 1, maxHidden)
	between("epochs", s.Epochs, 0, maxEpochs)
	between("mini-batch", s.Batch, 1, maxBatch)
	if !(s.Rate > 0) || math.IsInf(s.Rate, 0) {
		faults = append(faults, fmt.Errorf("baseline: rate %v, want a finite number above 0", s.Rate))
	}
	return errors.Join(faults...)
}

// rate returns Adam's rate of a mini-batch, counted from 0, of all.
func (s Settings) rate(batch, batches int) float64 {
	return s.Rate * (1 + math.Cos(math.Pi*float64(batch)/float64(batches))) / 2
}
