package baseline

import (
	"context"
	"errors"
	"fmt"
	"math"

	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/internal/random"
)

// ReservoirSettings are those of a [Reservoir]. [DefaultReservoir] has values that suit images.
type ReservoirSettings struct {
	// Units is M, the number of hidden units, 1 to 65,536; the equations of the readout take
	// 8 M^2 bytes.
	Units int
	// Radius is the spectral radius of the couplings, 0 to 10. Above 1 a reservoir may move
	// on its own.
	Radius float64
	// Steps is T, how often the units move, 1 to 1000. With 1 no unit has heard of another.
	Steps int
	// Strength of the ridge, over the mean square of the states, above 0; 0 chooses it among
	// 1, 0.1, ... 1e-6 by the accuracy on training samples that are held out.
	Strength float64
	// Seed of the couplings, and of the division into samples that are learned and held out.
	Seed uint64
	// Workers is the number of goroutines; GOMAXPROCS for 0 or less. It changes the speed
	// and not a bit of the result.
	Workers int
}

// DefaultReservoir returns the settings of 2000 units that move five times.
func DefaultReservoir() ReservoirSettings {
	return ReservoirSettings{Units: 2000, Radius: 0.9, Steps: 5, Seed: 1}
}

// Validate reports all settings that are out of their range.
func (s ReservoirSettings) Validate() error {
	faults := []error{hiddenUnits(s.Units), strength("strength", s.Strength)}
	if !(s.Radius >= 0 && s.Radius <= 10) {
		faults = append(faults, fmt.Errorf("baseline: spectral radius %v, want 0 to 10", s.Radius))
	}
	if s.Steps < 1 || s.Steps > 1000 {
		faults = append(faults, fmt.Errorf("baseline: steps %d, want 1 to 1000", s.Steps))
	}
	return errors.Join(faults...)
}

// Reservoir is a recurrent layer that does not learn, driven by an input that stays, with a
// linear readout of where it is after some steps:
//
//	s(0) = 0,  s(t+1) = tanh(J s(t) + W x + b),  z = O s(T) + o
//
// W and b are drawn as those of [RandomFeatures], J normal with variance (radius)^2/M: its
// spectral radius is that of the settings up to what the circular law leaves to chance, of order
// 1/sqrt(M) of it. O and o are those of a ridge (Jaeger 2001; Lukosevicius and Jaeger 2009). It is
// not safe for use by several goroutines.
type Reservoir struct{ readout }

// NewReservoir makes a reservoir that is to learn samples of some classes. It reports settings
// that are out of their range, and samples that it cannot learn.
func NewReservoir(settings ReservoirSettings, samples Samples, classes int) (*Reservoir, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	driven, err := newReadout(FeaturesSettings{settings.Units, settings.Strength, settings.Seed, settings.Workers}, samples, classes)
	if err != nil {
		return nil, err
	}
	r, dim, units := &Reservoir{driven}, samples.Dim(), settings.Units
	drive, stride := newDrive(dim, units, settings.Seed)
	var recurrent []float32
	if settings.Steps > 1 {
		recurrent = newRecurrent(units, stride, settings.Radius, settings.Seed)
		r.drawn += int64(units) * int64(units)
		r.products += float64(settings.Steps-1) * float64(units) * float64(units)
	}
	r.states = func() response { return moving(drive, recurrent, dim, units, stride, settings.Steps) }
	return r, nil
}

// newRecurrent draws J, a row for each unit that sends.
func newRecurrent(units, stride int, radius float64, seed uint64) []float32 {
	recurrent := layout.Values(units * stride)
	stream := random.New(seed, random.Baseline, 1)
	drawNormal(recurrent, stride, units, stream.Rand(), radius/math.Sqrt(float64(units)))
	return recurrent
}

// moving returns the response of a reservoir: its states after some steps.
func moving(drive, recurrent []float32, dim, units, stride, steps int) response {
	driven := affine(drive, dim, stride)()
	static, _ := matrix(respondedRows, stride)
	fields, _ := matrix(respondedRows, stride)
	return func(ctx context.Context, inputs, states [][]float32) {
		count := len(inputs)
		driven(ctx, inputs, static[:count])
		for q := range count {
			saturate(states[q], static[q])
		}
		for range steps - 1 {
			if ctx.Err() != nil {
				return
			}
			for q := range count {
				copy(fields[q], static[q])
			}
			kernel.DenseField(fields[:count], states, recurrent, stride, false)
			for q := range count {
				saturate(states[q], fields[q])
			}
		}
	}
}

// saturate writes the hyperbolic tangent of fields.
func saturate(states, fields []float32) {
	for i := range states {
		states[i] = float32(math.Tanh(float64(fields[i])))
	}
}
