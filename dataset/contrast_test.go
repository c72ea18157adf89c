package dataset

import (
	"math"
	"slices"
	"testing"
)

// A sample of contrast has the mean 0 and nearly the deviation 1, as the equation says.
func TestContrastIsThatOfTheSample(t *testing.T) {
	s := &Set{Name: "s", Shape: []int{1, 2, 3}, Bytes: []uint8{10, 20, 30, 40, 50, 60, 9, 9, 9, 9, 9, 9}, Maximum: 255}
	in := must(t)(Preprocess{Contrast: "sample"}, s)
	row := make([]float32, 6)
	in.Row(0, row)
	for k, v := range row {
		want := (float64(10+10*k) - 35) / math.Sqrt(3500.0/12+10)
		if math.Abs(float64(v)-want) > 1e-6 {
			t.Errorf("value %d is %v, want %v", k, v, want)
		}
	}
	if in.Row(1, row); !slices.Equal(row, make([]float32, 6)) {
		t.Errorf("a sample of one grey becomes %v, want zeros", row)
	}
}

// Local contrast against its definition, at every size of the square and of the image.
func TestLocalContrastIsThatOfThePixelsAround(t *testing.T) {
	for _, size := range [][3]int{{5, 7, 3}, {1, 1, 1}, {8, 3, 2}, {32, 32, 3}} {
		height, width, channels := size[0], size[1], size[2]
		s := correlated(2, height, width, channels)
		x := s.Floats[:height*width*channels]
		for _, side := range []int{1, 2, 3, 6, 7, 9, 64} {
			l := localContrast{height, width, channels, side}
			got := slices.Clone(x)
			room := l.room()
			for k := range room {
				room[k] = 9 // of a row before
			}
			l.normalise(got, room)
			for y := range height {
				for x0 := range width {
					var around []float64
					for v := y - side/2; v < y-side/2+side; v++ {
						for u := x0 - side/2; u < x0-side/2+side; u++ {
							for c := range channels {
								if v >= 0 && v < height && u >= 0 && u < width {
									around = append(around, float64(x[(v*width+u)*channels+c]))
								}
							}
						}
					}
					mean, variance := meanOf(around), 0.0
					for _, v := range around {
						variance += (v - mean) * (v - mean) / float64(len(around))
					}
					for c := range channels {
						k := (y*width+x0)*channels + c
						if want := (float64(x[k]) - mean) / math.Sqrt(variance+10./65025); math.Abs(float64(got[k])-want) > 1e-5 {
							t.Fatalf("%v, side %d: value %d %d %d is %v, want %v", size, side, y, x0, c, got[k], want)
						}
					}
				}
			}
		}
	}
}
