package coupling

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// broken are patterns that are none of 3 receivers of 4 senders, but for the first.
var broken = []struct {
	name          string
	start, sender []int32
	want          string
}{
	{"good", []int32{0, 2, 2, 4}, []int32{1, 3, 0, 1}, ""},
	{"first start", []int32{1, 2, 2, 4}, []int32{1, 3, 0, 1}, "want 4 starts from 0"},
	{"last start", []int32{0, 2, 2, 3}, []int32{1, 3, 0, 1}, "want 4 starts from 0"},
	{"last start beyond", []int32{0, 2, 2, 1 << 30}, []int32{1, 3, 0, 1}, "want 4 starts from 0"},
	{"falling start", []int32{0, 2, 1, 4}, []int32{1, 3, 0, 1}, "receiver 1 has entries from 2 to 1"},
	{"negative start", []int32{0, -1, 2, 4}, []int32{1, 3, 0, 1}, "receiver 0 has entries from 0 to -1"},
	{"start past the end", []int32{0, 9, 2, 4}, []int32{1, 3, 0, 1}, "receiver 0 has entries from 0 to 9 of 4"},
	{"negative sender", []int32{0, 2, 2, 4}, []int32{1, 3, -1, 1}, "receiver 2, entry 2: sender -1, want 0 to 3"},
	{"sender too large", []int32{0, 2, 2, 4}, []int32{1, 4, 0, 1}, "receiver 0, entry 1: sender 4, want 0 to 3"},
	{"huge sender", []int32{0, 2, 2, 4}, []int32{1, 1 << 30, 0, 1}, "receiver 0, entry 1: sender 1073741824, want 0 to 3"},
	{"falling senders", []int32{0, 2, 2, 4}, []int32{3, 1, 0, 1}, "receiver 0, entry 1: sender 1 after 3"},
	{"equal senders", []int32{0, 2, 2, 4}, []int32{1, 3, 1, 1}, "receiver 2, entry 3: sender 1 after 1"},
	{"neuron on itself", []int32{0, 2, 2, 4}, []int32{1, 3, 0, 2}, "receiver 2, entry 3: a coupling of the neuron to itself"},
}

// fits reports whether an error is the one wanted, or none where none is.
func fits(err error, want string) bool {
	return (err == nil) == (want == "") && (err == nil || strings.Contains(err.Error(), want))
}

