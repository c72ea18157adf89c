package recipes

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"time"

	"basin"

	"basin/dataset"
	"basin/internal/experiment"
	"basin/internal/random"
	"basin/settings"
)

// parityInputs is D of the generated samples, a multiple of 2 to 6 bits.
const parityInputs = 120

// parities is the learning of labels that no plane separates.
func parities() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "xor",
		Title: "Parity of the bits of a cluster index, which linear readers cannot tell",
		Question: "Does a network learn labels that no plane separates? The label is even or odd: the parity of the bits of the index of a cluster. " +
			"Random centres would not do: fewer clusters than inputs are separated by a plane, whatever their labels.",
		Method: fmt.Sprintf("The %d inputs are divided into as many blocks as the index has bits. A centre has fixed random signs, and each bit turns the signs of its block. "+
			"A sample is a centre with every sign turned with the probability of the noise. Networks learn with the preset %s: one module of 400 neurons, or two of 200 that both read the "+
			"input and are joined with lambda = 1; biases have the deviation of the input field, 5. Without biases a network is an odd function of its input, and so is a linear reader; the parity of an even "+
			"number of bits is an even function. The linear reader is an averaged perceptron with a bias, with rate and margin of the network's readout, on the same samples. "+
			"No linear reader is right in more than the bound that the figures show: on a chain of clusters, each with one more bit turned, it changes its answer once and the label every time. "+
			"4000 samples and 10 epochs (quick) or 20,000 and 40 (full).", parityInputs, entangled),
		Axes: []experiment.Axis{{Name: "clusters", Title: "clusters"}, {Name: "noise", Title: "noise"}, {Name: "modules", Title: "modules"}, {Name: "bias", Title: "bias"}},
		Values: experiment.TrainingValues(
			experiment.Value{Name: linearAccuracy, Title: "linear reader", Share: true},
		),
		Quick:    experiment.Scale{Seeds: 2, Cost: 2 * time.Minute},
		Full:     experiment.Scale{Seeds: 5, Cost: 3 * time.Hour},
		Points:   parityPoints,
		Figures:  parityFigures,
		Findings: parityFindings,
	}
}

// linearAccuracy is the value of the linear reader.
const linearAccuracy = "linear"

// parityBias is the deviation of the biases: the input strength of the preset.
const parityBias = 5

func parityPoints(full bool) ([]experiment.Point, error) {
	noises, clusters := []float64{0, 0.1, 0.2, 0.3}, []int{4, 8, 16, 32}
	samples, held, epochs := 4000, 2000, 10
	if full {
		noises, clusters = experiment.Steps(0, 0.05, 0.4), append(clusters, 64)
		samples, held, epochs = 20000, 10000, 40
	}
	var g experiment.Grid
	for _, kind := range []struct {
		modules, neurons int
		bias             float64
	}{{1, 400, parityBias}, {2, 200, parityBias}, {1, 400, 0}} {
		module := fmt.Sprintf("{neurons: %d, self_coupling: 0.5, bias: %v, recurrent: {gain: 1, density: 1}, input: {gain: 5, density: 1}}", kind.neurons, kind.bias)
		set := []string{"data.set=parity", "preprocess.projection=0", experiment.Assign("learning.epochs", epochs), fmt.Sprintf("network.modules=[%s]", module)}
		if kind.modules == 2 {
			set[3] = fmt.Sprintf("network.modules=[%s, %s]", module, module)
			set = append(set, "network.links=[{kind: excitatory, between: [0, 1], strength: 1}]")
		}
		for _, count := range clusters {
			for _, noise := range noises {
				g.Train([]experiment.Place{experiment.Number(float64(count)), experiment.Number(noise), experiment.Number(float64(kind.modules)), experiment.Number(kind.bias)}, 1, entangled, set...)
				last := &g.Points[len(g.Points)-1]
				t := last.Task.(experiment.Training)
				t.Samples, t.Held = samples, held
				last.Task = parity{Training: t, Clusters: count, Noise: noise}
			}
		}
	}
	return g.Points, g.Err
}

// parityNames are the classes: 0 for even.
var parityNames = []string{"even", "odd"}

// parity is a training on generated samples of clusters.
type parity struct {
	experiment.Training
	Clusters int     `json:"clusters"`
	Noise    float64 `json:"noise"`
}

// Reads says that no data set is read.
func (parity) Reads() (s settings.Settings, reads bool) { return s, false }

// Run trains the network and the linear reader on one core.
func (p parity) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	s := p.Seeded(b.Seed)
	data := &basin.Task{Settings: s, Split: "test", Shape: []int{parityInputs}, LabelNames: parityNames}
	var err error
	if data.Training, err = p.draw(b.Seed, 1, p.Samples); err != nil {
		return experiment.Result{}, err
	}
	if data.Held, err = p.draw(b.Seed, 2, p.Held); err != nil {
		return experiment.Result{}, err
	}
	_, result, err := experiment.Learn(ctx, b, data, nil)
	if err != nil {
		return result, err
	}
	reader, err := readLinearly(ctx, data.Training, s)
	if err != nil {
		return result, err
	}
	result.Values[linearAccuracy] = reader.accuracy(data.Held)
	return result, nil
}

