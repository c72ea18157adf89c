package basin_test

import (
	"path/filepath"
	"testing"

	"basin"
	"basin/dataset"
	"basin/internal/random"
	"basin/network"
	"basin/settings"
)

// colours returns images of the shape of CIFAR: spots of one of three colours on a ground of
// any grey, which only windows that see all channels tell apart.
func colours(t *testing.T, count int, from uint64) *dataset.Set {
	t.Helper()
	s := &dataset.Set{Name: "colours", Shape: []int{32, 32, 3}, Maximum: 255, LabelNames: []string{"red", "green", "blue"}}
	for i := range count {
		draws := random.New(11, random.Synthetic, from+uint64(i))
		image, ground, class := make([]uint8, 32*32*3), 60+draws.IntN(100), i%3
		for k := range image {
			image[k] = uint8(ground + draws.IntN(20))
		}
		for range 12 {
			top, left := draws.IntN(28), draws.IntN(28)
			for y := top; y < top+4; y++ {
				for x := left; x < left+4; x++ {
					image[(y*32+x)*3+class] += 60
				}
			}
		}
		s.Bytes, s.Labels = append(s.Bytes, image...), append(s.Labels, class)
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return s
}

// Windows of colour images see every channel of their pixels; contrast and whitening are part of
// the model, so that a file predicts what the run measured, and an interrupted run ends in the
// same file. Of 90 images always saying one class gets a third right, with a standard error of
// 0.05; the bar is 10 of them above.
func TestColourImagesAreLearnedThroughWindows(t *testing.T) {
	data := &dataset.Data{Train: colours(t, 300, 0), Test: colours(t, 90, 1000)}
	for _, whiten := range []string{"none", "patch"} {
		s := smallSettings(t, "network.modules.0.neurons=200", "network.modules.0.recurrent.density=0.05", "learning.epochs=3",
			"network.modules.0.input.window=8", "preprocess.contrast=sample", "preprocess.whiten="+whiten, "preprocess.whiten_side=3", "preprocess.whiten_epsilon=1")
		windows(t, s)
		path := filepath.Join(t.TempDir(), "model")
		m, err := basin.Train(t.Context(), s, data, basin.Options{Out: path})
		if err != nil {
			t.Fatal(err)
		}
		last := m.History[len(m.History)-1].Held
		if last.Accuracy() < 0.85 {
			t.Errorf("whiten %s: accuracy %v, want at least 0.85", whiten, last.Accuracy())
		}
		loaded, err := basin.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		right := 0
		err = loaded.Predict(t.Context(), data.Test, 2, func(i int, p basin.Prediction) error {
			if p.Class == data.Test.Labels[i] {
				right++
			}
			return nil
		})
		if err != nil || int64(right) != last.Correct {
			t.Errorf("whiten %s: the file has %d right, %v, want %d as in the run", whiten, right, err, last.Correct)
		}
		t.Logf("whiten %s: %v", whiten, last.Accuracy())
	}
	endsInTheSameFile(t, smallSettings(t, "network.modules.0.input.window=8", "preprocess.whiten=patch", "preprocess.whiten_side=3"), data)
}

// windows holds that each neuron reads 8 lines of 8 pixels with 3 channels.
func windows(t *testing.T, s settings.Settings) {
	t.Helper()
	n, err := network.Draw(s.Network, []int{32, 32, 3}, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	reads := make([][]int, n.Modules[0].Neurons)
	n.Modules[0].Input.Each(func(i, k int, _ *float32) bool { reads[i] = append(reads[i], k); return true })
	for i, list := range reads {
		if len(list) != 8*8*3 || list[0]%3 != 0 {
			t.Fatalf("neuron %d reads %d values from %v on, want 192 of whole pixels", i, len(list), list[:1])
		}
		for place, k := range list {
			y, x, c := place/24, place/3%8, place%3
			if want := list[0] + (y*32+x)*3 + c; k != want {
				t.Fatalf("neuron %d: value %d is input %d, want %d", i, place, k, want)
			}
		}
	}
}
