package train

import (
	"context"
	"errors"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"basin/dataset"
	"basin/internal/kernel"
	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// ridgeVariants are settings of networks whose readout is solved for: one module, two of
// which one is read, and neurons that are not binary.
func ridgeVariants() map[string]settings.Settings {
	one := small(70, 0.2)
	two := wired()
	two.Network.Readout = []int{1}
	real := small(30, 1)
	real.Network.Modules[0].Tanh = 1.5
	noisy := small(40, 0.3)
	noisy.Readout.Averaging, noisy.Preprocess.Noise, noisy.Readout.Passes = 0, 0.3, 3
	drawn := small(50, 0.2)
	drawn.Learning.Epochs = 0
	v := map[string]settings.Settings{"one module": one, "one of two modules": two, "tanh": real, "noise": noisy, "no epoch": drawn}
	for name, s := range v {
		s.Readout.Method, s.Readout.Ridge = protocol.Ridge, 0.05
		v[name] = s
	}
	return v
}

// The couplings are those of the normal equations, written down sample by sample from the
// states that a predictor reaches; J and W are those of the local run.
func TestRidgeReadoutSolvesForTheStatesOfPredictions(t *testing.T) {
	const samples = 150
	for name, s := range ridgeVariants() {
		t.Run(name, func(t *testing.T) {
			n, state := run(t, s, samples, 2)
			local := s
			local.Readout.Method = protocol.Local
			other, before := run(t, local, samples, 1)
			got, want := snapshot(n), snapshot(other)
			for _, key := range []string{"readout", "average"} {
				delete(got, key)
				delete(want, key)
			}
			sameValues(t, "couplings before the readout", got, want)
			training, held, _ := digits(t, s.Preprocess, samples)
			couplings := solved1(t, s, other, training)
			row := 0
			for _, m := range n.Modules {
				for i := range m.Neurons {
					for c, v := range n.Readout.Row(n.Readout.Predicting(), m.Offset+i) {
						switch {
						case !m.Read && v != n.Readout.Row(other.Readout.Predicting(), m.Offset+i)[c]:
							t.Fatalf("neuron %d of a module that is not read has coupling %v", i, v)
						case m.Read && math.Abs(float64(v)-couplings.At(row, c)) > 1e-5:
							t.Fatalf("neuron %d, class %d: coupling %v, want %v", i, c, v, couplings.At(row, c))
						}
					}
					if m.Read {
						row++
					}
				}
			}
			if n.Readout.Average != nil {
				sameValues(t, "average", map[string][]float32{"": n.Readout.Average}, map[string][]float32{"": n.Readout.Couplings})
			}
			checkReadoutRecord(t, s, n, state, before, held)
		})
	}
}

// solved1 solves the normal equations of a network's states as the formula has them.
func solved1(t *testing.T, s settings.Settings, n *network.Network, training *dataset.Samples) *mat.Dense {
	t.Helper()
	p, err := protocol.NewPredictor(s.Protocol(), n, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	count := n.ReadNeurons()
	a, b := mat.NewDense(count, count, nil), mat.NewDense(count, n.Classes, nil)
	for pass := range max(1, s.Readout.Passes) {
		rows := &Noisy{Samples: training, Seed: s.Seed, Epoch: uint64(s.Learning.Epochs + pass)}
		_, err := p.Predict(t.Context(), rows, training.Count(), func(k int, q protocol.Prediction) error {
			var state []float64
			for _, m := range n.Modules {
				for i := range m.Neurons {
					if m.Read {
						state = append(state, float64(q.State[m.Offset+i]))
					}
				}
			}
			v := mat.NewVecDense(count, state)
			a.RankOne(a, 1, v, v)
			for c := range n.Classes {
				y := -2 / float64(n.Classes)
				if c == training.Label(k) {
					y += 2
				}
				for i, x := range state {
					b.Set(i, c, b.At(i, c)+x*y)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	mean := mat.Trace(a) / float64(count)
	for i := range count {
		a.Set(i, i, a.At(i, i)+s.Readout.Ridge*mean)
	}
	o := &mat.Dense{}
	if err := o.Solve(a, b); err != nil {
		t.Fatal(err)
	}
	return o
}

// checkReadoutRecord holds the record at the end to an evaluation of its own.
func checkReadoutRecord(t *testing.T, s settings.Settings, n *network.Network, state, before State, held *dataset.Samples) {
	t.Helper()
	if len(state.History) != s.Learning.Epochs+1 || Epochs(state.History) != s.Learning.Epochs || Epochs(before.History) != s.Learning.Epochs {
		t.Fatalf("%d records of %d epochs, and without the readout %d", len(state.History), Epochs(state.History), len(before.History))
	}
	for k, record := range before.History {
		if state.History[k] != record {
			t.Errorf("epoch %d: record %+v, want %+v", k+1, state.History[k], record)
		}
	}
	p, err := protocol.NewPredictor(s.Protocol(), n, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	want, err := p.Evaluate(t.Context(), held, held.Count(), nil)
	if err != nil {
		t.Fatal(err)
	}
	record := state.History[s.Learning.Epochs]
	if record.Held != want || record.Split != "test" || record.Readout != protocol.Ridge || record.Epoch != s.Learning.Epochs {
		t.Errorf("record %+v, want an evaluation %+v", record, want)
	}
	if got, want := record.Training.Samples, int64(150*max(1, s.Readout.Passes)); got != want {
		t.Errorf("%d states were read, want %d", got, want)
	}
}

func TestRidgeReadoutIsTheSameForAllWorkersAndKernels(t *testing.T) {
	for name, s := range ridgeVariants() {
		var want map[string][]float32
		for _, version := range kernel.Available() {
			for _, workers := range []int{1, 3} {
				func() {
					undo, err := kernel.Use(version)
					if err != nil {
						t.Fatal(err)
					}
					defer undo()
					n, _ := run(t, s, 130, workers)
					if want == nil {
						want = snapshot(n)
					}
					sameValues(t, name+", "+version, values(n), want)
				}()
			}
		}
	}
}

// A pass that is interrupted, while states are read, while the solution is sought or while it
// is evaluated, leaves the network as it was, and begins anew.
func TestInterruptedRidgeBeginsAnew(t *testing.T) {
	s := small(130, 0.2)
	s.Readout.Method, s.Readout.Passes = protocol.Ridge, 2
	const samples = 600
	want, end := run(t, s, samples, 1)
	training, held, shape := digits(t, s.Preprocess, samples)
	n, err := network.Draw(s.Network, shape, 10, s.Seed)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := newTrainer(s, n, training, held, "test", 2)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { trainer.Close() }()
	var before map[string][]float32
	seen := map[string]int{}
	for _, at := range []struct {
		name string
		now  func(p Progress) bool
	}{
		{"states", func(p Progress) bool { return p.Readout.Done > samples }},
		{"solution", func(p Progress) bool { return p.Readout.Solved > 0 && p.Readout.Solved < 1 }},
		{"evaluation", func(p Progress) bool { return p.Readout.Solved == 1 }},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		err := trainer.Run(ctx, func(p Progress) error {
			if p.EpochDone && p.Readout == nil && p.State.Epoch == s.Learning.Epochs {
				before = snapshot(n)
			}
			if p.Readout != nil && at.now(p) {
				seen[at.name]++
				cancel()
			}
			return nil
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("interrupted while %s: error %v", at.name, err)
		}
		sameValues(t, "after an interruption: "+at.name, values(n), before)
		state := trainer.State()
		if state.Epoch != s.Learning.Epochs || len(state.History) != state.Epoch {
			t.Fatalf("interrupted while %s: state %+v", at.name, state)
		}
		trainer.Close()
		if trainer, err = newTrainer(s, n, training, held, "test", 1); err != nil {
			t.Fatal(err)
		}
		if err := trainer.Restore(state); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 3 {
		t.Fatalf("interrupted at %v", seen)
	}
	if err := trainer.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	sameValues(t, "the end", values(n), snapshot(want))
	last := trainer.State()
	if last.History[s.Learning.Epochs] != end.History[s.Learning.Epochs] {
		t.Errorf("record %+v, want %+v", last.History[s.Learning.Epochs], end.History[s.Learning.Epochs])
	}
	// What is done stays done.
	if err := trainer.Restore(last); err != nil {
		t.Fatal(err)
	}
	if err := trainer.Run(t.Context(), func(Progress) error { return errors.New("there was nothing to do") }); err != nil {
		t.Error(err)
	}
	local := s
	local.Readout.Method = protocol.Local
	other, err := newTrainer(local, n, training, held, "test", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Restore(last); err == nil {
		t.Error("a run without a ridge goes on after one")
	}
}

// A readout in closed form reads better than a local one that saw as little.
func TestRidgeReadsBetterAfterFewSamples(t *testing.T) {
	s := small(200, 0.2)
	s.Readout.Method = protocol.Ridge
	_, state := run(t, s, 500, 2)
	local, ridge := state.History[1].Held.Accuracy(), state.History[2].Held.Accuracy()
	if ridge < local-0.02 || ridge < 0.8 {
		t.Errorf("accuracy %v, want at least 0.8 and about the %v of the local readout or more", ridge, local)
	}
}
