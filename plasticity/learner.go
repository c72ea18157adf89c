package plasticity

import (
	"fmt"
	"math"
	"math/bits"

	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/network"
	"basin/network/coupling"
)

// Block is the plasticity of one kind of coupling.
type Block struct {
	// Rate is eta >= 0; zero leaves the couplings as they are.
	Rate float64
	// Decay is gamma >= 0.
	Decay float64
}

// Symmetry says how the recurrent rule treats the couplings J_ij and J_ji of a pair.
// Anything but Asymmetric is not local: a coupling then needs to know the change of
// another one.
type Symmetry string

const (
	// Asymmetric lets each coupling learn by itself. The zero value means the same.
	Asymmetric Symmetry = "none"
	// SymmetricUpdate gives both the mean of their changes, (Delta + Delta^T)/2.
	SymmetricUpdate Symmetry = "update"
	// SymmetricCouplings sets both to their mean, (J + J^T)/2, after every update.
	SymmetricCouplings Symmetry = "couplings"
)

// Symmetries returns all of them.
func Symmetries() []Symmetry { return []Symmetry{Asymmetric, SymmetricUpdate, SymmetricCouplings} }

// Rule holds the numbers of the rule for one mini-batch.
type Rule struct {
	// Kappa is the margin of J and W.
	Kappa float64
	// Softness is beta >= 0; zero is the step.
	Softness float64
	// Symmetry of the changes of J. Sparse couplings need a symmetric mask: one that
	// has no mirror does not learn.
	Symmetry Symmetry
	// BothUnstable lets a coupling among neurons learn only from samples in which both
	// its ends are unstable, and then not locally: it needs the field of the sender.
	BothUnstable bool
	// Recurrent, Links, Input and Readout are the plasticity of J, of learned links, of
	// W and of O.
	Recurrent, Links, Input, Readout Block
	// ReadoutKappa is kappa_O.
	ReadoutKappa float64
	// ReadoutWeights are w of a wrong and of the right class.
	ReadoutWeights [2]float64
	// Averaging is the share r by which the readout's average moves to it; zero
	// leaves the average as it is.
	Averaging float64
}

// MaxSamples bounds a mini-batch, so that its counts fit 16 bits.
const MaxSamples = 1 << 14

const (
	readoutBlock = 512 // neurons whose states are made of bits at a time

	// keptStates have their logits taken together, over keptBlock neurons at a time: their
	// states and the readout couplings of these stay in the first cache.
	keptStates, keptBlock = 16, 256

	groupSize = 8 // samples whose bits share one byte
)

// Learner collects the evidence of one mini-batch and applies it. Calls that name
// different samples, groups or parts may run at once, each with its own [Worker].
type Learner struct {
	network *network.Network
	rule    Rule
	count   int
	slots   int

	unstableMasks, signMasks [][]uint8 // by sample, one bit per neuron
	unstable, signs          [][]uint8 // by group, one byte per neuron
	// post and pre are, by sample, what a neuron is to the couplings it receives and
	// sends: its state, times its weight; nil where bits tell all
	post, pre      [][]float32
	inputs         [][]float32
	reads          []read
	blocks         []*block
	inputCouplings []coupling.Input // W by module, nil where it does not see the input

	// set by Begin
	wrong    []*read
	steps    [][]float32
	readKeep float32
	readStep float32
	input    []float32 // step of each module
}

// block is a learned block of couplings among neurons.
type block struct {
	coupling.Block
	from, to *network.Module
	step     float32 // set by Begin
}

// read is one state that the readout learns on.
type read struct {
	signs []uint8   // one bit per neuron
	state []float32 // of a continuous network
	steps []float32
	wrong bool
}

// Worker holds what one goroutine needs during an update.
type Worker struct {
	evidence        *coupling.Evidence
	unstable, signs [][]uint8 // lists of planes: of receivers,
	senderUnstable  [][]uint8 // and of senders
	senderSigns     [][]uint8
	weights         [][]float32
	states          [][]float32 // of a block of neurons, one per read
	kept, expanded  [][]float32 // of a block of neurons whose logits are taken

	// what updateSums does to a coupling or a pair of block
	block *block
	sum   func(i, j int) float32
	both  func(i, j int, ij, ji *float32)
}

