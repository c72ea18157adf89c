package recipes

import (
	"context"
	"slices"

	"basin/baseline"
	"basin/dynamics"
	"basin/internal/layout"
	"basin/internal/random"
	"basin/network"
	"basin/protocol"
)

// healing turns neurons of the states of samples, and looks at what comes back.
type healing struct {
	network  *network.Network
	settings protocol.Settings
	samples  shown
	rests    [][]float32 // states of predictions, by sample; nil before they are asked for
	seed     uint64
	batch    *dynamics.Batch
	worker   *dynamics.Worker
	logits   []float32
	off      []float32 // no input
}

// healSweeps bounds the sweeps after neurons were turned.
const healSweeps = 50

// How neurons are turned, and with which input they relax again.
const (
	scattered = ""       // anywhere, with the input
	patch     = "_patch" // neighbours in the order of the network, with the input
	without   = "_off"   // anywhere, without the input
)

var injuries = []string{scattered, patch, without}

// newHealing looks at a network that must not change meanwhile.
func newHealing(n *network.Network, s protocol.Settings, samples shown, seed uint64) (*healing, error) {
	b, err := dynamics.NewBatch(n, movesOf(s.Dynamics, seed), 1)
	if err != nil {
		return nil, err
	}
	b.Freeze()
	return &healing{
		network: n, settings: s, samples: samples, rests: make([][]float32, len(samples.places)), seed: seed, batch: b, worker: b.NewWorker(),
		logits: make([]float32, layout.Padded(n.Classes)), off: make([]float32, n.Inputs()),
	}, nil
}

// label returns the class that the readout sees in a state.
func (h *healing) label(state []float32) int {
	r := h.network.Readout
	r.Logits([][]float32{h.logits}, [][]float32{state}, r.Predicting())
	return baseline.Largest(h.logits[:r.Classes])
}

// settle moves the neurons from a state, nil for unset ones, and returns where they stay.
func (h *healing) settle(x, from []float32, sweeps int) ([]float32, error) {
	if from == nil {
		h.batch.Start(0, dynamics.Vector(x), 0, 0)
	} else if err := h.batch.StartAt(0, dynamics.Vector(x), 0, 0, from); err != nil {
		return nil, err
	}
	h.batch.Advance(h.worker, 0, 1, sweeps, nil)
	return slices.Clone(h.batch.State(0)), nil
}

// rest returns the state of the prediction of a sample, with its input x.
func (h *healing) rest(i int, x []float32) (state []float32, err error) {
	if h.rests[i] == nil {
		h.rests[i], err = h.settle(x, nil, h.settings.Dynamics.Evaluation)
	}
	return h.rests[i], err
}

// wounds are means over samples at one share of turned neurons.
type wounds struct {
	// atOnce is the accuracy of what is read before anything moves, healed after it.
	// returned is the share of the turned neurons that are as they were.
	atOnce, healed, returned float64
}

// heal turns a share of the neurons of the state of each sample.
func (h *healing) heal(ctx context.Context, share float64, injury string) (wounds, error) {
	var sum wounds
	samples := h.samples
	x := make([]float32, h.network.Inputs())
	for i := range samples.places {
		if err := ctx.Err(); err != nil {
			return sum, err
		}
		samples.Row(i, x)
		rest, err := h.rest(i, x)
		if err != nil {
			return sum, err
		}
		turned := h.turned(share, injury, samples.places[i])
		state := slices.Clone(rest)
		for _, k := range turned {
			state[k] = -state[k]
		}
		if h.label(state) == samples.labels[i] {
			sum.atOnce++
		}
		input := x
		if injury == without {
			input = h.off
		}
		if state, err = h.settle(input, state, healSweeps); err != nil {
			return sum, err
		}
		if h.label(state) == samples.labels[i] {
			sum.healed++
		}
		back := 0
		for _, k := range turned {
			if state[k] == rest[k] {
				back++
			}
		}
		sum.returned += float64(back) / float64(max(1, len(turned)))
	}
	count := float64(max(1, len(samples.places)))
	return wounds{sum.atOnce / count, sum.healed / count, sum.returned / count}, nil
}

// turned returns the places of a share of the neurons of the first module, those of a sample.
func (h *healing) turned(share float64, injury string, place int) []int32 {
	neurons := h.network.Modules[0].Neurons
	count := int(share*float64(neurons) + 0.5)
	stream := random.New(h.seed, random.Disturb, uint64(len(disturbances)+slices.Index(injuries, injury)), uint64(place))
	order := make([]int32, neurons)
	if injury != patch {
		stream.Permute(order)
		return order[:count]
	}
	first := stream.IntN(neurons)
	for k := range order {
		order[k] = int32((first + k) % neurons)
	}
	return order[:count]
}

// restless returns the accuracy where a share of the neurons is set at random after every sweep:
// those of a prediction, with the input, or memorySweeps more, without it.
func (h *healing) restless(ctx context.Context, share float64, memory bool) (float64, error) {
	samples, right, sweeps := h.samples, 0, h.settings.Dynamics.Evaluation
	x := make([]float32, h.network.Inputs())
	order := make([]int32, h.network.Modules[0].Neurons)
	for i, place := range samples.places {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		samples.Row(i, x)
		var state []float32
		var err error
		if memory {
			if state, err = h.rest(i, x); err != nil {
				return 0, err
			}
			clear(x)
		}
		for sweep := range sweepsOf(sweeps, memory) {
			if state, err = h.settle(x, state, 1); err != nil {
				return 0, err
			}
			stream := random.New(h.seed, random.Disturb, uint64(len(disturbances)+len(injuries)), uint64(place), uint64(sweep))
			stream.Permute(order)
			for _, k := range order[:int(share*float64(len(order))+0.5)] {
				state[k] = float32(1 - 2*int(stream.Uint64()>>63))
			}
		}
		if h.label(state) == samples.labels[i] {
			right++
		}
	}
	return float64(right) / float64(max(1, len(samples.places))), nil
}

// memorySweeps are the sweeps without the input over which a state is to be kept.
const memorySweeps = 20

func sweepsOf(prediction int, memory bool) int {
	if memory {
		return memorySweeps
	}
	return prediction
}

// complete returns the mean overlap of the states of damaged samples with those of the same
// samples seen whole: after the first sweep, in which neurons hear the input alone, and at the end.
func (h *healing) complete(ctx context.Context, damaged protocol.Inputs) (first, last float64, err error) {
	whole := h.samples
	x := make([]float32, h.network.Inputs())
	for i := range whole.places {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		var states [3][]float32
		for k, look := range []struct {
			samples protocol.Inputs
			sweeps  int
		}{{whole, healSweeps}, {damaged, 1}, {damaged, healSweeps}} {
			look.samples.Row(i, x)
			if states[k], err = h.settle(x, nil, look.sweeps); err != nil {
				return 0, 0, err
			}
		}
		first += h.overlap(states[0], states[1])
		last += h.overlap(states[0], states[2])
	}
	count := float64(max(1, len(whole.places)))
	return first / count, last / count, nil
}

// overlap of two states.
func (h *healing) overlap(a, b []float32) float64 {
	return overlap(signsOf(a, h.network), signsOf(b, h.network), h.network.Neurons())
}
