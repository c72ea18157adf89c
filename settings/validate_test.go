package settings

import (
	"errors"
	"math"
	"strings"
	"testing"

	"basin/network"
	"basin/protocol"
)

func TestValidateReportsEveryMistakeWithItsKey(t *testing.T) {
	s := Defaults()
	s.Data.Set, s.Data.Validation = "", 1
	s.Network.Modules[0].Neurons = 0
	s.Network.Modules[0].Recurrent.Density = math.NaN()
	s.Dynamics.Order, s.Dynamics.Code = "random", "loud"
	s.Dynamics.Evaluation = 3
	s.Learning.Kappa = protocol.Schedule{Start: 1, End: 0, Shape: protocol.ExponentialShape}
	s.Learning.Batch = protocol.MaxBatch + 1
	s.Readout.Weights[1] = 0
	s.Preprocess.Scale = "loud"
	err := s.Validate()
	for _, key := range []string{
		"data.set", "data.validation", "network.modules.0.neurons", "network.modules.0.recurrent.density",
		"dynamics.order", "dynamics.code", "learning.kappa", "learning.batch", "readout.weights.1", "readout.on", "preprocess.scale",
	} {
		if err == nil || !strings.Contains(err.Error(), key+": ") {
			t.Errorf("no problem with the key %s in:\n%v", key, err)
		}
	}
	var problem network.Problem
	if !errors.As(err, &problem) {
		t.Errorf("problems are not of type network.Problem: %T", err)
	}
	if err := Defaults().Validate(); err != nil {
		t.Errorf("the defaults are not valid: %v", err)
	}
}