// NewLearner makes a learner for mini-batches of up to capacity samples, in each of
// which the readout learns on up to reads states. soft makes room for the weights of a
// rule with softness. It reports a network that is not valid
// ([network.Network.Validate]), and sizes out of range. The blocks are those that n has now.
func NewLearner(n *network.Network, capacity, reads int, soft bool) (*Learner, error) {
	if capacity < 1 || capacity > MaxSamples || reads < 0 {
		return nil, fmt.Errorf("plasticity: a learner for %d samples with %d readouts each, want 1 to %d samples and at least 0 readouts", capacity, reads, MaxSamples)
	}
	if err := n.Validate(); err != nil {
		return nil, fmt.Errorf("plasticity: %w", err)
	}
	groups := (capacity + groupSize - 1) / groupSize
	size := n.StateSize()
	l := &Learner{
		network: n, slots: reads,
		unstableMasks: planes(groups*groupSize, size/8), signMasks: planes(groups*groupSize, size/8),
		unstable: planes(groups, size+64), signs: planes(groups, size+64),
		inputs: make([][]float32, groups*groupSize),
		reads:  make([]read, reads*capacity),
		wrong:  make([]*read, 0, reads*capacity),
		steps:  make([][]float32, 0, reads*capacity),
		input:  make([]float32, len(n.Modules)),
	}
	for q := range l.reads {
		l.reads[q] = read{signs: make([]uint8, size/8), steps: make([]float32, layout.Padded(n.Classes))}
		if n.Continuous() {
			l.reads[q].state = make([]float32, size)
		}
	}
	if soft || n.Continuous() {
		for range groups * groupSize {
			l.post, l.pre = append(l.post, make([]float32, size)), append(l.pre, make([]float32, size))
		}
	}
	for _, m := range n.Modules {
		l.inputCouplings = append(l.inputCouplings, m.Input)
		if m.Recurrent != nil {
			l.blocks = append(l.blocks, &block{Block: m.Recurrent, from: m, to: m})
		}
	}
	for _, p := range n.Pathways {
		if p.Learned {
			l.blocks = append(l.blocks, &block{Block: p.Block, from: n.Modules[p.From], to: n.Modules[p.To]})
		}
	}
	return l, nil
}

// NewWorker makes what one goroutine needs.
func (l *Learner) NewWorker() *Worker {
	groups, largest := len(l.signs), 0
	for _, m := range l.network.Modules {
		largest = max(largest, m.Padded())
	}
	w := &Worker{
		evidence: coupling.NewEvidence(largest, groups*groupSize),
		unstable: make([][]uint8, 0, groups), signs: make([][]uint8, 0, groups),
		senderUnstable: make([][]uint8, 0, groups), senderSigns: make([][]uint8, 0, groups),
		weights: make([][]float32, 0, len(l.post)),
	}
	for _, b := range l.blocks {
		w.evidence.Reserve(b.Block, groups*groupSize)
	}
	for _, c := range l.inputCouplings {
		w.evidence.Reserve(c, groups*groupSize)
	}
	for range l.reads {
		w.states = append(w.states, make([]float32, readoutBlock))
	}
	for range keptStates {
		w.kept, w.expanded = append(w.kept, nil), append(w.expanded, make([]float32, keptBlock))
	}
	w.sum = func(i, j int) float32 { return l.sum(w, w.block, i, j) }
	w.both = func(i, j int, ij, ji *float32) { l.updateBoth(w, w.block, i, j, ij, ji) }
	return w
}

// Reset begins a mini-batch of count samples under a rule and forgets the last. A rule with
// softness needs a learner made for it; another one panics. So does a symmetric rule where a
// module has shared couplings, which have no mirror.
func (l *Learner) Reset(rule Rule, count int) {
	if rule.Softness > 0 && l.post == nil {
		panic("plasticity: a rule with softness, but the learner was made without: see NewLearner")
	}
	l.rule, l.count = rule, count
	for _, b := range l.blocks {
		if l.symmetric(b) && b.Shape().Places > 0 {
			panic("plasticity: a symmetric rule for shared couplings, one of which belongs to many pairs of neurons")
		}
	}
	for i := count; i < (count+groupSize-1)/groupSize*groupSize; i++ {
		clear(l.unstableMasks[i])
		clear(l.signMasks[i])
	}
	for q := range l.reads {
		l.reads[q].wrong = false
	}
}

// Record shows the state reached by sample i, the fields on it without feedback (both
// vectors of [network.Network.StateSize]) and its inputs, padded with zeros, which it
// keeps until the update. It returns how many neurons were unstable. A rule with
// softness needs a learner made for it. A sample beyond those of the mini-batch, or a vector
// of another length, panics.
func (l *Learner) Record(i int, state, field, inputs []float32) (unstable int) {
	l.inputs[i] = inputs[:layout.Padded(l.network.Inputs())]
	kernel.Signs(l.signMasks[i], state)
	kernel.Unstable(l.unstableMasks[i], field, state, float32(l.rule.Kappa))
	for _, m := range l.network.Modules {
		mask := l.unstableMasks[i][m.Offset/8:][:m.Padded()/8]
		if m.Neurons < m.Padded() {
			mask[m.Neurons/8] &= 1<<(m.Neurons%8) - 1
			clear(mask[m.Neurons/8+1:])
		}
		for _, word := range mask {
			unstable += bits.OnesCount8(word)
		}
	}
	if l.post != nil {
		l.weigh(i, state, field)
	}
	return unstable
}

