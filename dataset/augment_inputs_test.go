package dataset

import (
	"encoding/json"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
)

// A row that is learned is the changed image, encoded, and depends on seed, epoch and place
// alone: not on who asks for it, or when.
func TestRowsThatAreLearnedAreChangedImages(t *testing.T) {
	bytes := noiseImages(50, 7, 6)
	for _, p := range []Preprocess{
		{Augment: everyChange},
		{Standardise: "feature", Augment: everyChange},
		{Standardise: "global", Projection: 20, Augment: everyChange},
		{Augment: Augment{Brightness: 0.5}},
		{Augment: Augment{Cutout: 2}},
	} {
		for _, s := range []*Set{bytes, bytes.floats()} {
			e, err := p.Fit(s)
			if err != nil {
				t.Fatal(err)
			}
			in, err := e.Encode(s)
			if err != nil {
				t.Fatal(err)
			}
			steps, err := e.steps(s)
			if err != nil {
				t.Fatal(err)
			}
			w, n := steps.workspace(s.Features()), in.Count()
			want, picture := make([]float32, n*in.Dim()), make([]float32, s.Features())
			seen := map[float32]int{}
			for i := range n {
				s.rawRow(i, w.raw)
				if in.Original(i, picture); !slices.Equal(picture, w.raw) {
					t.Fatal("another original")
				}
				in.Picture(i, picture, 8, 2)
				steps.row(picture, want[i*in.Dim():(i+1)*in.Dim()], w)
				seen[picture[0]]++
			}
			got := make([]float32, len(want))
			workers := sync.WaitGroup{}
			for part := range 4 {
				workers.Go(func() {
					other := make([]float32, in.Dim())
					for i := n - 1 - part; i >= 0; i -= 4 {
						in.NoisyRow(i, other, 8, 3)
						in.NoisyRow(i, got[i*in.Dim():], 8, 2)
						if slices.Equal(other, got[i*in.Dim():(i+1)*in.Dim()]) && p.Projection == 0 && p.Augment.Cutout != 2 {
							t.Errorf("%+v, image %d is the same in two epochs", p, i)
						}
					}
				})
			}
			workers.Wait()
			if !slices.Equal(got, want) {
				t.Errorf("%s, %+v: rows are not those of the pictures", s.Name, p)
			}
			if len(seen) < 5 {
				t.Errorf("%+v: %d first values of %d images", p, len(seen), n)
			}
		}
	}
	if bytesNow := noiseImages(50, 7, 6); !slices.Equal(bytesNow.Bytes, bytes.Bytes) {
		t.Error("the raw samples were changed")
	}
}

func TestAugmentationLeavesMeasurementsAlone(t *testing.T) {
	s := noiseImages(20, 6, 6)
	plain := allRows(encode(t, Preprocess{}, s, s))
	in := encode(t, Preprocess{Augment: everyChange}, s, s)
	if !slices.Equal(allRows(in), plain) {
		t.Error("rows that are measured are changed")
	}
	view, again, row := make([]float32, in.Dim()), make([]float32, in.Dim()), make([]float32, in.Dim())
	for i := range in.Count() {
		if in.View(i, view, 1, 0); !slices.Equal(view, plain[i*36:(i+1)*36]) {
			t.Errorf("view 0 of image %d is not the image", i)
		}
		in.View(i, view, 1, 1)
		in.View(i, again, 1, 2)
		in.NoisyRow(i, row, 1, 0)
		if slices.Equal(view, again) || slices.Equal(view, row) {
			t.Errorf("views of image %d are the same", i)
		}
		if in.View(i, again, 1, 1); !slices.Equal(view, again) {
			t.Errorf("view 1 of image %d is another now", i)
		}
	}
	still := encode(t, Preprocess{}, s, s)
	row[0] = 77
	still.Picture(3, row, 1, 1)
	still.Original(3, row)
	if still.View(3, view, 1, 4); !slices.Equal(view, plain[3*36:4*36]) || row[0] != 77 || still.Augmented() || !in.Augmented() {
		t.Error("inputs that are not augmented have views")
	}
}

