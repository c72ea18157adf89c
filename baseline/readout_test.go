package baseline

import (
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func features(t testing.TB, s FeaturesSettings, samples Samples, classes int) *RandomFeatures {
	t.Helper()
	f, err := NewRandomFeatures(s, samples, classes)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return f
}

func reservoir(t testing.TB, s ReservoirSettings, samples Samples, classes int) *Reservoir {
	t.Helper()
	r, err := NewReservoir(s, samples, classes)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// states returns those of all samples.
func states(t testing.TB, r *readout, s Samples) [][]float32 {
	t.Helper()
	var all [][]float32
	err := respond(t.Context(), s, s.Count(), r.units, 2, r.states, func(_ int, state []float32) error {
		all = append(all, slices.Clone(state))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The states by the formulas, in float64: single precision leaves 1e-5.
func TestStatesAreThoseOfTheFormulas(t *testing.T) {
	const dim, units = 5, 19
	samples := drawn(150, dim, 2, 1)
	weights, stride := newDrive(dim, units, 4)
	drive := func(x []float32, i int) float64 {
		a := float64(weights[dim*stride+i])
		for k, v := range x {
			a += float64(weights[k*stride+i]) * float64(v)
		}
		return a
	}
	f, err := NewRandomFeatures(FeaturesSettings{Units: units, Seed: 4}, samples, 2)
	if err != nil {
		t.Fatal(err)
	}
	for q, state := range states(t, &f.readout, samples) {
		for i, got := range state {
			if want := max(0, drive(samples.rows[q], i)); math.Abs(float64(got)-want) > 1e-5 {
				t.Fatalf("feature %d of sample %d is %v, want %v", i, q, got, want)
			}
		}
	}
	recurrent := newRecurrent(units, stride, 0.9, 4)
	for _, steps := range []int{1, 2, 7} {
		r := reservoir(t, ReservoirSettings{Units: units, Radius: 0.9, Steps: steps, Seed: 4}, samples, 2)
		for q, state := range states(t, &r.readout, samples) {
			want := make([]float64, units)
			for range steps {
				next := make([]float64, units)
				for i := range next {
					next[i] = drive(samples.rows[q], i)
					for j, s := range want {
						next[i] += float64(recurrent[j*stride+i]) * s
					}
					next[i] = math.Tanh(next[i])
				}
				want = next
			}
			for i, got := range state {
				if math.Abs(float64(got)-want[i]) > 1e-5 {
					t.Fatalf("unit %d of sample %d after %d steps is %v, want %v", i, q, steps, got, want[i])
				}
			}
		}
	}
}

// The largest of 300 eigenvalues lies around the radius, 1/sqrt(300) = 0.06 of it being the
// measure of its scatter.
func TestSpectralRadiusIsThatOfTheSettings(t *testing.T) {
	const units = 300
	for seed := range uint64(2) {
		recurrent := newRecurrent(units, 304, 0.7, seed)
		j := mat.NewDense(units, units, nil)
		for k := range units {
			for i := range units {
				j.Set(i, k, float64(recurrent[k*304+i]))
			}
		}
		var e mat.Eigen
		if !e.Factorize(j, mat.EigenNone) {
			t.Fatal("no eigenvalues")
		}
		radius := 0.0
		for _, v := range e.Values(nil) {
			radius = max(radius, cmplx.Abs(v))
		}
		if math.Abs(radius/0.7-1) > 0.15 {
			t.Errorf("seed %d: radius %v, want 0.7", seed, radius)
		}
	}
}

// The readout of a ridge by the equations, solved by another way in float64. The states are
// rounded to single precision, and so is the solution.
func TestReadoutSolvesTheRidge(t *testing.T) {
	const units, classes, strength = 7, 3, 0.05
	samples := drawn(500, 4, classes, 2)
	f := features(t, FeaturesSettings{Units: units, Strength: strength, Seed: 1, Workers: 2}, samples, classes)
	left, right := mat.NewDense(units+1, units+1, nil), mat.NewDense(units+1, classes, nil)
	for q, state := range states(t, &f.readout, samples) {
		state = append(state, 1)
		for i, a := range state {
			for j, b := range state {
				left.Set(i, j, left.At(i, j)+float64(a)*float64(b))
			}
			for c := range classes {
				target := -2.0 / classes
				if c == samples.labels[q] {
					target += 2
				}
				right.Set(i, c, right.At(i, c)+float64(a)*target)
			}
		}
	}
	mean := mat.Trace(left) / (units + 1)
	for i := range units + 1 {
		left.Set(i, i, left.At(i, i)+strength*mean)
	}
	var want mat.Dense
	if err := want.Solve(left, right); err != nil {
		t.Fatal(err)
	}
	for i := range units + 1 {
		for c := range classes {
			if got := float64(f.couplings[i*f.stride+c]); math.Abs(got-want.At(i, c)) > 1e-6 {
				t.Errorf("coupling of unit %d to class %d is %v, want %v", i, c, got, want.At(i, c))
			}
		}
	}
	if f.Strength() != strength {
		t.Errorf("strength %v, want %v", f.Strength(), strength)
	}
}

// Every strength by itself, on every part by itself. What was chosen is then learned from all
// samples, in another order than without a choice, which leaves the rounding of sums.
func TestStrengthIsThatOfMostHeldOut(t *testing.T) {
	const units, classes = 60, 3
	samples := mixed(200, 8, classes, 3)
	f := features(t, FeaturesSettings{Units: units, Seed: 5, Workers: 2}, samples, classes)
	right := make([]int, len(strengths))
	for n, strength := range strengths {
		for _, part := range folds(samples, classes, 5) {
			one := features(t, FeaturesSettings{Units: units, Strength: strength, Seed: 5}, part.learned, classes)
			err := one.Logits(t.Context(), part.held, part.held.Count(), func(i int, z []float32) {
				if Largest(z) == part.held.Label(i) {
					right[n]++
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if want := strengths[Largest(right)]; f.Strength() != want {
		t.Errorf("strength %v, want %v of those right %v", f.Strength(), want, right)
	}
	if slices.Min(right) == slices.Max(right) {
		t.Errorf("all strengths have %d right: nothing was chosen", right[0])
	}
	all := features(t, FeaturesSettings{Units: units, Strength: f.Strength(), Seed: 5}, samples, classes)
	for i, v := range all.couplings {
		if math.Abs(float64(v-f.couplings[i])) > 1e-5 {
			t.Fatalf("coupling %v after the choice, %v without", f.couplings[i], v)
		}
	}
}

// Every sample is held out once, its class as evenly as it goes, and of many samples a fifth
// is.
func TestFoldsDivideTheSamples(t *testing.T) {
	for _, count := range []int{5, 23, 5000, 5001} {
		samples := drawn(count, 3, 3, 1)
		parts, held, byClass := folds(samples, 3, 2), map[int32]int{}, [3]int{}
		for _, label := range samples.labels {
			byClass[label]++
		}
		want := 5
		if count > 5000 {
			want = 1
		}
		if len(parts) != want {
			t.Fatalf("%d samples: %d parts, want %d", count, len(parts), want)
		}
		for _, part := range parts {
			both := slices.Concat(part.learned.places, part.held.places)
			slices.Sort(both)
			for i, place := range both {
				if int(place) != i {
					t.Fatalf("%d samples: places %v", count, both)
				}
			}
			var classes [3]int
			for i, place := range part.held.places {
				held[place]++
				classes[part.held.Label(i)]++
			}
			for c, n := range classes {
				if math.Abs(float64(n)-float64(byClass[c])/5) >= 1.01 {
					t.Errorf("%d samples: %d of class %d are held out, of %d", count, n, c, byClass[c])
				}
			}
		}
		if want == 5 && len(held) != count {
			t.Errorf("%d of %d samples are held out", len(held), count)
		}
	}
	if parts := folds(drawn(4, 3, 3, 1), 3, 2); parts != nil {
		t.Errorf("%d parts of 4 samples", len(parts))
	}
}
