package baseline

import "context"

// Learner is a classifier that learns the samples that it was made with.
type Learner interface {
	// Run learns until it is done or ctx is cancelled; then it returns ctx.Err(), within a
	// tenth of a second. It calls observe (which may be nil) from the calling goroutine as it
	// goes on, and ends with its error.
	Run(ctx context.Context, observe func(Progress) error) error
	// Logits calls each with the C logits of the first count samples, in their order, from the
	// calling goroutine; each must not keep them. The class that is predicted has the largest,
	// the first among equals. It stops with ctx.Err() when ctx is cancelled.
	Logits(ctx context.Context, s Samples, count int, each func(i int, logits []float32)) error
	// Cost returns what the learner takes to keep and to predict with, once it has learned.
	Cost() Cost
}

// Cost is what a learner takes to keep and to predict with.
type Cost struct {
	// Parameters counts the numbers that were learned: weights and biases, the thresholds and
	// votes of trees, the values of samples that are kept.
	Parameters int64
	// Bytes of all that a prediction reads, numbers that were drawn and not learned among them.
	Bytes int64
	// Operations are the multiplications and additions, in pairs, of one prediction, or the
	// comparisons of a tree.
	Operations float64
}

// Progress is what an observer is told as learning goes on.
type Progress struct {
	// Samples learned since the beginning, each as often as it was passed over.
	Samples int64
	// Loss is what the learner makes small, of the samples just learned; in nats where it is
	// a cross-entropy, and 0 of learners that have none on their way.
	Loss float64
}
