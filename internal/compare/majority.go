package compare

import (
	"context"

	"basin/baseline"
	"basin/dataset"
)

// majorityName is the method that every other has to beat.
const majorityName = "majority"

// majority always says the class that most training samples have.
type majority struct {
	labels  []int
	classes int
	logits  []float32
}

// Run counts the classes.
func (m *majority) Run(context.Context, func(baseline.Progress) error) error {
	m.logits = make([]float32, m.classes)
	for c, count := range dataset.ClassCounts(m.labels, m.classes) {
		m.logits[c] = float32(float64(count) / float64(len(m.labels)))
	}
	return nil
}

// Logits calls each with the shares of the classes.
func (m *majority) Logits(ctx context.Context, _ baseline.Samples, count int, each func(i int, logits []float32)) error {
	for i := range count {
		each(i, m.logits)
	}
	return ctx.Err()
}

// Cost is one number: which class.
func (m *majority) Cost() baseline.Cost { return baseline.Cost{Parameters: 1, Bytes: 4} }