// Mean and deviation are those of images as they are shown: over an epoch of 4000 of them
// each value has mean 0 +- 5 x 0.016 and mean square 1 +- 5 x 0.06 (values that are mostly 0 are
// far from normal), also where the images themselves are always dark.
func TestStandardisedValuesAreThoseThatAreShown(t *testing.T) {
	s := noiseImages(4000, 5, 5)
	for i := range s.Bytes {
		if x, y := i%5, i/5%5; x == 0 || y == 0 || x == 4 || y == 4 {
			s.Bytes[i] = 0
		}
	}
	p := Preprocess{Standardise: "feature", Augment: Augment{Shift: 1}}
	in := encode(t, p, s, s)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if alone := encode(t, p, s, s); !slices.Equal(allRows(alone), allRows(in)) {
		t.Error("one processor fits other values")
	}
	sums, squares, row := make([]float64, 25), make([]float64, 25), make([]float32, 25)
	for i := range in.Count() {
		in.NoisyRow(i, row, 1, 1)
		for k, v := range row {
			sums[k] += float64(v) / 4000
			squares[k] += float64(v*v) / 4000
		}
	}
	for k := range sums {
		if math.Abs(sums[k]) > 5*0.016 || math.Abs(squares[k]-1) > 5*0.06 {
			t.Errorf("value %d has mean %v and mean square %v, want 0 and 1", k, sums[k], squares[k])
		}
	}
}

func TestFillFollowsTheChannels(t *testing.T) {
	grey, coloured := noiseImages(3, 4, 4), noiseImages(3, 4, 4, 3)
	for _, c := range []struct {
		set    *Set
		fill   string
		extend bool
	}{{grey, "", false}, {grey, "edge", true}, {coloured, "", true}, {coloured, "zero", false}} {
		e, err := Preprocess{Augment: Augment{Shift: 1, Fill: c.fill}}.Fit(c.set)
		if err != nil {
			t.Fatal(err)
		}
		m := e.newAugmenter(e.divisor(c.set), &steps{})
		if m.extend != c.extend {
			t.Errorf("%d channels, fill %q: extends %v", m.channels, c.fill, m.extend)
		}
		for channel, got := range m.ground {
			want := 0.0
			for k := channel; c.extend && k < len(c.set.Bytes); k += m.channels {
				want += float64(c.set.Bytes[k]) / float64(len(c.set.Bytes)/m.channels)
			}
			if math.Abs(float64(got)-want) > 1e-4 {
				t.Errorf("%d channels, fill %q: ground %v, want %v", m.channels, c.fill, got, want)
			}
		}
	}
}

func TestAugmentedEncoderSurvivesJSON(t *testing.T) {
	s := noiseImages(30, 6, 5, 3)
	e, err := Preprocess{Standardise: "feature", Augment: everyChange}.Fit(s)
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
	a, err := e.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	b, err := back.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	x, y := make([]float32, a.Dim()), make([]float32, a.Dim())
	for i := range a.Count() {
		a.NoisyRow(i, x, 1, 2)
		b.NoisyRow(i, y, 1, 2)
		if !slices.Equal(x, y) {
			t.Fatalf("image %d is learned otherwise", i)
		}
	}
	for name, damage := range map[string]func(e *Encoder){
		"shape":     func(e *Encoder) { e.Shape = []int{6, 5} },
		"no shape":  func(e *Encoder) { e.Shape = nil },
		"flat":      func(e *Encoder) { e.Shape = []int{90} },
		"ground":    func(e *Encoder) { e.Ground = e.Ground[:2] },
		"not final": func(e *Encoder) { e.Ground = []float32{1, 2, float32(math.Inf(1))} },
		"too far":   func(e *Encoder) { e.Augment.Shift = 50 },
	} {
		broken := *back
		damage(&broken)
		if broken.Validate() == nil {
			t.Errorf("%s: an encoder that was damaged is valid", name)
		}
		if _, err := broken.Encode(s); err == nil {
			t.Errorf("%s: an encoder that was damaged encodes", name)
		}
	}
	plain, err := json.Marshal(Preprocess{})
	if err != nil || string(plain) != `{"scale":"","standardise":"","projection":0,"projection_seed":0,"noise":0}` {
		t.Errorf("settings without changes are %s, %v", plain, err)
	}
}

