package dataset

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"basin/internal/random"
)

// correlated returns images of a Gaussian whose pixels and channels vary together: each value
// is the sum of independent ones around it, the same everywhere.
func correlated(count, height, width, channels int) *Set {
	s := &Set{Name: "correlated", Shape: []int{height, width, channels}, Floats: make([]float32, 0, count*height*width*channels)}
	if channels == 1 {
		s.Shape = s.Shape[:2]
	}
	for i := range count {
		draws := random.New(3, random.Synthetic, uint64(i))
		normal := draws.Rand()
		source := make([]float64, (height+1)*(width+1)*(channels+1))
		for k := range source {
			source[k] = normal.NormFloat64()
		}
		at := func(y, x, c int) float64 { return source[(y*(width+1)+x)*(channels+1)+c] }
		for y := range height {
			for x := range width {
				for c := range channels {
					s.Floats = append(s.Floats, float32(2+at(y, x, c)+0.5*at(y+1, x, c)+0.7*at(y, x+1, c)+0.4*at(y, x, c+1)))
				}
			}
		}
		s.Labels = append(s.Labels, i%2)
	}
	s.LabelNames = []string{"a", "b"}
	return s
}

// covarianceOf returns the covariance of some values of all samples, by definition.
func covarianceOf(in *Inputs, places []int) [][]float64 {
	row, mean := make([]float32, in.Dim()), make([]float64, len(places))
	for i := range in.Count() {
		in.Row(i, row)
		for a, k := range places {
			mean[a] += float64(row[k]) / float64(in.Count())
		}
	}
	covariance := make([][]float64, len(places))
	for a := range covariance {
		covariance[a] = make([]float64, len(places))
	}
	for i := range in.Count() {
		in.Row(i, row)
		for a, k := range places {
			for b, l := range places {
				covariance[a][b] += (float64(row[k]) - mean[a]) * (float64(row[l]) - mean[b]) / float64(in.Count())
			}
		}
	}
	return covariance
}

// The limit of a small epsilon: the covariance of what whitening gives is the identity, exactly
// that of the samples it was fitted to for whole samples. A filter of finite patches leaves a
// little, less than 5 % here, between neighbours of a source that reaches further.
func TestWhitenedSamplesAreUncorrelated(t *testing.T) {
	for _, channels := range []int{1, 3} {
		s := correlated(6000, 5, 6, channels)
		e, err := Preprocess{Scale: "none", Whiten: "image", WhitenEpsilon: 1e-9}.Fit(s)
		if err != nil {
			t.Fatal(err)
		}
		in, err := e.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		all := make([]int, in.Dim())
		for k := range all {
			all[k] = k
		}
		for a, line := range covarianceOf(in, all) {
			for b, v := range line {
				if want := map[bool]float64{true: 1}[a == b]; math.Abs(v-want) > 2e-3 {
					t.Fatalf("image, %d channels: covariance of %d and %d is %v, want %v", channels, a, b, v, want)
				}
			}
		}

		s = correlated(6000, 13, 12, channels)
		if e, err = (Preprocess{Scale: "none", Whiten: "patch", WhitenSide: 7, WhitenEpsilon: 1e-9}).Fit(s); err != nil {
			t.Fatal(err)
		}
		if in, err = e.Encode(s); err != nil {
			t.Fatal(err)
		}
		var inner []int // wholly inside, and within one patch of each other
		for y := 5; y < 8; y++ {
			for x := 5; x < 7; x++ {
				for c := range channels {
					inner = append(inner, (y*12+x)*channels+c)
				}
			}
		}
		before := covarianceOf(must(t)(Preprocess{Scale: "none"}, s), inner)
		largest := 0.0
		for a, line := range covarianceOf(in, inner) {
			for b, v := range line {
				want := map[bool]float64{true: 1}[a == b]
				largest = max(largest, math.Abs(v-want))
				// 6000 samples have a standard error of about 0.013 and 0.018 on the diagonal
				if math.Abs(v-want) > 0.12 {
					t.Errorf("patch, %d channels: covariance of %d and %d is %v, want %v", channels, a, b, v, want)
				}
			}
		}
		if before[0][channels] < 0.5 {
			t.Errorf("neighbours have a covariance of %v before, want a test that could fail", before[0][channels])
		}
		t.Logf("%d channels: largest difference %v", channels, largest)
	}
}

