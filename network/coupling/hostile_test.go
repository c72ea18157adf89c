package coupling

import (
	"math"
	"math/rand/v2"
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
