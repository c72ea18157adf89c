package basin

import (
	"context"
	"errors"

	"basin/dataset"
	"basin/protocol"
	"basin/settings"
)

// Fold is what one part of a cross-validation gave.
type Fold struct {
	// Learned is the number of training samples, Tally that of the samples of the part after
	// the last epoch.
	Learned int
	Tally   protocol.Tally
	// MajorityShare is the accuracy on them of always saying the most common class of the
	// training samples.
	MajorityShare float64
}

// CrossValidate divides the training samples of d into parts, stratified by class, trains one
// network for each on all other parts, and measures it on that part. Samples that d has for
// testing are not looked at, and no model is kept. Of the settings everything but the
// validation share and the choice of an epoch by it is used; preprocessing is fitted to
// what is learned, part by part. each, which may be nil, is told of every part in order.
func CrossValidate(ctx context.Context, s settings.Settings, d *dataset.Data, folds, workers int, each func(k int, f Fold) error) ([]Fold, error) {
	if d == nil || d.Train == nil {
		return nil, errors.New("no samples to cross-validate on")
	}
	s.Data.Validation, s.Learning.Best = 0, false
	parts, err := dataset.Folds(d.Train, folds, s.Seed)
	if err != nil {
		return nil, err
	}
	var list []Fold
	for k, part := range parts {
		run, err := Begin(s, part)
		if err != nil {
			return nil, err
		}
		model, err := run.Train(ctx, Options{Workers: workers})
		if err != nil {
			return nil, err
		}
		if len(model.History) == 0 {
			return nil, errors.New("no epochs to cross-validate, want 1 or more")
		}
		f := Fold{Learned: part.Train.Count(), Tally: model.History[len(model.History)-1].Held}
		said, _ := dataset.Majority(dataset.ClassCounts(part.Train.Labels, part.Train.Classes()))
		f.MajorityShare = float64(dataset.ClassCounts(part.Test.Labels, part.Test.Classes())[said]) / float64(part.Test.Count())
		list = append(list, f)
		if each != nil {
			if err := each(k, f); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}
