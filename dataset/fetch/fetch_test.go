package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"basin/dataset"
)

// alone keeps a test away from the caches and folders of the user.
func alone(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	t.Setenv("LocalAppData", dir)
	if root, err := os.UserCacheDir(); err != nil || root != dir {
		t.Skipf("the cache of this system is %s, %v, and cannot be moved", root, err)
	}
}

func TestKnownSetsAreDescribed(t *testing.T) {
	for _, k := range List() {
		volume := 1
		for _, side := range k.Shape {
			volume *= side
		}
		if k.Title == "" || k.Source == "" || k.Licence == "" || k.Features != volume || k.Classes < 2 {
			t.Errorf("%+v is incomplete", k)
		}
	}
	if n := len(List()); n != 5 {
		t.Errorf("%d known sets, want 5", n)
	}
}

// checkImages compares the counts that the papers of MNIST and Fashion-MNIST state.
func checkImages(t *testing.T, d *dataset.Data, firstLabels []int) {
	t.Helper()
	for part, want := range map[*dataset.Set]int{d.Train: 60000, d.Test: 10000} {
		if err := part.Validate(); err != nil {
			t.Error(err)
		}
		if part.Count() != want || !slices.Equal(part.Shape, []int{28, 28}) || part.Maximum != 255 || part.Classes() != 10 {
			t.Errorf("%d samples of shape %v, maximum %v, %d classes", part.Count(), part.Shape, part.Maximum, part.Classes())
		}
	}
	if got := d.Train.Labels[:len(firstLabels)]; !slices.Equal(got, firstLabels) {
		t.Errorf("first labels are %v, want %v", got, firstLabels)
	}
}

