package bench

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"

	"basin/dataset"
	"basin/settings"
)

// Case is one network of a series.
type Case struct {
	Series string
	X      int // neurons, or samples of a mini-batch
	// Settings are those of the base with the network of the case.
	Settings settings.Settings
}

// The series of [Scaling] and [Batches].
const (
	SparseSeries = "sparse"
	DenseSeries  = "dense"
	BatchSeries  = "batch"
)

// The couplings per neuron of the sparse series.
const (
	recurrentFan = 20
	inputFan     = 80
)

// Networks returns the table of networks: dense and sparse ones of 100, 1000 and 4000
// neurons. The base has at least one module, as valid settings do.
func Networks(base settings.Settings) []Case {
	var cases []Case
	for _, row := range []struct {
		neurons int
		density float64
	}{{100, 1}, {1000, 1}, {4000, 1}, {1000, 0.05}, {4000, 0.01}} {
		c := Case{Series: "dense", X: row.neurons, Settings: own(base)}
		module := &c.Settings.Network.Modules[0]
		module.Neurons, module.Recurrent.Density = row.neurons, row.density
		module.Input.Density, module.Input.Window = row.density, 0
		if row.density < 1 {
			module.Input.Density = 0.1
			c.Series = fmt.Sprintf("sparse, density %g", row.density)
		}
		cases = append(cases, c)
	}
	return cases
}

// Scaling returns the series over the number of neurons: from 250 to 16,000 with 20
// recurrent and about 80 input couplings per neuron, and from 250 to 4000 with all.
func Scaling(base settings.Settings) []Case {
	var cases []Case
	for n := 250; n <= 16000; n *= 2 {
		cases = append(cases, Case{SparseSeries, n, sparse(base, n)})
	}
	for n := 250; n <= 4000; n *= 2 {
		s := own(base)
		module := &s.Network.Modules[0]
		module.Neurons, module.Recurrent.Density, module.Input.Density, module.Input.Window = n, 1, 1, 0
		s.Preprocess.Noise, s.Preprocess.Augment = 0, dataset.Augment{}
		cases = append(cases, Case{DenseSeries, n, s})
	}
	return cases
}

// Batches returns one sparse network of 2000 neurons with mini-batches of 1 to 1024.
func Batches(base settings.Settings) []Case {
	var cases []Case
	for _, size := range []int{1, 4, 16, 64, 128, 1024} {
		s := sparse(base, 2000)
		s.Learning.Batch = size
		cases = append(cases, Case{BatchSeries, size, s})
	}
	return cases
}

// sparse returns the settings of one module with a fixed number of couplings per neuron of
// synthetic images.
func sparse(base settings.Settings, neurons int) settings.Settings {
	s := own(base)
	s.Network.Modules = s.Network.Modules[:1]
	module := &s.Network.Modules[0]
	module.Neurons = neurons
	module.Recurrent.Density = min(0.99, recurrentFan/float64(neurons))
	module.Input.Density, module.Input.Window = inputFan/float64(side*side), 0
	s.Preprocess.Noise, s.Preprocess.Augment = 0, dataset.Augment{}
	return s
}

// own returns settings whose modules may be changed.
func own(s settings.Settings) settings.Settings {
	s.Network.Modules = slices.Clone(s.Network.Modules)
	return s
}

// Cost is what a sample costs in one network of a series.
type Cost struct {
	Series  string  `json:"series"`
	X       int     `json:"x"` // as in Case
	TrainNS float64 `json:"train_ns_per_sample"`
	EvalNS  float64 `json:"eval_ns_per_sample"`
	// Couplings is the memory of the couplings, Memory what the process took from the
	// system while it trained and predicted, in bytes.
	Couplings int64  `json:"coupling_bytes"`
	Memory    uint64 `json:"memory_bytes"`
}

// MeasureCost measures one network of a series, which draw makes from its settings with the
// samples that it learns: they count as memory of the case, so nothing else should hold
// much.
func MeasureCost(ctx context.Context, c Case, draw func(settings.Settings) (*Subject, error), o Options) (*Cost, error) {
	debug.FreeOSMemory()
	s, err := draw(c.Settings)
	if err != nil {
		return nil, err
	}
	r, err := Measure(ctx, s, o)
	if err != nil {
		return nil, err
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return &Cost{
		Series: c.Series, X: c.X, TrainNS: 1e9 / r.TrainRate, EvalNS: 1e9 / r.EvalRate,
		Couplings: r.Footprint, Memory: memory.Sys - memory.HeapReleased,
	}, nil
}

// Of returns the costs of one series.
func Of(series string, costs []Cost) []Cost {
	return slices.DeleteFunc(slices.Clone(costs), func(c Cost) bool { return c.Series != series })
}

// Exponent returns the slope of the logarithm of a cost against that of X, by least
// squares: 1 is in proportion, 2 the square. Two costs with different X are the least.
func Exponent(costs []Cost, of func(Cost) float64) float64 {
	var x, y, xx, xy, n float64
	for _, c := range costs {
		a, b := math.Log(float64(c.X)), math.Log(of(c))
		x, y, xx, xy, n = x+a, y+b, xx+a*a, xy+a*b, n+1
	}
	return (n*xy - x*y) / (n*xx - x*x)
}
