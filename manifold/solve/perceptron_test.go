package solve

import (
	"context"
	"math"
	"testing"

	"basin/internal/normal"
	"basin/network"
)

// perceptron returns a binary perceptron with N inputs and P random patterns as a network: a
// module of N neurons that are always stable, linked to one of P neurons that are held at +1.
// external are the fields that hold them.
func perceptron(t *testing.T, N, P int, seed uint64) (n *network.Network, external []float64) {
	t.Helper()
	n, err := network.Draw(network.Spec{
		Modules: []network.ModuleSpec{{Neurons: N, SelfCoupling: 1e4, Input: network.InputSpec{Density: 1}}, {Neurons: P}},
		Links:   []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Forward, Gain: 1, Density: 1}},
	}, []int{1}, 2, seed)
	if err != nil {
		t.Fatal(err)
	}
	external = make([]float64, n.StateSize())
	for i := range P {
		external[n.Modules[1].Offset+i] = 1e6
	}
	return n, external
}

// gauss integrates f over a standard normal variable.
func gauss(f func(z float64) float64) float64 {
	sum := 0.0
	const step = 0.01
	for z := -10.0; z <= 10; z += step {
		sum += step * math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) * f(z)
	}
	return sum
}

// replicaSymmetric returns the entropy of the binary perceptron without margin in nats per
// input: Krauth and Mezard, J. Phys. France 50, 3057 (1989).
func replicaSymmetric(alpha float64) float64 {
	q, dual := 0.1, 0.0
	for range 400 {
		dual = alpha / (1 - q) * gauss(func(z float64) float64 {
			_, h := normal.Log(math.Sqrt(q/(1-q)) * z)
			return h * h
		})
		q = 0.5*q + 0.5*gauss(func(z float64) float64 { return math.Pow(math.Tanh(math.Sqrt(dual)*z), 2) })
	}
	return -dual*(1-q)/2 + gauss(func(z float64) float64 { return logCosh(math.Sqrt(dual) * z) }) +
		alpha*gauss(func(z float64) float64 {
			log, _ := normal.Log(math.Sqrt(q/(1-q)) * z)
			return log
		})
}

// The same iteration gives the entropy of the binary perceptron, whose zero is the capacity
// .833. Networks of 2000 inputs; what they differ by from N -> infinity is of order 1/sqrt(N).
func TestPerceptronHasItsReplicaSymmetricEntropy(t *testing.T) {
	if testing.Short() {
		t.Skip("a long computation on one goroutine, left out by -short")
	}
	if s := replicaSymmetric(0.833); math.Abs(s) > 1e-3 {
		t.Fatalf("the formula gives %v at the capacity, want 0", s)
	}
	for _, alpha := range []float64{0.2, 0.4, 0.6} {
		n, external := perceptron(t, 2000, int(2000*alpha), 1)
		p, err := NewPropagation(n, nil, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		copy(p.External(), external)
		p.shake(1)
		if k, ok, err := p.Converge(context.Background(), 0.2, 1e-4, 500); err != nil || !ok {
			t.Fatalf("alpha = %v: after %d iterations converged: %t, %v", alpha, k, ok, err)
		}
		got, want := p.Entropy()*float64(n.Neurons())/2000, replicaSymmetric(alpha)
		t.Logf("alpha = %v: entropy %.4f, replica symmetric %.4f", alpha, got, want)
		if math.Abs(got-want) > 0.02 {
			t.Errorf("alpha = %v: entropy %v, want %v", alpha, got, want)
		}
	}
}

// Reinforcement stores .6 N patterns, as it does for binary perceptrons (Braunstein and
// Zecchina 2006 reach .74), and none beyond the capacity.
func TestReinforcementSolvesPerceptronsBelowTheirCapacity(t *testing.T) {
	if testing.Short() {
		t.Skip("a long computation on one goroutine, left out by -short")
	}
	for _, c := range []struct {
		alpha  float64
		solved bool
	}{{0.6, true}, {0.95, false}} {
		n, external := perceptron(t, 1001, int(1001*c.alpha), 2)
		s := Defaults(Reinforced)
		s.External, s.Budget = external, 600
		for i := range s.External {
			s.External[i] *= 1e19 // where all inputs are frozen a constraint is as strong as that
		}
		r, err := Solve(context.Background(), n, nil, s)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("alpha = %v: %v after %d iterations, %d unstable", c.alpha, r.Status, r.Iterations, r.Unstable)
		if (r.Status == Solved) != c.solved {
			t.Errorf("alpha = %v: %v, %d unstable", c.alpha, r.Status, r.Unstable)
		}
	}
}