// The first labels of MNIST as every tutorial prints them: 5 0 4 1 9 2 1 3 1 4.
func TestMNISTFromTheModuleCache(t *testing.T) {
	alone(t)
	d, err := Open(t.Context(), "mnist", Options{Offline: true})
	if missing := new(NotFoundError); errors.As(err, &missing) {
		t.Skipf("MNIST is not on this machine: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	checkImages(t, d, []int{5, 0, 4, 1, 9, 2, 1, 3, 1, 4})
	if !slices.Equal(d.Train.LabelNames, strings.Split("0123456789", "")) {
		t.Errorf("classes are %v", d.Train.LabelNames)
	}
	cache, _ := cacheFolder("mnist")
	if dir, err := Get(t.Context(), "mnist", Options{Offline: true}); err != nil || dir != cache {
		t.Errorf("Get returned %s, %v, want the cache %s", dir, err, cache)
	}
	s, err := dataset.Read(filepath.Join(cache, testImages+".gz"), dataset.Options{})
	if err != nil || s.Count() != 10000 || !slices.Equal(s.Labels, d.Test.Labels) {
		t.Errorf("the file of test images gave %d samples and %d labels, %v", s.Count(), len(s.Labels), err)
	}
}

// The first labels of Fashion-MNIST: ankle boot, T-shirt, T-shirt, dress, T-shirt.
func TestFashionMNISTFromTheSystem(t *testing.T) {
	alone(t)
	d, err := Open(t.Context(), "fashion-mnist", Options{Offline: true})
	if missing := new(NotFoundError); errors.As(err, &missing) {
		t.Skipf("Fashion-MNIST is not on this machine: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	checkImages(t, d, []int{9, 0, 0, 3, 0})
	if d.Test.LabelNames[9] != "Ankle boot" {
		t.Errorf("classes are %v", d.Test.LabelNames)
	}
}

func TestCIFARByNameNeedsAllItsFiles(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	for batch := 1; batch <= 5; batch++ {
		write(t, cifarFile(batch), dir, "cifar-10", "cifar-10-batches-bin", fmt.Sprintf("data_batch_%d.bin", batch))
	}
	_, err := Open(t.Context(), "cifar-10", Options{Dir: dir})
	wantError(t, err, "no file test_batch.bin")
	write(t, cifarFile(0), dir, "cifar-10", "cifar-10-batches-bin", "test_batch.bin")
	d, err := Open(t.Context(), "cifar-10", Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if d.Train.Count() != 5 || d.Test.Count() != 1 || d.Train.LabelNames[3] != "cat" || d.Train.Name != "cifar-10" {
		t.Errorf("%d and %d samples of %s, classes %v", d.Train.Count(), d.Test.Count(), d.Train.Name, d.Train.LabelNames)
	}
	if _, err := Get(t.Context(), "cifar-10", Options{Dir: dir}); err != nil {
		t.Error(err)
	}
}

// The classes of the folders have the names and numbers of those in the binary files.
func TestCIFARAsFoldersOfImages(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	image := func(side int) []byte {
		var file bytes.Buffer
		if err := png.Encode(&file, image.NewRGBA(image.Rect(0, 0, side, side))); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	names := []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}
	for _, class := range names {
		write(t, image(32), dir, "cifar-10", "train", class, "1.png")
		if class != "truck" {
			write(t, image(32), dir, "cifar-10", "test", class, "1.png")
		}
	}
	_, err := Open(t.Context(), "cifar-10", Options{Dir: dir})
	wantError(t, err, "no file test_batch.bin, and no folder test/truck", "train/CLASS and test/CLASS")
	write(t, image(32), dir, "cifar-10", "test", "truck", "1.png")
	folder := filepath.Join(dir, "cifar-10")
	if got, err := Get(t.Context(), "cifar-10", Options{Dir: dir}); err != nil || got != folder {
		t.Errorf("Get: %s, %v, want %s", got, err, folder)
	}
	d, err := Open(t.Context(), "cifar-10", Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if d.Train.Count() != 10 || d.Test.Count() != 10 || !slices.Equal(d.Train.LabelNames, names) || d.Source != folder || d.Train.Name != "cifar-10" {
		t.Errorf("%d and %d samples of %s from %s, classes %v", d.Train.Count(), d.Test.Count(), d.Train.Name, d.Source, d.Train.LabelNames)
	}
	if notes := strings.Join(d.Notes(), " "); !strings.Contains(notes, "folders of images, 10 and 10 for testing") {
		t.Errorf("notes are %q", notes)
	}
	for _, part := range []string{"train", "test"} {
		for _, class := range names {
			write(t, image(31), dir, "cifar-10", part, class, "1.png")
		}
	}
	_, err = Open(t.Context(), "cifar-10", Options{Dir: dir})
	wantError(t, err, "images of 31 x 31 x 3", "want train/CLASS")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, "cifar-10", Options{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

func TestGetWritesTheEmbeddedDigits(t *testing.T) {
	alone(t)
	dir, err := Get(t.Context(), "digits", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := dataset.WriteDigits(&want); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "digits.csv.gz")); err != nil || !bytes.Equal(data, want.Bytes()) {
		t.Errorf("%d bytes, %v, want %d", len(data), err, want.Len())
	}
	s, err := dataset.Read(filepath.Join(dir, "digits.csv.gz"), dataset.Options{})
	if err != nil || s.Count() != 1797 {
		t.Errorf("the file has %d samples, %v, want 1797", s.Count(), err)
	}
}

func TestOpenTakesPathsAsPackageDatasetDoes(t *testing.T) {
	path := write(t, []byte("1,a\n2,b\n3,a\n4,b\n"), t.TempDir(), "some.csv")
	o := Options{Options: dataset.Options{TestShare: 0.5, Seed: 3}, Offline: true}
	for _, name := range []string{path, "digits"} {
		got, err := Open(t.Context(), name, o)
		if err != nil {
			t.Fatal(err)
		}
		want, err := dataset.Open(t.Context(), name, o.Options)
		if err != nil {
			t.Fatal(err)
		}
		if got.Source != want.Source || got.Train.Fingerprint() != want.Train.Fingerprint() || got.Test.Fingerprint() != want.Test.Fingerprint() {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	s, err := Read(path, Options{Options: dataset.Options{Label: "1"}})
	if err != nil || s.Table.Label != 0 {
		t.Errorf("another column as the label gave %+v, %v", s, err)
	}
}

func TestErrorsOfNamesSayWhatWasMeant(t *testing.T) {
	dir := t.TempDir()
	for name, words := range map[string][]string{
		"mnits":                          {"fetch: mnits: file does not exist", `did you mean "mnist"?`},
		"imagenet":                       {"want a path or one of digits, mnist"},
		filepath.Join(dir, "absent.csv"): {"absent.csv: file does not exist"},
	} {
		_, err := Open(t.Context(), name, Options{})
		wantError(t, err, words...)
		_, err = Read(name, Options{})
		wantError(t, err, words...)
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: error %v, want %v", name, err, os.ErrNotExist)
		}
	}
	_, err := Get(t.Context(), "fashion", Options{})
	wantError(t, err, "fashion", "no data set has this name")
	if _, err := Get(t.Context(), filepath.Join(dir, "x"), Options{}); err == nil {
		t.Error("Get took a path")
	}
}

func gz(data []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(data)
	_ = w.Close()
	return out.Bytes()
}

// cifarFile returns one record of CIFAR-10.
func cifarFile(label int) []byte { return append([]byte{byte(label)}, make([]byte, 3072)...) }

func write(t *testing.T, data []byte, elements ...string) string {
	t.Helper()
	path := filepath.Join(elements...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// wantError fails unless the error holds all the words.
func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error is %q, want %q in it", err, word)
		}
	}
}
