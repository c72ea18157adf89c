package dataset

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// Value (h, w, c) of an image is 100c + 10h + w, whichever end the channels are at.
func TestChannelsAreFoundAtEitherEnd(t *testing.T) {
	const height, width = 2, 5
	image := func(channels int, last bool) (data []byte) {
		if last {
			for h := range height {
				for w := range width {
					for c := range channels {
						data = append(data, byte(100*(c%2)+10*h+w))
					}
				}
			}
			return data
		}
		for c := range channels {
			for h := range height {
				for w := range width {
					data = append(data, byte(100*(c%2)+10*h+w))
				}
			}
		}
		return data
	}
	for _, channels := range []int{1, 3, 4} {
		want := []int{height, width, channels}
		data := image(channels, true)
		s, err := ReadNPY(bytes.NewReader(npyFile("|u1", false, []int{1, height, width, channels}, data)))
		check(t, s, err, want, data, nil)
		if s.Notes != nil {
			t.Errorf("notes are %q, want none", s.Notes)
		}
		s, err = ReadNPY(bytes.NewReader(npyFile("|u1", false, []int{1, channels, height, width}, image(channels, false))))
		check(t, s, err, want, data, nil)
		noted(t, s.Notes, "samples x channels x height x width")
		s, err = ReadIDX(bytes.NewReader(idxFile(8, []int{1, channels, height, width}, image(channels, false))))
		check(t, s, err, want, data, nil)
	}
	wide := make([]float32, 2*height*width)
	for i, v := range image(2*1, false)[:height*width] {
		wide[i], wide[height*width+i] = float32(v)+.5, float32(v)
	}
	s, err := ReadNPY(bytes.NewReader(npyFile("<f4", false, []int{2, 1, height, width}, little(wide))))
	check(t, s, err, []int{height, width, 1}, nil, wide)
}

func TestChannelsOfOtherNumbersAreLastOrRefused(t *testing.T) {
	read := func(shape ...int) (*Set, error) {
		return ReadNPY(bytes.NewReader(npyFile("|u1", false, append([]int{1}, shape...), make([]byte, volume(shape)))))
	}
	s, err := read(8, 6, 2)
	if err != nil || !slices.Equal(s.Shape, []int{8, 6, 2}) {
		t.Fatal(s, err)
	}
	noted(t, s.Notes, "samples x height x width x channels")
	for _, shape := range [][]int{{3, 5, 3}, {1, 5, 3}, {4, 4, 4}, {3, 5, 1}, {8, 6, 6}, {2, 8, 8}, {8, 5, 6}} {
		_, err := read(shape...)
		if err == nil || !strings.Contains(err.Error(), "the last") || !strings.Contains(err.Error(), "the second") {
			t.Errorf("shape %v: %v, want both readings", shape, err)
		}
	}
	for _, shape := range [][]int{{1, 5, 1}, {1, 1, 3}} { // the same values either way
		if s, err := read(shape...); err != nil || !slices.Equal(s.Shape, shape) {
			t.Errorf("shape %v: %v, %v", shape, s, err)
		}
	}
}

func TestTheTranspositionOfEMNISTIsSaid(t *testing.T) {
	dir := t.TempDir()
	for name, said := range map[string]bool{"emnist-letters-train-images-idx3-ubyte": true, "some-images-idx3-ubyte": false} {
		s, err := Read(write(t, idxFile(8, []int{1, 28, 28}, make([]byte, 784)), dir, name), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(s.Notes) > 0; got != said {
			t.Errorf("%s: notes %q", name, s.Notes)
		}
	}
}
