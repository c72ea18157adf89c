package protocol

import (
	"fmt"

	"basin/dynamics"
	"basin/internal/keys"
	"basin/internal/layout"
	"basin/network"
)

// moving is a batch with the workers that move it: what learning and prediction share.
type moving struct {
	network *network.Network
	batch   *dynamics.Batch
	pool    *pool
	team    *dynamics.Team
	workers []*worker
}

// worker is what one goroutine of the pool owns.
type worker struct {
	*dynamics.Worker
	tally  Tally
	logits [][]float32 // of readGroup states
	states [][]float32
	field  []float32
}

// maxWorkers bounds the goroutines of a pool: far above any processor's use.
const maxWorkers = 1024

// readGroup is the number of states whose logits are computed at once.
const readGroup = 16

// validate reports settings that are not valid or do not belong to the network.
func validate(s Settings, n *network.Network) error {
	if n == nil {
		return fmt.Errorf("protocol: no network")
	}
	if err := s.Validate(); err != nil {
		return fmt.Errorf("protocol: %w", err)
	}
	if err := s.Fits(n.Spec); err != nil {
		return fmt.Errorf("protocol: %w", err)
	}
	if s.Readout.Method.Solved() {
		m := &keys.Mistakes{}
		if s.Readout.fitsNeurons(m, n.ReadNeurons()); m.Err() != nil {
			return fmt.Errorf("protocol: %w", m.Err())
		}
	}
	return nil
}

func newMoving(s Settings, n *network.Network, capacity, workers int) (*moving, error) {
	if workers > maxWorkers {
		return nil, fmt.Errorf("protocol: %d workers, want at most %d (0 takes one per processor)", workers, maxWorkers)
	}
	b, err := dynamics.NewBatch(n, dynamics.Settings{Order: s.Dynamics.Order, Stop: s.Dynamics.Stop, Probability: s.Dynamics.Probability, Seed: s.Seed}, capacity)
	if err != nil {
		return nil, err
	}
	m := &moving{network: n, batch: b, pool: newPool(workers)}
	m.team = b.NewTeam(m.pool.size, m.pool.run)
	for k := range m.pool.size {
		w := &worker{Worker: m.team.Worker(k), field: make([]float32, n.StateSize())}
		for range readGroup {
			w.logits = append(w.logits, make([]float32, layout.Padded(n.Classes)))
		}
		w.states = make([][]float32, 0, readGroup)
		m.workers = append(m.workers, w)
	}
	return m, nil
}

// collect adds the workers' tallies and empties them.
func (m *moving) collect() Tally {
	var total Tally
	for _, w := range m.workers {
		total.Add(w.tally)
		w.tally = Tally{}
	}
	total.Neurons = int64(m.network.Neurons())
	return total
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