func must(t *testing.T) func(p Preprocess, s *Set) *Inputs {
	return func(p Preprocess, s *Set) *Inputs {
		t.Helper()
		e, err := p.Fit(s)
		if err != nil {
			t.Fatal(err)
		}
		in, err := e.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
}

// The matrix against its definition: M (S + epsilon s) M is the identity, and M is symmetric and
// positive, so that it is the one ZCA matrix.
func TestWhiteningMatrixIsTheInverseSquareRoot(t *testing.T) {
	const d = 12
	s := correlated(500, 3, 4, 1)
	e, err := Preprocess{Scale: "none", Whiten: "image", WhitenEpsilon: 0.3}.Fit(s)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int, d)
	for k := range all {
		all[k] = k
	}
	covariance := covarianceOf(must(t)(Preprocess{Scale: "none"}, s), all)
	trace := 0.0
	for k := range d {
		trace += covariance[k][k]
	}
	a, m := mat.NewDense(d, d, nil), mat.NewDense(d, d, nil)
	for k := range d {
		for l := range d {
			a.Set(k, l, covariance[k][l])
			m.Set(k, l, float64(e.Whitening.Matrix[k*d+l]))
			if e.Whitening.Matrix[k*d+l] != e.Whitening.Matrix[l*d+k] {
				t.Fatalf("the matrix is not symmetric at %d %d", k, l)
			}
		}
		a.Set(k, k, covariance[k][k]+0.3*trace/d)
	}
	var product mat.Dense
	product.Product(m, a, m)
	for k := range d {
		for l := range d {
			if want := map[bool]float64{true: 1}[k == l]; math.Abs(product.At(k, l)-want) > 1e-4 {
				t.Fatalf("M (S + epsilon s) M at %d %d is %v, want %v", k, l, product.At(k, l), want)
			}
		}
	}
	var eigen mat.Eigen
	if !eigen.Factorize(m, mat.EigenNone) {
		t.Fatal("no eigenvalues")
	}
	for _, v := range eigen.Values(nil) {
		if real(v) <= 0 {
			t.Errorf("eigenvalue %v, want all above 0", v)
		}
	}
}

// plainWhiten is the equation of [whitener.whiten], written as it stands.
func plainWhiten(w *Whitening, shape []int, row []float32) []float32 {
	out := make([]float32, len(row))
	if w.Side == 0 {
		for k := range out {
			for l, x := range row {
				out[k] += float32(w.Matrix[l*len(row)+k] * (x - w.Mean[l]))
			}
		}
		return out
	}
	height, width, channels, p, r := shape[0], shape[1], len(w.Mean), w.Side, w.Side/2
	for y := range height {
		for x := range width {
			for c := range channels {
				sum := &out[(y*width+x)*channels+c]
				for d := range channels {
					for v := range p {
						for u := range p {
							sy, sx := min(max(y+v-r, 0), height-1), min(max(x+u-r, 0), width-1)
							*sum += float32(w.Matrix[c*p*p*channels+(v*p+u)*channels+d] * (row[(sy*width+sx)*channels+d] - w.Mean[d]))
						}
					}
				}
			}
		}
	}
	return out
}

// Images that change while they are learned are changed first, and then prepared as others are.
func TestChangedImagesAreWhitenedAfterwards(t *testing.T) {
	for _, channels := range []int{1, 3} {
		s := correlated(60, 8, 9, channels)
		p := Preprocess{Contrast: "local", ContrastSide: 3, Whiten: "patch", WhitenSide: 3, Standardise: "feature", Augment: Augment{Shift: 2, Flip: 0.5}}
		e, err := p.Fit(s)
		if err != nil {
			t.Fatal(err)
		}
		in, err := e.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		picture, got, want, changed := make([]float32, in.Dim()), make([]float32, in.Dim()), make([]float32, in.Dim()), 0
		for i := range s.Count() {
			in.Picture(i, picture, 4, 2)
			one := *s
			one.Floats, one.Labels = picture, []int{0}
			alone, err := e.Encode(&one)
			if err != nil {
				t.Fatal(err)
			}
			alone.Row(0, want)
			if in.NoisyRow(i, got, 4, 2); !slices.Equal(got, want) {
				t.Fatalf("%d channels, sample %d: %v, want %v", channels, i, got, want)
			}
			if in.Row(i, want); !slices.Equal(got, want) {
				changed++
			}
		}
		if changed < 50 {
			t.Errorf("%d of 60 images have changed", changed)
		}
	}
}

