package ridge

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"basin/internal/kernel"
)

// problem is some samples.
type problem struct {
	neurons, classes int
	real             bool
	states           [][]float32
	labels           []int
}

func draw(seed uint64, neurons, classes, samples int, real bool) problem {
	r := rand.New(rand.NewPCG(seed, 1))
	p := problem{neurons: neurons, classes: classes, real: real}
	for range samples {
		state := make([]float32, neurons)
		for i := range state {
			state[i] = float32(2*r.IntN(2) - 1)
			if real {
				state[i] = 2*r.Float32() - 1
			}
		}
		p.states = append(p.states, state)
		p.labels = append(p.labels, r.IntN(classes))
	}
	return p
}

func (p problem) equations(t *testing.T, workers int) *Equations {
	t.Helper()
	e, err := New(p.neurons, p.classes, p.real, workers)
	if err != nil {
		t.Fatal(err)
	}
	for k, state := range p.states {
		if err := e.Add(context.Background(), state, p.labels[k]); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func (p problem) solve(t *testing.T, workers int, strength float64) []float64 {
	t.Helper()
	o, err := p.equations(t, workers).Solve(context.Background(), strength, nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// target is y of a class for a sample.
func (p problem) target(class, sample int) float64 {
	y := -1.0
	if p.labels[sample] == class {
		y = 1
	}
	return y - (2-float64(p.classes))/float64(p.classes)
}

// gram is S S^T, the samples in their order.
func (p problem) gram() [][]float64 {
	a := make([][]float64, p.neurons)
	for i := range a {
		a[i] = make([]float64, p.neurons)
		for j := range a[i] {
			for _, s := range p.states {
				a[i][j] += float64(float64(s[i]) * float64(s[j]))
			}
		}
	}
	return a
}

var problems = []problem{
	draw(1, 1, 1, 1, false), draw(2, 3, 2, 5, false), draw(3, 63, 10, 200, false), draw(4, 65, 3, 64, false),
	draw(5, 66, 40, 4097, false), draw(6, 40, 4, 8300, false), draw(7, 128, 5, 100, false),
	draw(8, 5, 3, 300, true), draw(9, 70, 33, 513, true), draw(10, 129, 2, 256, true),
}

// What is summed is S S^T, whatever the kernel and however samples fill chunks.
func TestGramEqualsTheSumOverSamples(t *testing.T) {
	forEveryKernel(t, func(t *testing.T) {
		for n, p := range problems {
			e, want := p.equations(t, 2), p.gram()
			if err := e.flush(context.Background()); err != nil {
				t.Fatal(err)
			}
			for i := range p.neurons {
				for j := i; j < p.neurons; j++ {
					if got := e.matrix[i*e.size+j]; got != want[i][j] {
						t.Fatalf("problem %d: neurons %d and %d: %v, want %v", n, i, j, got, want[i][j])
					}
				}
				for c := range p.classes {
					sum := 0.0
					for k, s := range p.states {
						if p.labels[k] == c {
							sum += float64(s[i])
						}
					}
					if got := e.sums[i*p.classes+c]; got != sum {
						t.Fatalf("problem %d: neuron %d, class %d: sum %v, want %v", n, i, c, got, sum)
					}
				}
			}
		}
	})
}

// plainFactor is the factor as its formula has it.
func plainFactor(a [][]float64) [][]float64 {
	l := make([][]float64, len(a))
	for i := range a {
		l[i] = slices.Clone(a[i][:i+1])
		for j := range i + 1 {
			for k := range j {
				l[i][j] -= float64(l[i][k] * l[j][k])
			}
			if i == j {
				l[i][j] = math.Sqrt(l[i][j])
			} else {
				l[i][j] /= l[j][j]
			}
		}
	}
	return l
}

// Panels, tiles, workers and kernels change no bit of the factor.
func TestFactorEqualsTheFormula(t *testing.T) {
	forEveryKernel(t, func(t *testing.T) {
		for n, p := range problems {
			for _, workers := range []int{1, 3} {
				a, e := p.gram(), p.equations(t, workers)
				const alpha = 0.7
				for i := range a {
					a[i][i] += alpha
				}
				want := plainFactor(a)
				if err := e.flush(context.Background()); err != nil {
					t.Fatal(err)
				}
				if err := e.factor(context.Background(), alpha, func(float64) error { return nil }); err != nil {
					t.Fatal(err)
				}
				for i := range want {
					for j := range want[i] {
						if got := e.matrix[i*e.size+j]; math.Float64bits(got) != math.Float64bits(want[i][j]) {
							t.Fatalf("problem %d, %d workers: L at %d, %d is %v, want %v", n, workers, i, j, got, want[i][j])
						}
					}
				}
			}
		}
	})
}

// Another solver, of dense systems, finds the same readout to rounding.
func TestSolutionSolvesTheNormalEquations(t *testing.T) {
	for n, p := range problems {
		for _, strength := range []float64{1e-3, 0.5} {
			gram := p.gram()
			mean := 0.0
			for i := range gram {
				mean += gram[i][i] / float64(p.neurons)
			}
			a, b := mat.NewDense(p.neurons, p.neurons, nil), mat.NewDense(p.neurons, p.classes, nil)
			for i := range gram {
				for j := range gram {
					a.Set(i, j, gram[i][j])
				}
				a.Set(i, i, gram[i][i]+strength*mean)
				for c := range p.classes {
					sum := 0.0
					for k, s := range p.states {
						sum += float64(s[i]) * p.target(c, k)
					}
					b.Set(i, c, sum)
				}
			}
			var want mat.Dense
			if err := want.Solve(a, b); err != nil {
				t.Fatal(err)
			}
			got := p.solve(t, 2, strength)
			for i := range p.neurons {
				for c := range p.classes {
					if d := math.Abs(got[i*p.classes+c] - want.At(i, c)); d > 1e-9*mat.Norm(&want, 2)+1e-12 {
						t.Fatalf("problem %d, strength %v: neuron %d, class %d: %v, want %v", n, strength, i, c, got[i*p.classes+c], want.At(i, c))
					}
				}
			}
		}
	}
}

// With alpha above all else, O is S Y^T / alpha.
func TestStrongRidgeIsTheHebbianReadout(t *testing.T) {
	p := draw(11, 40, 6, 500, false)
	const strength = 1e9
	o := p.solve(t, 1, strength)
	for i := range p.neurons {
		for c := range p.classes {
			hebb := 0.0
			for k, s := range p.states {
				hebb += float64(s[i]) * p.target(c, k)
			}
			if got := o[i*p.classes+c] * strength * 500; math.Abs(got-hebb) > 1e-5 {
				t.Errorf("neuron %d, class %d: alpha O is %v, want %v", i, c, got, hebb)
			}
		}
	}
}

// More neurons than samples and hardly any ridge: the targets are met.
func TestWeakRidgeMeetsEveryTarget(t *testing.T) {
	p := draw(12, 150, 4, 60, false)
	o := p.solve(t, 1, 1e-9)
	for k, s := range p.states {
		for c := range p.classes {
			logit := 0.0
			for i, v := range s {
				logit += float64(v) * o[i*p.classes+c]
			}
			if want := p.target(c, k); math.Abs(logit-want) > 1e-5 {
				t.Errorf("sample %d, class %d: logit %v, want %v", k, c, logit, want)
			}
		}
	}
}

func TestSolutionIsTheSameForAllWorkersAndKernels(t *testing.T) {
	for n, p := range problems {
		var want []float64
		forEveryKernel(t, func(t *testing.T) {
			for _, workers := range []int{1, 2, 7} {
				got := p.solve(t, workers, 0.01)
				if want == nil {
					want = got
				}
				if !slices.Equal(got, want) {
					t.Fatalf("problem %d, %d workers: another solution", n, workers)
				}
			}
		})
	}
}

// One set of equations can be solved again, and goes on after that.
func TestEquationsOutliveTheirSolution(t *testing.T) {
	for _, real := range []bool{false, true} {
		p := draw(13, 100, 5, 700, real)
		e, err := New(p.neurons, p.classes, p.real, 2)
		if err != nil {
			t.Fatal(err)
		}
		for k, state := range p.states {
			if k == 300 {
				if _, err := e.Solve(context.Background(), 0.3, nil); err != nil {
					t.Fatal(err)
				}
			}
			if err := e.Add(context.Background(), state, p.labels[k]); err != nil {
				t.Fatal(err)
			}
		}
		if e.Samples() != 700 {
			t.Fatalf("%d samples, want 700", e.Samples())
		}
		for _, strength := range []float64{0.1, 0.001} {
			got, err := e.Solve(context.Background(), strength, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := p.solve(t, 1, strength)
			for k := range want {
				if real && math.Abs(got[k]-want[k]) < 1e-12 || got[k] == want[k] {
					continue
				}
				t.Fatalf("real %t, strength %v: place %d is %v, want %v", real, strength, k, got[k], want[k])
			}
		}
	}
}

func TestEquationsStop(t *testing.T) {
	p := draw(14, 200, 3, 100, false)
	e := p.equations(t, 2)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := e.Solve(ctx, 0.1, func(share float64) error {
		if !(share > 0) || share > 1 {
			t.Errorf("share %v", share)
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled solution: %v", err)
	}
	own := errors.New("own")
	if _, err := e.Solve(context.Background(), 0.1, func(float64) error { return own }); !errors.Is(err, own) {
		t.Errorf("an observer's error: %v", err)
	}
	got, err := e.Solve(context.Background(), 0.1, nil)
	if err != nil || !slices.Equal(got, p.solve(t, 1, 0.1)) {
		t.Errorf("after that: %v, or another solution", err)
	}
}

func TestBadInputIsReported(t *testing.T) {
	for _, c := range []struct{ neurons, classes int }{{0, 3}, {3, 0}, {-1, 2}, {100_000, 10}} {
		if _, err := New(c.neurons, c.classes, false, 1); err == nil {
			t.Errorf("%d neurons and %d classes: no error", c.neurons, c.classes)
		}
	}
	e, err := New(3, 2, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Solve(context.Background(), 0.1, nil); err == nil {
		t.Error("no samples: no error")
	}
	for _, label := range []int{-1, 2} {
		if err := e.Add(context.Background(), []float32{1, 1, 1}, label); err == nil {
			t.Errorf("label %d: no error", label)
		}
	}
	if err := e.Add(context.Background(), []float32{1}, 0); err == nil {
		t.Error("a short state: no error")
	}
	if err := e.Add(context.Background(), []float32{1, 1, -1}, 0); err != nil {
		t.Fatal(err)
	}
	for _, strength := range []float64{0, -1, math.NaN()} {
		if _, err := e.Solve(context.Background(), strength, nil); err == nil {
			t.Errorf("strength %v: no error", strength)
		}
	}
	if _, err := e.Solve(context.Background(), 1e-300, nil); !errors.Is(err, errIndefinite) {
		t.Errorf("singular equations: %v", err)
	}
}

func forEveryKernel(t *testing.T, run func(t *testing.T)) {
	for _, name := range kernel.Available() {
		t.Run(name, func(t *testing.T) {
			undo, err := kernel.Use(name)
			if err != nil {
				t.Fatal(err)
			}
			defer undo()
			run(t)
		})
	}
}
