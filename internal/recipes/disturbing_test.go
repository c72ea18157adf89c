package recipes

import (
	"math"
	"slices"
	"testing"
)

// ramp are samples of a height and a width with some channels, of which no value is 0, black
// (-2) or white (3).
type ramp struct{ image }

func (r ramp) Count() int    { return 50 }
func (r ramp) Dim() int      { return r.height * r.width * r.channels }
func (r ramp) Label(int) int { return 0 }

func (r ramp) Row(place int, dst []float32) {
	for k := range r.Dim() {
		dst[k] = 4 + float32(place) + float32(k)/1000
	}
}

func newRamp(height, width, channels int) ramp {
	m := image{height: height, width: width, channels: channels}
	for range height * width * channels {
		m.black, m.white = append(m.black, -2), append(m.white, 3)
	}
	return ramp{m}
}

// rowUnder returns a row before and after a disturbance, with a value beyond its end.
func rowUnder(r ramp, kind string, strength float64, seed uint64, place int) (before, after []float32) {
	before, after = make([]float32, r.Dim()+1), make([]float32, r.Dim()+1)
	before[r.Dim()], after[r.Dim()] = 77, 77
	r.Row(place, before)
	disturbed{r, slices.Index(disturbances, kind), strength, seed, r.image}.Row(place, after)
	return before, after
}

// pixelsOf counts the pixels that are a value in all channels, and those that have not changed.
func pixelsOf(r ramp, before, after []float32, value float32) (equal, same int) {
	for p := range r.height * r.width {
		if !slices.ContainsFunc(r.pixel(after, p), func(v float32) bool { return v != value }) {
			equal++
		}
		if slices.Equal(r.pixel(after, p), r.pixel(before, p)) {
			same++
		}
	}
	return equal, same
}

func TestDisturbancesChangeWhatTheySay(t *testing.T) {
	for _, r := range []ramp{newRamp(28, 28, 1), newRamp(8, 8, 1), newRamp(9, 14, 3)} {
		all := r.height * r.width
		for place := range 20 {
			for _, share := range []float64{0.1, 0.5, 1} {
				want := int(math.Round(share * float64(all)))
				before, after := rowUnder(r, byGaps, share, 1, place)
				if zero, same := pixelsOf(r, before, after, 0); zero != want || same != all-want {
					t.Fatalf("%dx%d, share %v missing: %d pixels are 0 and %d as before, want %d", r.height, r.width, share, zero, same, want)
				}
				before, after = rowUnder(r, byFlips, share, 1, place)
				black, same := pixelsOf(r, before, after, -2)
				white, _ := pixelsOf(r, before, after, 3)
				if black+white != want || same != all-want {
					t.Fatalf("%dx%d, share %v flipped: %d pixels are black and %d white, want %d", r.height, r.width, share, black, white, want)
				}
			}
			for _, side := range []int{1, 3, 8} {
				before, after := rowUnder(r, byOcclusion, float64(side), 1, place)
				black, same := pixelsOf(r, before, after, -2)
				top, bottom, left, right := all, -1, all, -1
				for p := range all {
					if after[p*r.channels] == -2 {
						top, bottom, left, right = min(top, p/r.width), max(bottom, p/r.width), min(left, p%r.width), max(right, p%r.width)
					}
				}
				if black != side*side || same != all-black || bottom-top != side-1 || right-left != side-1 {
					t.Fatalf("%dx%d, square of %d: %d pixels are black, rows %d to %d, columns %d to %d", r.height, r.width, side, black, top, bottom, left, right)
				}
			}
			before, after := rowUnder(r, byHalf, 0.5, 1, place)
			half := []int{int(math.Round(0.5*float64(r.height))) * r.width, int(math.Round(0.5*float64(r.width))) * r.height}
			if zero, same := pixelsOf(r, before, after, 0); !slices.Contains(half, zero) || same != all-zero {
				t.Fatalf("%dx%d, half: %d pixels are 0 and %d as before", r.height, r.width, zero, same)
			}
			if before[r.Dim()] != 77 || after[r.Dim()] != 77 {
				t.Fatal("a value beyond the row has changed")
			}
		}
	}
}

// A shifted image is that of one of the four sides, pixel by pixel; all four occur.
func TestShiftsMoveThePixels(t *testing.T) {
	r := newRamp(7, 9, 2)
	met := map[[2]int]bool{}
	for place := range 40 {
		before, after := rowUnder(r, byShift, 2, 3, place)
		for _, side := range sides {
			fits := true
			for y := range r.height {
				for x := range r.width {
					want := []float32{-2, -2}
					if fromY, fromX := y-2*side[0], x-2*side[1]; fromY >= 0 && fromY < r.height && fromX >= 0 && fromX < r.width {
						want = r.pixel(before, fromY*r.width+fromX)
					}
					fits = fits && slices.Equal(r.pixel(after, y*r.width+x), want)
				}
			}
			if fits {
				met[side] = true
			}
		}
	}
	if len(met) != 4 {
		t.Errorf("shifts to the sides %v, want all four", met)
	}
}

// Over 20 x 784 values the mean of standard noise has standard error 0.008, its square 0.011;
// five of them are allowed. One strength is the multiple of another.
func TestNoiseIsNormal(t *testing.T) {
	r := newRamp(28, 28, 1)
	mean, square := 0.0, 0.0
	for place := range 20 {
		before, one := rowUnder(r, byNoise, 1, 5, place)
		_, two := rowUnder(r, byNoise, 2, 5, place)
		for k := range r.Dim() {
			z := float64(one[k] - before[k])
			mean += z / float64(20*r.Dim())
			square += z * z / float64(20*r.Dim())
			if math.Abs(float64(two[k]-before[k])-2*z) > 1e-4 {
				t.Fatalf("noise %v and %v at strengths 1 and 2", z, two[k]-before[k])
			}
		}
	}
	if math.Abs(mean) > 0.04 || math.Abs(square-1) > 0.056 {
		t.Errorf("mean %v and square %v, want 0 and 1", mean, square)
	}
}

func TestDisturbancesAreFunctionsOfTheirAddress(t *testing.T) {
	r := newRamp(28, 28, 1)
	for _, kind := range disturbances {
		strength, weaker := 0.5, 0.25
		if kind == byOcclusion || kind == byShift {
			strength, weaker = 6, 3
		}
		before, first := rowUnder(r, kind, strength, 1, 3)
		_, again := rowUnder(r, kind, strength, 1, 3)
		_, none := rowUnder(r, kind, 0, 1, 3)
		if !slices.Equal(first, again) || !slices.Equal(none, before) {
			t.Errorf("%s: one address gave two rows, or strength 0 changed one", kind)
		}
		differ := false
		for seed := uint64(2); seed < 12; seed++ { // shifts have four sides
			_, other := rowUnder(r, kind, strength, seed, 3)
			differ = differ || !slices.Equal(other, first)
		}
		if !differ {
			t.Errorf("%s: ten seeds gave the same", kind)
		}
		if kind == byNoise || kind == byOcclusion || kind == byShift {
			continue
		}
		_, less := rowUnder(r, kind, weaker, 1, 3)
		for k := range r.Dim() {
			if less[k] != before[k] && less[k] != first[k] {
				t.Fatalf("%s: value %d is %v when weaker, %v when stronger", kind, k, less[k], first[k])
			}
		}
	}
}
