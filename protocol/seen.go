package protocol

import (
	"fmt"
	"math"

	"basin/internal/random"
	"basin/network"
)

// The samples that a module is seen with before it learns: at most so many, and so many values
// together, but at least a few.
const (
	mostSeen       = 1000
	leastSeen      = 100
	mostSeenValues = 1 << 25
)

// Seen returns how many of so many training samples [Draw] predicts to find the biases of a module
// with an activity.
func Seen(neurons, count int) int {
	return min(count, mostSeen, max(leastSeen, mostSeenValues/neurons))
}

// seen returns, neuron by neuron of a module, what is asked of its fields and states in the
// predictions of some training samples, drawn uniformly, and how many these are.
func seen(n *network.Network, s Settings, index int, samples Inputs, count int, what func(field, state float32) float32) (values []float32, taken int, err error) {
	m := n.Modules[index]
	taken = Seen(m.Neurons, count)
	order := make([]int32, count)
	stream := random.New(s.Seed, random.Threshold, uint64(index))
	stream.Permute(order)
	inputs := chosen{samples, order}
	p, err := NewPredictor(s, n, 0)
	if err != nil {
		return nil, 0, err
	}
	defer p.Close()
	values = make([]float32, m.Neurons*taken)
	b := p.moving.batch
	const together = 16
	told := make([][]float32, len(p.moving.workers))
	for worker := range told {
		told[worker] = make([]float32, 0, together*m.Neurons)
	}
	first := 0
	task := func(worker, part int) {
		w := p.moving.workers[worker]
		from, to := p.moving.team.Samples(part, 16)
		if from >= to {
			return
		}
		for i := from; i < to; i++ {
			b.Start(i, inputs, first+i, evaluationEpoch)
		}
		b.Advance(w.Worker, from, to, p.sweeps, nil)
		for ; from < to; from += together {
			// What lies side by side in values is written together.
			seen, some := told[worker][:0], min(together, to-from)
			for i := from; i < from+some; i++ {
				b.Field(w.Worker, i, w.field)
				state := b.State(i)[m.Offset:]
				for k, h := range w.field[m.Offset:][:m.Neurons] {
					seen = append(seen, what(h, state[k]))
				}
			}
			for k := range m.Neurons {
				row := values[k*taken+first+from:][:some]
				for i := range row {
					row[i] = seen[i*m.Neurons+k]
				}
			}
		}
	}
	for first < taken {
		some := min(b.Capacity(), taken-first)
		b.Resize(some)
		p.moving.pool.run(&task)
		first += some
	}
	for _, v := range values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, 0, fmt.Errorf("protocol: module %d: a field is %v for some training sample; see that all inputs are finite, and lower the gains", index, v)
		}
	}
	return values, taken, nil
}

// chosen are rows in another order.
type chosen struct {
	Inputs
	order []int32
}

// Row writes a row.
func (c chosen) Row(place int, dst []float32) { c.Inputs.Row(int(c.order[place]), dst) }

// imprintStates makes the couplings of a pathway windows of the states of its sender.
func imprintStates(n *network.Network, s Settings, path int, link network.Link, samples Inputs, count int) error {
	p := n.Pathways[path]
	states, taken, err := seen(n, s, p.From, samples, count, func(_, state float32) float32 { return state })
	if err != nil {
		return err
	}
	senders := n.Modules[p.From].Neurons
	channels, neurons, places := senders, n.Modules[p.To].Neurons, 1
	if link.Shared {
		channels, neurons = n.Spec.Modules[p.From].Channels, n.Spec.Modules[p.To].Channels
		places = n.Modules[p.To].Neurons / neurons
	}
	mean, scale := make([]float64, channels), make([]float64, channels)
	for c := range channels {
		sum, square := 0.0, 0.0
		for j := c; j < senders; j += channels {
			for _, v := range states[j*taken : (j+1)*taken] {
				sum += float64(v)
				square += float64(float64(v) * float64(v))
			}
		}
		of := float64(taken * (senders / channels))
		mean[c] = sum / of
		if variance := square/of - float64(mean[c]*mean[c]); variance > 0 {
			scale[c] = 1 / variance
		}
	}
	for c := range neurons {
		stream := random.New(s.Seed, random.Imprint, uint64(len(n.Modules)+path), uint64(c))
		at := stream.IntN(taken)
		i := c + stream.IntN(places)*neurons // one of those that share the couplings
		imprinted(p.Block, i, link.Gain, func(j int) float64 {
			return (float64(states[j*taken+at]) - mean[j%channels]) * scale[j%channels]
		})
	}
	return nil
}
