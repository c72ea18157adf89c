package network

import (
	"math"

	"basin/internal/random"
)

// Topography is a mask in which couplings are the rarer the further apart two neurons
// are in the image. A neuron with a window has the position of the window's middle, any
// other a position drawn uniformly from the image. With reach r a receiver has the
// coupling from a sender at distance d with probability
//
//	min(1, c exp(-d^2 / (2 r^2)))
//
// where c gives each receiver rho N couplings on average, fewer only where c would make
// some probability exceed one.
type Topography struct {
	receivers, senders [][2]float64
	reach              float64
	weights            []float64
}

// Positions returns the position of each neuron of a module: row and column in the
// image, in pixels.
func (n *Network) Positions(seed uint64, module int) [][2]float64 {
	height, width := n.InputShape[0], n.InputShape[1]
	positions := make([][2]float64, n.Modules[module].Neurons)
	window := n.Spec.Modules[module].Input.Window
	for i := range positions {
		if window > 0 && n.Modules[module].Input != nil {
			mask := random.New(seed, random.InputMask, uint64(module), uint64(i))
			top, left := drawWindow(&mask, height, width, window)
			middle := float64(window-1) / 2
			positions[i] = [2]float64{float64(top) + middle, float64(left) + middle}
			continue
		}
		stream := random.New(seed, random.Position, uint64(module), uint64(i))
		positions[i] = [2]float64{stream.Float64() * float64(height-1), stream.Float64() * float64(width-1)}
	}
	return positions
}

func (n *Network) topography(seed uint64, receivers, senders int, reach float64) *Topography {
	return &Topography{
		receivers: n.Positions(seed, receivers), senders: n.Positions(seed, senders),
		reach: reach, weights: make([]float64, n.Modules[senders].Neurons),
	}
}

// present draws the senders of one receiver, ascending, without skip.
func (t *Topography) present(receiver, skip int, fanIn float64, stream random.Stream) []int32 {
	at, total := t.receivers[receiver], 0.0
	for j, p := range t.senders {
		dy, dx := p[0]-at[0], p[1]-at[1]
		t.weights[j] = 0
		if j != skip {
			t.weights[j] = math.Exp(-(float64(dy*dy) + float64(dx*dx)) / (2 * t.reach * t.reach))
			total += t.weights[j]
		}
	}
	var present []int32
	for j, w := range t.weights {
		if w > 0 && stream.Float64()*total < fanIn*w {
			present = append(present, int32(j))
		}
	}
	return present
}
