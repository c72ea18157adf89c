package protocol

import (
	"math"
	"strings"
	"testing"

	"basin/dynamics"
	"basin/internal/ridge"
	"basin/network"
	"basin/plasticity"
)

// A symmetric rule needs both couplings of each pair: it refuses sparse masks that are not
// symmetric, and shared couplings, but lets a module without couplings pass.
func TestSymmetricRulesRefuseCouplingsWithoutAMirror(t *testing.T) {
	shared := network.RecurrentSpec{Density: 1, Window: 3, Shared: true}
	none := shared
	none.Density = 0
	for _, c := range []struct {
		recurrent network.RecurrentSpec
		want      string
	}{
		{network.RecurrentSpec{Density: 1}, ""},
		{network.RecurrentSpec{Density: 0.5, Symmetric: true}, ""},
		{network.RecurrentSpec{Density: 0.5}, "a mask that is not symmetric"},
		{shared, "network.modules.1.recurrent is shared"},
		{none, ""},
	} {
		spec := network.Spec{Modules: []network.ModuleSpec{{Neurons: 3}, {Channels: 3, Recurrent: c.recurrent}}}
		for _, symmetry := range plasticity.Symmetries() {
			var s Settings
			s.Learning.Symmetry = symmetry
			err := s.Fits(spec)
			if refuse := c.want != "" && symmetry != plasticity.Asymmetric; (err != nil) != refuse || refuse && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%+v, symmetry %s: error %v, want %q", c.recurrent, symmetry, err, c.want)
			}
		}
	}
}

// How many neurons a module on a grid has is known with the shape of the inputs. A readout of
// too many of them is refused before anything is learned, and counts as memory where it is not.
func TestReadoutOfAGridIsRefusedBeforeLearning(t *testing.T) {
	still := Constant(0)
	s := Settings{
		Dynamics: Dynamics{
			Order: dynamics.Parallel, Stop: dynamics.StopAtFixedPoint, Probability: 1, Code: network.Balanced,
			Warmup: 1, Clamped: 1, Free: 1, Evaluation: 1,
		},
		Learning: Learning{
			Epochs: 1, Batch: 1, Symmetry: plasticity.Asymmetric, Unstable: ReceiverUnstable, Kappa: still, Feedback: still,
			Recurrent: BlockLearning{Rate: still}, Links: BlockLearning{Rate: still}, Input: BlockLearning{Rate: still},
		},
		Readout: Readout{Rate: still, Weights: [2]float64{1, 1}, On: []ReadoutState{OnFree}},
	}
	if math.MaxInt == math.MaxInt32 {
		t.Skip("32 bits: the equations may take half a gigabyte, which both grids exceed")
	}
	spec := network.Spec{Modules: []network.ModuleSpec{{Channels: 30, Input: network.InputSpec{Gain: 1, Density: 1, Window: 3, Shared: true}}}}
	for _, c := range []struct {
		side int
		want string
	}{{28, ""}, {32, "a readout of 27000 neurons take 5.8 GB"}} {
		n, err := network.Outline(spec, []int{c.side, c.side}, 2)
		if err != nil {
			t.Fatal(err)
		}
		plain := s.Footprint(n, 1, 1)
		for _, method := range []ReadoutMethod{Local, Ridge, Margin} {
			s := s
			s.Readout.Method = method
			refuse := c.want != "" && method.Solved()
			if err := validate(s, n); (err != nil) != refuse || refuse && !strings.Contains(err.Error(), c.want) {
				t.Errorf("side %d, %s: error %v, want %q", c.side, method, err, c.want)
			}
			more := int64(0)
			if method.Solved() {
				more = int64(ridge.Bytes(n.ReadNeurons()))
			}
			if got := s.Footprint(n, 1, 1) - plain; got != more {
				t.Errorf("side %d, %s: %d bytes more, want %d", c.side, method, got, more)
			}
		}
	}
}
