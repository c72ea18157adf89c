package protocol

import (
	"runtime"

	"basin/internal/layout"
	"basin/internal/ridge"
	"basin/network"
)

// Footprint estimates the bytes that a [Learner] for mini-batches of up to capacity samples
// and a [Predictor] of the same workers take beside the couplings of n, which may be an
// outline ([network.Outline]), and the equations where a readout is solved for. Workers as for [NewLearner].
func (s Settings) Footprint(n *network.Network, capacity, workers int) int64 {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	size, inputs := float64(n.StateSize()), float64(layout.Padded(n.Inputs()))
	rows := float64((capacity + 15) / 16 * 16)
	products := size
	for _, p := range n.Pathways {
		if p.Block != nil {
			products += float64(layout.Padded(p.Block.Shape().Receivers))
		}
	}
	moving := 4*(2*inputs+2*size+products) + size/8 // inputs twice, their fields, states, products, planes
	learning := size / 2                            // who is unstable and who fires, by sample and by neuron
	perRead := size/8 + 4*float64(layout.Padded(n.Classes))
	if n.Continuous() {
		perRead += 4 * size
	}
	if s.Learning.Softness > 0 || n.Continuous() {
		learning += 8 * size
	}
	learning += perRead * float64(len(s.Readout.On))
	if s.Dynamics.Code == network.Rival {
		for _, phase := range s.Phases(n.Spec) {
			if len(phase.Hears) > 0 {
				learning += 4 * size
			}
		}
	}
	perWorker := 32*size + 4*inputs
	evidence := 32 * size * (rows + 63) / 64
	predicted := float64(16 * min(workers, maxWorkers))
	predictor := max(evaluationMemory, predicted*moving)
	if most := float64(evaluationBatch/16) * predicted * moving; predictor > most {
		predictor = most
	}
	bytes := rows*(moving+learning) + float64(workers)*(2*perWorker+evidence) + predictor
	if s.Readout.Method.Solved() {
		bytes += ridge.Bytes(n.ReadNeurons())
	}
	return int64(min(bytes, 1<<62))
}
