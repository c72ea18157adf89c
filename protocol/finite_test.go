package protocol_test

import (
	"math"
	"strings"
	"testing"

	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// given are inputs in rows of three.
type given [][3]float32

func (given) Dim() int { return 3 }

func (g given) Row(i int, dst []float32) { copy(dst, g[i][:]) }

func TestInputsThatAreNotFiniteAreAnError(t *testing.T) {
	s := settings.Defaults()
	if err := settings.Set(&s, []string{"network.modules.0.neurons=20"}); err != nil {
		t.Fatal(err)
	}
	n, err := network.Draw(s.Network, []int{3}, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	predictor, err := protocol.NewPredictor(s.Protocol(), n, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer predictor.Close()
	single, err := protocol.NewSingle(s.Protocol(), n)
	if err != nil {
		t.Fatal(err)
	}
	for _, strange := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		rows := given{{1, 2, 3}, {1, 2, strange}, {1, 2, 3}}
		seen := 0
		_, err := predictor.Predict(t.Context(), rows, 3, func(int, protocol.Prediction) error {
			seen++
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), "sample 1: input 2 is ") || seen != 1 {
			t.Errorf("%v: %d predictions, error %v", strange, seen, err)
		}
		if _, err := single.Predict(rows[1][:]); err == nil || !strings.Contains(err.Error(), "input 2 is ") {
			t.Errorf("%v alone: error %v", strange, err)
		}
		if _, err := single.Predict(rows[0][:]); err != nil {
			t.Errorf("after %v: %v", strange, err)
		}
	}
}
