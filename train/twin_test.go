package train

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"basin/dataset"
	"basin/dynamics"
	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/internal/random"
	"basin/network"
	"basin/plasticity"
	"basin/protocol"
	"basin/settings"
)

// twin trains as the documentation of the settings says, one sample after the other.
type twin struct {
	s        settings.Settings
	n        *network.Network
	training *dataset.Samples
	batch    *dynamics.Batch // of one sample
	worker   *dynamics.Worker
	learner  *plasticity.Learner
	tally    protocol.Tally
	decided  int
}

func newTwin(t *testing.T, s settings.Settings, n *network.Network, training *dataset.Samples) *twin {
	t.Helper()
	batch, err := dynamics.NewBatch(n, dynamics.Settings{Order: s.Dynamics.Order, Probability: s.Dynamics.Probability, Stop: s.Dynamics.Stop, Seed: s.Seed}, 1)
	if err != nil {
		t.Fatal(err)
	}
	learner, err := plasticity.NewLearner(n, s.Learning.Batch, len(s.Readout.On), s.Learning.Softness > 0)
	if err != nil {
		t.Fatal(err)
	}
	if s.Readout.Averaging > 0 {
		n.Readout.Average = slices.Clone(n.Readout.Couplings)
	}
	return &twin{s: s, n: n, training: training, batch: batch, worker: batch.NewWorker(), learner: learner}
}

// rule returns the numbers of the rule in an epoch, after some batches of the run.
func (w *twin) rule(epoch, batches int) plasticity.Rule {
	l, o, epochs := w.s.Learning, w.s.Readout, w.s.Learning.Epochs
	rule := plasticity.Rule{
		Kappa:        l.Kappa.At(epoch, epochs),
		Softness:     l.Softness,
		Symmetry:     l.Symmetry,
		BothUnstable: l.Unstable == protocol.BothUnstable,
		Recurrent:    plasticity.Block{Rate: l.Recurrent.Rate.At(epoch, epochs), Decay: l.Recurrent.Decay},
		Links:        plasticity.Block{Rate: l.Links.Rate.At(epoch, epochs), Decay: l.Links.Decay},
		Input:        plasticity.Block{Rate: l.Input.Rate.At(epoch, epochs), Decay: l.Input.Decay},
		Readout:      plasticity.Block{Rate: o.Rate.At(epoch, epochs), Decay: o.Decay},
		ReadoutKappa: o.Kappa, ReadoutWeights: o.Weights,
	}
	if o.Averaging > 0 { // the plain mean at first
		rule.Averaging = max(o.Averaging, 1/float64(1+batches))
	}
	return rule
}

