package interchange_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codeberg.org/sbinet/npyio/npz"
	"github.com/nlpodyssey/safetensors"

	"basin"
	"basin/checkpoint"
	"basin/interchange"
	"basin/network"
	"basin/network/coupling"
)

// archived is the archive of a model.
func archived(t *testing.T, m *basin.Model) (*npz.Reader, []byte) {
	t.Helper()
	var file bytes.Buffer
	if err := interchange.NPZ(&file, &m.Model); err != nil {
		t.Fatal(err)
	}
	r, err := npz.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return r, file.Bytes()
}

func readArray[T any](t *testing.T, r *npz.Reader, name string) (values []T) {
	t.Helper()
	if err := r.Read(name+".npy", &values); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return values
}

// Every array has the bytes, the type and the shape that the model file has of it, and every
// text of the metadata but the digest is there.
func TestArchiveHasWhatTheModelFileHas(t *testing.T) {
	for name, m := range keptModels(t) {
		if m.Network.Integers.Bits > 0 {
			continue
		}
		rescale(m)
		path := filepath.Join(t.TempDir(), "m")
		if err := m.Save(path); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := safetensors.Deserialize(content)
		if err != nil {
			t.Fatal(err)
		}
		_, info, err := safetensors.ReadMetadata(content)
		if err != nil {
			t.Fatal(err)
		}
		r, whole := archived(t, m)
		texts := 0
		for key, want := range info.Metadata() {
			if key == "digest" {
				continue
			}
			texts++
			var got string
			if err := r.Read("metadata."+key+".npy", &got); err != nil || got != want {
				t.Errorf("%s: text %s is %q (%v), want %q", name, key, got, err, want)
			}
		}
		if got, want := len(r.Keys()), len(file.Names())+texts; got != want {
			t.Errorf("%s: %d arrays, want %d", name, got, want)
		}
		for _, array := range file.Names() {
			view, _ := file.Tensor(array)
			header := r.Header(array + ".npy")
			kind := map[safetensors.DType]string{safetensors.F32: "'<f4'", safetensors.I32: "'<i4'"}[view.DType()]
			var shape []int
			for _, side := range view.Shape() {
				shape = append(shape, int(side))
			}
			if header.Descr.Type != kind || header.Descr.Fortran || !slices.Equal(header.Descr.Shape, shape) {
				t.Errorf("%s: %s is %+v, want %s %v", name, array, header.Descr, kind, shape)
			}
			if !bytes.Contains(whole, view.Data()) {
				t.Errorf("%s: %s has other bytes than the model file", name, array)
			}
			if kind == "'<f4'" {
				for e, v := range readArray[float32](t, r, array) {
					if want := float32At(view.Data(), e); v != want {
						t.Fatalf("%s: value %d of %s is %v, want %v", name, e, array, v, want)
					}
				}
			}
		}
		if _, again := archived(t, m); !bytes.Equal(whole, again) {
			t.Errorf("%s: written again the archive is another", name)
		}
	}
}

func float32At(data []byte, e int) float32 {
	return math.Float32frombits(uint32(data[4*e]) | uint32(data[4*e+1])<<8 | uint32(data[4*e+2])<<16 | uint32(data[4*e+3])<<24)
}

// Integers times 2 to their units are the couplings, in the places of those that are not packed.
func TestArchiveOfIntegersHasThemUnpacked(t *testing.T) {
	for name, m := range integerModels(t) {
		r, _ := archived(t, m)
		m.Network.EachBlock(func(block string, c coupling.Couplings) {
			shape := c.Shape()
			if block == "pathways.2" { // the link with one strength
				if got, want := r.Header(block+".value.npy").Descr.Type, "'<f4'"; got != want {
					t.Errorf("%s: %s is %s, want %s", name, block, got, want)
				}
				return
			}
			units := readArray[int8](t, r, block+".unit")
			var values []int8
			var place func(i, j int) int
			switch c.Kind() {
			case "dense":
				values = readArray[int8](t, r, block)
				place = func(i, j int) int { return i*shape.Senders + j }
			case "sparse":
				values = readArray[int8](t, r, block+".value")
				start, sender := readArray[int32](t, r, block+".start"), readArray[int32](t, r, block+".sender")
				place = func(i, j int) int {
					return int(start[i]) + slices.Index(sender[start[i]:start[i+1]], int32(j))
				}
			case "windowed":
				values = readArray[int8](t, r, block+".value")
				first := readArray[int32](t, r, block+".window")
				place = func(i, j int) int { // windows of 4 x 4 in images of 8 x 8
					at := j - int(first[i])
					return 16*i + at/8*4 + at%8
				}
			}
			count := 0
			c.Each(func(i, j int, value *float32) bool {
				count++
				if got := math.Ldexp(float64(values[place(i, j)]), int(units[i])); got != float64(*value) {
					t.Errorf("%s: %s [%d %d] is %v, want %v", name, block, i, j, got, *value)
				}
				return !t.Failed()
			})
			if count == 0 {
				t.Errorf("%s: %s has no couplings", name, block)
			}
		})
		readout, unit, at := readArray[int8](t, r, "readout"), readArray[int8](t, r, "readout.unit"), 0
		if got, want := r.Header("readout.npy").Descr.Shape, []int{m.Network.Classes, m.Network.ReadNeurons()}; !slices.Equal(got, want) {
			t.Errorf("%s: a readout of shape %v, want %v", name, got, want)
		}
		for c := range m.Network.Classes {
			for _, module := range m.Network.Modules {
				for i := range module.Neurons {
					if got, want := math.Ldexp(float64(readout[at]), int(unit[0])), m.Network.Readout.Row(m.Network.Readout.Predicting(), module.Offset+i)[c]; got != float64(want) {
						t.Fatalf("%s: readout [%d %d] is %v, want %v", name, c, i, got, want)
					}
					at++
				}
			}
		}
	}
}

func TestNPZRefusesWhatNoFileHolds(t *testing.T) {
	if err := interchange.NPZ(&bytes.Buffer{}, nil); err == nil {
		t.Error("no model is no error")
	}
	m := keptModels(t)["dense"]
	m.Network.Readout.Couplings[0] = float32(math.NaN())
	if err := interchange.NPZ(&bytes.Buffer{}, &m.Model); err == nil || !strings.Contains(err.Error(), "want a finite number") {
		t.Errorf("a coupling that is not a number: %v", err)
	}
	full := errors.New("full")
	if err := interchange.NPZ(failing{full}, &keptModels(t)["dense"].Model); !errors.Is(err, full) {
		t.Errorf("a writer that fails: %v", err)
	}
	if _, _, err := checkpoint.Contents(&checkpoint.Model{Network: &network.Network{}}); err == nil {
		t.Error("a network of nothing is no error")
	}
}

type failing struct{ error }

func (f failing) Write([]byte) (int, error) { return 0, f.error }
