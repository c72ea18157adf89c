package protocol_test

import (
	"runtime"
	"testing"

	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// The estimate is within 0.75 and 1.5 times what learner and predictor really allocate.
func TestFootprintIsWhatALearnerTakes(t *testing.T) {
	for name, changes := range map[string][]string{
		"dense":   {"network.modules.0.neurons=2000", "learning.batch=64"},
		"sparse":  {"network.modules.0={neurons: 20000, recurrent: {density: 0.001}, input: {density: 0.01}}", "learning.batch=256"},
		"soft":    {"network.modules.0.neurons=1000", "learning.batch=512", "learning.softness=2"},
		"chain":   {"network.chain={modules: 4, size: 1000, lambda: 0.5}", "learning.batch=128"},
		"tanh":    {"network.modules.0={neurons: 1000, tanh: 1.5}", "learning.batch=128"},
		"rival":   {"network.modules.0.neurons=2000", "learning.batch=512", "dynamics.code=rival", "dynamics.feedback.free=[0]"},
		"batches": {"network.modules.0={neurons: 3000, recurrent: {density: 0.01}}", "learning.batch=4096"},
	} {
		s := settings.Defaults()
		if err := settings.Set(&s, changes); err != nil {
			t.Fatal(err)
		}
		n, err := network.Draw(s.Network, []int{28, 28}, 10, 1)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		learner, err := protocol.NewLearner(s.Protocol(), n, s.Learning.Batch, 2)
		if err != nil {
			t.Fatal(err)
		}
		predictor, err := protocol.NewPredictor(s.Protocol(), n, 2)
		if err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		learner.Close()
		predictor.Close()
		took, estimate := after.TotalAlloc-before.TotalAlloc, s.Protocol().Footprint(n, s.Learning.Batch, 2)
		if share := float64(estimate) / float64(took); share < 0.75 || share > 1.5 {
			t.Errorf("%s: estimate %d bytes, took %d: %.2f", name, estimate, took, share)
		}
	}
}
