package train

import (
	"fmt"
	"slices"

	"basin/dynamics"
	"basin/internal/layout"
	"basin/network"
)

// moving is a batch with the workers that move it: what training and evaluation share.
type moving struct {
	network *network.Network
	batch   *dynamics.Batch
	pool    *pool
	workers []*worker
}

// worker is what one goroutine of the pool owns.
type worker struct {
	*dynamics.Worker
	tally  Tally
	logits [][]float32
	states [][]float32
	field  []float32
}

// maxWorkers bounds the goroutines of a pool: far above any processor's use.
const maxWorkers = 1024

// readGroup is the number of states whose logits are computed at once.
const readGroup = 16

func newMoving(s Settings, n *network.Network, capacity, workers int) (*moving, error) {
	if workers > maxWorkers {
		return nil, fmt.Errorf("train: %d workers, want at most %d (0 takes one per processor)", workers, maxWorkers)
	}
	if difference := n.Differs(s.Network); difference != "" {
		return nil, fmt.Errorf("train: network.%s: train and evaluate a network with the settings it was drawn from", difference)
	}
	b, err := dynamics.NewBatch(n, dynamics.Settings{Order: s.Dynamics.Order, Stop: s.Dynamics.Stop, Probability: s.Dynamics.Probability, Seed: s.Seed}, capacity)
	if err != nil {
		return nil, err
	}
	m := &moving{network: n, batch: b, pool: newPool(workers)}
	for range m.pool.size {
		w := &worker{Worker: b.NewWorker(), field: make([]float32, n.StateSize())}
		for range readGroup {
			w.logits = append(w.logits, make([]float32, layout.Padded(n.Classes)))
		}
		w.states = make([][]float32, 0, readGroup)
		m.workers = append(m.workers, w)
	}
	return m, nil
}

// samples returns the samples of the batch that belong to a part: whole units, of 8 or
// 16.
func (m *moving) samples(part, unit int) (from, to int) {
	count := m.batch.Count()
	units := (count + unit - 1) / unit
	return min(count, units*part/m.pool.size*unit), min(count, units*(part+1)/m.pool.size*unit)
}

// read computes the logits of samples from..to and hands each to use.
func (m *moving) read(w *worker, from, to int, couplings []float32, use func(i int, logits []float32)) {
	for ; from < to; from += readGroup {
		end := min(from+readGroup, to)
		w.states = w.states[:0]
		for i := from; i < end; i++ {
			w.states = append(w.states, m.batch.State(i))
		}
		m.network.Readout.Logits(w.logits[:end-from], w.states, couplings)
		for i := from; i < end; i++ {
			use(i, w.logits[i-from][:m.network.Classes])
		}
	}
}

// collect adds the workers' tallies and empties them.
func (m *moving) collect() Tally {
	var total Tally
	for _, w := range m.workers {
		total.add(w.tally)
		w.tally = Tally{}
	}
	total.Neurons = int64(m.network.Neurons())
	return total
}

// fits reports samples that the network cannot take.
func (s *Samples) fits(n *network.Network, name string) error {
	if s.Count() == 0 {
		return fmt.Errorf("train: no %s samples", name)
	}
	if s.Inputs.Dim() != n.Inputs() {
		return fmt.Errorf("train: %s samples have %d inputs, the network reads %d", name, s.Inputs.Dim(), n.Inputs())
	}
	if len(s.Labels) != s.Inputs.Count() {
		return fmt.Errorf("train: %s samples: %d inputs but %d labels", name, s.Inputs.Count(), len(s.Labels))
	}
	if i := slices.IndexFunc(s.Labels, func(label int) bool { return label < 0 || label >= n.Classes }); i >= 0 {
		return fmt.Errorf("train: %s sample %d has label %d, the network has classes 0 to %d", name, i, s.Labels[i], n.Classes-1)
	}
	return nil
}

// largest returns the place of the largest logit, the first among equals.
func largest(logits []float32) int {
	best := 0
	for c, v := range logits {
		if v > logits[best] {
			best = c
		}
	}
	return best
}
