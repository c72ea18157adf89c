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
