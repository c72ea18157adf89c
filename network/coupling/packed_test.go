package coupling

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestPackerWritesNumbersOfEveryWidth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for width := 1; width <= 24; width++ {
		for count := range 40 {
			var p packer
			var want []uint32
			for range count {
				v := r.Uint32N(1 << width)
				p.add(v, width)
				want = append(want, v)
			}
			u := unpacker{p.bytes, width}
			if !u.holds(count) || width > 7 && u.holds(count+1) {
				t.Fatalf("width %d, %d numbers: %d bytes", width, count, len(p.bytes))
			}
			for n, v := range want {
				if got := u.at(n); got != v {
					t.Fatalf("width %d: number %d of %d is %d, want %d", width, n, count, got, v)
				}
			}
		}
	}
}

func TestLowestBitIsThatOfTheNumber(t *testing.T) {
	for _, c := range []struct {
		v    float32
		want int
	}{{1, 0}, {-6, 1}, {0.375, -3}, {math.MaxFloat32, 104}, {math.SmallestNonzeroFloat32, -149}, {0x1p-126, -126}, {3 * 0x1p-149, -149}} {
		if got := LowestBit(c.v); got != c.want {
			t.Errorf("%v: %d, want %d", c.v, got, c.want)
		}
	}
}

// integerKinds are blocks of integers of 4 bits in units of their receivers, and an outline of
// each.
func integerKinds(t *testing.T) map[string][2]Couplings {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	inputs, among := Shape{Receivers: 19, Senders: 30, FanIn: 9}, Shape{Receivers: 21, Senders: 21, Hollow: true, FanIn: 5}
	image := Image{Height: 5, Width: 6, Channels: 1}
	kinds := map[string]func() Couplings{
		"dense": func() Couplings { return NewDense(among) }, "sparse": func() Couplings { return NewSparse(among) },
		"dense input": func() Couplings { return NewDenseInput(inputs) }, "sparse input": func() Couplings { return NewSparseInput(inputs) },
		"windowed": func() Couplings { return NewWindowed(inputs, image, 3) },
	}
	made := map[string][2]Couplings{}
	for name, outline := range kinds {
		c := outline()
		err := c.Fill(func(i int) ([]int32, error) {
			var senders []int32
			for k := range int32(c.Shape().Senders) {
				switch {
				case name == "windowed":
					if first := i % 4; int(k)/6 < 3 && int(k)%6 >= first && int(k)%6 < first+3 {
						senders = append(senders, k)
					}
				case (int(k)+i)%3 == 0 && int(k) != i && i != 7: // one receiver has none
					senders = append(senders, k)
				}
			}
			return senders, nil
		}, func(i int, row []float32) {
			for e := range row {
				row[e] = float32(math.Ldexp(float64(r.IntN(15)-7), i-12))
			}
		})
		if err != nil {
			t.Fatal(name, err)
		}
		made[name] = [2]Couplings{c, outline()}
	}
	return made
}

func TestPackedCouplingsComeBack(t *testing.T) {
	for name, pair := range integerKinds(t) {
		c, outline := pair[0], pair[1]
		arrays, err := Packed(c, 4)
		if err != nil {
			t.Fatal(name, err)
		}
		if err := loadPacked(outline, 4, arrays); err != nil {
			t.Fatal(name, err)
		}
		var want, got []float32
		c.Each(func(i, j int, v *float32) bool { want = append(want, float32(i), float32(j), *v); return true })
		outline.Each(func(i, j int, v *float32) bool { got = append(got, float32(i), float32(j), *v); return true })
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if _, err := Packed(c, 2); err == nil || !strings.Contains(err.Error(), "want integers up to 1") {
			t.Errorf("%s in 2 bits: %v", name, err)
		}
	}
}

// loadPacked fills an outline from arrays.
func loadPacked(outline Couplings, width int, arrays []Tensor) error {
	find := func(name string) *Tensor {
		for t := range arrays {
			if arrays[t].Name == name {
				return &arrays[t]
			}
		}
		return nil
	}
	list, done := LoadPacked(outline, width, func(name string) int { return find(name).Count() })
	for k := range list {
		from := find(list[k].Name)
		if list[k].Bytes() {
			bytes := make([]uint8, from.Count())
			from.GetBytes(bytes, 0)
			list[k].SetBytes(bytes, 0)
			continue
		}
		values := make([]int32, from.Count())
		from.GetIntegers(values, 0)
		list[k].SetIntegers(values, 0)
	}
	return done()
}

func TestPackedArraysThatDoNotFitAreRefused(t *testing.T) {
	cut := func(list []Tensor, name string) {
		for k, a := range list {
			if a.Name == name {
				bytes := make([]uint8, a.Count()-1)
				a.GetBytes(bytes, 0)
				list[k] = Bytes(name, &bytes, len(bytes))
			}
		}
	}
	number := func(list []Tensor, name string, at int, v int32) {
		for k := range list {
			if list[k].Name == name {
				values := slices.Clone(*list[k].ints)
				values[at] = v
				list[k].ints = &values
			}
		}
	}
	for _, c := range []struct {
		kind, want string
		harm       func(list []Tensor)
	}{
		{"dense", "bytes of values", func(list []Tensor) { cut(list, ".value") }},
		{"sparse", "bytes of values", func(list []Tensor) { cut(list, ".value") }},
		{"sparse", "bytes of senders", func(list []Tensor) { cut(list, ".sender") }},
		{"sparse", "has couplings from", func(list []Tensor) { number(list, ".start", 3, -1) }},
		{"sparse", "has couplings from", func(list []Tensor) { number(list, ".start", 0, 1) }},
		{"sparse", "bytes of senders", func(list []Tensor) { number(list, ".start", 21, math.MaxInt32) }},
		{"sparse input", "has couplings from", func(list []Tensor) { number(list, ".start", 5, math.MaxInt32) }},
		{"windowed", "windowed block", func(list []Tensor) { number(list, ".window", 5, 1<<20) }},
		{"windowed", "windowed block", func(list []Tensor) { number(list, ".window", 5, -1) }},
	} {
		pair := integerKinds(t)[c.kind]
		arrays, err := Packed(pair[0], 4)
		if err != nil {
			t.Fatal(err)
		}
		c.harm(arrays)
		if err := loadPacked(pair[1], 4, arrays); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.kind, err, c.want)
		}
	}
}
