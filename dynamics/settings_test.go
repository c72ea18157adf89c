package dynamics

import (
	"math"
	"strings"
	"testing"
)

func TestSettingsReportWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		settings Settings
		want     string
	}{
		{Settings{}, ""},
		{Settings{Order: Parallel, Probability: -1}, ""},
		{Settings{Order: Sequential}, ""},
		{Settings{Order: Partial, Probability: 1}, ""},
		{Settings{Order: Partial}, "dynamics: probability: is 0, want a number above 0 and at most 1"},
		{Settings{Order: Partial, Probability: 1.01}, "probability: is 1.01, want a number above 0 and at most 1"},
		{Settings{Order: Partial, Probability: math.NaN()}, "probability: is NaN"},
		{Settings{Order: "random"}, `dynamics: order: is "random", want "parallel", "partial", "sequential" or "modules"`},
		{Settings{Order: Modules, Stop: StopAtCycle}, ""},
		{Settings{Stop: "never"}, `dynamics: stop: is "never", want "fixed_point", "cycle" or "budget"`},
	} {
		err := c.settings.Validate()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.settings, err, c.want)
		}
	}
}

func TestRelaxAndNewBatchReportWhatDoesNotFit(t *testing.T) {
	n := drawNetwork(t, one(4, 1, 0), []int{3}, 2, 1)
	for _, c := range []struct {
		settings Settings
		x        []float32
		sweeps   int
		want     string
	}{
		{Settings{}, make([]float32, 2), 1, "dynamics: input has 2 values, the network reads 3"},
		{Settings{}, make([]float32, 3), 0, "dynamics: a budget of 0 sweeps, want at least 1"},
		{Settings{Order: "no"}, make([]float32, 3), 1, `dynamics: order: is "no"`},
	} {
		if _, _, err := Relax(n, c.settings, c.x, c.sweeps); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	if _, err := NewBatch(n, Settings{}, 0); err == nil || err.Error() != "dynamics: a batch for 0 samples, want at least 1" {
		t.Errorf("a batch without samples: %v", err)
	}
}

func TestStatusHasATextForm(t *testing.T) {
	if Budget.String() != "budget" || FixedPoint.String() != "fixed point" {
		t.Errorf("statuses read %q and %q", Budget, FixedPoint)
	}
}