// draw generates samples; part tells those to learn from those to measure.
func (p parity) draw(seed, part uint64, count int) (*dataset.Samples, error) {
	centre := parityCentre(seed)
	draws := random.New(seed, random.Synthetic, part, uint64(p.Clusters), math.Float64bits(p.Noise))
	set := &dataset.Set{Name: "parity", Shape: []int{parityInputs}, LabelNames: parityNames}
	blocks := indexBits(p.Clusters)
	for range count {
		index := draws.IntN(p.Clusters)
		set.Labels = append(set.Labels, bits.OnesCount(uint(index))&1)
		for k, x := range centre {
			if index>>(k*blocks/parityInputs)&1 == 1 {
				x = -x
			}
			if draws.Float64() < p.Noise {
				x = -x
			}
			set.Floats = append(set.Floats, x)
		}
	}
	encoder, err := dataset.Preprocess{Scale: "none"}.Fit(set)
	if err != nil {
		return nil, err
	}
	return encoder.Samples(set)
}

// parityCentre returns the signs of the cluster with the index 0.
func parityCentre(seed uint64) []float32 {
	signs := random.New(seed, random.Synthetic, 0)
	centre := make([]float32, parityInputs)
	for k := range centre {
		centre[k] = float32(1 - 2*int(signs.Uint64()>>63))
	}
	return centre
}

// indexBits returns the number of bits of the index of a cluster.
func indexBits(clusters int) int { return bits.Len(uint(clusters - 1)) }

// linear is an averaged perceptron: the sign of weights times inputs, the last of which
// is 1, tells even from odd.
type linear struct{ weights []float64 }

// readLinearly learns as long as the network does, with the rate and the margin of its
// readout. It reports a context that ends.
func readLinearly(ctx context.Context, samples *dataset.Samples, s settings.Settings) (*linear, error) {
	size := samples.Inputs.Dim() + 1
	w, mean, steps := make([]float64, size), make([]float64, size), 0.0
	x, order := make([]float32, size), make([]int32, samples.Count())
	x[size-1] = 1
	for epoch := range s.Learning.Epochs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		stream := random.New(s.Seed, random.Shuffle, uint64(epoch))
		stream.Permute(order)
		step := s.Readout.Rate.At(epoch, s.Learning.Epochs) / math.Sqrt(float64(size))
		for _, i := range order {
			samples.Inputs.Row(int(i), x)
			y := 1 - 2*float64(samples.Labels[i])
			if y*product(w, x) <= s.Readout.Kappa {
				for k, v := range x {
					w[k] += step * y * float64(v)
				}
			}
			steps++
			for k, v := range w {
				mean[k] += (v - mean[k]) / steps
			}
		}
	}
	return &linear{mean}, nil
}

func product(w []float64, x []float32) float64 {
	sum := 0.0
	for k, v := range x {
		sum += w[k] * float64(v)
	}
	return sum
}

func (l *linear) accuracy(samples *dataset.Samples) float64 {
	x, right := make([]float32, len(l.weights)), 0.0
	x[len(x)-1] = 1
	for i, label := range samples.Labels {
		samples.Inputs.Row(i, x)
		if (product(l.weights, x) < 0) == (label == 1) {
			right++
		}
	}
	return right / float64(len(samples.Labels))
}

// linearBound is the greatest share of the corners of a cube of some bits on which a plane
// agrees with their parity. For an even number n of bits the cube is a union of
// C(n, n/2) chains of an odd number of corners, each with one more bit set (or cleared,
// where a weight is negative) than the last. Along a chain the plane's answer changes at
// most once and the parity every time, so that agreements outnumber disagreements by at
// most one; a plane through the middle gains that one on every chain. An odd number of
// bits is two cubes with one bit less, and the bound holds on each.
func linearBound(bits int) float64 {
	even := bits &^ 1
	chains := 1.0 // C(even, even/2) / 2^even
	for k := 1; k <= even/2; k++ {
		chains *= float64(even/2+k) / float64(4*k)
	}
	return (1 + chains) / 2
}

// parityPossible is the accuracy of the best reader of all, which takes each bit from the
// majority of its block, at random where there is none.
func parityPossible(bits int, noise float64) float64 {
	block, wrong, share := parityInputs/bits, 0.0, math.Pow(1-noise, float64(parityInputs/bits))
	if noise == 0 {
		return 1
	}
	for turned := 0; turned <= block; turned++ { // share is the probability of so many
		switch {
		case 2*turned > block:
			wrong += share
		case 2*turned == block:
			wrong += share / 2
		}
		share *= float64(block-turned) / float64(turned+1) * noise / (1 - noise)
	}
	return (1 + math.Pow(1-2*wrong, float64(bits))) / 2
}
