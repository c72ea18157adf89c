package protocol

import (
	"basin/dynamics"
	"basin/network"
	"basin/network/coupling"
)

// Operations counts the synaptic operations of predictions: those of a machine that sends over
// a coupling what is not zero and has changed, beside those of one that takes every product in
// full. The definitions are those of NeuroBench (Yik et al., Nature Communications 16, 2025):
// an operation on an input or a state of -1, 0 or +1 is an accumulate, any other a
// multiply-accumulate; biases are none. Nor are self-couplings and what stays, the field of
// the input. A sweep moves neurons, whose states are then sent. Counts are exact.
type Operations struct {
	// Samples predicted.
	Samples int64
	// Dense counts all couplings that are possible, present or not: from the input once, among
	// neurons after each sweep, to the readout once. A link one to one has one for each neuron.
	Dense int64
	// Multiplies and Accumulates count couplings that are present, a shared one for each neuron
	// that has it: from inputs that are not zero, from all neurons after their first sweep, from
	// those that flip in a later one, and to the readout. The input of a sample accumulates where
	// all its values are -1, 0 or +1, what neurons send where they are binary.
	Multiplies, Accumulates int64
	// Inputs of all samples, and those that are zero.
	Inputs, ZeroInputs int64
	// Updates of neurons in the sweeps taken after each sample's first, and those that flip.
	Updates, Flips int64

	network *network.Network
	fanOut  []int64 // couplings of each input
	once    kinds   // after the first sweep and to the readout, of one prediction
	dense   struct{ once, sweep int64 }
}

// kinds are operations of two kinds.
type kinds struct{ multiplies, accumulates int64 }

func (k *kinds) add(m *network.Module, count int) {
	if m.Tanh > 0 {
		k.multiplies += int64(count)
	} else {
		k.accumulates += int64(count)
	}
}

// NewOperations begins to count operations of predictions with n, which is valid and does not
// change meanwhile: see [Predictor.Count].
func NewOperations(n *network.Network) *Operations {
	o := &Operations{network: n, fanOut: make([]int64, n.Inputs())}
	for _, m := range n.Modules {
		if m.Input != nil {
			o.dense.once += int64(m.Input.Possible())
			m.Input.Each(func(_, k int, _ *float32) bool { o.fanOut[k]++; return true })
		}
		if m.Recurrent != nil {
			o.dense.sweep += int64(m.Recurrent.Possible())
			o.once.add(m, coupling.Synapses(m.Recurrent))
		}
		if m.Read {
			o.dense.once += int64(m.Neurons * n.Classes)
			o.once.add(m, m.Neurons*n.Classes)
		}
	}
	for _, p := range n.Pathways {
		possible, count := n.Modules[p.From].Neurons, n.Modules[p.From].Neurons
		if p.Block != nil {
			possible, count = p.Block.Possible(), coupling.Synapses(p.Block)
		}
		o.dense.sweep += int64(possible)
		o.once.add(n.Modules[p.From], count)
	}
	return o
}

// add counts one prediction.
func (o *Operations) add(x []float32, r dynamics.Result) {
	sent, signs := int64(0), true
	for k, value := range x[:len(o.fanOut)] {
		if value == 0 {
			o.ZeroInputs++
			continue
		}
		sent += o.fanOut[k]
		signs = signs && (value == 1 || value == -1)
	}
	if signs {
		o.Accumulates += sent
	} else {
		o.Multiplies += sent
	}
	o.Samples++
	o.Inputs += int64(len(o.fanOut))
	o.Dense += o.dense.once + int64(r.Sweeps)*o.dense.sweep
	o.Multiplies += o.once.multiplies + r.Multiplies
	o.Accumulates += o.once.accumulates + r.Accumulates
	o.Updates += int64(r.Sweeps-1) * int64(o.network.Neurons())
	o.Flips += r.Flips
}

// Cost is what a prediction takes on average.
type Cost struct {
	// Dense, EffectiveMACs and EffectiveACs are the counts of [Operations] per prediction.
	Dense         float64 `json:"dense"`
	EffectiveMACs float64 `json:"effective_macs"`
	EffectiveACs  float64 `json:"effective_acs"`
	// ActivationSparsity is the share of neurons that do not flip in a sweep after the first, 1
	// where none was taken; InputSparsity that of inputs that are zero.
	ActivationSparsity float64 `json:"activation_sparsity"`
	InputSparsity      float64 `json:"input_sparsity"`
	// ConnectionSparsity is the share of couplings that are absent of those possible from the
	// input, among neurons and to the readout; links one to one and feedback do not count.
	ConnectionSparsity float64 `json:"connection_sparsity"`
	// Footprint is the bytes of all couplings, present ones with their indices.
	Footprint int64 `json:"footprint_bytes"`
	// Energy has a row for each kind of numbers.
	Energy []Energy `json:"energy"`
}

// Energy is operations times what one is assumed to take.
type Energy struct {
	// Numbers says of what kind couplings and sums are.
	Numbers string `json:"numbers"`
	// Multiply and Add are picojoules of one multiplication and of one addition.
	Multiply float64 `json:"multiply_pj"`
	Add      float64 `json:"add_pj"`
	// Dense and Effective are nanojoules of a prediction; a dense machine multiplies all.
	Dense     float64 `json:"dense_nj"`
	Effective float64 `json:"effective_nj"`
}

// energies are the costs of arithmetic at 45 nm and 0.9 V that Horowitz gives (Computing's
// energy problem, ISSCC 2014): of numbers of 32 bits, and of numbers of 8 bits with sums of
// 32. Memory, which costs more, is not in them.
var energies = []Energy{{Numbers: "float32", Multiply: 3.7, Add: 0.9}, {Numbers: "int8", Multiply: 0.2, Add: 0.1}}

// Cost returns the averages over the predictions so far.
func (o *Operations) Cost() Cost {
	read := int64(o.network.ReadNeurons() * o.network.Classes)
	possible, present := read, read
	for _, block := range o.network.Blocks() {
		possible += int64(block.Possible())
		present += int64(coupling.Synapses(block))
	}
	for _, m := range o.network.Modules {
		if m.Input != nil {
			possible += int64(m.Input.Possible())
			present += int64(coupling.Synapses(m.Input))
		}
	}
	c := Cost{
		Dense: ratio(o.Dense, o.Samples), EffectiveMACs: ratio(o.Multiplies, o.Samples), EffectiveACs: ratio(o.Accumulates, o.Samples),
		ActivationSparsity: 1 - ratio(o.Flips, o.Updates), InputSparsity: ratio(o.ZeroInputs, o.Inputs),
		ConnectionSparsity: 1 - ratio(present, possible), Footprint: o.network.Footprint(),
	}
	for _, e := range energies {
		e.Dense = c.Dense * (e.Multiply + e.Add) / 1000
		e.Effective = (c.EffectiveMACs*(e.Multiply+e.Add) + c.EffectiveACs*e.Add) / 1000
		c.Energy = append(c.Energy, e)
	}
	return c
}

// Count adds to o, from now on, the operations of what p predicts; nil ends that.
func (p *Predictor) Count(o *Operations) { p.operations = o }