// feedback returns the fields that a sample of each class feels in a phase, or nil.
func (w *twin) feedback(t *testing.T, epoch int, modules []int, all bool) [][]float32 {
	t.Helper()
	if len(modules) == 0 && !all {
		return nil
	}
	if w.s.Dynamics.Code == network.Rival {
		return [][]float32{}
	}
	fields, err := w.n.FeedbackFields(w.s.Dynamics.Code, w.s.Learning.Feedback.At(epoch, w.s.Learning.Epochs), modules...)
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

// phase moves the sample; it returns false where the phase has no sweep.
func (w *twin) phase(sweeps int, fields [][]float32, label int) bool {
	if sweeps == 0 {
		return false
	}
	var feedback func(int) []float32
	if fields != nil {
		feedback = func(int) []float32 { return fields[label] }
	}
	w.batch.Advance(w.worker, 0, 1, sweeps, feedback)
	w.tally.Flips += w.batch.Result(0).Flips
	return true
}

// logits returns the logits of the present state.
func (w *twin) logits(couplings []float32) []float32 {
	logits := make([]float32, layout.Padded(w.n.Classes))
	w.n.Readout.Logits([][]float32{logits}, [][]float32{slices.Clone(w.batch.State(0))}, couplings)
	return logits[:w.n.Classes]
}

// read shows the present state of sample i to the readout if it learns on it.
func (w *twin) read(on protocol.ReadoutState, i, label int, slot *int) {
	if !slices.Contains(w.s.Readout.On, on) {
		return
	}
	logits := w.logits(w.n.Readout.Couplings)
	w.learner.Keep(*slot, i, slices.Clone(w.batch.State(0)))
	w.learner.Read(*slot, i, logits, label)
	if *slot == 0 && slices.Index(logits, slices.Max(logits)) == label {
		w.tally.Correct++
	}
	*slot++
}

// at gives one row at any place.
type at []float32

func (x at) Row(_ int, dst []float32) { copy(dst, x) }

// end tallies the state reached in a last phase with or without feedback.
func (w *twin) end(sweeps int, feedback bool) {
	last := w.batch.Result(0)
	w.tally.Samples++
	w.tally.Sweeps += int64(sweeps - 1)
	if !feedback && last.Status == dynamics.FixedPoint || w.batch.Settled(w.worker, 0) {
		w.tally.FixedPoints++
	}
	if last.Status == dynamics.Cycle {
		w.tally.Cycles++
	}
	if last.Status == dynamics.Cycle && last.Period == 2 {
		w.tally.Period2++
	}
}

// learn takes a sample, the i-th of its mini-batch, through the three phases.
func (w *twin) learn(i, id, epoch int, warmup, clamped, free [][]float32) {
	d, label, slot := w.s.Dynamics, w.training.Labels[id], 0
	x := make([]float32, w.n.Inputs())
	w.training.NoisyRow(id, x, w.s.Seed, uint64(epoch))
	w.batch.Start(0, at(x), id, uint64(epoch))
	heard := false
	if w.phase(d.Warmup, warmup, label) {
		heard = warmup != nil
	}
	w.read(protocol.OnInference, i, label, &slot)
	decided := false
	if d.Code == network.Rival || w.s.Learning.Undecided > 0 {
		logits := w.logits(w.n.Readout.Couplings)
		others := slices.Clone(logits)
		others[label] = float32(math.Inf(-1))
		decided = w.s.Learning.Undecided > 0 && float64(logits[label])-float64(slices.Max(others)) > w.s.Learning.Undecided
		clamped, free = w.oppose(clamped, epoch, label, slices.Index(others, slices.Max(others)), d.Feedback.Clamped, true), w.oppose(free, epoch, label, slices.Index(others, slices.Max(others)), d.Feedback.Free, false)
	}
	if decided {
		w.read(protocol.OnClamped, i, label, &slot)
		w.read(protocol.OnFree, i, label, &slot)
		field := slices.Clone(w.batch.State(0)) // all far above the margin
		for k := range field {
			field[k] *= 1e30
		}
		w.learner.Record(i, slices.Clone(w.batch.State(0)), field, slices.Clone(w.batch.Input(0)))
		w.end(d.Warmup+d.Clamped+d.Free, false)
		w.decided++
		return
	}
	if w.phase(d.Clamped, clamped, label) {
		heard = clamped != nil
	}
	w.read(protocol.OnClamped, i, label, &slot)
	if w.phase(d.Free, free, label) {
		heard = free != nil
	}
	w.read(protocol.OnFree, i, label, &slot)
	field := make([]float32, w.n.StateSize())
	w.batch.Field(w.worker, 0, field)
	w.tally.Unstable += int64(w.learner.Record(i, slices.Clone(w.batch.State(0)), field, slices.Clone(w.batch.Input(0))))
	w.end(d.Warmup+d.Clamped+d.Free, heard)
}

// oppose returns, in place of fields of the code rival, the same for every class: what the
// readout has for the label and against a rival.
func (w *twin) oppose(fields [][]float32, epoch, label, rival int, modules []int, all bool) [][]float32 {
	if w.s.Dynamics.Code != network.Rival || fields == nil {
		return fields
	}
	couplings, square, read := w.n.Readout.Predicting(), 0.0, 0
	difference := make([]float32, w.n.StateSize())
	for _, m := range w.n.Modules {
		for i := m.Offset; i < m.Offset+m.Neurons; i++ {
			row := w.n.Readout.Row(couplings, i)
			difference[i] = row[label] - row[rival]
			square += float64(float64(difference[i]) * float64(difference[i]))
		}
		if m.Read {
			read += m.Neurons
		}
	}
	f, classes := w.s.Learning.Feedback.At(epoch, w.s.Learning.Epochs), float64(w.n.Classes)
	field := make([]float32, w.n.StateSize())
	for index, m := range w.n.Modules {
		if square == 0 || !(all && len(modules) == 0) && !slices.Contains(modules, index) {
			continue
		}
		strength := f * math.Sqrt((classes+3)/(4*classes)*float64(read)/square)
		if w.n.Spec.Feedback != nil {
			strength *= w.n.Spec.Feedback[index]
		}
		for i := m.Offset; i < m.Offset+m.Neurons; i++ {
			field[i] = float32(float32(strength) * difference[i])
		}
	}
	return slices.Repeat([][]float32{field}, w.n.Classes)
}

// epoch learns all samples once.
func (w *twin) epoch(t *testing.T, epoch int) {
	f, samples := w.s.Dynamics.Feedback, w.training.Count()
	warmup, clamped, free := w.feedback(t, epoch, f.Warmup, false), w.feedback(t, epoch, f.Clamped, true), w.feedback(t, epoch, f.Free, false)
	order := make([]int32, samples)
	stream := random.New(w.s.Seed, random.Shuffle, uint64(epoch))
	stream.Permute(order)
	perEpoch := (samples + w.s.Learning.Batch - 1) / w.s.Learning.Batch
	own := w.learner.NewWorker()
	for batch := range perEpoch {
		ids := order[batch*w.s.Learning.Batch : min(samples, (batch+1)*w.s.Learning.Batch)]
		w.learner.Reset(w.rule(epoch, epoch*perEpoch+batch), len(ids))
		for i, id := range ids {
			w.learn(i, int(id), epoch, warmup, clamped, free)
		}
		for g := range (len(ids) + 7) / 8 {
			w.learner.Gather(g)
		}
		w.learner.Begin()
		w.learner.Update(own, 0, 1)
	}
	w.n.Fold()
}

// evaluate predicts samples and returns the tally.
func (w *twin) evaluate(s *dataset.Samples) protocol.Tally {
	for id, label := range s.Labels {
		w.batch.Start(0, s, id, math.MaxUint64)
		w.phase(w.s.Dynamics.Evaluation, nil, label)
		if logits := w.logits(w.n.Readout.Predicting()); slices.Index(logits, slices.Max(logits)) == label {
			w.tally.Correct++
		}
		w.end(w.s.Dynamics.Evaluation, false)
	}
	return w.take()
}

func (w *twin) take() protocol.Tally {
	taken := w.tally
	taken.Neurons = int64(w.n.Neurons())
	w.tally = protocol.Tally{}
	return taken
}

// The trainer, whose workers share mini-batches and take first sweeps apart, does what
// the settings say of the phases, the feedback, the schedules and the rates, bit for bit.
func TestTrainerEqualsOneSampleAfterTheOther(t *testing.T) {
	const seed = 5
	runs := 40
	if testing.Short() { // the twin is slow under the race detector, which sees as much in a few runs
		runs = 8
	}
	r := rand.New(rand.NewPCG(seed, 0))
	counts := map[string]int{}
	meet := func(cases map[string]bool) {
		for what, is := range cases {
			if counts[what] += 0; is {
				counts[what]++
			}
		}
	}
	for done := 0; done < runs; {
		s := anySettings(r)
		if s.Validate() != nil {
			continue // such as a readout on no state
		}
		done++
		meet(cases(s))
		history, decided := compareRuns(t, fmt.Sprintf("seed %d, run %d, %+v", seed, done, s), s, 1+done%3)
		for _, record := range history {
			meet(map[string]bool{"samples left alone": decided > 0, "cycles": record.Training.Period2 > 0, "longer cycles": record.Held.Cycles > record.Held.Period2})
		}
	}
	for what, count := range counts {
		if count < 3 && !testing.Short() {
			t.Errorf("seed %d: only %d of %d runs have %s", seed, count, runs, what)
		}
	}
}

// compareRuns holds that a trainer of some workers does what the twin does, and returns the
// history of the run.
func compareRuns(t *testing.T, what string, s settings.Settings, workers int) (history []EpochRecord, decided int) {
	t.Helper()
	training, held, shape := digits(t, s.Preprocess, 50)
	want, err := network.Draw(s.Network, shape, 10, s.Seed)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	w := newTwin(t, s, want, training)
	for epoch := range s.Learning.Epochs {
		w.epoch(t, epoch)
		history = append(history, EpochRecord{Epoch: epoch + 1, Training: w.take(), Split: "test", Held: w.evaluate(held)})
	}
	got, state := run(t, s, 50, workers)
	for epoch := range history {
		if state.History[epoch] != history[epoch] {
			t.Errorf("%s: epoch %d\n%+v, want\n%+v", what, epoch+1, state.History[epoch], history[epoch])
		}
	}
	sameValues(t, what, values(got), values(want))
	return history, w.decided
}

// stack is a network of shared windows of the digits, a pool of them, shared windows of the pool
// that couple themselves, a pool of these and neurons that see all of it.
func stack() network.Spec {
	shared := network.RecurrentSpec{Gain: 1, Density: 1, Window: 3, Shared: true}
	return network.Spec{
		Modules: []network.ModuleSpec{
			{Channels: 6, SelfCoupling: 0.3, FeedbackPer: network.PerChannel, Input: network.InputSpec{Gain: 1, Density: 1, Window: 3, Shared: true}},
			{Channels: 6},
			{Channels: 18, SelfCoupling: 0.3, FeedbackPer: network.PerChannel, Recurrent: shared},
			{Channels: 18},
			{Neurons: 20, SelfCoupling: 0.3},
		},
		Links: []network.Link{
			{Kind: network.Pool, Between: [2]int{0, 1}, Direction: network.Forward, Window: 2, Strength: 1},
			{Kind: network.Learned, Between: [2]int{1, 2}, Direction: network.Forward, Window: 3, Border: 1, Shared: true, Gain: 1, Density: 1},
			{Kind: network.Pool, Between: [2]int{2, 3}, Direction: network.Forward, Window: 2, Stride: 1, Strength: 1, Level: 1},
			{Kind: network.Learned, Between: [2]int{3, 4}, Direction: network.Forward, Gain: 1, Density: 1},
			{Kind: network.Learned, Between: [2]int{4, 2}, Direction: network.Forward, Gain: 0.3, Density: 0.3},
		},
		Feedback: []float64{1, 0, 1, 0, 1}, Readout: []int{2, 4},
	}
}

// Stacks of grids learn as one sample after the other does: shared windows, pools and feedback
// per channel, in every order, with workers of every number.
func TestTrainerOfStacksEqualsOneSampleAfterTheOther(t *testing.T) {
	for index, order := range []dynamics.Order{dynamics.Parallel, dynamics.Partial, dynamics.Sequential, dynamics.Modules} {
		for soft := range 2 {
			if testing.Short() && soft != index%2 {
				continue
			}
			s := small(1, 1)
			s.Network, s.Dynamics.Order, s.Learning.Softness, s.Learning.Batch = stack(), order, float64(3*soft), 20
			s.Learning.Links.Decay, s.Readout.On = 0.1, []protocol.ReadoutState{protocol.OnFree, protocol.OnInference}
			history, _ := compareRuns(t, fmt.Sprintf("order %s, softness %v", order, s.Learning.Softness), s, 1+(index+soft)%3)
			if last := history[len(history)-1].Training; last.Unstable == 0 || last.Flips == 0 {
				t.Errorf("order %s: nothing moves or learns: %+v", order, last)
			}
		}
	}
}

// One seed, one result, whatever the kernel and the workers.
func TestStacksAreEqualOnEveryKernel(t *testing.T) {
	s := small(1, 1)
	s.Network, s.Dynamics.Order = stack(), dynamics.Modules
	var want map[string][]float32
	for index, name := range kernel.Available() {
		undo, err := kernel.Use(name)
		if err != nil {
			t.Fatal(err)
		}
		for workers := 1; workers <= 3; workers++ {
			n, _ := run(t, s, 50, workers)
			if index == 0 && workers == 1 {
				want = values(n)
			}
			sameValues(t, fmt.Sprintf("kernel %s, %d workers", name, workers), values(n), want)
		}
		undo()
	}
}
