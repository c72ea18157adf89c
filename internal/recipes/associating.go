package recipes

import (
	"context"
	"math"

	"basin/dynamics"
	"basin/internal/experiment"
	"basin/internal/random"
	"basin/network"
	"basin/plasticity"
	"basin/protocol"
)

// associating is the learning of pairs (x, y) of random states by a chain: x is a field on
// the first module, always; y one on the last, while a pair is clamped. What is recalled is
// the state of the last module with x alone.
type associating struct {
	Modules int `json:"modules"`
	Neurons int `json:"neurons"` // of each module
	Pairs   int `json:"pairs"`
	// SelfCoupling is J_D, Lambda the coupling between neighbours, one to one and both ways.
	SelfCoupling float64 `json:"self_coupling"`
	Lambda       float64 `json:"lambda"`
	// Input is the field of x on a neuron, Feedback that of y.
	Input    float64 `json:"input"`
	Feedback float64 `json:"feedback"`
	// Kappa is the margin, Rate the rate of J, alone to learn.
	Kappa float64 `json:"kappa"`
	Rate  float64 `json:"rate"`
	// Epochs at most: passes over all pairs, in mini-batches of Batch.
	Epochs int `json:"epochs"`
	Batch  int `json:"batch"`
	// Warmup, Clamped and Free are the sweeps of the phases, module by module; recall takes
	// Recall of them.
	Warmup  int `json:"warmup"`
	Clamped int `json:"clamped"`
	Free    int `json:"free"`
	Recall  int `json:"recall"`
}

// recalledFrom is the overlap with y from which a pair counts as recalled.
const recalledFrom = 0.9

// pairs are the samples of an association: pair p has the class p.
type pairs struct{ x, y [][]float32 }

func (p *pairs) Dim() int                     { return len(p.x[0]) }
func (p *pairs) Row(place int, dst []float32) { copy(dst, p.x[place]) }
func (p *pairs) Label(place int) int          { return place }

// Run learns until no neuron is unstable in any pair, or the epochs are used up, and recalls
// all pairs.
func (a associating) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	stream := random.New(b.Seed, random.Synthetic, uint64(a.Modules), uint64(a.Neurons), uint64(a.Pairs), math.Float64bits(a.SelfCoupling), math.Float64bits(a.Lambda))
	seed := stream.Uint64()
	p := a.draw(&stream)
	n, err := a.network(p, seed)
	if err != nil {
		return experiment.Result{}, err
	}
	epochs, err := a.learn(ctx, b, n, p, seed)
	if err != nil {
		return experiment.Result{}, err
	}
	values := map[string]float64{"epochs": float64(epochs), "alpha": float64(a.Pairs) / float64(a.Neurons)}
	if err := a.recall(ctx, n, p, seed, values); err != nil {
		return experiment.Result{}, err
	}
	values["bits"] = values["recalled"] * float64(a.Pairs) / float64(a.Modules*(a.Neurons-1))
	return experiment.Result{Values: values}, nil
}

// draw draws the pairs.
func (a associating) draw(stream *random.Stream) *pairs {
	signs := func() []float32 {
		v := make([]float32, a.Neurons)
		for i := range v {
			v[i] = float32(1 - 2*int(stream.Uint64()>>63))
		}
		return v
	}
	p := &pairs{}
	for range a.Pairs {
		p.x, p.y = append(p.x, signs()), append(p.y, signs())
	}
	return p
}

// network draws the chain and gives it the fields of the pairs: W_ik = a where i = k, else
// 0, and such an F that the feedback of class p is y of pair p.
func (a associating) network(p *pairs, seed uint64) (*network.Network, error) {
	spec := network.Spec{
		Chain: network.Chain{Modules: a.Modules, Lambda: a.Lambda},
		Modules: []network.ModuleSpec{{
			Neurons: a.Neurons, SelfCoupling: a.SelfCoupling,
			Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Density: 1},
		}},
		Readout: []int{a.Modules - 1},
	}
	n, err := network.Draw(spec, []int{a.Neurons}, a.Pairs, seed)
	if err != nil {
		return nil, err
	}
	for i := range a.Neurons {
		*n.Modules[0].Input.At(i, i) = float32(a.Input)
	}
	feedbackOf(p.y, n.Modules[a.Modules-1])
	return n, nil
}

