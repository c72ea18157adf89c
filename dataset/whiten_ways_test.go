package dataset

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"basin/internal/kernel"
)

// Fast and plain agree bit for bit, with every kernel, whatever the sizes, and so do a set and
// a single row, one processor and several, and an encoder that was kept as a text and an array.
func TestWhiteningIsTheSameOnEveryWay(t *testing.T) {
	for _, size := range []struct{ height, width, channels, side int }{{9, 8, 1, 3}, {6, 11, 3, 5}, {5, 5, 2, 5}, {4, 17, 3, 1}, {7, 6, 3, 4}, {2, 2, 1, 2}, {5, 7, 3, 0}, {4, 4, 1, 0}, {9, 8, 3, 7}, {10, 10, 3, 0}} {
		s := correlated(90, size.height, size.width, size.channels)
		p := Preprocess{Contrast: "sample", Whiten: "patch", WhitenSide: size.side, Standardise: "feature"}
		if size.side == 0 {
			p.Whiten = "image"
		}
		if size.channels == 1 {
			p.Contrast, p.ContrastSide = "local", 4
		}
		var want *Encoder
		var rows []*Inputs
		for n, name := range kernel.Available() {
			undo, err := kernel.Use(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, processors := range []int{1, 3}[:max(1, 2-n)] {
				before := runtime.GOMAXPROCS(processors)
				e, err := p.Fit(s)
				if err != nil {
					t.Fatal(err)
				}
				in, err := e.Encode(s)
				if err != nil {
					t.Fatal(err)
				}
				runtime.GOMAXPROCS(before)
				if want == nil {
					want = e
				}
				if fmt.Sprint(*e.Whitening) != fmt.Sprint(*want.Whitening) || !slices.Equal(e.Mean, want.Mean) || !slices.Equal(e.Deviation, want.Deviation) {
					t.Fatalf("%+v, %s, %d processors: another fit", size, name, processors)
				}
				rows = append(rows, in)
			}
			undo()
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		kept := &Encoder{}
		if err := json.Unmarshal(text, kept); err != nil {
			t.Fatal(err)
		}
		if kept.Validate() == nil {
			t.Error("an encoder without its matrix: no error")
		}
		kept.Whitening.Matrix = slices.Clone(want.Whitening.Matrix)
		in, err := kept.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, in)
		steps, err := want.steps(s)
		if err != nil {
			t.Fatal(err)
		}
		w, got, row := steps.workspace(s.Features()), make([]float32, want.Dim()), make([]float32, want.Dim())
		for i := range s.Count() {
			s.rawRow(i, w.raw)
			steps.row(w.raw, got, w)
			plain := make([]float32, len(got))
			for k, v := range w.raw {
				plain[k] = float32(steps.unit * v)
			}
			if size.channels > 1 {
				normaliseContrast(plain)
			} else {
				(&localContrast{size.height, size.width, 1, 4}).normalise(plain, make([]float64, 2*(size.height+1)*size.width))
			}
			plain = plainWhiten(want.Whitening, want.Shape, plain)
			for k := range plain {
				plain[k] = float32(steps.scale[k]*plain[k]) + steps.offset[k]
			}
			if !slices.Equal(got, plain) {
				t.Fatalf("%+v, sample %d: %v, want %v", size, i, got, plain)
			}
			for n, in := range rows {
				if in.Row(i, row); !slices.Equal(row, got) {
					t.Fatalf("%+v, sample %d, way %d: %v, want %v", size, i, n, row, got)
				}
			}
		}
	}
}
