package dataset

import (
	"encoding/json"
	"math"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"basin/internal/random"
)

// twins returns one training set as bytes and as floats.
func twins() (bytes, floats *Set) {
	bytes = &Set{Name: "bytes", Shape: []int{3}, Bytes: []uint8{0, 5, 16, 4, 5, 8, 2, 5, 0, 6, 5, 12}}
	floats = bytes.floats()
	floats.Name = "floats"
	return bytes, floats
}

func encode(t *testing.T, p Preprocess, train, s *Set) *Inputs {
	t.Helper()
	e, err := p.Fit(train)
	if err != nil {
		t.Fatal(err)
	}
	in, err := e.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func allRows(in *Inputs) []float32 {
	all := make([]float32, in.Count()*in.Dim())
	for i := range in.Count() {
		in.Row(i, all[i*in.Dim():])
	}
	return all
}

// The plain formula is ((v / divisor) - mean) / deviation in float64; the result
// may differ by a few units in the last place of float32.
func TestEncodersEqualThePlainFormula(t *testing.T) {
	bytes, floats := twins()
	values := floats.Floats
	for name, p := range map[string]Preprocess{
		"zero":    {},
		"none":    {Scale: "none"},
		"global":  {Scale: "max", Standardise: "global"},
		"feature": {Scale: "max", Standardise: "feature"},
		"raw":     {Scale: "none", Standardise: "feature"},
	} {
		divisor := 16.0
		if p.Scale == "none" {
			divisor = 1
		}
		want := make([]float64, len(values))
		for i, v := range values {
			want[i] = float64(v) / divisor
		}
		plain := slices.Clone(want)
		for i := range want {
			var group []float64
			for j := range want {
				if p.Standardise == "global" || p.Standardise == "feature" && i%3 == j%3 {
					group = append(group, plain[j])
				}
			}
			if len(group) == 0 {
				continue
			}
			mean, square := 0.0, 0.0
			for _, v := range group {
				mean += v / float64(len(group))
			}
			for _, v := range group {
				square += (v - mean) * (v - mean) / float64(len(group))
			}
			want[i] -= mean
			if square > 0 {
				want[i] /= math.Sqrt(square)
			}
		}
		fromBytes := allRows(encode(t, p, bytes, bytes))
		for i, got := range fromBytes {
			if math.Abs(float64(got)-want[i]) > 1e-6 {
				t.Errorf("%s: value %d is %v, want %v", name, i, got, want[i])
			}
		}
		for _, train := range []*Set{bytes, floats} {
			if got := allRows(encode(t, p, train, floats)); !slices.Equal(got, fromBytes) {
				t.Errorf("%s: floats are encoded as %v, bytes as %v", name, got, fromBytes)
			}
		}
	}
}

func TestDivisorIsTheMaximumOfTheFormatOrOfTheTrainingSet(t *testing.T) {
	for _, c := range []struct {
		set  Set
		want float32
	}{
		{Set{Shape: []int{1}, Bytes: []uint8{3, 16}}, 16},
		{Set{Shape: []int{1}, Bytes: []uint8{3, 16}, Maximum: 255}, 255},
		{Set{Shape: []int{1}, Floats: []float32{3, -20}}, 20},
		{Set{Shape: []int{1}, Floats: []float32{0, 0}}, 1},
	} {
		e, err := Preprocess{}.Fit(&c.set)
		if err != nil {
			t.Fatal(err)
		}
		if e.Divisor != c.want || e.Scale != "max" || e.Standardise != "none" {
			t.Errorf("encoder is %+v, want divisor %v", e, c.want)
		}
	}
	white := allRows(encode(t, Preprocess{}, &Set{Shape: []int{1}, Bytes: []uint8{255}, Maximum: 255}, &Set{Shape: []int{1}, Bytes: []uint8{255}}))
	if white[0] != 1 {
		t.Errorf("255 of 255 is encoded as %v, want 1", white[0])
	}
}

// The dumb twin: signs of R p, sample by sample and row by row.
func TestProjectionEqualsThePlainProduct(t *testing.T) {
	draws := random.New(3, random.Synthetic)
	s := &Set{Name: "random", Shape: []int{7, 3}, Bytes: make([]uint8, 150*21)}
	for i := range s.Bytes {
		s.Bytes[i] = uint8(max(0, draws.IntN(400)-144)) // a third zeros
	}
	for _, p := range []Preprocess{
		{Projection: 1, ProjectionSeed: 1},
		{Projection: 19, ProjectionSeed: 2, Standardise: "global"},
		{Projection: 8, ProjectionSeed: 3, Standardise: "feature"},
	} {
		plain := p
		plain.Projection = 0
		values := allRows(encode(t, plain, s, s))
		in := encode(t, p, s, s)
		if !in.Binary() || in.Dim() != p.Projection {
			t.Fatalf("%+v: binary %v, dim %d", p, in.Binary(), in.Dim())
		}
		got := allRows(in)
		for i := range s.Count() {
			for r := range p.Projection {
				stream := random.New(p.ProjectionSeed, random.Projection, uint64(r))
				normal := stream.Rand()
				sum := 0.0
				for k := range 21 {
					sum += float64(normal.NormFloat64() * float64(values[i*21+k]))
				}
				want := float32(1)
				if sum < 0 {
					want = -1
				}
				if got[i*p.Projection+r] != want {
					t.Fatalf("%+v: sample %d, sign %d is %v, want %v", p, i, r, got[i*p.Projection+r], want)
				}
			}
		}
		previous := runtime.GOMAXPROCS(1)
		if again := allRows(encode(t, p, s, s)); !slices.Equal(again, got) {
			t.Errorf("%+v: one processor gave other signs", p)
		}
		runtime.GOMAXPROCS(previous)
	}
}

func TestProjectionOfZeroIsPositive(t *testing.T) {
	s := &Set{Shape: []int{4}, Bytes: make([]uint8, 4)}
	for k, v := range allRows(encode(t, Preprocess{Projection: 10}, s, s)) {
		if v != 1 {
			t.Errorf("sign %d is %v, want 1", k, v)
		}
	}
}

func TestBinaryIsFoundInTheData(t *testing.T) {
	for _, c := range []struct {
		values []float32
		want   bool
	}{{[]float32{1, -1, -1}, true}, {[]float32{1, -1, 0}, false}} {
		s := &Set{Shape: []int{1}, Floats: c.values}
		if got := encode(t, Preprocess{}, s, s).Binary(); got != c.want {
			t.Errorf("Binary of %v is %v", c.values, got)
		}
	}
}

func TestEncoderSurvivesJSON(t *testing.T) {
	bytes, _ := twins()
	for _, p := range []Preprocess{
		{},
		{Standardise: "feature"},
		{Standardise: "global", Noise: 0.3},
		{Scale: "none", Standardise: "feature", Projection: 9, ProjectionSeed: math.MaxUint64},
	} {
		e, err := p.Fit(bytes)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		back := new(Encoder)
		if err := json.Unmarshal(text, back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(e, back) {
			t.Errorf("%s becomes %+v, want %+v", text, back, e)
		}
		first, err1 := e.Encode(bytes)
		second, err2 := back.Encode(bytes)
		if err1 != nil || err2 != nil || !slices.Equal(allRows(first), allRows(second)) {
			t.Errorf("%s: other inputs, errors %v and %v", text, err1, err2)
		}
	}
}

func TestNoiseIsAFunctionOfItsAddress(t *testing.T) {
	bytes, floats := twins()
	for name, p := range map[string]Preprocess{"gaussian": {Noise: 0.1}, "flips": {Noise: 0.3, Projection: 64}} {
		in := encode(t, p, bytes, bytes)
		row := func(i int, seed, epoch uint64) []float32 {
			dst := make([]float32, in.Dim())
			in.NoisyRow(i, dst, seed, epoch)
			return dst
		}
		base := row(1, 2, 3)
		if !slices.Equal(base, row(1, 2, 3)) {
			t.Errorf("%s: one address gave two rows", name)
		}
		for _, other := range [][]float32{row(2, 2, 3), row(1, 3, 3), row(1, 2, 4)} {
			if slices.Equal(base, other) {
				t.Errorf("%s: two addresses gave one row", name)
			}
		}
	}
	in := encode(t, Preprocess{}, floats, floats)
	noisy, plain := make([]float32, 3), make([]float32, 3)
	in.NoisyRow(2, noisy, 1, 1)
	in.Row(2, plain)
	if !slices.Equal(noisy, plain) {
		t.Errorf("without noise a noisy row is %v, want %v", noisy, plain)
	}
}

// 20,000 draws: the share of flips 0.2 has standard error 0.0028, the mean of
// noise of deviation 0.5 has 0.0035, its second moment 0.0025. Five are allowed.
func TestNoiseHasItsLevel(t *testing.T) {
	s := &Set{Shape: []int{20000}, Bytes: make([]uint8, 20000)}
	dst := make([]float32, 20000)
	encode(t, Preprocess{Noise: 0.2, Projection: 20000}, &Set{Shape: []int{1}, Bytes: []uint8{0}}, &Set{Shape: []int{1}, Bytes: []uint8{0}}).
		NoisyRow(0, dst, 1, 0)
	flips := 0
	for _, v := range dst {
		if v == -1 {
			flips++
		}
	}
	if share := float64(flips) / 20000; math.Abs(share-0.2) > 5*0.0028 {
		t.Errorf("share of flips is %v, want 0.2", share)
	}
	encode(t, Preprocess{Noise: 0.5}, s, s).NoisyRow(0, dst, 1, 0)
	mean, square := 0.0, 0.0
	for _, v := range dst {
		mean += float64(v) / 20000
		square += float64(v) * float64(v) / 20000
	}
	if math.Abs(mean) > 5*0.0035 || math.Abs(square-0.25) > 5*0.0025 {
		t.Errorf("mean and second moment of the noise are %v and %v, want 0 and 0.25", mean, square)
	}
}

func TestRowsAllocateNothing(t *testing.T) {
	bytes, floats := twins()
	for _, s := range []*Set{bytes, floats} {
		for _, p := range []Preprocess{{}, {Standardise: "feature"}, {Projection: 3, Noise: 0.1}, {Noise: 0.1}} {
			in := encode(t, p, s, s)
			dst := make([]float32, 3)
			if n := testing.AllocsPerRun(100, func() { in.Row(1, dst); in.NoisyRow(1, dst, 1, 2) }); n != 0 {
				t.Errorf("%s, %+v: a row allocates %v times", s.Name, p, n)
			}
		}
	}
}

func TestPreprocessingRejects(t *testing.T) {
	err := Preprocess{Scale: "x", Standardise: "y", Projection: -1, Noise: -1}.Validate()
	wantError(t, err, "scale: ", "standardise: ", "projection: ", "noise: ")
	wantError(t, Preprocess{Projection: 1, Noise: 0.6}.Validate(), "noise: is 0.6", "0..0.5")
	wantError(t, Preprocess{Noise: math.NaN()}.Validate(), "noise: is NaN")

	bytes, _ := twins()
	_, err = Preprocess{Scale: "x"}.Fit(bytes)
	wantError(t, err, "dataset: scale")
	_, err = Preprocess{}.Fit(&Set{Name: "empty", Shape: []int{1}, Bytes: []uint8{}})
	wantError(t, err, "empty: no samples")
	e, _ := Preprocess{Standardise: "feature"}.Fit(bytes)
	_, err = e.Encode(&Set{Name: "wide", Shape: []int{4}, Bytes: []uint8{1, 2, 3, 4}})
	wantError(t, err, "wide: 4 features, want 3")
	e.Mean, e.Deviation[0], e.Divisor = e.Mean[:1], -1, 0
	_, err = e.Encode(bytes)
	wantError(t, err, "mean: 1 values, want 3", "deviation: value 0", "divisor")
	tiny := &Encoder{Preprocess: Preprocess{Scale: "max"}, Features: 3, Divisor: math.SmallestNonzeroFloat32}
	_, err = tiny.Encode(bytes)
	wantError(t, err, "smaller numbers")
}

// The largest value of one feature divides all of them, and must not take the others below
// the smallest float32: where each is divided by its own deviation, it need not.
func TestAHugeCellDoesNotEraseOtherFeatures(t *testing.T) {
	s := &Set{Name: "nodata", Shape: []int{2}, Floats: []float32{1e-8, -3.4e38, 3e-8, 1, 1e-8, 2, 3e-8, 1}}
	e, err := Preprocess{Standardise: "feature"}.Fit(s)
	if err != nil {
		t.Fatal(err)
	}
	in, err := e.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]float32, 2)
	for i := range 4 {
		in.Row(i, row)
		if want := float32(2*(i%2) - 1); math.Abs(float64(row[0]-want)) > 1e-5 { // mean 2e-8, deviation 1e-8
			t.Errorf("sample %d is %v, want %v", i, row[0], want)
		}
	}
}
