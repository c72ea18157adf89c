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
	// Classes has a row for each class, in the order of [Model.Names].
	Classes []ClassScore
	// Confusion has a row per true class; its columns are predicted classes.
	Confusion [][]int64
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
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if err := m.Fits(s); err != nil {
		return nil, err
	}
	s, err := m.coloured(s)
	if err != nil {
		return nil, err
	}
	named := *s
	if err := named.Relabel(m.Names()); err != nil {
		return nil, err
	}
	samples, err := m.Encoder.Samples(&named)
	if err != nil {
		return nil, err
	}
	m.learning.RLock()
	defer m.learning.RUnlock()
	predictor, err := protocol.NewPredictor(m.Settings.Protocol(), m.Network, workers)
	if err != nil {
		return nil, err
	}
	defer predictor.Close()
	names := m.Names()
	classes := len(names)
	confusion := make([]int64, classes*classes)
	tally, err := predictor.Evaluate(ctx, samples, samples.Count(), confusion)
	if err != nil {
		return nil, err
	}
	e := &Evaluation{Tally: tally}
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