func TestAugmentRefuses(t *testing.T) {
	images := noiseImages(3, 8, 8)
	rows := &Set{Name: "rows", Shape: []int{64}, Bytes: images.Bytes}
	for _, c := range []struct {
		set   *Set
		a     Augment
		words []string
	}{
		{rows, Augment{Flip: 1}, []string{"rows", "preprocess.augment changes images", "height x width"}},
		{images, Augment{Shift: -1}, []string{"augment.shift", "is -1"}},
		{images, Augment{Shift: 9}, []string{"shift is 9", "at most 8"}},
		{images, Augment{Rotation: 181}, []string{"augment.rotation", "0 to 180"}},
		{images, Augment{Scale: 1}, []string{"augment.scale", "0 to 0.9"}},
		{images, Augment{Flip: 1.5}, []string{"augment.flip", "0 to 1"}},
		{images, Augment{Cutout: 9}, []string{"cutout is 9", "at most 8"}},
		{images, Augment{Elastic: 1.25}, []string{"elastic is 1.25", "at most 1", "folds"}},
		{images, Augment{Elastic: 1, ElasticSpacing: 1}, []string{"elastic is 1", "at most 0.5"}},
		{images, Augment{Brightness: math.NaN()}, []string{"augment.brightness", "NaN"}},
		{images, Augment{Flip: 1, Fill: "grey"}, []string{"augment.fill", `"zero" or "edge"`}},
	} {
		_, err := Preprocess{Augment: c.a}.Fit(c.set)
		wantError(t, err, c.words...)
	}
	if _, err := (Preprocess{Augment: Augment{Fill: "edge", ElasticSpacing: 7}}).Fit(rows); err != nil {
		t.Errorf("what is off is for every sample: %v", err)
	}
	huge := &Set{Name: "huge", Shape: []int{2, 2}, Floats: []float32{1e38, 0, 0, 1}}
	e, err := Preprocess{Scale: "none", Augment: Augment{Shift: 1}}.Fit(huge)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Encode(huge)
	wantError(t, err, "huge", "too large to be changed")
}

func TestAugmentationAllocatesNothing(t *testing.T) {
	if build, ok := debug.ReadBuildInfo(); ok && slices.Contains(build.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("under the race detector a sync.Pool forgets")
	}
	in := encode(t, Preprocess{Augment: everyChange, Noise: 0.1}, noiseImages(4, 9, 9), noiseImages(4, 9, 9))
	dst := make([]float32, in.Dim())
	if n := testing.AllocsPerRun(200, func() { in.NoisyRow(1, dst, 2, 3) }); n != 0 {
		t.Errorf("a row allocates %v times", n)
	}
}

// Rows of one version are equal whatever the epoch, and versions are told where flips alone
// change an image.
func TestRowsOfOneVersionAreEqual(t *testing.T) {
	bytes := noiseImages(30, 5, 6, 3)
	for _, p := range []Preprocess{
		{},
		{Augment: Augment{Flip: 0.5}},
		{Augment: Augment{Flip: 0.3, Fill: "edge", ElasticSpacing: 2}, Standardise: "feature"},
		{Augment: Augment{Flip: 1}},
		{Augment: Augment{Flip: 0.5}, Standardise: "global", Projection: 20},
	} {
		for _, s := range []*Set{bytes, bytes.floats()} {
			e, err := p.Fit(s)
			if err != nil {
				t.Fatal(err)
			}
			in, err := e.Encode(s)
			if err != nil {
				t.Fatal(err)
			}
			rows, count := map[[2]uint64][]float32{}, map[uint64]int{}
			for epoch := range uint64(6) {
				for i := range in.Count() {
					version, known := in.Version(i, 3, epoch)
					if !known {
						t.Fatalf("%+v: row %d has no version", p, i)
					}
					row := make([]float32, in.Dim())
					in.NoisyRow(i, row, 3, epoch)
					key := [2]uint64{uint64(i), version}
					if before, ok := rows[key]; ok && !slices.Equal(before, row) {
						t.Fatalf("%+v: row %d of epoch %d is another one of its version %d", p, i, epoch, version)
					}
					rows[key] = row
					count[version]++
				}
			}
			if both := p.Augment.Flip > 0 && p.Augment.Flip < 1; both != (len(count) == 2) || both && slices.Equal(rows[[2]uint64{0, 0}], rows[[2]uint64{0, 1}]) && p.Projection == 0 {
				t.Errorf("%+v: versions %v", p, count)
			}
		}
	}
	for _, p := range []Preprocess{{Noise: 0.1}, {Augment: Augment{Flip: 0.5, Shift: 1}}, {Augment: everyChange}, {Augment: Augment{Cutout: 2}}, {Augment: Augment{Flip: 0.5}, Noise: 0.1}} {
		e, err := p.Fit(bytes)
		if err != nil {
			t.Fatal(err)
		}
		in, err := e.Encode(bytes)
		if err != nil {
			t.Fatal(err)
		}
		if version, known := in.Version(0, 3, 1); known {
			t.Errorf("%+v: a row of version %d, want none", p, version)
		}
	}
}
