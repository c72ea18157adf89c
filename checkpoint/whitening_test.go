package checkpoint

import (
	"bytes"
	"encoding/binary"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nlpodyssey/safetensors"

	"basin/dataset"
)

// A file has the matrix of a whitening as an array, and gives the encoder back bit for bit.
func TestWhiteningIsAnArrayOfTheFile(t *testing.T) {
	images := &dataset.Set{Name: "images", Shape: []int{5, 4}, Floats: make([]float32, 40*20)}
	for i := range images.Floats {
		images.Floats[i] = float32(math.Sin(float64(i * i)))
	}
	for _, whiten := range []string{"patch", "image"} {
		m, state := samples()[2].draw(t) // of 5 x 4 inputs
		m.Columns = nil
		m.Settings.Preprocess = dataset.Preprocess{Scale: "none", Contrast: "sample", Whiten: whiten, WhitenSide: 3, Standardise: "feature"}
		var err error
		if m.Encoder, err = m.Settings.Preprocess.Fit(images); err != nil {
			t.Fatal(err)
		}
		want, err := m.Encoder.Encode(images)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "m.safetensors")
		if err := SaveTraining(path, m, state); err != nil {
			t.Fatal(err)
		}
		if err := Check(path); err != nil {
			t.Error(err)
		}
		loaded, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		mustEqual(t, "encoder", loaded.Encoder, m.Encoder)
		got, err := loaded.Encoder.Encode(images)
		if err != nil {
			t.Fatal(err)
		}
		a, b := make([]float32, 20), make([]float32, 20)
		for i := range images.Count() {
			want.Row(i, a)
			if got.Row(i, b); !slices.Equal(a, b) {
				t.Fatalf("%s, sample %d: %v, want %v", whiten, i, b, a)
			}
		}

		content := file(t, m, nil)
		if got := takeApart(t, content).header["__metadata__"]["format_version"]; got != "5" {
			t.Errorf("format version %v, want 5", got)
		}
		st, err := safetensors.Deserialize(content)
		if err != nil {
			t.Fatal(err)
		}
		view, ok := st.Tensor("whitening")
		size := map[string]int{"patch": 9, "image": 400}[whiten]
		if !ok || len(view.Data()) != 4*size || math.Float32frombits(le32(view.Data()[8:])) != m.Encoder.Whitening.Matrix[2] {
			t.Errorf("%s: %d bytes of whitening, want those of %d values", whiten, len(view.Data()), size)
		}
		if bytes.Contains(content, []byte(`"Matrix`)) || bytes.Contains(content, []byte(`\"matrix`)) {
			t.Error("the matrix is in the metadata")
		}
		p := takeApart(t, content)
		binary.LittleEndian.PutUint32(p.tensor(t, "whitening")[12:], math.Float32bits(float32(math.Inf(1))))
		if _, err := readBytes(p.join(t)); err == nil || !strings.Contains(err.Error(), "tensor whitening: value 3 is +Inf") {
			t.Errorf("an infinite value: %v", err)
		}
		p = takeApart(t, content)
		p.header["whitening"]["shape"] = []int{1, size}
		if _, err := readBytes(p.join(t)); err == nil || !strings.Contains(err.Error(), "tensor whitening: shape") {
			t.Errorf("another shape: %v", err)
		}
	}
}
