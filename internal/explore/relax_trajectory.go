package explore

import (
	"context"
	"math"

	"basin/dynamics"
	"basin/internal/random"
	"basin/network"
)

// relaxBins is about the number of bins of the distributions of stabilities.
const relaxBins = 40

// evaluationEpoch addresses the random draws of predictions: see package protocol.
const evaluationEpoch = math.MaxUint64

// trajectory is how a network relaxed. Values of sweeps have one entry for each, the first for
// what the first sweep made, or for the random start.
type trajectory struct {
	Said string `json:"said"`
	// Neurons of all modules, and of each.
	Neurons int   `json:"neurons"`
	Modules []int `json:"modules"`
	// Picture is the image that was read, nil where Input is shown.
	Picture *relaxPicture `json:"picture"`
	Input   []float32     `json:"input"`
	// Truth names the class of a sample.
	Truth string `json:"truth"`
	// States are packed, eight neurons a byte, the first in the lowest bit, each sweep from a new
	// byte on; a set bit is a neuron at +1.
	States []byte `json:"states"`
	// Sweeps is the number of states, of which Clamped ended a sweep with the label. The first
	// is 0 where it is a random start.
	Sweeps  int `json:"sweeps"`
	Clamped int `json:"clamped"`
	Random  int `json:"random"`
	// Flips are those of each sweep, Unstable the neurons that a parallel sweep without the label
	// would flip next.
	Flips    []int `json:"flips"`
	Unstable []int `json:"unstable"`
	// First and Last are the overlaps (1/N) sum_i s_i s'_i with the first state and with the last
	// one that heard the label, nil without it.
	First []float64 `json:"first"`
	Last  []float64 `json:"last"`
	// Stability counts s_i h_i, h_i without the label, in equal parts of From..To.
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	Stability [][]int `json:"stability"`
	// Logits of the classes, nil without a readout that has learned.
	Logits  [][]float32 `json:"logits"`
	Classes []string    `json:"classes"`
	// Status and Period are those of the sweeps without the label.
	Status string `json:"status"`
	Period int    `json:"period"`
}

// follow relaxes a network sweep by sweep: first with the label of a question, then without.
func follow(ctx context.Context, s *subject, q *relaxQuestion, x []float32) (*trajectory, error) {
	batch, err := dynamics.NewBatch(s.network, s.settings, 1)
	if err != nil {
		return nil, mistake(err.Error())
	}
	f := &follower{subject: s, batch: batch, worker: batch.NewWorker(), answer: &trajectory{Neurons: s.network.Neurons(), Classes: s.reader.names}}
	for _, m := range s.network.Modules {
		f.answer.Modules = append(f.answer.Modules, m.Neurons)
	}
	if q.Start == "random" {
		if err := batch.StartAt(0, dynamics.Vector(x), 0, evaluationEpoch, randomState(s.network, q.Seed)); err != nil {
			return nil, err
		}
		f.answer.Random = 1
		f.record()
	} else {
		batch.Start(0, dynamics.Vector(x), 0, evaluationEpoch)
	}
	if k := batch.NotFinite(0); k >= 0 {
		return nil, mistakef("input %d is not a finite number", k)
	}
	if q.Label >= 0 && q.Clamped > 0 {
		fields, err := s.network.FeedbackFields(s.code, q.Feedback)
		if err != nil {
			return nil, mistake(err.Error())
		}
		if err := f.phase(ctx, q.Clamped, func(int) []float32 { return fields[q.Label] }); err != nil {
			return nil, err
		}
		f.answer.Clamped = len(f.answer.Flips)
	}
	if err := f.phase(ctx, q.Sweeps, nil); err != nil {
		return nil, err
	}
	return f.end(), nil
}

// randomState draws a state of independent neurons.
func randomState(n *network.Network, seed uint64) []float32 {
	state := make([]float32, n.StateSize())
	for index, m := range n.Modules {
		stream := random.New(seed, random.Start, uint64(index))
		for i := range m.Neurons {
			state[m.Offset+i] = float32(2*stream.IntN(2) - 1)
		}
	}
	return state
}

