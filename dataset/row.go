package dataset

import (
	"fmt"
	"runtime"
	"sync"
)

// steps are an encoder made ready for samples of one source: what becomes of a row of raw
// values, of numbers where it is of a table. They do not change.
type steps struct {
	// What mixes the values of a sample comes before scale and offset, and after unit, which
	// then divides by the largest value.
	unit          float32
	contrast      bool           // of the sample
	local         *localContrast // nil without
	whitener      *whitener      // nil without
	scale, offset []float32      // of length 1, or one for each value
	bytes         bool           // round to integers from 0 to 255
	signs         int            // after a projection, else 0
	blocks        [][]float64
}

// workspace is what one goroutine needs to encode rows.
type workspace struct {
	raw, values []float32
	at          []int // of the values that are not 0
	used        []float64
	signs       []uint8
	contrast    []float64
	sums        []float32 // of the whitening
	planes      []float32
}

// steps makes the encoder ready for the coded samples of a set.
func (e *Encoder) steps(s *Set) (*steps, error) {
	t := e.mixing(s)
	t.bytes, t.signs = e.Bytes, e.Projection
	t.scale, t.offset = e.affine(s)
	for k := range t.scale {
		if !finite(t.scale[k]*255) || !finite(t.offset[k]) {
			return nil, fmt.Errorf("dataset: encoder: feature %d is scaled by %v and moved by %v, want smaller numbers",
				k, t.scale[k], t.offset[k])
		}
	}
	if t.signs > 0 {
		t.blocks = e.projectionBlocks()
	}
	return t, nil
}

// mixing returns the steps that come before scale and offset.
func (e *Encoder) mixing(s *Set) *steps {
	t := &steps{unit: 1 / e.divisor(s), contrast: e.Contrast == contrastSample}
	if e.Contrast == contrastLocal {
		t.local = &localContrast{e.Shape[0], e.Shape[1], e.channels(), e.contrastSide()}
	}
	if e.Whitening != nil {
		t.whitener = e.Whitening.ready(e.Shape)
	}
	return t
}

// workspace returns room to encode rows of some raw values.
func (t *steps) workspace(width int) *workspace {
	w := &workspace{raw: make([]float32, width)}
	if t.signs > 0 {
		w.values, w.at, w.used, w.signs = make([]float32, width), make([]int, width), make([]float64, width), make([]uint8, t.signs)
	}
	if t.local != nil {
		w.contrast = t.local.room()
	}
	if t.whitener != nil {
		w.sums, w.planes = t.whitener.room()
	}
	return w
}

// mixes says that a value depends on others of its sample.
func (t *steps) mixes() bool { return t.contrast || t.local != nil || t.whitener != nil }

// row writes to the front of dst what the network reads of a raw row, without noise: the way
// of every sample, of which whole sets are spared what can be kept. raw, which may be dst, stays
// as it is otherwise.
func (t *steps) row(raw, dst []float32, w *workspace) {
	if t.signs == 0 {
		t.values(raw, dst, w)
		return
	}
	t.values(raw, w.values, w)
	t.project(w, w.signs)
	for r, sign := range w.signs {
		dst[r] = signOf[sign]
	}
}

// signOf decodes the byte of a sign.
var signOf = [2]float32{-1, 1}

// mixed writes to the front of dst the values of a raw row in units of the largest value, with
// contrast and whitening.
func (t *steps) mixed(raw, dst []float32, w *workspace) {
	dst = dst[:len(raw)]
	for k, v := range raw {
		dst[k] = float32(t.unit * v)
	}
	if t.contrast {
		normaliseContrast(dst)
	}
	if t.local != nil {
		t.local.normalise(dst, w.contrast)
	}
	if t.whitener != nil {
		t.whitener.whiten(dst, w.sums, w.planes)
	}
}

// values writes to the front of dst what becomes of a raw row before a projection. Without
// steps that mix values it needs no workspace.
func (t *steps) values(raw, dst []float32, w *workspace) {
	dst = dst[:len(raw)]
	if t.mixes() {
		t.mixed(raw, dst, w)
		raw = dst
	}
	if len(t.scale) == 1 {
		scale, offset := t.scale[0], t.offset[0]
		for k, v := range raw {
			dst[k] = float32(scale*v) + offset
		}
	} else {
		scale, offset := t.scale[:len(raw)], t.offset[:len(raw)]
		for k, v := range raw {
			dst[k] = float32(scale[k]*v) + offset[k]
		}
	}
	if t.bytes {
		for k, v := range dst {
			dst[k] = toByte(v)
		}
	}
}

// project writes the signs of R p, 0 for -1 and 1 for +1, of the values p of a workspace.
//
// Row r of R is the first normal draws, one for each value, of the stream (ProjectionSeed,
// Projection, r). A sum runs over ascending features in float64, products
// unfused; zero values are left out, which does not change it.
func (t *steps) project(w *workspace, signs []uint8) {
	used := 0
	for k, v := range w.values {
		if v != 0 {
			w.at[used], w.used[used] = k*lanes, float64(v)
			used++
		}
	}
	projectSample(t.blocks, w.at[:used], w.used[:used], signs)
}

// rawRow writes the raw values of sample i of a set to dst, of its features.
func (s *Set) rawRow(i int, dst []float32) {
	width := len(dst)
	if s.Bytes == nil {
		copy(dst, s.Floats[i*width:])
		return
	}
	for k, b := range s.Bytes[i*width : (i+1)*width] {
		dst[k] = float32(b)
	}
}

// all encodes all samples of a set, with all processors: to floats, which may be those of the
// set, or to one byte per sign after a projection. A value that is not finite is an error that
// names the first.
func (t *steps) all(s *Set, floats []float32, signs []uint8) error {
	width := s.Features()
	return eachChunk(s.Count(), func() func(i int) error {
		w := t.workspace(width)
		return func(i int) error {
			s.rawRow(i, w.raw)
			values := w.values
			if t.signs == 0 {
				values = floats[i*width : (i+1)*width]
			}
			t.values(w.raw, values, w)
			for k, v := range values {
				if !finite(v) {
					return fmt.Errorf("dataset: %s: sample %d, feature %d: %v is encoded as %v, want a finite number",
						s.Name, i, k, w.raw[k], v)
				}
			}
			if t.signs > 0 {
				t.project(w, signs[i*t.signs:(i+1)*t.signs])
			}
			return nil
		}
	})
}

// rowsAtOnce is the number of samples that a worker takes at a time.
const rowsAtOnce = 64

// eachChunk calls a function of each worker for the places 0..count-1, which all processors
// share. It returns the error of the first place that has one.
func eachChunk(count int, worker func() func(i int) error) error {
	faults := make([]error, (count+rowsAtOnce-1)/rowsAtOnce)
	workers, next := sync.WaitGroup{}, make(chan int)
	for range min(runtime.GOMAXPROCS(0), len(faults)) {
		workers.Go(func() {
			do := worker()
			for part := range next {
				for i := part * rowsAtOnce; i < min((part+1)*rowsAtOnce, count) && faults[part] == nil; i++ {
					faults[part] = do(i)
				}
			}
		})
	}
	for part := range faults {
		next <- part
	}
	close(next)
	workers.Wait()
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}
