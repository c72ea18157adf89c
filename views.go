package basin

import (
	"context"
	"errors"
	"fmt"

	"basin/dataset"
	"basin/protocol"
)

// view is a view of every sample: see [dataset.Inputs.View].
type view struct {
	*dataset.Inputs
	seed   uint64
	number int
}

// Row writes the view of a sample.
func (v view) Row(place int, dst []float32) { v.View(place, dst, v.seed, v.number) }

// PredictViews is [Model.Predict] with logits that are the means over some views of each sample,
// 1 to [MostViews]: the sample itself, and others that are changed as images were while the model
// learned. They are drawn by the seed of the model and the place of the sample, so that two
// calls agree. FixedPoint is that of the sample itself. More than one view of a model that was
// trained without preprocess.augment is an error. Cost: as many predictions as views.
func (m *Model) PredictViews(ctx context.Context, s *dataset.Set, views, workers int, each func(i int, p Prediction) error) error {
	inputs, err := m.inputs(s)
	if err != nil {
		return err
	}
	others, err := m.others(inputs, views)
	if err != nil {
		return err
	}
	if each == nil {
		return errors.New("nobody to tell of the predictions: want a function")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if inputs.Count() == 1 && views == 1 {
		p, err := m.one(inputs)
		if err != nil {
			return err
		}
		return each(0, p)
	}
	names := m.Names()
	m.learning.RLock()
	defer m.learning.RUnlock()
	predictor, done, err := m.takeSeveral(workers)
	if err != nil {
		return err
	}
	defer done()
	predictor.Views(others...)
	_, err = predictor.Predict(ctx, inputs, inputs.Count(), func(i int, p protocol.Prediction) error {
		own := m.prediction(p, names)
		m.learning.RUnlock() // a lock that is held could keep each from learning
		defer m.learning.RLock()
		return each(i, own)
	})
	return err
}

// MostViews bounds the views of a sample.
const MostViews = 1000

// others returns all views of inputs but the first.
func (m *Model) others(inputs *dataset.Inputs, views int) ([]protocol.Inputs, error) {
	switch {
	case views < 1 || views > MostViews:
		return nil, fmt.Errorf("%d views, want 1 to %d", views, MostViews)
	case views > 1 && !inputs.Augmented():
		return nil, errors.New("the model was trained without preprocess.augment, so nothing says how other views of a sample look: want 1 view")
	}
	var others []protocol.Inputs
	for k := 1; k < views; k++ {
		others = append(others, view{inputs, m.Settings.Seed, k})
	}
	return others, nil
}
