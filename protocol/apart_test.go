package protocol_test

import (
	"slices"
	"testing"

	"basin/dynamics"
	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// Samples of a sparse network learn the same bits and count the same, one after the other, as
// they do by themselves, some at once and all at once.
func TestSamplesTogetherLearnWhatTheyDoApart(t *testing.T) {
	two := two()
	two.Network.Modules[0].Recurrent.Density, two.Network.Modules[1].Recurrent.Density = 0.1, 0.06
	two.Network.Links[0].Density = 0.1
	for name, s := range map[string]settings.Settings{"one module": small(50, 0.1), "two modules": two} {
		training, _, shape := digits(t, s.Preprocess, 40)
		learned := func(s settings.Settings, workers, together int) ([]uint32, []protocol.Tally) {
			return togetherLearned(t, s, training, drawn(t, s, shape), workers, together)
		}
		for _, order := range []dynamics.Order{dynamics.Parallel, dynamics.Partial, dynamics.Sequential} {
			for _, stop := range []dynamics.Stop{dynamics.StopAtFixedPoint, dynamics.StopAtCycle, dynamics.StopAtBudget} {
				s.Dynamics.Order, s.Dynamics.Stop = order, stop
				for _, workers := range []int{1, 2} {
					want, wantTally := learned(s, workers, 0)
					for _, together := range []int{1, 3, 20} {
						if got, tally := learned(s, workers, together); !slices.Equal(got, want) || !slices.Equal(tally, wantTally) {
							t.Errorf("%s, %s, stop %s, %d workers, %d at once: couplings equal: %t, tallies %+v, want %+v", name, order, stop, workers, together, slices.Equal(got, want), tally, wantTally)
						}
					}
				}
			}
		}
	}
}

// togetherLearned learns two mini-batches of 20 samples, so many at once, with 0 as many as a
// learner takes by itself, and returns couplings and tallies.
func togetherLearned(t *testing.T, s settings.Settings, training protocol.Samples, n *network.Network, workers, together int) ([]uint32, []protocol.Tally) {
	t.Helper()
	l, err := protocol.NewLearner(s.Protocol(), n, 20, workers)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if together > 0 {
		l.Together(together)
	}
	var tallies []protocol.Tally
	for first := range 2 {
		var places []int32
		for i := range 20 {
			places = append(places, int32(20*first+i))
		}
		tally, err := l.Step(protocol.Batch{Samples: training, Places: places, Before: first})
		if err != nil {
			t.Fatal(err)
		}
		tallies = append(tallies, tally)
	}
	return couplings(n), tallies
}
