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
	l.tasks.relax = func(worker, part int) { l.relaxPart(worker, part, samples) }
}

// Room lets a learner recall states of so many bytes.
func (l *Learner) Room(bytes int) { l.recall.room = bytes }