// follower watches one sample and writes down what it sees.
type follower struct {
	subject     *subject
	batch       *dynamics.Batch
	worker      *dynamics.Worker
	answer      *trajectory
	states      [][]int8    // -1 and +1, without padding
	stabilities [][]float32 // s_i h_i
}

// phase takes a phase sweep by sweep, and writes down each.
func (f *follower) phase(ctx context.Context, sweeps int, feedback func(int) []float32) error {
	f.batch.Advance(f.worker, 0, 1, min(1, sweeps), feedback)
	for taken := 0; f.batch.Result(0).Sweeps > taken; {
		f.record()
		if err := ctx.Err(); err != nil {
			return err
		}
		taken++
		f.batch.Continue(f.worker, 0, 1, min(taken+1, sweeps), feedback)
	}
	return nil
}

// record writes down the state that is reached.
func (f *follower) record() {
	n, a := f.subject.network, f.answer
	state, field := f.batch.State(0), make([]float32, n.StateSize())
	f.batch.Field(f.worker, 0, field)
	signs, stabilities := make([]int8, 0, a.Neurons), make([]float32, 0, a.Neurons)
	for _, m := range n.Modules {
		for i := m.Offset; i < m.Offset+m.Neurons; i++ {
			sign := int8(1)
			if state[i] < 0 {
				sign = -1
			}
			signs, stabilities = append(signs, sign), append(stabilities, float32(sign)*field[i])
		}
	}
	flips := 0
	if len(f.states) > 0 {
		for i, before := range f.states[len(f.states)-1] {
			if before != signs[i] {
				flips++
			}
		}
	}
	f.states, f.stabilities = append(f.states, signs), append(f.stabilities, stabilities)
	a.Flips, a.Unstable = append(a.Flips, flips), append(a.Unstable, f.batch.Unstable(f.worker, 0))
	packed := make([]byte, (len(signs)+7)/8)
	for i, sign := range signs {
		if sign > 0 {
			packed[i/8] |= 1 << (i % 8)
		}
	}
	a.States = append(a.States, packed...)
	if f.subject.reads {
		readout := n.Readout
		logits := [][]float32{make([]float32, len(readout.Couplings)/n.StateSize())}
		readout.Logits(logits, [][]float32{state}, readout.Predicting())
		a.Logits = append(a.Logits, logits[0][:n.Classes])
	}
}

// end completes the answer.
func (f *follower) end() *trajectory {
	a := f.answer
	a.Sweeps = len(f.states)
	for _, state := range f.states {
		a.First = append(a.First, overlap(state, f.states[0]))
		if a.Clamped > 0 {
			a.Last = append(a.Last, overlap(state, f.states[a.Clamped-1]))
		}
	}
	f.distribute()
	result := f.batch.Result(0)
	a.Status, a.Period = result.Status.String(), result.Period
	if result.Status == dynamics.Budget && a.Unstable[a.Sweeps-1] == 0 {
		a.Status = dynamics.FixedPoint.String() // the last sweep reached it
	}
	return a
}

func overlap(s, t []int8) float64 {
	sum := 0
	for i := range s {
		sum += int(s[i]) * int(t[i])
	}
	return float64(sum) / float64(len(s))
}

// distribute counts stabilities over one range for all sweeps, with an edge at zero.
func (f *follower) distribute() {
	a, least, most := f.answer, 0.0, 0.0
	for _, stabilities := range f.stabilities {
		for _, v := range stabilities {
			least, most = min(least, float64(v)), max(most, float64(v))
		}
	}
	width := (most - least) / relaxBins
	if width == 0 {
		width = 1
	}
	below, above := math.Ceil(-least/width), max(math.Ceil(most/width), 1)
	a.From, a.To = -below*width, above*width
	bins := int(below + above)
	for _, stabilities := range f.stabilities {
		counts := make([]int, bins)
		for _, v := range stabilities {
			counts[min(max(int(math.Floor(float64(v)/width)+below), 0), bins-1)]++
		}
		a.Stability = append(a.Stability, counts)
	}
}
