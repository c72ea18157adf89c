package ridge

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
)

// kept returns the equations of a problem with its samples.
func (p problem) kept(t *testing.T, workers int) *Equations {
	t.Helper()
	e, err := New(p.neurons, p.classes, p.real, workers)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Keep(); err != nil {
		t.Fatal(err)
	}
	for k, state := range p.states {
		if err := e.Add(context.Background(), state, p.labels[k]); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func (p problem) margins(t *testing.T, workers int, strength float64, rounds int) []float64 {
	t.Helper()
	o, err := p.kept(t, workers).Margins(context.Background(), strength, rounds, nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// slope returns the largest derivative of the squared margin errors at a readout, and the
// largest it has at zero.
func (p problem) slope(o []float64, alpha float64) (here, atZero float64) {
	for c := range p.classes {
		gradient, zero := make([]float64, p.neurons), make([]float64, p.neurons)
		for k, s := range p.states {
			y, logit := -1.0, 0.0
			if p.labels[k] == c {
				y = 1
			}
			for i, v := range s {
				logit += float64(v) * o[i*p.classes+c]
			}
			for i, v := range s {
				gradient[i] -= 2 * max(0, 1-y*logit) * y * float64(v)
				zero[i] -= 2 * y * float64(v)
			}
		}
		for i := range gradient {
			here = max(here, math.Abs(gradient[i]+2*alpha*o[i*p.classes+c]))
			atZero = max(atZero, math.Abs(zero[i]))
		}
	}
	return here, atZero
}

// After many rounds the derivatives of the squared margin errors are zero, which makes them
// least: they are convex.
func TestMarginsAreLeast(t *testing.T) {
	for _, p := range []problem{draw(20, 30, 4, 200, false), draw(21, 70, 3, 150, false)} {
		const strength = 0.02
		o := p.margins(t, 2, strength, 1000)
		if here, zero := p.slope(o, strength*float64(len(p.states))); here > 1e-5*zero {
			t.Errorf("%d neurons, %d samples: slope %v, at zero it is %v", p.neurons, len(p.states), here, zero)
		}
		ridge := p.solve(t, 1, strength)
		if here, zero := p.slope(ridge, strength*float64(len(p.states))); here < 1e-3*zero {
			t.Errorf("%d neurons: the ridge is as good: slope %v of %v", p.neurons, here, zero)
		}
	}
}

// The rounds as they are written down, with equations solved from the start each time.
func TestRoundsAreThoseOfTheFormula(t *testing.T) {
	p := draw(23, 66, 5, 300, false)
	const strength, rounds = 0.05, 4
	o, before := make([]float64, p.neurons*p.classes), make([]float64, p.neurons*p.classes)
	for round := range rounds + 1 {
		step, right := max(0, float64(round-2)/float64(round+1)), make([]float64, p.neurons*p.classes)
		for k, s := range p.states {
			for c := range p.classes {
				y, logit := -1.0, 0.0
				if p.labels[k] == c {
					y = 1
				}
				for i, v := range s {
					at := i*p.classes + c
					logit += float64(v) * (o[at] + step*(o[at]-before[at]))
				}
				for i, v := range s {
					right[i*p.classes+c] += float64(v) * y * max(1, y*logit)
				}
			}
		}
		before, o = o, p.plainSolution(right, strength)
	}
	for k, v := range p.margins(t, 2, strength, rounds) {
		if math.Abs(v-o[k]) > 1e-10 {
			t.Fatalf("place %d is %v, want %v", k, v, o[k])
		}
	}
}

// plainSolution solves the equations for right sides by the plain factor.
func (p problem) plainSolution(right []float64, strength float64) []float64 {
	a := p.gram()
	for i := range a {
		a[i][i] += strength * float64(len(p.states))
	}
	l, x := plainFactor(a), slices.Clone(right)
	for c := range p.classes {
		for i := range p.neurons {
			for k := range i {
				x[i*p.classes+c] -= l[i][k] * x[k*p.classes+c]
			}
			x[i*p.classes+c] /= l[i][i]
		}
		for i := p.neurons - 1; i >= 0; i-- {
			for k := i + 1; k < p.neurons; k++ {
				x[i*p.classes+c] -= l[k][i] * x[k*p.classes+c]
			}
			x[i*p.classes+c] /= l[i][i]
		}
	}
	return x
}

func TestMarginsAreTheSameForAllWorkersAndKernels(t *testing.T) {
	for n, p := range problems {
		if p.real {
			continue
		}
		var want []float64
		forEveryKernel(t, func(t *testing.T) {
			for _, workers := range []int{1, 2, 7} {
				got := p.margins(t, workers, 0.01, 3)
				if want == nil {
					want = got
				}
				if !slices.Equal(got, want) {
					t.Fatalf("problem %d, %d workers: another readout", n, workers)
				}
			}
		})
	}
}

func TestMarginsStopAndReport(t *testing.T) {
	p := draw(24, 100, 3, 500, false)
	e := p.kept(t, 2)
	for _, at := range []float64{0.3, 0.8} {
		ctx, cancel := context.WithCancel(context.Background())
		last := 0.0
		_, err := e.Margins(ctx, 0.1, 5, func(share float64) error {
			if share < last || share > 1 {
				t.Errorf("share %v after %v", share, last)
			}
			if last = share; share > at {
				cancel()
			}
			return nil
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at %v: %v", at, err)
		}
	}
	got, err := e.Margins(context.Background(), 0.1, 5, nil)
	if err != nil || !slices.Equal(got, p.margins(t, 1, 0.1, 5)) {
		t.Errorf("after that: %v, or another readout", err)
	}
	if _, err := e.Margins(context.Background(), 0.1, 0, nil); err == nil {
		t.Error("no rounds: no error")
	}
	if _, err := p.equations(t, 1).Margins(context.Background(), 0.1, 5, nil); err == nil {
		t.Error("samples that were not kept: no error")
	}
	if err := p.equations(t, 1).Keep(); err == nil {
		t.Error("kept from the second sample on: no error")
	}
	real, err := New(3, 2, true, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := real.Keep(); err == nil {
		t.Error("real states are kept: no error")
	}
}
