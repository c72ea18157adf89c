package kernel

import (
	"math"
	"slices"
	"testing"

	"basin/internal/random"
)

// words64 draws words, some of which have all bits or none.
func (d *draws) words64(n int) []uint64 {
	v := make([]uint64, n)
	for i := range v {
		switch d.IntN(6) {
		case 0:
			v[i] = math.MaxUint64
		case 1:
		default:
			v[i] = d.Uint64()
		}
	}
	return v
}

func TestDifferencesEqualReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		words := n / 2
		for _, shape := range [][2]int{{4, 4}, {4, 12}, {8, 4}, {12, 20}, {0, 4}, {4, 0}} {
			rows, columns := shape[0], shape[1]
			for _, gap := range []int{0, 3} {
				a, b := d.words64(rows*words), d.words64(columns*words)
				got := make([]int32, rows*(columns+gap)+5)
				for i := range got {
					got[i] = -7
				}
				want := slices.Clone(got)
				Differences(got, columns+gap, a, b, words)
				differencesReference(want, columns+gap, a, b, words)
				if !slices.Equal(got, want) {
					t.Fatalf("%s, %d x %d rows of %d words: counts %v, want %v", what, rows, columns, words, got, want)
				}
			}
		}
	})
}

// The reference counts bits; this is the sum of products of states that it stands for.
func TestDifferencesAreTheProductsOfStates(t *testing.T) {
	d := &draws{random.New(3, random.Synthetic)}
	const words = 8
	a, b := d.words64(4*words), d.words64(8*words)
	counts := make([]int32, 4*8)
	Differences(counts, 8, a, b, words)
	sign := func(v []uint64, row, sample int) int { return 1 - 2*int(v[row*words+sample/64]>>(sample%64)&1) }
	for i := range 4 {
		for j := range 8 {
			sum := 0
			for sample := range 64 * words {
				sum += sign(a, i, sample) * sign(b, j, sample)
			}
			if got := 64*words - 2*int(counts[i*8+j]); got != sum {
				t.Errorf("rows %d and %d: %d, want %d", i, j, got, sum)
			}
		}
	}
}

// Rows of ones against rows of zeros: the largest counts.
func TestDifferencesOfManyWords(t *testing.T) {
	everyVersion(t, func(t *testing.T, _ *draws, what string, n int) {
		words := 64 * n
		a, b := make([]uint64, 4*words), make([]uint64, 4*words)
		for i := range a {
			a[i] = math.MaxUint64
		}
		counts := make([]int32, 16)
		Differences(counts, 4, a, b, words)
		for k, c := range counts {
			if int(c) != 64*words {
				t.Fatalf("%s: pair %d differs in %d bits, want %d", what, k, c, 64*words)
			}
		}
	})
}

func (d *draws) someDoubles(n int) []float64 {
	normal := d.Rand()
	v := make([]float64, n)
	for i := range v {
		v[i] = normal.NormFloat64()
	}
	if n > 3 {
		v[1], v[2] = 1e150, -1e-150
	}
	return v
}

func TestSubtractProductsEqualsReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		for _, shape := range [][3]int{{4, 32, 1}, {8, 64, 7}, {4, 96, n}, {12, 32, 0}, {0, 32, 3}} {
			rows, columns, terms := shape[0], shape[1], shape[2]
			for _, turned := range []bool{false, true} {
				f := Factors{Row: terms + 3, Term: 1, Next: columns + 5}
				if turned {
					f.Row, f.Term = 1, rows+2
				}
				f.A = d.someDoubles((rows+2)*(terms+3) + 3)
				f.B = d.someDoubles(terms*f.Next + columns)
				stride := columns + 1
				got := d.someDoubles(rows*stride + 9)
				want := slices.Clone(got)
				SubtractProducts(got, stride, rows, columns, f, terms)
				subtractProductsReference(want, stride, rows, columns, f, terms)
				for k := range want {
					if math.Float64bits(got[k]) != math.Float64bits(want[k]) {
						t.Fatalf("%s, %d x %d, %d terms, turned %t: place %d is %v, want %v", what, rows, columns, terms, turned, k, got[k], want[k])
					}
				}
			}
		}
	})
}

// Exact numbers, against the sum as a mathematician writes it.
func TestSubtractProductsSubtractsAProduct(t *testing.T) {
	d := &draws{random.New(4, random.Synthetic)}
	const rows, columns, terms = 8, 64, 11
	whole := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(d.IntN(41) - 20)
		}
		return v
	}
	f := Factors{A: whole(rows * terms), Row: terms, Term: 1, B: whole(terms * columns), Next: columns}
	c := whole(rows * columns)
	before := slices.Clone(c)
	SubtractProducts(c, columns, rows, columns, f, terms)
	for i := range rows {
		for j := range columns {
			want := before[i*columns+j]
			for k := range terms {
				want -= f.A[i*terms+k] * f.B[k*columns+j]
			}
			if c[i*columns+j] != want {
				t.Fatalf("row %d, column %d: %v, want %v", i, j, c[i*columns+j], want)
			}
		}
	}
}

// Two operations for each pair of neurons and sample.
func BenchmarkDifferences(b *testing.B) {
	benchmark(b, []int{64}, func(d *draws, n int) (func(), int) {
		const words = 128
		rows, columns := d.words64(n*words), d.words64(n*words)
		counts := make([]int32, n*n)
		return func() { Differences(counts, n, rows, columns, words) }, 2 * 64 * words * n * n
	})
}

func BenchmarkSubtractProducts(b *testing.B) {
	benchmark(b, []int{64}, func(_ *draws, n int) (func(), int) {
		const terms = 64
		c, f := make([]float64, n*n), Factors{A: make([]float64, n*terms), Row: terms, Term: 1, B: make([]float64, terms*n), Next: n}
		return func() { SubtractProducts(c, n, n, n, f, terms) }, 2 * n * n * terms
	})
}

func TestSubtractedMatricesStayAsTheyAre(t *testing.T) {
	for _, name := range Available() {
		t.Run(name, func(t *testing.T) {
			undo, err := Use(name)
			if err != nil {
				t.Fatal(err)
			}
			defer undo()
			d := &draws{random.New(8, random.Synthetic)}
			f := Factors{A: d.someDoubles(64), Row: 8, Term: 1, B: d.someDoubles(8 * 32), Next: 32}
			a, b := slices.Clone(f.A), slices.Clone(f.B)
			SubtractProducts(make([]float64, 8*32), 32, 8, 32, f, 8)
			if !slices.Equal(f.A, a) || !slices.Equal(f.B, b) {
				t.Error("factors were changed")
			}
		})
	}
}