// Leave is Record of a sample from which nothing but the readout learns: none of its neurons is
// unstable.
func (l *Learner) Leave(i int, state, inputs []float32) {
	l.inputs[i] = inputs[:layout.Padded(l.network.Inputs())]
	kernel.Signs(l.signMasks[i], state)
	clear(l.unstableMasks[i])
	if l.post != nil {
		clear(l.post[i])
		copy(l.pre[i], state)
		if l.rule.BothUnstable {
			clear(l.pre[i])
		}
	}
}

// weigh sets what the neurons of sample i are to their couplings.
func (l *Learner) weigh(i int, state, field []float32) {
	for n, s := range state {
		weight := float32(l.unstableMasks[i][n/8] >> (n % 8) & 1)
		if l.rule.Softness > 0 {
			margin := float64(s*field[n]) - l.rule.Kappa
			weight = float32(1 / (1 + math.Exp(float64(l.rule.Softness*margin))))
		}
		l.post[i][n] = weight * s
		l.pre[i][n] = s
		if l.rule.BothUnstable {
			l.pre[i][n] = l.post[i][n]
		}
	}
}

// read returns the slot-th state of sample i.
func (l *Learner) read(slot, i int) *read { return &l.reads[slot*(len(l.reads)/l.slots)+i] }

// Keep keeps a state of sample i that the readout learns on, the slot-th of its states. What
// the learner has no room for panics, as in Record.
func (l *Learner) Keep(slot, i int, state []float32) {
	q := l.read(slot, i)
	kernel.Signs(q.signs, state)
	copy(q.state, state)
}

// KeptSize returns the bytes of the states that [Learner.Keep] keeps of a sample, of the neurons
// that are read, as [Learner.CopyKept] writes them.
func (l *Learner) KeptSize() int {
	size := 0
	for _, m := range l.network.Modules {
		if m.Read {
			size += l.slots * m.Padded() / 8
		}
	}
	return size
}

// CopyKept writes the states that Keep was given of sample i of a network of binary neurons.
func (l *Learner) CopyKept(i int, signs []uint8) {
	l.eachKept(i, func(part []uint8) { signs = signs[copy(signs, part):] })
}

// Recall is Keep, for all states of sample i, of what CopyKept wrote.
func (l *Learner) Recall(i int, signs []uint8) {
	l.eachKept(i, func(part []uint8) { signs = signs[copy(part, signs):] })
}

// eachKept calls do with the signs of each module that is read, in each state of sample i.
func (l *Learner) eachKept(i int, do func(part []uint8)) {
	for slot := range l.slots {
		signs := l.read(slot, i).signs
		for _, m := range l.network.Modules {
			if m.Read {
				do(signs[m.Offset/8:][:m.Padded()/8])
			}
		}
	}
}

// Logits writes the logits, under the present couplings, of the slot-th states of the samples
// from first on, one of each row of logits: at most 16, of the padded classes.
func (l *Learner) Logits(w *Worker, slot, first int, logits [][]float32) {
	r := l.network.Readout
	for _, row := range logits {
		clear(row)
	}
	states := w.kept[:len(logits)]
	for _, m := range l.network.Modules {
		if !m.Read {
			continue // couplings of zero
		}
		for at := m.Offset; at < m.Offset+m.Padded(); at += keptBlock {
			end := min(at+keptBlock, m.Offset+m.Padded())
			for q := range states {
				states[q] = w.expanded[q][:end-at]
				l.read(slot, first+q).part(states[q], at)
			}
			r.AddLogits(logits, states, r.Couplings, at)
		}
	}
}

// part writes the states of the neurons from a place on.
func (q *read) part(states []float32, at int) {
	if q.state != nil {
		copy(states, q.state[at:])
		return
	}
	kernel.Expand(states, q.signs[at/8:][:len(states)/8])
}

// Read judges the state that Keep was given, with its logits under the present couplings and
// the label of the sample.
func (l *Learner) Read(slot, i int, logits []float32, label int) {
	q := l.read(slot, i)
	q.wrong = false
	for c := range l.network.Classes {
		y, w := -1.0, l.rule.ReadoutWeights[0]
		if c == label {
			y, w = 1, l.rule.ReadoutWeights[1]
		}
		q.steps[c] = 0
		if float64(w*y)*float64(logits[c]) <= l.rule.ReadoutKappa {
			q.steps[c] = float32(w * y)
			q.wrong = true
		}
	}
}

// Gather ends the recording of group g, the samples from 8 g on.
func (l *Learner) Gather(g int) {
	samples := l.signMasks[g*groupSize : (g+1)*groupSize]
	kernel.Plane(l.signs[g], samples)
	kernel.Plane(l.unstable[g], l.unstableMasks[g*groupSize:(g+1)*groupSize])
}

func planes(count, size int) [][]uint8 {
	p := make([][]uint8, count)
	for i := range p {
		p[i] = make([]uint8, size)
	}
	return p
}