// associationCode is how the class of a pair is written on the feedback.
const associationCode = network.Centred

// feedbackOf sets F so that sum_c F_ic ytilde_c = y_i of the sample's class. With u and v the
// values of the code for the right class and a wrong one that is (u - v) F_ic + v S_i, and so
// S_i = sum_c F_ic is sum_c y_i^c / (u + (C - 1) v).
func feedbackOf(y [][]float32, m *network.Module) {
	right, wrong, _ := associationCode.Values(len(y))
	for i := range m.Neurons {
		sum := 0.0
		for _, states := range y {
			sum += float64(states[i])
		}
		sum /= right + float64(len(y)-1)*wrong
		for class, states := range y {
			m.Feedback[class*m.Padded()+i] = float32((float64(states[i]) - wrong*sum) / (right - wrong))
		}
	}
}

// settings are those of a mini-batch and of a recall.
func (a associating) settings(seed uint64) protocol.Settings {
	return protocol.Settings{
		Seed: seed,
		Dynamics: protocol.Dynamics{
			Order: dynamics.Modules, Probability: 1, Stop: dynamics.StopAtFixedPoint,
			Warmup: a.Warmup, Clamped: a.Clamped, Free: a.Free, Evaluation: a.Recall,
			Code: associationCode, Feedback: protocol.PhaseFeedback{Clamped: []int{a.Modules - 1}},
		},
		Learning: protocol.Learning{
			Epochs: a.Epochs, Batch: a.Batch, Kappa: constant(a.Kappa), Feedback: constant(a.Feedback),
			Symmetry: plasticity.Asymmetric, Unstable: protocol.ReceiverUnstable,
			Recurrent: protocol.BlockLearning{Rate: constant(a.Rate)}, Links: still, Input: still,
		},
		Readout: protocol.Readout{Rate: constant(0), Weights: [2]float64{1, 1}, On: []protocol.ReadoutState{protocol.OnFree}},
	}
}

func constant(value float64) protocol.Schedule { return protocol.Constant(value) }

var still = protocol.BlockLearning{Rate: protocol.Constant(0)}

// learn returns the number of epochs that were learned.
func (a associating) learn(ctx context.Context, b *experiment.Bench, n *network.Network, p *pairs, seed uint64) (epochs int, err error) {
	l, err := protocol.NewLearner(a.settings(seed), n, min(a.Batch, a.Pairs), 1)
	if err != nil {
		return 0, err
	}
	defer l.Close()
	order := make([]int32, a.Pairs)
	for epoch := range a.Epochs {
		shuffle := random.New(seed, random.Shuffle, uint64(epoch))
		shuffle.Permute(order)
		unstable := int64(0)
		for first := 0; first < a.Pairs; first += a.Batch {
			if err := ctx.Err(); err != nil {
				return epoch, err
			}
			tally, err := l.Step(protocol.Batch{Samples: p, Places: order[first:min(first+a.Batch, a.Pairs)], Epoch: epoch})
			if err != nil {
				return epoch, err
			}
			unstable += tally.Unstable
		}
		if unstable == 0 { // nothing moves any more
			return epoch + 1, nil
		}
		b.Progress(float64(epoch+1) / float64(a.Epochs))
	}
	return a.Epochs, nil
}

// recall takes the values of a chain that has learned.
func (a associating) recall(ctx context.Context, n *network.Network, p *pairs, seed uint64, values map[string]float64) error {
	r, err := protocol.NewPredictor(a.settings(seed), n, 1)
	if err != nil {
		return err
	}
	defer r.Close()
	last := n.Modules[a.Modules-1]
	count := float64(a.Pairs)
	for _, name := range []string{"recalled", "overlap", "exact", "rest"} {
		values[name] = 0
	}
	_, err = r.Predict(ctx, p, a.Pairs, func(i int, q protocol.Prediction) error {
		sum := float32(0)
		for k, s := range q.State[last.Offset:][:a.Neurons] {
			sum += s * p.y[i][k]
		}
		overlap := float64(sum) / float64(a.Neurons)
		values["overlap"] += overlap / count
		if overlap >= recalledFrom {
			values["recalled"] += 1 / count
		}
		if overlap == 1 {
			values["exact"] += 1 / count
		}
		if q.FixedPoint {
			values["rest"] += 1 / count
		}
		return nil
	})
	return err
}
