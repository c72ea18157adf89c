package basin_test

import (
	"fmt"
	"io"
	"testing"

	"basin"

	"basin/checkpoint"
	"basin/dataset"
	"basin/dynamics"
	"basin/manifold/census"
	"basin/network"
	"basin/plasticity"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// What a stranger can construct or hand over is checked where it enters: nothing is an error,
// not a panic. A nil receiver, context or writer is the caller's fault: see the package comment.
func TestNothingIsAnErrorWhereSomethingIsWanted(t *testing.T) {
	s := settings.Defaults()
	model, err := basin.Load("testdata/kept/dense.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	predictor, err := protocol.NewPredictor(s.Protocol(), model.Network, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer predictor.Close()
	half := &dataset.Data{Train: &dataset.Set{}}
	empty := &dataset.Set{}
	var reader io.Reader
	for name, call := range map[string]func() error{
		"basin.Begin":            func() error { _, err := basin.Begin(s, nil); return err },
		"basin.Begin empty":      func() error { _, err := basin.Begin(s, half); return err },
		"basin.Prepare":          func() error { _, err := basin.Prepare(s, nil, basin.Limit{}); return err },
		"basin.Train":            func() error { _, err := basin.Train(t.Context(), s, nil, basin.Options{}); return err },
		"basin.Run.Take":         func() error { return (&basin.Run{Model: model}).Take(nil) },
		"basin.Run.Train":        func() error { _, err := (&basin.Run{Model: model}).Train(t.Context(), basin.Options{}); return err },
		"Model.Evaluate":         func() error { _, err := model.Evaluate(t.Context(), nil, 1); return err },
		"Model.Predict":          func() error { return model.Predict(t.Context(), nil, 1, nil) },
		"Model.Predict each":     func() error { return model.Predict(t.Context(), first(digits(t).Test, 2), 1, nil) },
		"Model.PredictOne":       func() error { _, err := model.PredictOne(nil); return err },
		"Model.Learn":            func() error { _, err := model.Learn(nil); return err },
		"Model.Match":            func() error { _, err := model.Match(nil); return err },
		"Model.Fits":             func() error { return model.Fits(nil) },
		"Task.Draw":              func() error { _, err := (&basin.Task{}).Draw(); return err },
		"checkpoint.Save":        func() error { return checkpoint.Save(t.TempDir()+"/m", nil) },
		"checkpoint.Save empty":  func() error { return checkpoint.Save(t.TempDir()+"/m", &checkpoint.Model{}) },
		"dynamics.NewBatch":      func() error { _, err := dynamics.NewBatch(nil, dynamics.Settings{}, 1); return err },
		"dynamics.Relax":         func() error { _, _, err := dynamics.Relax(nil, dynamics.Settings{}, nil, 1); return err },
		"plasticity.NewLearner":  func() error { _, err := plasticity.NewLearner(nil, 1, 1, false); return err },
		"protocol.NewLearner":    func() error { _, err := protocol.NewLearner(s.Protocol(), nil, 1, 1); return err },
		"protocol.NewPredictor":  func() error { _, err := protocol.NewPredictor(s.Protocol(), nil, 1); return err },
		"protocol.NewSingle":     func() error { _, err := protocol.NewSingle(s.Protocol(), nil); return err },
		"Predictor.Predict":      func() error { _, err := predictor.Predict(t.Context(), nil, 1, nil); return err },
		"Predictor.Evaluate":     func() error { _, err := predictor.Evaluate(t.Context(), nil, 1, nil); return err },
		"train.New":              func() error { _, err := train.New(nil, train.Run{}); return err },
		"train.New without data": func() error { _, err := train.New(model.Network, train.Run{Settings: s.Protocol()}); return err },
		"census.Take":            func() error { _, err := census.Take(t.Context(), nil, nil, census.Options{}); return err },
		"network.Network":        func() error { return (&network.Network{}).Validate() },
		"dataset.ReadCSV":        func() error { _, err := dataset.ReadCSV(reader, dataset.Options{}); return err },
		"dataset.ReadFrom":       func() error { _, err := dataset.ReadFrom(reader, "", dataset.Options{}); return err },
		"dataset.ReadIDX":        func() error { _, err := dataset.ReadIDX(reader); return err },
		"dataset.ReadNPY":        func() error { _, err := dataset.ReadNPY(reader); return err },
		"dataset.ReadImage":      func() error { _, err := dataset.ReadImage(reader); return err },
		"dataset.ReadCIFAR":      func() error { _, err := dataset.ReadCIFAR(reader, 10); return err },
		"dataset.ReadIDXLabels":  func() error { _, err := dataset.ReadIDXLabels(reader); return err },
		"dataset.Holdout":        func() error { _, _, err := dataset.Holdout(nil, 0.5, dataset.Stratified, 1); return err },
		"dataset.Holdout empty":  func() error { _, _, err := dataset.Holdout(empty, 0.5, dataset.Stratified, 1); return err },
		"Encoder.Encode":         func() error { _, err := model.Encoder.Encode(nil); return err },
		"Encoder.Samples":        func() error { _, err := model.Encoder.Samples(nil); return err },
		"Encoder.Encode empty":   func() error { _, err := (&dataset.Encoder{}).Encode(empty); return err },
		"Preprocess.Fit":         func() error { _, err := s.Preprocess.Fit(nil); return err },
		"settings.Set":           func() error { return settings.Set(nil, []string{"seed=1"}) },
	} {
		t.Run(name, func(t *testing.T) {
			err := func() (err error) {
				defer func() {
					if fault := recover(); fault != nil {
						err = nil
						t.Errorf("panic: %v", fault)
					}
				}()
				return call()
			}()
			if err == nil && !t.Failed() {
				t.Error("no error")
			}
			_ = fmt.Sprint(err)
		})
	}
	if seen := model.Seen(nil); seen != nil || model.HasLearned(nil) {
		t.Error("a model has seen nothing")
	}
}
