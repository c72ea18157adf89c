package baseline

import (
	"context"
	"errors"
	"fmt"
	"math"

	"basin/internal/layout"
	"basin/internal/random"
	"basin/internal/ridge"
)

// FeaturesSettings are those of [RandomFeatures]. [DefaultFeatures] has values that suit images.
type FeaturesSettings struct {
	// Units is M, the number of hidden units, 1 to 65,536; the equations of the readout take
	// 8 M^2 bytes.
	Units int
	// Strength of the ridge, over the mean square of the states, above 0; 0 chooses it among
	// 1, 0.1, ... 1e-6 by the accuracy on training samples that are held out.
	Strength float64
	// Seed of the couplings, and of the division into samples that are learned and held out.
	Seed uint64
	// Workers is the number of goroutines; GOMAXPROCS for 0 or less. It changes the speed
	// and not a bit of the result.
	Workers int
}

// DefaultFeatures returns the settings of 2000 units.
func DefaultFeatures() FeaturesSettings { return FeaturesSettings{Units: 2000, Seed: 1} }

// Validate reports all settings that are out of their range.
func (s FeaturesSettings) Validate() error {
	return errors.Join(hiddenUnits(s.Units), strength("strength", s.Strength))
}

// hiddenUnits reports a number of units whose readout cannot be solved for.
func hiddenUnits(units int) error {
	if units < 1 || units > maxHidden {
		return fmt.Errorf("baseline: hidden units %d, want 1 to %d", units, maxHidden)
	}
	if err := ridge.Fits(units + 1); err != nil {
		return fmt.Errorf("baseline: hidden units: %w", err)
	}
	return nil
}

// RandomFeatures is a hidden layer that does not learn, with a linear readout that is solved
// for:
//
//	r = max(0, W x + b),  z = O r + o
//
// W is drawn normal with variance 1/D, b with variance 1/4. O and o are those of a ridge: the
// least squares with targets 2 - 2/C for the class of a sample and -2/C for the others, plus
// the strength times the mean square of r times |O|^2 and o^2 (Huang et al. 2006). It is not
// safe for use by several goroutines.
type RandomFeatures struct{ readout }

// NewRandomFeatures makes random features that are to learn samples of some classes. It reports
// settings that are out of their range, and samples that it cannot learn.
func NewRandomFeatures(settings FeaturesSettings, samples Samples, classes int) (*RandomFeatures, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	r, err := newReadout(settings, samples, classes)
	if err != nil {
		return nil, err
	}
	f, dim := &RandomFeatures{r}, samples.Dim()
	drive, stride := newDrive(dim, settings.Units, settings.Seed)
	f.states = func() response {
		sums := affine(drive, dim, stride)()
		return func(ctx context.Context, inputs, states [][]float32) {
			sums(ctx, inputs, states)
			for _, row := range states {
				for i, v := range row {
					row[i] = max(0, v)
				}
			}
		}
	}
	return f, nil
}

// newDrive draws what hidden units have from inputs: couplings and, as the last row, biases.
func newDrive(dim, units int, seed uint64) (weights []float32, stride int) {
	stride = layout.Padded(units)
	weights = layout.Values((dim + 1) * stride)
	stream := random.New(seed, random.Baseline, 0)
	draw := stream.Rand()
	drawNormal(weights[:dim*stride], stride, units, draw, 1/math.Sqrt(float64(dim)))
	drawNormal(weights[dim*stride:], stride, units, draw, 0.5)
	return weights, stride
}
