package recipes

import (
	"time"

	"basin/internal/experiment"
)

// robustData is a data set with a preset, the damage that suits the size of its images, and
// the sizes of its networks.
type robustData struct {
	name, preset string
	under        []disturbance
	// small are the assignments of a quick grid, of samples and held images.
	small         []string
	samples, held int
	cost          float64 // beside the digits
	learning      []robustLearning
}

// robustLearning is a way to learn.
type robustLearning struct {
	name string
	// set are assignments beside those of the data.
	set []string
	// samples are learned; 0 is all.
	samples int
	// rates, if above 0, learns the first classes before the others, those at a share of the
	// rates.
	rates float64
	// rivals are assignments to the networks without couplings among neurons alone.
	rivals []string
	// full is for the full grid alone.
	full bool
}

// Assignments of the ways to learn.
func epochs(count int) string { return experiment.Assign("learning.epochs", count) }

func sized(neurons, couplings int) []string {
	return []string{
		experiment.Assign("network.modules.0.neurons", neurons),
		experiment.Assign("network.modules.0.recurrent.density", float64(couplings)/float64(neurons)),
	}
}

func inputNoise(deviation float64) string { return experiment.Assign("preprocess.noise", deviation) }

// longSweeps are those of the preset mnist.
var longSweeps = []string{"dynamics.warmup=6", "dynamics.clamped=5", "dynamics.free=5", "dynamics.evaluation=6"}

// fixedInput leaves it to the couplings among neurons to make states stable.
var fixedInput = []string{"network.modules.0.input.gain=1", "learning.input.rate=0"}

// The numbers of neurons in quick and in full grids.
const (
	robustDigits     = 1000
	robustDigitsFull = 4000
	robustMNIST      = 2000
	robustMNISTFull  = 6000
)

// Names of ways to learn that several data sets have.
const (
	allImages   = "all images"
	attractors  = "fixed input, 200 couplings among neurons"
	oneByOne    = "classes 0-4, then 5-9"
	oneByOneLow = "classes 0-4, then 5-9 at a tenth of the rates"
)

func robustSets(full bool) []robustData {
	digits, mnist := robustDigits, robustMNIST
	if full {
		digits, mnist = robustDigitsFull, robustMNISTFull
	}
	return []robustData{
		{
			name: "digits", preset: "digits", cost: 1,
			under: []disturbance{
				{byNoise, []float64{0.5, 1, 1.5}},
				{byFlips, []float64{0.1, 0.2, 0.3}},
				{byOcclusion, []float64{2, 3, 4}},
				{byGaps, []float64{0.25, 0.5, 0.75}},
				{byShift, []float64{1, 2}},
				{byHalf, []float64{0.25, 0.5}},
			},
			small: append(sized(digits, 20), epochs(20)),
			learning: []robustLearning{
				{name: allImages},
				{name: "without noise", set: []string{inputNoise(0)}, full: true},
				{name: attractors, set: append(sized(digits, 200), fixedInput...)},
				{name: "100 images", samples: 100, set: []string{epochs(200)}},
				{name: "300 images", samples: 300, set: []string{epochs(100)}, full: true},
				{name: oneByOne, rates: 1},
				{name: oneByOneLow, rates: 0.1, full: true},
			},
		},
		{
			name: "MNIST", preset: "mnist-fast", cost: 4,
			under: []disturbance{
				{byNoise, []float64{0.5, 1, 2}},
				{byFlips, []float64{0.1, 0.2, 0.4}},
				{byOcclusion, []float64{6, 10, 14}},
				{byGaps, []float64{0.25, 0.5, 0.75}},
				{byShift, []float64{1, 2, 3}},
				{byHalf, []float64{0.25, 0.5}},
			},
			small: append(sized(mnist, 20), epochs(3)), samples: 10_000, held: 1000,
			learning: []robustLearning{
				{name: allImages},
				{name: allImages + ", margin 0.75 without recurrence", rivals: []string{"learning.kappa=0.75"}},
				{name: "noise 1", set: []string{inputNoise(1)}},
				{name: "80 couplings among neurons, noise 1", set: append(append(sized(mnist, 80), longSweeps...), inputNoise(1)), full: true},
				{name: "80 couplings from near neurons, noise 1", set: append(append(sized(mnist, 80), longSweeps...), inputNoise(1), "network.modules.0.recurrent.reach=4"), full: true},
				// Independent neurons of which the readout alone learns are twenty times as many.
				{name: attractors, set: append(sized(robustMNIST, 200), fixedInput...), full: true},
				{name: "100 images", samples: 100, set: []string{epochs(100)}},
				{name: "300 images", samples: 300, set: []string{epochs(100)}, full: true},
				{name: "1000 images", samples: 1000, set: []string{epochs(50)}, full: true},
				{name: oneByOne, rates: 1},
				{name: oneByOneLow, rates: 0.1, full: true},
			},
		},
	}
}

func robustPoints(full bool) ([]experiment.Point, error) {
	var g experiment.Grid
	shown := robustShown
	if !full {
		shown /= 2
	}
	for _, data := range robustSets(full) {
		for _, l := range data.learning {
			if l.full && !full {
				continue
			}
			set := []string{experiment.Assign("data.validation", 1.0/6)}
			g.Samples, g.Held = l.samples, 0
			if !full {
				set = append(set, data.small...)
				g.Held = data.held
				if g.Samples == 0 {
					g.Samples = data.samples
				}
			}
			g.Train([]experiment.Place{experiment.Word(data.name), experiment.Word(l.name)}, data.cost, data.preset, append(set, l.set...)...)
			last := &g.Points[len(g.Points)-1]
			training := last.Task.(experiment.Training)
			if l.rates > 0 {
				last.Task = continuing{Training: training, Rivals: l.rivals, First: robustFirst, Rates: l.rates}
				continue
			}
			last.Task = enduring{
				Training: training, Rivals: l.rivals, Under: data.under,
				Restless: []float64{0.1, 0.2, 0.4}, Turned: []float64{0, 0.1, 0.2, 0.3, 0.4}, Shown: shown,
			}
		}
	}
	return g.Points, g.Err
}

const (
	// robustShown is the number of held out samples whose states are looked at, half of it in
	// quick grids.
	robustShown = 200
	// robustFirst is the number of classes that are learned before the others.
	robustFirst = 5
)

// What the grids take on one core.
const (
	robustQuick = 3 * time.Minute
	robustFull  = 150 * time.Minute
)
