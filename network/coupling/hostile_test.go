package coupling

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// outcome calls what an outsider may call. A fault in assembly would end the tests.
func outcome(call func()) (recovered any) {
	defer func() { recovered = recover() }()
	call()
	return nil
}

// mustPanic holds that each call of a block panics, under every kernel.
func mustPanic(t *testing.T, block string, calls map[string]func()) {
	t.Helper()
	everyKernel(t, func(t *testing.T) {
		for name, call := range calls {
			if outcome(call) == nil {
				t.Errorf("%s: %s: no panic, want one", block, name)
			}
		}
	})
}

// Package comment: a method that is called with vectors too short, with indices out of
// range, or for a block without couplings, panics; it never reaches the loops below.
func TestHostileCallsOfBlocksPanic(t *testing.T) {
	shape := Shape{Receivers: 20, Senders: 40, FanIn: 40}
	r := rand.New(rand.NewPCG(7, 7))
	for kind, outline := range map[string]func() Block{
		"dense": func() Block { return NewDense(shape) }, "sparse": func() Block { return NewSparse(shape) },
		"shared": func() Block { return NewShared(Grid{Image{2, 2, 10}, 3, 1, 1, 5}, false) },
	} {
		b := outline()
		fill(t, b, drawTwin(r, shape, map[string]float64{"dense": 2, "sparse": 0.9, "shared": 2}[kind]))
		for name, b := range map[string]Block{kind: b, kind + " frozen": b.Frozen(), kind + " outline": outline()} {
			space := NewWorkspace(40, 0)
			vectors := func(count, size int) [][]float32 {
				v := make([][]float32, count)
				for q := range v {
					v[q] = make([]float32, size)
				}
				return v
			}
			states := func(size int) States { return States{Rows: vectors(3, size)} }
			real := States{Rows: vectors(3, 39), Real: true}
			planes := States{Rows: vectors(3, 48), Planes: [][]uint8{make([]uint8, 39)}}
			none := States{Rows: vectors(3, 48), Planes: [][]uint8{}}
			e := func(change func(e *Evidence)) func() {
				return func() {
					e, _, _, _ := evidence(r, 9, 20, 40)
					e.Step = 1
					change(e)
					b.Learn(e, 0, 1)
				}
			}
			calls := map[string]func(){
				"short product":      func() { b.Product(space, vectors(3, 31), states(48), 0, 32) },
				"short states":       func() { b.Product(space, vectors(3, 32), states(39), 0, 32) },
				"short real states":  func() { b.Product(space, vectors(3, 32), real, 0, 32) },
				"few states":         func() { b.Product(space, vectors(4, 32), states(48), 0, 32) },
				"nil states":         func() { b.Product(space, vectors(1, 32), States{}, 0, 32) },
				"range below zero":   func() { b.Product(space, vectors(3, 32), states(48), -16, 32) },
				"range beyond":       func() { b.Product(space, vectors(3, 4096), states(48), 0, 64) },
				"no workspace":       func() { b.Product(nil, vectors(3, 32), states(48), 0, 32) },
				"flip below zero":    func() { b.Flips(make([]float32, 32), make([]float32, 48), []int32{-1}) },
				"flip beyond":        func() { b.Flips(make([]float32, 32), make([]float32, 48), []int32{1 << 30}) },
				"flip just beyond":   func() { b.Flips(make([]float32, 32), make([]float32, 40), []int32{40}) },
				"flips, no product":  func() { b.Flips(nil, make([]float32, 48), []int32{1}) },
				"flips, few states":  func() { b.Flips(make([]float32, 32), make([]float32, 1), []int32{39}) },
				"change below zero":  func() { b.Change(make([]float32, 32), -1, 1) },
				"change beyond":      func() { b.Change(make([]float32, 32), math.MaxInt>>23+1, 1) },
				"change, no product": func() { b.Change(nil, 3, 1) },
				"receive, short mean": func() {
					b.Receive(make([]float32, 39), make([]float32, 48), make([]float64, 32), make([]float64, 32), 0, 32)
				},
				"receive, variance": func() {
					b.Receive(make([]float32, 48), make([]float32, 39), make([]float64, 32), make([]float64, 32), 0, 32)
				},
				"receive, short sum": func() {
					b.Receive(make([]float32, 48), make([]float32, 48), make([]float64, 16), make([]float64, 32), 0, 32)
				},
				"receive, square": func() {
					b.Receive(make([]float32, 48), make([]float32, 48), make([]float64, 32), make([]float64, 16), 16, 32)
				},
				"receive below zero": func() {
					b.Receive(make([]float32, 48), make([]float32, 48), make([]float64, 32), make([]float64, 32), -16, 32)
				},
				"receive beyond": func() {
					b.Receive(make([]float32, 48), make([]float32, 48), make([]float64, 32), make([]float64, 32), 16, 48)
				},
				"send, short mean": func() {
					b.Send(make([]float32, 19), make([]float32, 32), make([]float64, 48), make([]float64, 48), 0, 48)
				},
				"send, variance": func() {
					b.Send(make([]float32, 32), make([]float32, 19), make([]float64, 48), make([]float64, 48), 0, 48)
				},
				"send, short sum": func() {
					b.Send(make([]float32, 32), make([]float32, 32), make([]float64, 32), make([]float64, 48), 0, 48)
				},
				"send, square": func() {
					b.Send(make([]float32, 32), make([]float32, 32), make([]float64, 48), make([]float64, 32), 16, 48)
				},
				"send below zero": func() {
					b.Send(make([]float32, 32), make([]float32, 32), make([]float64, 48), make([]float64, 48), -16, 48)
				},
				"send beyond": func() {
					b.Send(make([]float32, 32), make([]float32, 32), make([]float64, 48), make([]float64, 48), 32, 64)
				},
				"no evidence":         func() { b.Learn(nil, 0, 1) },
				"short planes":        e(func(e *Evidence) { e.Signs[1] = e.Signs[1][:10:10] }),
				"short unstable":      e(func(e *Evidence) { e.Unstable[1] = nil }),
				"short sender planes": e(func(e *Evidence) { e.SenderSigns[0] = e.SenderSigns[0][:39:39] }),
				"few sender planes":   e(func(e *Evidence) { e.SenderSigns = e.SenderSigns[:1:1] }),
				"few unstable planes": e(func(e *Evidence) { e.Unstable = e.Unstable[:1:1] }),
				"part below zero":     func() { e, _, _, _ := evidence(r, 9, 20, 40); b.Learn(e, -1, 1) },
				"no parts":            func() { e, _, _, _ := evidence(r, 9, 20, 40); b.Learn(e, 0, 0) },
				"pairs beyond":        func() { b.Pairs(39, 1<<20, func(int, int, *float32, *float32) {}) },
			}
			if kind == "sparse" {
				calls["small workspace"] = func() { b.Product(NewWorkspace(16, 0), vectors(3, 32), states(48), 0, 32) }
				calls["short planes of states"] = func() { b.Product(space, vectors(3, 32), planes, 0, 32) }
				calls["no planes of states"] = func() { b.Product(space, vectors(3, 32), none, 0, 32) }
				calls["small evidence"] = e(func(e *Evidence) { *e = Evidence{Unstable: e.Unstable, Signs: e.Signs} })
			}
			mustPanic(t, name, calls)
			for _, at := range [][2]int{{-1, 0}, {0, -1}, {20, 0}, {0, 40}, {math.MaxInt/2 + 1, 0}, {0, math.MaxInt/2 + 1}, {0, math.MinInt}} {
				if v := b.At(at[0], at[1]); v != nil {
					t.Errorf("%s: a coupling at %v", name, at)
				}
			}
		}
	}
}

