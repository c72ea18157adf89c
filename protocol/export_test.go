package protocol

// For the tests of package protocol_test, which train networks.
var (
	SamplesPerWorker   = samplesPerWorker
	NewPredictorWithin = newPredictorWithin
)

const (
	EvaluationMemory = evaluationMemory
	MaxWorkers       = maxWorkers
)

// Together lets a learner move so many samples at once, whatever suits its network.
func (l *Learner) Together(samples int) {
	m := l.moving
	l.tasks.relax = func(worker, part int) {
		from, to := m.team.Samples(part, 8)
		for i := from; i < to; i += samples {
			l.relax(m.workers[worker], i, min(i+samples, to))
		}
		for g := from / 8; 8*g < to; g++ {
			l.learner.Gather(g)
		}
		l.readout(m.workers[worker], l.learners[worker], from, to)
	}
}
