package tune

import (
	"math"

	"basin/network"
	"basin/settings"
)

// stack says that a network is windows of the image, shared and drawn from the samples, and pools
// of them with as many channels, as in the presets cifar-10 and fashion-mnist-shared.
func stack(n network.Spec) bool {
	windows, channels := 0, n.Modules[0].Channels
	for _, m := range n.Modules {
		if m.Channels == 0 || m.Channels != channels || m.Recurrent.Density > 0 || m.Tanh != 0 {
			return false
		}
		if m.Input.Density > 0 {
			if !m.Input.Shared || !m.Input.Imprint {
				return false
			}
			windows++
		}
	}
	for _, l := range n.Links {
		if l.Kind != network.Pool || n.Modules[l.Between[0]].Input.Density == 0 {
			return false
		}
	}
	return windows > 0 && len(n.Links) > 0 && len(n.Links) == len(n.Modules)-windows && n.Chain.Modules == 0
}

// share sets the channels of a stack.
func share(n network.Spec, channels int) {
	for i := range n.Modules {
		n.Modules[i].Channels = channels
	}
}

// Windows of a stack have about a fifth of the side, within these bounds: what photographs were
// measured with is 6 pixels. Images of more than twice stackSide pixels have fewer places.
const (
	leastWindow, mostWindow = 3, 6
	stackSide               = 32
)

// stackWindow returns the windows of a stack for the data.
func (p *space) stackWindow() int {
	return max(leastWindow, min(mostWindow, int(math.Round(float64(p.side())/5))))
}

// arrange gives a stack windows of so many pixels, and pools that cover the shorter side by so many
// cells, which overlap where they have to.
func (p *space) arrange(n network.Spec, window, cells int) {
	stride := max(1, p.side()/stackSide)
	places := (p.side()-window)/stride + 1
	step := max(1, places/cells)
	for i := range n.Modules {
		if in := &n.Modules[i].Input; in.Density > 0 {
			in.Window, in.Stride = window, stride
		}
	}
	for i := range n.Links {
		l := &n.Links[i]
		l.Window, l.Stride = max(1, places-(cells-1)*step), step
	}
}

// stack draws the windows and pools of a stack.
func (d *drawing) stack(s *settings.Settings) {
	if d.anew() {
		// 800 channels in place of 400 were worth 0.002 on Fashion-MNIST; a guide has 100.
		share(s.Network, int(d.factor(50, 800)))
	}
	if d.anew() {
		window := d.stackWindow() + among(d, -1, 0, 1, 2) // 5 to 8 pixels did as well on Fashion-MNIST
		d.arrange(s.Network, max(leastWindow, window), among(d, 3, 4, 4, 5))
	}
	for i := range s.Network.Modules {
		// Half of the neurons active cost 0.13 on CIFAR-10; 0.02 to 0.2 were within 0.03.
		if m := &s.Network.Modules[i]; m.Input.Density > 0 && d.anew() {
			m.Activity = among(d, 0.04, 0.07, 0.1, 0.15, 0.2)
		}
	}
	if d.looksFree() && d.anew() {
		s.Preprocess.Augment.Flip = among(d, 0, 0.5)
	}
}