func TestLoadReportsEveryKindOfBrokenPattern(t *testing.T) {
	for _, c := range broken {
		s := NewSparse(Shape{Receivers: 3, Senders: 4})
		if strings.Contains(c.name, "itself") {
			s = NewSparse(Shape{Receivers: 4, Senders: 4, Hollow: true})
			c.start = append(c.start, 4)
		}
		tensors, done := s.Load(func(string) int { return 4 })
		tensors[0].SetIntegers(c.start, 0)
		tensors[1].SetIntegers(c.sender, 0)
		if err := tensors[2].Set(make([]float32, 4), 0); err != nil {
			t.Fatal(err)
		}
		if err := done(); !fits(err, c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
		if s.Filled() != (c.want == "") {
			t.Errorf("%s: filled %t", c.name, s.Filled())
		}
	}
	s := NewSparse(Shape{Receivers: 3, Senders: 4})
	_, done := s.Load(func(string) int { return 4 })
	if err := done(); err == nil {
		t.Error("arrays that were never set make a block of 4 couplings")
	}
}

// Fill takes what a callback gives, and is as careful as Load.
func TestFillReportsWhatIsNoPattern(t *testing.T) {
	for _, c := range []struct {
		name   string
		shape  Shape
		sender []int32
		want   string
	}{
		{"good", Shape{Receivers: 2, Senders: 5}, []int32{0, 4}, ""},
		{"negative", Shape{Receivers: 2, Senders: 5}, []int32{-1, 4}, "sender -1, want 0 to 4"},
		{"beyond", Shape{Receivers: 2, Senders: 5}, []int32{0, 5}, "sender 5, want 0 to 4"},
		{"huge", Shape{Receivers: 2, Senders: 5}, []int32{1 << 30}, "sender 1073741824"},
		{"falling", Shape{Receivers: 2, Senders: 5}, []int32{4, 0}, "sender 0 after 4"},
		{"itself", Shape{Receivers: 2, Senders: 2, Hollow: true}, []int32{0}, "to itself"},
		{"no receivers", Shape{Receivers: 0, Senders: 5}, nil, "0 receivers of 5 senders, want 1 to"},
		{"fewer than no senders", Shape{Receivers: 2, Senders: -5}, nil, "2 receivers of -5 senders"},
		{"too many", Shape{Receivers: 2, Senders: math.MaxInt}, nil, "senders, want 1 to"},
		{"hollow and not square", Shape{Receivers: 2, Senders: 3, Hollow: true}, nil, "hollow block of 2 receivers of 3"},
	} {
		senders := func(int) ([]int32, error) { return c.sender, nil }
		for kind, block := range map[string]Couplings{"sparse": NewSparse(c.shape), "sparse input": NewSparseInput(c.shape)} {
			if err := block.Fill(senders, func(int, []float32) {}); !fits(err, c.want) {
				t.Errorf("%s, %s: error %v, want one with %q", kind, c.name, err, c.want)
			}
		}
	}
	d := NewDense(Shape{Receivers: 2, Senders: 2})
	fill(t, d, drawTwin(rand.New(rand.NewPCG(9, 9)), d.shape, 2))
	if err := d.Fill(nil, nil); !fits(err, "has its couplings already") {
		t.Errorf("a second Fill: %v", err)
	}
	if _, done := d.Load(func(string) int { return 4 }); !fits(done(), "has its couplings already") {
		t.Error("a second Load has no error")
	}
}

func TestWindowedReportsWhatIsNoWindow(t *testing.T) {
	for _, c := range []struct {
		name    string
		senders int
		image   Image
		side    int
		reads   []int32
		want    string
	}{
		{"good", 12, Image{3, 4, 1}, 2, []int32{6, 7, 10, 11}, ""},
		{"two channels", 24, Image{3, 4, 2}, 1, []int32{22, 23}, ""},
		{"nothing", 12, Image{3, 4, 1}, 2, nil, "receiver 0 reads 0 values, want the 4 of a window"},
		{"thinned", 12, Image{3, 4, 1}, 2, []int32{6, 7, 10}, "receiver 0 reads 3 values, want the 4"},
		{"too wide", 12, Image{3, 4, 1}, 2, []int32{4, 6, 8, 9}, "receiver 0 reads input 6, want 5, value 1 of its window, which begins at input 4"},
		{"too high", 12, Image{3, 4, 1}, 2, []int32{1, 2, 9, 10}, "reads input 9, want 5"},
		{"beyond", 12, Image{3, 4, 1}, 2, []int32{8, 9, 12, 13}, "begins at input 8, row 2, column 0: no window of side 2 in an image of 3 x 4 with 1 channels"},
		{"across the edge", 12, Image{3, 4, 1}, 2, []int32{3, 4, 7, 8}, "begins at input 3, row 0, column 3"},
		{"between channels", 24, Image{3, 4, 2}, 1, []int32{3, 4}, "begins at input 3"},
		{"huge", 12, Image{3, 4, 1}, 2, []int32{1 << 30, 1<<30 + 1, 1<<30 + 2, 1<<30 + 3}, "begins at input 1073741824"},
		{"negative", 12, Image{3, 4, 1}, 2, []int32{-1, 0, 3, 4}, "begins at input -1"},
		{"another image", 12, Image{3, 4, 3}, 2, nil, "want 12 values"},
		{"no rows", 12, Image{0, 4, 3}, 2, nil, "image of 0 x 4"},
		{"sides that overflow", 12, Image{math.MaxInt/2 + 1, math.MaxInt/2 + 1, 1}, 2, nil, "windows of an image"},
		{"side too large", 12, Image{3, 4, 1}, 4, nil, "windows of side 4, want 1 to the smaller side of the image, 3"},
		{"no side", 12, Image{3, 4, 1}, 0, nil, "windows of side 0"},
	} {
		outline := func() *Windowed { return NewWindowed(Shape{Receivers: 1, Senders: c.senders}, c.image, c.side) }
		filled, loaded, rows := outline(), outline(), outline()
		if err := filled.Fill(func(int) ([]int32, error) { return c.reads, nil }, func(int, []float32) {}); !fits(err, c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
		if len(c.reads) == 0 {
			continue // nor compressed rows
		}
		tensors, done := rows.Load(func(string) int { return len(c.reads) })
		if len(tensors) == 3 {
			tensors[0].SetIntegers([]int32{0, int32(len(c.reads))}, 0)
			tensors[1].SetIntegers(c.reads, 0)
		}
		if err := done(); (err == nil) != (c.want == "") {
			t.Errorf("%s: error %v when loaded from compressed rows, want one: %t", c.name, err, c.want != "")
		}
		if filled.Filled() != (c.want == "") || rows.Filled() != (c.want == "") {
			t.Errorf("%s: filled %t, loaded %t", c.name, filled.Filled(), rows.Filled())
		}
		if strings.Contains(c.want, "begins at input") || c.want == "" {
			tensors, done := loaded.Load(func(string) int { return 0 })
			tensors[0].SetIntegers(c.reads[:1], 0)
			if err := done(); (err == nil) != (c.want == "" || strings.Contains(c.want, "reads input")) {
				t.Errorf("%s: error %v when loaded", c.name, err)
			}
		}
	}
	many := NewWindowed(Shape{Receivers: 1 << 20, Senders: 1 << 12}, Image{64, 64, 1}, 64)
	if err := many.Fill(nil, nil); !fits(err, "4096 values for 1048576 receivers, want at most 2147483647 couplings") {
		t.Errorf("windows with 2^32 couplings: %v", err)
	}
}

func TestSharedInputReportsGridsThatAreNone(t *testing.T) {
	good := Grid{Image: Image{5, 6, 2}, Side: 3, Stride: 2, Channels: 4}
	for want, change := range map[string]func(g *Grid){
		"":                                 func(*Grid) {},
		"stride of at least 1":             func(g *Grid) { g.Stride = 0 },
		"windows of side 6":                func(g *Grid) { g.Side = 6 },
		"0 channels":                       func(g *Grid) { g.Channels = 0 },
		"an image of 0 x 6":                func(g *Grid) { g.Image.Height = 0 },
		"reach 1 beyond an input":          func(g *Grid) { g.Border = 1 },
		"at most 67108864 neurons":         func(g *Grid) { g.Channels = 1 << 25 },
		"at most 2147483647 couplings":     func(g *Grid) { g.Side, g.Channels = 5, 1<<26 },
		"an image of 67108865 x 67108865 ": func(g *Grid) { g.Image.Height, g.Image.Width = 1<<26+1, 1<<26+1 },
	} {
		grid := good
		change(&grid)
		filled, loaded := NewSharedInput(grid), NewSharedInput(grid)
		err := filled.Fill(nil, func(int, []float32) {})
		_, done := loaded.Load(func(string) int { return 0 })
		if !fits(err, want) || !fits(done(), want) || filled.Filled() != (want == "") || loaded.Filled() != (want == "") {
			t.Errorf("%+v: errors %v and %v, want one with %q", grid, err, done(), want)
		}
		if want != "" {
			filled.Each(func(i, k int, _ *float32) bool { t.Errorf("%+v: a coupling", grid); return false })
			continue
		}
		if filled.Fill(nil, func(int, []float32) {}) == nil || done() == nil {
			t.Error("a block is filled twice")
		}
		if _, err := Packed(filled, 8); !fits(err, "shared couplings") {
			t.Errorf("packed: %v", err)
		}
		if _, done := LoadPacked(NewSharedInput(grid), 8, func(string) int { return 0 }); !fits(done(), "shared couplings") {
			t.Errorf("loaded packed: %v", done())
		}
	}
}

// What a block is made of cannot be reached from outside: neither by what Fill was given, nor
// by the arrays that it was loaded from.
func TestPatternsCannotBeChanged(t *testing.T) {
	given, values := []int32{1, 2}, []float32(nil)
	s := NewSparse(Shape{Receivers: 2, Senders: 3})
	if err := s.Fill(func(int) ([]int32, error) { return given, nil }, func(_ int, row []float32) { values = row }); err != nil {
		t.Fatal(err)
	}
	given[1], values[0] = 1<<30, 5
	loaded := NewSparse(s.shape)
	tensors, done := loaded.Load(func(string) int { return 4 })
	tensors[0].SetIntegers([]int32{0, 2, 4}, 0)
	tensors[1].SetIntegers([]int32{1, 2, 1, 2}, 0)
	if err := done(); err != nil {
		t.Fatal(err)
	}
	tensors[1].SetIntegers([]int32{1 << 30, 1 << 30, 1 << 30, 1 << 30}, 0)
	for name, block := range map[string]*Sparse{"filled": s, "loaded": loaded} {
		copied := block.Tensors()
		senders := make([]int32, 4)
		copied[1].GetIntegers(senders, 0)
		senders[0] = 1 << 30
		if outcome(func() { copied[1].SetIntegers(senders, 0) }) == nil {
			t.Errorf("%s: the senders of a block can be set", name)
		}
		block.Each(func(i, j int, _ *float32) bool {
			if j > 2 {
				t.Errorf("%s: receiver %d has sender %d", name, i, j)
			}
			return true
		})
	}
	if *s.At(1, 1) != 5 {
		t.Error("values are not those that were given")
	}
}

// Every kind that an outsider can make without a constructor is an outline or nil.
func TestCheckReportsBlocksThatAreNone(t *testing.T) {
	for _, c := range []struct {
		block Couplings
		want  string
	}{
		{nil, "is nil"},
		{(*Dense)(nil), "is nil"},
		{(*Windowed)(nil), "is nil"},
		{&Dense{}, "0 receivers of 0 senders, hollow false, want 2 of 2, true"},
		{NewDense(Shape{Receivers: 2, Senders: 2, Hollow: true}), "without couplings"},
		{NewSparse(Shape{Receivers: 2, Senders: 2}), "hollow false"},
	} {
		if err := Check(c.block, 2, 2, true); !fits(err, c.want) {
			t.Errorf("%T: error %v, want one with %q", c.block, err, c.want)
		}
	}
	s := NewSparse(Shape{Receivers: 2, Senders: 2, Hollow: true})
	if err := s.Fill(func(int) ([]int32, error) { return nil, nil }, func(int, []float32) {}); err != nil {
		t.Fatal(err)
	}
	if err := Check(s, 2, 2, true); err != nil {
		t.Errorf("a block that has no coupling: %v", err)
	}
}
