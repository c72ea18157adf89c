package baseline

import (
	"errors"
	"math"
	"slices"
	"testing"

	"basin/internal/kernel"
)

func contrastive(t testing.TB, s ContrastiveSettings, samples Samples, classes int) *Contrastive {
	t.Helper()
	c, err := NewContrastive(s, samples, classes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// strong makes couplings of hidden units that are not small, and J symmetric.
func (c *Contrastive) strong() {
	for i := range c.settings.Hidden {
		for j := range i {
			if c.lateral != nil {
				v := 0.15 * float32(math.Sin(float64(7*i+3*j)))
				c.lateral.weights[j*c.lateral.stride+i], c.lateral.weights[i*c.lateral.stride+j] = v, v
			}
		}
		for k := range c.classes {
			c.output.weights[i*c.output.stride+k] = 0.2 * float32(math.Sin(float64(5*i*i+2*k)))
		}
	}
	c.transpose()
}

// restLoss is the mean of |o - y|^2/2 over samples, each at rest by plain sweeps in float64. It
// reads U and J where units send, and each pair of J once.
func restLoss(c *Contrastive, s *points) float64 {
	total, V, U := 0.0, c.hidden, c.output
	for q, x := range s.rows {
		drive, h, o := make([]float64, c.settings.Hidden), make([]float64, c.settings.Hidden), make([]float64, c.classes)
		for i := range drive {
			drive[i] = float64(V.weights[len(x)*V.stride+i])
			for k, v := range x {
				drive[i] += float64(V.weights[k*V.stride+i]) * float64(v)
			}
		}
		for range 80 {
			for i := range h {
				field := drive[i]
				for k := range o {
					field += float64(U.weights[i*U.stride+k]) * o[k]
				}
				for j := range h {
					if c.lateral != nil && j != i {
						field += float64(c.lateral.weights[min(i, j)*c.lateral.stride+max(i, j)]) * h[j]
					}
				}
				h[i] = min(max(field, 0), 1)
			}
			for k := range o {
				o[k] = float64(U.weights[c.settings.Hidden*U.stride+k])
				for i := range h {
					o[k] += float64(U.weights[i*U.stride+k]) * h[i]
				}
			}
		}
		for k := range o {
			d := o[k]
			if k == s.labels[q] {
				d--
			}
			total += d * d / 2
		}
	}
	return total / float64(len(s.rows))
}

// After the first step the running mean of Adam is a tenth of what couplings move against. With
// little nudging that is the slope of the loss at rest: what remains is of the order of beta^2,
// 3e-5 here, and the rounding of states, 1e-7, over 2 beta. Differences over 2e-4 leave less, where
// no unit comes to 0 or to 1 in between; of 9 samples and 18 units none does.
func TestDifferenceOfTwoStatesIsTheSlopeOfTheLoss(t *testing.T) {
	for _, lateral := range []bool{false, true} {
		samples := drawn(9, 5, 3, 1)
		c := contrastive(t, ContrastiveSettings{Settings: Settings{Hidden: 18, Epochs: 1, Batch: 9, Rate: 1e-30, Seed: 2, Workers: 2}, Nudge: 0.005, Free: 100, Nudged: 100, Lateral: lateral}, samples, 3)
		c.strong()
		want := restLoss(c, samples)
		err := c.Run(t.Context(), func(got Progress) error {
			if math.Abs(got.Loss-want) > 1e-5 {
				t.Errorf("lateral %v: loss %v at rest, want %v", lateral, got.Loss, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		layers := map[string]*layer{"V": c.hidden, "U": c.output}
		if lateral {
			layers["J"] = c.lateral
		}
		for name, l := range layers {
			largest := 0.0
			for k := range l.senders + 1 {
				for i := range l.receivers {
					at := k*l.stride + i
					got := float64(l.mean[at]) / (1 - meanDecay)
					if name == "J" && (k >= i || k == l.senders) {
						continue // the diagonal, a pair that was seen, biases that J has not
					}
					const h = 2e-4
					kept := l.weights[at]
					l.weights[at] = kept + h
					up := restLoss(c, samples)
					l.weights[at] = kept - h
					down := restLoss(c, samples)
					step := float64(kept+h) - float64(kept-h)
					l.weights[at] = kept
					if slope := (up - down) / step; math.Abs(slope-got) > 1e-4 {
						t.Errorf("lateral %v: %s from %d to %d: difference %v, slope %v", lateral, name, k, i, got, slope)
					}
					largest = max(largest, math.Abs(got))
				}
			}
			if largest < 0.01 {
				t.Errorf("lateral %v: %s: the largest difference is %v: nothing was compared", lateral, name, largest)
			}
		}
	}
}

// couplings returns all that a network has learned.
func couplings(c *Contrastive) []float32 {
	all := append(slices.Clone(c.hidden.weights), c.output.weights...)
	if c.lateral != nil {
		all = append(all, c.lateral.weights...)
	}
	return all
}

func TestContrastIsTheSameForWorkersKernelsAndInterruptions(t *testing.T) {
	samples := drawn(75, 37, 4, 3)
	s := ContrastiveSettings{Settings: Settings{Hidden: 50, Epochs: 3, Batch: 32, Rate: 0.01, Seed: 5, Workers: 1}, Nudge: 0.5, Free: 6, Nudged: 3, Lateral: true}
	first := contrastive(t, s, samples, 4)
	if err := first.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	J, stride := first.lateral.weights, first.lateral.stride
	moved := false
	for i := range 50 {
		for j := range 50 {
			if J[i*stride+j] != J[j*stride+i] || i == j && J[i*stride+j] != 0 {
				t.Fatalf("J from %d to %d is %v, back %v", i, j, J[i*stride+j], J[j*stride+i])
			}
			moved = moved || J[i*stride+j] != 0
		}
	}
	if !moved {
		t.Error("J has not moved")
	}
	compare := func(name string, s ContrastiveSettings) {
		c, stop := contrastive(t, s, samples, 4), errors.New("stop")
		err := stop
		for batches := 0; errors.Is(err, stop); {
			err = c.Run(t.Context(), func(Progress) error {
				if batches++; batches%2 == 0 {
					return stop
				}
				return nil
			})
		}
		if err != nil || !slices.Equal(couplings(c), couplings(first)) {
			t.Errorf("%s: other couplings, error %v", name, err)
		}
	}
	compare("in pieces", s)
	for _, workers := range []int{2, 3, 40} {
		more := s
		more.Workers = workers
		compare("more workers", more)
	}
	for _, name := range kernel.Available() {
		undo, err := kernel.Use(name)
		if err != nil {
			t.Fatal(err)
		}
		compare("kernel "+name, s)
		undo()
	}
}
