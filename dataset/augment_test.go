package dataset

import (
	"math"
	"slices"
	"testing"

	"basin/internal/random"
)

// augmenterOf returns what changes the images of a set.
func augmenterOf(t *testing.T, s *Set, a Augment) *augmenter {
	t.Helper()
	e, err := Preprocess{Scale: "none", Augment: a}.Fit(s)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := e.steps(s)
	if err != nil {
		t.Fatal(err)
	}
	return e.newAugmenter(1, steps)
}

// applied returns image i of a set after a change of the one that leaves it as it is.
func applied(m *augmenter, s *Set, i int, set func(c *change)) []float32 {
	c, still := m.pictures.New().(*canvas), m.still()
	set(still)
	m.apply(s, i, still, c)
	return slices.Clone(c.raw)
}

// everyChange is on in every way.
var everyChange = Augment{
	Shift: 2, Rotation: 30, Scale: 0.3, Shear: 0.2, Elastic: 1, ElasticSpacing: 3, Flip: 0.5, Cutout: 3, Brightness: 0.4, Contrast: 0.3,
}

// The image 1 2 3 / 4 5 6 / 7 8 9, worked out by hand.
func TestAChangedImageIsTheOneWorkedOutByHand(t *testing.T) {
	s := &Set{Name: "nine", Shape: []int{3, 3}, Bytes: []uint8{1, 2, 3, 4, 5, 6, 7, 8, 9}}
	still := func(*change) {}
	for name, c := range map[string]struct {
		fill       string
		set        func(c *change)
		zero, edge []float32
	}{
		"still":          {"", still, []float32{1, 2, 3, 4, 5, 6, 7, 8, 9}, nil},
		"mirrored":       {"", func(c *change) { c.mirrored = true }, []float32{3, 2, 1, 6, 5, 4, 9, 8, 7}, nil},
		"one right":      {"", func(c *change) { c.right = 1 }, []float32{0, 1, 2, 0, 4, 5, 0, 7, 8}, []float32{1, 1, 2, 4, 4, 5, 7, 7, 8}},
		"one down":       {"", func(c *change) { c.down = 1 }, []float32{0, 0, 0, 1, 2, 3, 4, 5, 6}, []float32{1, 2, 3, 1, 2, 3, 4, 5, 6}},
		"two up":         {"", func(c *change) { c.down = -2 }, []float32{7, 8, 9, 0, 0, 0, 0, 0, 0}, []float32{7, 8, 9, 7, 8, 9, 7, 8, 9}},
		"far left":       {"", func(c *change) { c.right = -1000 }, make([]float32, 9), []float32{3, 3, 3, 6, 6, 6, 9, 9, 9}},
		"half right":     {"", func(c *change) { c.right = 0.5 }, []float32{.5, 1.5, 2.5, 2, 4.5, 5.5, 3.5, 7.5, 8.5}, []float32{1, 1.5, 2.5, 4, 4.5, 5.5, 7, 7.5, 8.5}},
		"quarter down":   {"", func(c *change) { c.down = 0.25 }, []float32{.75, 1.5, 2.25, 3.25, 4.25, 5.25, 6.25, 7.25, 8.25}, []float32{1, 2, 3, 3.25, 4.25, 5.25, 6.25, 7.25, 8.25}},
		"right angle":    {"", func(c *change) { c.angle = 90 }, []float32{7, 4, 1, 8, 5, 2, 9, 6, 3}, nil},
		"about face":     {"", func(c *change) { c.angle = -180 }, []float32{9, 8, 7, 6, 5, 4, 3, 2, 1}, nil},
		"twice as large": {"", func(c *change) { c.size = 2 }, []float32{3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7}, nil},
		// The upper line is moved left and the lower one right.
		"sheared":                   {"", func(c *change) { c.shear = 1 }, []float32{2, 3, 0, 4, 5, 6, 0, 7, 8}, []float32{2, 3, 3, 4, 5, 6, 7, 7, 8}},
		"mirrored before it moves":  {"", func(c *change) { c.mirrored, c.right = true, 1 }, []float32{0, 3, 2, 0, 6, 5, 0, 9, 8}, []float32{3, 3, 2, 6, 6, 5, 9, 9, 8}},
		"turned before it moves":    {"", func(c *change) { c.angle, c.right = 90, 1 }, []float32{0, 7, 4, 0, 8, 5, 0, 9, 6}, []float32{7, 7, 4, 8, 8, 5, 9, 9, 6}},
		"mirrored before it turns":  {"", func(c *change) { c.mirrored, c.angle = true, 90 }, []float32{9, 6, 3, 8, 5, 2, 7, 4, 1}, nil},
		"twice as bright":           {"", func(c *change) { c.brightness = 2 }, []float32{2, 4, 6, 8, 10, 12, 14, 16, 18}, nil},
		"half the contrast":         {"", func(c *change) { c.contrast = 0.5 }, []float32{3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7}, nil},
		"contrast, then brightness": {"", func(c *change) { c.contrast, c.brightness = 2, 0.5 }, []float32{-1.5, -.5, .5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5}, nil},
		"erased":                    {"", func(c *change) { c.cutX, c.cutY = 1, -1 }, []float32{1, 0, 0, 4, 5, 6, 7, 8, 9}, []float32{1, 5, 5, 4, 5, 6, 7, 8, 9}},
	} {
		for _, fill := range []string{"zero", "edge"} {
			want := c.zero
			if fill == "edge" && c.edge != nil {
				want = c.edge
			}
			m := augmenterOf(t, s, Augment{Shift: 1, Cutout: 2, Fill: fill})
			if got := applied(m, s, 0, c.set); !slices.Equal(got, want) {
				t.Errorf("%s, %s: %v, want %v", name, fill, got, want)
			}
		}
	}
}