func TestHostileCallsOfInputsPanic(t *testing.T) {
	shape, image := Shape{Receivers: 20, Senders: 30, FanIn: 9}, Image{5, 6, 1}
	r := rand.New(rand.NewPCG(8, 8))
	for kind, outline := range map[string]func() Input{
		"dense": func() Input { return NewDenseInput(shape) }, "sparse": func() Input { return NewSparseInput(shape) },
		"windowed": func() Input { return NewWindowed(shape, image, 3) }, "shared": func() Input { return NewSharedInput(Grid{Image: image, Side: 3, Stride: 2, Channels: 5}) },
	} {
		b := outline()
		fill(t, b, drawWindows(r, shape, image, 3, 2))
		inputs := map[string]Input{kind: b, kind + " frozen": b.Frozen(), kind + " outline": outline()}
		for name, b := range inputs {
			rows := func(count, size int) [][]float32 {
				v := make([][]float32, count)
				for q := range v {
					v[q] = make([]float32, size)
				}
				return v
			}
			space := NewWorkspace(20, 30)
			product := func(space *Workspace, tile Tile, fields [][]float32, at, from, to int) func() {
				return func() { b.Product(space, tile, fields, at, from, to) }
			}
			tile := func(samples, lanes, width int) Tile {
				t := Tile{Rows: rows(samples, 32), Lanes: make([]float32, lanes), Width: width}
				for k := range t.Lanes {
					t.Lanes[k] = 1
				}
				return t
			}
			e := func(change func(e *Evidence)) func() {
				return func() {
					e, _, _, _ := evidence(r, 9, 20, 1)
					for _, plane := range e.Unstable {
						plane[7] = 1
					}
					e.Step, e.Inputs = 1, rows(9, 32)
					change(e)
					b.Learn(e, 0, 1)
				}
			}
			calls := map[string]func(){
				"few lanes":       product(space, tile(3, 239, 8), rows(8, 32), 0, 0, 32),
				"no width":        product(space, tile(3, 240, 0), rows(8, 32), 0, 0, 32),
				"odd width":       product(space, tile(3, 240, 7), rows(7, 32), 0, 0, 32),
				"huge width":      product(space, tile(3, 240, math.MaxInt/8+1), rows(8, 32), 0, 0, 32),
				"few fields":      product(space, tile(3, 240, 8), rows(7, 32), 0, 0, 32),
				"many fields":     product(space, tile(3, 240, 8), rows(16, 32), 0, 0, 32),
				"short fields":    product(space, tile(3, 240, 8), rows(8, 31), 0, 0, 32),
				"no fields":       product(space, tile(1, 240, 8), nil, 0, 0, 32),
				"place too large": product(space, tile(3, 240, 8), rows(8, 32), 16, 0, 32),
				"place below":     product(space, tile(3, 240, 8), rows(8, 32), -16, 0, 32),
				"range below":     product(space, tile(3, 240, 8), rows(8, 32), 0, -16, 32),
				"range beyond":    product(space, tile(3, 240, 8), rows(8, 32), 0, 0, 64),
				"no workspace":    product(nil, tile(3, 240, 8), rows(8, 32), 0, 0, 32),
				"no inputs":       e(func(e *Evidence) { e.Inputs = nil }),
				"short inputs":    e(func(e *Evidence) { e.Inputs[8], e.Inputs[0] = make([]float32, 29), nil }),
				"short planes":    e(func(e *Evidence) { e.Unstable[0] = e.Unstable[0][:3] }),
				"few signs":       e(func(e *Evidence) { e.Signs = nil }),
				"short weights":   e(func(e *Evidence) { e.Weights = rows(9, 19) }),
				"no evidence":     func() { b.Learn(nil, 0, 1) },
				"no parts":        func() { b.Learn(&Evidence{}, 0, 0) },
				"part below zero": func() { b.Learn(&Evidence{Weights: rows(1, 20)}, -1, 1) },
			}
			mustPanic(t, name, calls)
		}
	}
	single := NewSparseInput(shape)
	fill(t, single, drawTwin(r, shape, 0.5))
	mustPanic(t, "sparse frozen", map[string]func(){
		"one short sample": func() {
			single.Frozen().Product(NewWorkspace(20, 30), Tile{Rows: [][]float32{make([]float32, 29)}, Lanes: make([]float32, 240), Width: 8}, [][]float32{make([]float32, 32)}, 0, 0, 32)
		},
	})
}

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