// Whoever has nothing to tell stays finite: images of one grey, and pixels that never change.
func TestConstantImagesAreWhitenedToFiniteNumbers(t *testing.T) {
	flat := &Set{Name: "flat", Shape: []int{6, 6}, Bytes: slices.Repeat([]uint8{7}, 20*36), Maximum: 255}
	edged := &Set{Name: "edged", Shape: []int{6, 6}, Bytes: make([]uint8, 200*36), Maximum: 255}
	draws := random.New(1, random.Synthetic)
	for k := range edged.Bytes {
		if k%6 > 0 {
			edged.Bytes[k] = uint8(draws.IntN(256))
		}
	}
	for _, s := range []*Set{flat, edged} {
		for _, whiten := range []string{"none", "patch", "image"} {
			for _, contrast := range []string{"none", "sample", "local"} {
				for _, epsilon := range []float64{0, 1e-300} {
					in := must(t)(Preprocess{Contrast: contrast, Whiten: whiten, WhitenEpsilon: epsilon, Standardise: "feature"}, s)
					row := make([]float32, 36)
					for i := range s.Count() {
						in.Row(i, row)
						for k, v := range row {
							if !(math.Abs(float64(v)) < 30) || s == flat && math.Abs(float64(v)) > 1e-6 {
								t.Fatalf("%s, whiten %s, contrast %s: value %d is %v", s.Name, whiten, contrast, k, v)
							}
						}
					}
				}
			}
		}
	}
}

func TestWhiteningRefusesWhatItCannotDo(t *testing.T) {
	list := &Set{Name: "list", Shape: []int{9}, Floats: make([]float32, 18)}
	_, err := Preprocess{Contrast: "local"}.Fit(list)
	wantError(t, err, "list", "9 values", "contrast=local wants images")
	_, err = Preprocess{Whiten: "patch"}.Fit(list)
	wantError(t, err, "list", "9 values", "images of at least 5 x 5")
	small := &Set{Name: "small", Shape: []int{4, 9}, Floats: make([]float32, 72)}
	_, err = Preprocess{Whiten: "patch"}.Fit(small)
	wantError(t, err, "small", "4 x 9", "images of at least 5 x 5")
	large := &Set{Name: "large", Shape: []int{65, 64}, Floats: make([]float32, 65*64)}
	_, err = Preprocess{Whiten: "image"}.Fit(large)
	wantError(t, err, "4160 values", "at most 4096", "whiten=patch")
	e, err := Preprocess{Whiten: "patch"}.Fit(correlated(5, 6, 6, 3))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := e.InBytes(); err == nil {
		t.Error("whitened samples as bytes: no error")
	}
	for what, spoil := range map[string]func(e *Encoder, w *Whitening){
		"shape: [108]":    func(e *Encoder, w *Whitening) { e.Shape = []int{108} },
		"shape: []":       func(e *Encoder, w *Whitening) { e.Shape = nil },
		"side 3":          func(e *Encoder, w *Whitening) { w.Side = 3 },
		"mean":            func(e *Encoder, w *Whitening) { w.Mean = w.Mean[:2] },
		"matrix":          func(e *Encoder, w *Whitening) { w.Matrix = w.Matrix[1:] },
		"matrix: value 3": func(e *Encoder, w *Whitening) { w.Matrix[3] = float32(math.NaN()) },
		"108":             func(e *Encoder, w *Whitening) { e.Shape = []int{6, 7, 3} },
		"patches of side": func(e *Encoder, w *Whitening) { e.Shape = []int{4, 9, 3} },
		"none, want":      func(e *Encoder, w *Whitening) { e.Whitening = nil },
	} {
		wrong, w := *e, *e.Whitening
		w.Matrix = slices.Clone(w.Matrix)
		wrong.Whitening = &w
		spoil(&wrong, &w)
		wantError(t, wrong.Validate(), what)
	}
}

// One image of 32 x 32 pixels and 3 channels.
func BenchmarkWhiten(b *testing.B) {
	for _, side := range []int{3, 5, 7, 9, 0} {
		w := &Whitening{Side: side, Mean: make([]float32, 3)}
		if side == 0 {
			w.Mean = make([]float32, 3072)
		}
		w.Matrix = make([]float32, w.MatrixSize())
		for k := range w.Matrix {
			w.Matrix[k] = 1e-3
		}
		b.Run(fmt.Sprint("side ", side), func(b *testing.B) {
			r := w.ready([]int{32, 32, 3})
			sums, planes := r.room()
			row := make([]float32, 3072)
			for b.Loop() {
				r.whiten(row, sums, planes)
			}
		})
	}
	b.Run("local", func(b *testing.B) {
		l, row := localContrast{32, 32, 3, 7}, make([]float32, 3072)
		room := l.room()
		for b.Loop() {
			l.normalise(row, room)
		}
	})
	b.Run("contrast", func(b *testing.B) {
		row := make([]float32, 3072)
		for b.Loop() {
			normaliseContrast(row)
		}
	})
}