// plainChange is the definition, pixel by pixel in float64: a place, and a value between four
// pixels, of which those outside are 0 or the nearest.
func plainChange(m *augmenter, s *Set, i int, c *change) []float64 {
	raw := make([]float32, s.Features())
	s.rawRow(i, raw)
	at := func(x, y, channel int) float64 {
		if m.extend {
			x, y = min(max(x, 0), m.width-1), min(max(y, 0), m.height-1)
		}
		if x < 0 || y < 0 || x >= m.width || y >= m.height {
			return 0
		}
		return float64(raw[(y*m.width+x)*m.channels+channel])
	}
	between := func(x, y float64, channel int) float64 {
		left, top := math.Floor(x), math.Floor(y)
		shareX, shareY := x-left, y-top
		return (1-shareX)*(1-shareY)*at(int(left), int(top), channel) + shareX*(1-shareY)*at(int(left)+1, int(top), channel) +
			(1-shareX)*shareY*at(int(left), int(top)+1, channel) + shareX*shareY*at(int(left)+1, int(top)+1, channel)
	}
	node := func(column, line, direction int) float64 { return c.nodes[2*(line*m.columns+column)+direction] }
	displaced := func(x, y, direction int) float64 {
		if m.Elastic == 0 {
			return 0
		}
		gx, gy := float64(x+c.nodeX)/float64(m.spacing), float64(y+c.nodeY)/float64(m.spacing)
		column, line := int(gx), int(gy)
		shareX, shareY := gx-float64(column), gy-float64(line)
		return (1-shareX)*(1-shareY)*node(column, line, direction) + shareX*(1-shareY)*node(column+1, line, direction) +
			(1-shareX)*shareY*node(column, line+1, direction) + shareX*shareY*node(column+1, line+1, direction)
	}
	var values []float64
	mean := 0.0
	for y := range m.height {
		for x := range m.width {
			px, py := float64(x)-float64(m.width-1)/2-c.right, float64(y)-float64(m.height-1)/2-c.down
			angle := c.angle * math.Pi / 180
			px, py = math.Cos(angle)*px+math.Sin(angle)*py, math.Cos(angle)*py-math.Sin(angle)*px // R^-1
			px -= c.shear * py                                                                    // H^-1
			px, py = px/c.size, py/c.size                                                         // S^-1
			if c.mirrored {
				px = -px
			}
			px, py = px+float64(m.width-1)/2+displaced(x, y, 0), py+float64(m.height-1)/2+displaced(x, y, 1)
			for channel := range m.channels {
				v := between(px, py, channel)
				values = append(values, v)
				mean += v / float64(m.width*m.height*m.channels)
			}
		}
	}
	for k, v := range values {
		values[k] = c.brightness * (mean + c.contrast*(v-mean))
		x, y := k/m.channels%m.width, k/m.channels/m.width
		if x >= c.cutX && x < c.cutX+m.Cutout && y >= c.cutY && y < c.cutY+m.Cutout {
			values[k] = float64(m.ground[k%m.channels])
		}
	}
	return values
}

// Images of 0..255 agree with the definition to 0.003: places are rounded to 2^-24 pixel, and
// steps of displacements add up to 2^-22, each of which counts for at most 255 a pixel; values
// are rounded to 2^-16.
func TestChangesAreThoseOfTheDefinition(t *testing.T) {
	for _, shape := range [][]int{{8, 8}, {5, 9}, {1, 7}, {6, 1}, {11, 7, 3}, {4, 6, 1}, {3, 5, 2}} {
		for _, fill := range []string{"", "zero", "edge"} {
			bytes := noiseImages(40, shape...)
			a := everyChange
			a.Fill = fill
			side := min(shape[0], shape[1])
			a.Shift, a.Cutout = min(a.Shift, float64(side)), min(a.Cutout, side)
			for _, s := range []*Set{bytes, bytes.floats()} {
				m := augmenterOf(t, s, a)
				c := m.pictures.New().(*canvas)
				for i := range s.Count() {
					draws := random.New(4, random.Augment, 9, uint64(i))
					m.show(s, i, draws, c)
					for k, want := range plainChange(m, s, i, &c.change) {
						if got := float64(c.raw[k]); !(math.Abs(got-want) < 0.003) {
							t.Fatalf("shape %v, fill %q, image %d, value %d: %v, want %v (%+v)", shape, fill, i, k, got, want, c.change)
						}
					}
				}
			}
		}
	}
}

