package basin

import (
	"context"

	"basin/dataset"
	"basin/protocol"
)

// Evaluation says how a model does on labelled samples.
type Evaluation struct {
	// Tally counts samples, correct predictions, fixed points and flips.
	protocol.Tally
	// Learned is the number of samples that the model has seen in training: see [Model.Seen].
	Learned int
	// Classes has a row for each class, in the order of [Model.Names].
	Classes []ClassScore
	// Confusion has a row per true class; its columns are predicted classes.
	Confusion [][]int64
	// Operations are the synaptic operations of the predictions, where they were counted.
	Operations *protocol.Operations
}

// ClassScore is what an evaluation says of one class.
type ClassScore struct {
	Label string
	// Samples of the class, Predicted as the class, and Correct, which are both.
	Samples, Predicted, Correct int64
}

// Recall returns the share of the samples of the class that were predicted as it; ok is
// false where there is none.
func (c ClassScore) Recall() (share float64, ok bool) { return share64(c.Correct, c.Samples) }

// Precision returns the share of the predictions of the class that were right; ok is false
// where there is none.
func (c ClassScore) Precision() (share float64, ok bool) { return share64(c.Correct, c.Predicted) }

// F1 returns the harmonic mean of recall and precision; ok is false where the class has
// neither samples nor predictions.
func (c ClassScore) F1() (mean float64, ok bool) {
	return share64(2*c.Correct, c.Samples+c.Predicted)
}

// MacroScore is a mean over classes, each of which counts the same.
type MacroScore struct{ Recall, Precision, F1 float64 }

// Macro returns the means over the classes that have samples or predictions; what is not
// defined for one of them counts as 0.
func (e *Evaluation) Macro() MacroScore {
	var sum MacroScore
	var classes float64
	for _, c := range e.Classes {
		f1, ok := c.F1()
		if !ok {
			continue
		}
		recall, _ := c.Recall()
		precision, _ := c.Precision()
		sum = MacroScore{sum.Recall + recall, sum.Precision + precision, sum.F1 + f1}
		classes++
	}
	if classes == 0 {
		return sum
	}
	return MacroScore{sum.Recall / classes, sum.Precision / classes, sum.F1 / classes}
}

// Majority returns the place of the class with most samples, the first of equals, and its
// share: the accuracy of always saying that class.
func (e *Evaluation) Majority() (class int, share float64) {
	counts := make([]int, len(e.Classes))
	for c, score := range e.Classes {
		counts[c] = int(score.Samples)
	}
	return dataset.Majority(counts)
}

func share64(part, whole int64) (float64, bool) {
	if whole == 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}

// Evaluate predicts labelled samples, as they were read, and compares. Label names are
// matched with those of the model: s is not changed. It uses workers goroutines,
// GOMAXPROCS for 0 or less.
func (m *Model) Evaluate(ctx context.Context, s *dataset.Set, workers int) (*Evaluation, error) {
	return m.evaluate(ctx, s, 1, workers, false)
}

// EvaluateViews is Evaluate with predictions over some views of each sample: see
// [Model.PredictViews]. Fixed points and flips are those of the samples themselves.
func (m *Model) EvaluateViews(ctx context.Context, s *dataset.Set, views, workers int) (*Evaluation, error) {
	return m.evaluate(ctx, s, views, workers, false)
}

// EvaluateOperations is Evaluate that counts the synaptic operations too.
func (m *Model) EvaluateOperations(ctx context.Context, s *dataset.Set, workers int) (*Evaluation, error) {
	return m.evaluate(ctx, s, 1, workers, true)
}

func (m *Model) evaluate(ctx context.Context, s *dataset.Set, views, workers int, operations bool) (*Evaluation, error) {
	samples, err := m.samples(s)
	if err != nil {
		return nil, err
	}
	others, err := m.others(samples.Inputs, views)
	if err != nil {
		return nil, err
	}
	e := &Evaluation{}
	for _, seen := range m.Seen(s) {
		if seen {
			e.Learned++
		}
	}
	m.learning.RLock()
	defer m.learning.RUnlock()
	predictor, err := protocol.NewPredictor(m.Settings.Protocol(), m.Network, workers)
	if err != nil {
		return nil, err
	}
	defer predictor.Close()
	predictor.Views(others...)
	if operations {
		e.Operations = protocol.NewOperations(m.Network)
		predictor.Count(e.Operations)
	}
	names := m.Names()
	classes := len(names)
	confusion := make([]int64, classes*classes)
	tally, err := predictor.Evaluate(ctx, samples, samples.Count(), confusion)
	if err != nil {
		return nil, err
	}
	e.Tally = tally
	for c, name := range names {
		row := confusion[c*classes : (c+1)*classes]
		score := ClassScore{Label: name, Correct: row[c]}
		for other := range classes {
			score.Samples += row[other]
			score.Predicted += confusion[other*classes+c]
		}
		e.Classes = append(e.Classes, score)
		e.Confusion = append(e.Confusion, row)
	}
	return e, nil
}
