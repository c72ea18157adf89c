package explore

import (
	"slices"
	"strings"
	"testing"

	"basin"
	"basin/dataset"
	"basin/settings"
)

// colourModel has learned coloured images of 9 x 6 pixels, whose file is gone.
func colourModel(t *testing.T) *basin.Model {
	t.Helper()
	set := &dataset.Set{Name: "colours", Shape: []int{9, 6, 3}, Maximum: 255, LabelNames: []string{"a", "b"}}
	for i := range 12 {
		for k := range 9 * 6 * 3 {
			set.Bytes = append(set.Bytes, byte(37*i*(k+1)%256))
		}
		set.Labels = append(set.Labels, i%2)
	}
	s := settings.Defaults()
	s.Data.Set, s.Network.Modules[0].Neurons, s.Learning.Epochs = t.TempDir()+"/gone.npz", 20, 1
	s.Network.Modules[0].Input.Window = 0
	m, err := basin.Train(t.Context(), s, &dataset.Data{Train: set}, basin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A model of images whose samples are gone reads the digits in its size, in every channel the same.
func TestDigitsStandInForImagesThatAreGone(t *testing.T) {
	e := explorer(t, Options{Model: colourModel(t)})
	c := answered[relaxChoices](t, e, "relax/choices", struct{}{})
	if r := c.Model.Reads; !slices.Equal(r.Shape, []int{9, 6, 3}) || r.Samples != 360 || !strings.Contains(r.From, "embedded digits") {
		t.Fatalf("the model is said to read %+v", r)
	}
	q := relaxed()
	q.Network = "model"
	a := answered[trajectory](t, e, "relax/run", q)
	q.Network = "drawn"
	digit := answered[trajectory](t, e, "relax/run", q).Picture
	if p := a.Picture; p.Rows != 9 || p.Columns != 6 || p.Channels != 3 {
		t.Fatalf("a picture of %d x %d x %d", p.Rows, p.Columns, p.Channels)
	}
	for y := range 9 {
		for x := range 6 {
			want := digit.Values[y*8/9*8+x*8/6]
			for channel := range 3 {
				if got := a.Picture.Values[(y*6+x)*3+channel]; got-want > 1e-6 || want-got > 1e-6 {
					t.Errorf("row %d, column %d, channel %d is %v, want %v", y, x, channel, got, want)
				}
			}
		}
	}
}

// A drawing is in every channel the same, and noise stays within what a picture can hold.
func TestDrawingOnColouredImages(t *testing.T) {
	e := explorer(t, Options{Model: colourModel(t)})
	q := relaxed()
	q.Network, q.Source, q.Drawing = "model", "drawing", strings.Repeat("0f7", 18)
	p := answered[trajectory](t, e, "relax/run", q).Picture
	for i, v := range p.Values {
		if want := []float32{0, 1, 7.0 / 15}[i/3%3]; v-want > 1e-6 || want-v > 1e-6 {
			t.Errorf("value %d is %v, want %v", i, v, want)
		}
	}
	q.Noise = 5
	p = answered[trajectory](t, e, "relax/run", q).Picture
	if low, high := slices.Min(p.Values), slices.Max(p.Values); low != 0 || high != 1 {
		t.Errorf("with noise the picture goes from %v to %v, want 0 to 1", low, high)
	}
}

// Of a strength of zero nothing is read.
func TestNoInputIsReadWithoutStrength(t *testing.T) {
	e := explorer(t, Options{})
	q := relaxed()
	q.Strength, q.Start = 0, "random"
	q.Sample = 3
	a := answered[trajectory](t, e, "relax/run", q)
	q.Sample = 4
	b := answered[trajectory](t, e, "relax/run", q)
	if !slices.Equal(a.States, b.States) {
		t.Error("without an input two samples have different trajectories")
	}
	q.Strength = 1
	if c := answered[trajectory](t, e, "relax/run", q); slices.Equal(c.States, b.States) {
		t.Error("an input changes nothing")
	}
}