// Bytes and floats, and one channel of three equal ones and an image without, have the same bits.
func TestTwinsOfAnImageChangeAlike(t *testing.T) {
	grey := noiseImages(30, 9, 8)
	coloured, err := grey.Coloured()
	if err != nil {
		t.Fatal(err)
	}
	for _, fill := range []string{"zero", "edge"} {
		a := everyChange
		a.Contrast, a.Fill = 0, fill // the mean of three times as many is rounded elsewhere
		for i := range grey.Count() {
			var first []float32
			for n, s := range []*Set{grey, grey.floats(), coloured, coloured.floats()} {
				m := augmenterOf(t, s, a)
				m.ground = make([]float32, m.channels)
				c := m.pictures.New().(*canvas)
				m.show(s, i, random.New(1, random.Augment, 1, uint64(i)), c)
				if n == 0 {
					first = slices.Clone(c.raw)
				}
				for k, v := range c.raw {
					if v != first[k/m.channels] {
						t.Fatalf("fill %s, image %d, twin %d, value %d: %v, want %v", fill, i, n, k, v, first[k/m.channels])
					}
				}
			}
		}
	}
}

// Over 20,000 draws the mean of a uniform draw in -a..a has standard error 0.0041 a, its mean
// square 0.0021 a^2, and a share of 0.3 0.0032. Five of them are allowed.
func TestDrawsAreUniformInTheirRanges(t *testing.T) {
	const count = 20_000
	a := Augment{Shift: 2, Rotation: 30, Scale: 0.3, Shear: 0.2, Elastic: 1.5, ElasticSpacing: 4, Flip: 0.3, Cutout: 2, Brightness: 0.4, Contrast: 0.1}
	s := noiseImages(1, 6, 7)
	m := augmenterOf(t, s, a)
	names := []string{"right", "down", "angle", "size", "shear", "brightness", "contrast", "a node", "the last node"}
	ranges := []float64{2, 2, 30, 0.3, 0.2, 0.4, 0.1, 1.5, 1.5}
	sums, squares := make([]float64, len(names)), make([]float64, len(names))
	mirrored, c := 0, m.still()
	corners, nodes := map[[2]int]int{}, map[[2]int]int{}
	for i := range count {
		draws := random.New(3, random.Augment, 5, uint64(i))
		m.draw(&draws, c)
		for n, v := range []float64{c.right, c.down, c.angle, c.size - 1, c.shear, c.brightness - 1, c.contrast - 1, c.nodes[0], c.nodes[len(c.nodes)-1]} {
			u := v / ranges[n]
			if !(math.Abs(u) <= 1) {
				t.Fatalf("%s is %v, want at most %v", names[n], v, ranges[n])
			}
			sums[n] += u / count
			squares[n] += u * u / count
		}
		if c.mirrored {
			mirrored++
		}
		corners[[2]int{c.cutX, c.cutY}]++
		nodes[[2]int{c.nodeX, c.nodeY}]++
	}
	for n, name := range names {
		if math.Abs(sums[n]) > 5*0.0041 || math.Abs(squares[n]-1./3) > 5*0.0021 {
			t.Errorf("%s: mean %v and mean square %v in units of the range, want 0 and 1/3", name, sums[n], squares[n])
		}
	}
	if share := float64(mirrored) / count; math.Abs(share-0.3) > 5*0.0032 {
		t.Errorf("%v are mirrored, want 0.3", share)
	}
	uniform := func(name string, counts map[[2]int]int, places int) {
		if len(counts) != places {
			t.Errorf("%s lie at %d places, want %d", name, len(counts), places)
		}
		p := 1 / float64(places)
		for place, n := range counts {
			if math.Abs(float64(n)-count*p) > 5*math.Sqrt(count*p*(1-p)) {
				t.Errorf("%s: %v occurs %d times, want about %v", name, place, n, count*p)
			}
		}
	}
	uniform("squares", corners, 6*7)
	uniform("nodes", nodes, 4*4)
	if !(c.cutX >= -1 && c.cutX < 6 && c.cutY >= -1 && c.cutY < 5) {
		t.Errorf("a square at %d, %d", c.cutX, c.cutY)
	}
}

// What is turned off leaves the other draws as they are.
func TestTurningOneChangeOffLeavesTheOthers(t *testing.T) {
	s := noiseImages(1, 6, 7)
	draw := func(a Augment) change {
		m := augmenterOf(t, s, a)
		c, draws := m.still(), random.New(3, random.Augment, 5, 6)
		m.draw(&draws, c)
		return *c
	}
	want := draw(everyChange)
	without := everyChange
	without.Rotation, without.Flip, without.Brightness, without.Elastic = 0, 0, 0, 0
	got := draw(without)
	if got.angle != 0 || got.mirrored || got.brightness != 1 {
		t.Errorf("%+v: rotation, flip and brightness are off", got)
	}
	if got.size != want.size || got.shear != want.shear || got.right != want.right || got.down != want.down || got.contrast != want.contrast || got.cutX != want.cutX || got.cutY != want.cutY {
		t.Errorf("%+v, want the rest of %+v", got, want)
	}
}
