package dataset

import (
	"archive/zip"
	"bytes"
	"errors"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codeberg.org/sbinet/npyio"
)

// The counts of the 1,797 samples of the UCI test file by class, from its
// documentation (optdigits.names).
func TestDigitsAreTheFileOfUCI(t *testing.T) {
	d, err := Open(t.Context(), "digits", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Train.Count() != 1437 || d.Test.Count() != 360 || d.Source != "embedded" {
		t.Fatalf("%d and %d samples from %s", d.Train.Count(), d.Test.Count(), d.Source)
	}
	first := []uint8{0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0}
	if !slices.Equal(d.Train.Bytes[:16], first) || !slices.Equal(d.Train.Shape, []int{8, 8}) {
		t.Errorf("shape %v, first pixels %v, want %v", d.Train.Shape, d.Train.Bytes[:16], first)
	}
	counts := make([]int, 10)
	for _, s := range []*Set{d.Train, d.Test} {
		if err := s.Validate(); err != nil {
			t.Error(err)
		}
		if !slices.Equal(s.LabelNames, numbers(10)) || slices.Max(s.Bytes) != 16 {
			t.Errorf("classes %v, largest value %d, want 0..9 and 16", s.LabelNames, slices.Max(s.Bytes))
		}
		for _, label := range s.Labels {
			counts[label]++
		}
	}
	if want := []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}; !slices.Equal(counts, want) {
		t.Errorf("samples by class are %v, want %v", counts, want)
	}
	e, err := Preprocess{}.Fit(d.Train)
	if err != nil || e.Divisor != 16 {
		t.Errorf("divisor of digits is %v, %v, want 16", e.Divisor, err)
	}
}

func TestOpenSplitsSourcesWithoutATestSet(t *testing.T) {
	text := strings.Builder{}
	for i := range 50 {
		text.WriteString(strings.Repeat("1", i%3+1) + ",2,x\n")
	}
	path := write(t, []byte(text.String()), t.TempDir(), "some.data")
	for share, want := range map[float64]int{0: 10, 0.5: 25} {
		d, err := Open(t.Context(), path, Options{TestShare: share, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if d.Test.Count() != want || d.Train.Count() != 50-want || d.Source != path || d.Test.Name != "some.data" {
			t.Errorf("share %v: %d and %d samples of %s from %s", share, d.Train.Count(), d.Test.Count(), d.Test.Name, d.Source)
		}
	}
	d, err := Open(t.Context(), path, Options{TestShare: -1})
	if err != nil || d.Test != nil || d.Train.Count() != 50 {
		t.Errorf("a negative share gave %+v, %v", d, err)
	}
	if _, err := Open(t.Context(), path, Options{TestShare: 1}); err == nil {
		t.Error("a share of 1 gave no error")
	}
}

func TestOpenRecognisesFolders(t *testing.T) {
	type files map[string][]byte
	idx := idxFile(8, []int{2, 1, 1}, []byte{1, 2})
	idxLabels := idxFile(8, []int{2}, []byte{3, 5})
	picture := pngFile(1, 1, false, grey)
	for name, c := range map[string]struct {
		files files
		test  bool
		names []string
	}{
		"idx":       {files{trainImages: idx, trainLabels + ".gz": gz(idxLabels), testImages: idx, testLabels: idxLabels}, true, []string{"3", "5"}},
		"idx train": {files{trainImages + ".gz": gz(idx), trainLabels: idxLabels}, false, []string{"3", "5"}},
		"csv":       {files{"train.csv": []byte("1,a\n2,b\n"), "test.csv.gz": gz([]byte("1,b\n"))}, true, []string{"a", "b"}},
		"images":    {files{"b/1.png": picture, "a/1.png": picture}, false, []string{"a", "b"}},
		"split":     {files{"train/b/1.png": picture, "train/a/1.png": picture, "test/b/1.png": picture}, true, []string{"a", "b"}},
		"cifar-10": {
			files{
				"cifar-10-batches-bin/data_batch_1.bin": cifarFile([]byte{1}), "cifar-10-batches-bin/data_batch_2.bin": cifarFile([]byte{2}),
				"cifar-10-batches-bin/test_batch.bin": cifarFile([]byte{2}), "cifar-10-batches-bin/batches.meta.txt": []byte("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n"),
			},
			true, strings.Split("abcdefghij", ""),
		},
		"cifar-100": {files{"train.bin": cifarFile([]byte{0, 1}, []byte{0, 9}), "test.bin": cifarFile([]byte{0, 9})}, true, numbers(100)},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, data := range c.files {
				write(t, data, dir, filepath.FromSlash(file))
			}
			d, err := Open(t.Context(), dir, Options{TestShare: -1})
			if err != nil {
				t.Fatal(err)
			}
			if d.Train.Count() != 2 || (d.Test != nil) != c.test || !slices.Equal(d.Train.LabelNames, c.names) {
				t.Errorf("%d samples, test set %v, classes %v, want 2, %v, %v", d.Train.Count(), d.Test, d.Train.LabelNames, c.test, c.names)
			}
			whole, err := Read(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if want := 2 + d.testCount(); whole.Count() != want || whole.Validate() != nil {
				t.Errorf("Read gave %d samples, want %d; %v", whole.Count(), want, whole.Validate())
			}
		})
	}
}

// A class that the training samples lack is refused where it is to be learned, whatever the
// source, with its sample; predictions and other readers take all.
func TestClassesWithoutATrainingSampleAreRefused(t *testing.T) {
	x, y, other := npyFile("|u1", false, []int{2, 1}, []byte{1, 2}), npyFile("|u1", false, []int{2}, []byte{3, 4}), npyFile("|u1", false, []int{2}, []byte{4, 7})
	for name, c := range map[string]struct {
		path, word string
		files      map[string][]byte
	}{
		"npz":            {"a.npz", "sample 2 of the test samples", map[string][]byte{"a.npz": npzFile("x_train", x, "y_train", y, "x_test", x, "y_test", other)}},
		"npz validation": {"a.npz", "sample 2 of the validation samples", map[string][]byte{"a.npz": npzFile("x_train", x, "y_train", y, "x_val", x, "y_val", other)}},
		"csv":            {".", "line 2 of the test samples", map[string][]byte{"train.csv": []byte("1,3\n2,4\n"), "test.csv": []byte("1,4\n2,7\n")}},
	} {
		dir := t.TempDir()
		for file, data := range c.files {
			write(t, data, dir, file)
		}
		path := filepath.Join(dir, c.path)
		_, err := Open(t.Context(), path, Options{})
		wantError(t, err, filepath.Base(path), `no training sample of the class "7"`, c.word)
		if s, err := Read(path, Options{}); err != nil || s.Count() != 4 || s.Classes() != 3 {
			t.Errorf("%s: read whole: %v, %v", name, s, err)
		}
	}
}

func (d *Data) testCount() int {
	if d.Test == nil {
		return 0
	}
	return d.Test.Count()
}

func TestFormatsAreRecognisedByContent(t *testing.T) {
	x := npyFile("|u1", false, []int{2, 1}, []byte{1, 2})
	for format, data := range map[string][]byte{
		"csv": []byte("1,a\n2,b\n"), "npy": x, "npz": npzFile("x", x), "idx": idxFile(8, []int{2, 1}, []byte{1, 2}),
		"png": pngFile(1, 2, false, func(_, y int) color.RGBA { return grey(y+1, 0) }),
	} {
		path := write(t, data, t.TempDir(), "file")
		zipped := write(t, gz(data), t.TempDir(), "file")
		fromFile, err1 := Read(path, Options{})
		fromZipped, err2 := Read(zipped, Options{})
		fromStream, err3 := ReadFrom(bytes.NewReader(data), "", Options{})
		declared, err4 := ReadFrom(bytes.NewReader(gz(data)), format, Options{})
		if err := errors.Join(err1, err2, err3, err4); err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		for _, s := range []*Set{fromFile, fromZipped, fromStream, declared} {
			if !slices.Equal(s.Bytes, []uint8{1, 2}) {
				t.Errorf("%s: values %v, want [1 2]", format, s.Bytes)
			}
		}
	}
	batch := write(t, cifarFile([]byte{0, 1}), t.TempDir(), "some.bin")
	if s, err := Read(batch, Options{}); err != nil || s.Classes() != 100 || s.Labels[0] != 1 {
		t.Errorf("CIFAR file gave %v", err)
	}
}

func TestErrorsOfOpenAndReadNameTheFile(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		data  []byte
		words []string
	}{
		"a":     {[]byte("1,2\n1,2,3\n"), []string{"table: line 2"}},
		"b":     {[]byte{1, 2, 0, 4}, []string{"unknown format", `"\x01\x02\x00\x04"`}},
		"c":     {nil, []string{"empty"}},
		"d.bin": {[]byte{1}, []string{"1 bytes, want a multiple of 3073"}},
		"e":     {idxFile(8, []int{2, 2}, nil), []string{"idx", "ends after 0 bytes"}},
		"f":     {[]byte("PK\x03\x04"), []string{"zip"}},
	} {
		path := write(t, c.data, dir, name)
		_, err := Read(path, Options{})
		wantError(t, err, append(c.words, "dataset: "+path)...)
	}
	_, err := Open(t.Context(), filepath.Join(dir, "absent.csv"), Options{})
	wantError(t, err, "absent.csv: file does not exist")
	_, err = ReadFrom(strings.NewReader("x"), "xls", Options{})
	wantError(t, err, `format "xls"`)
	write(t, idxFile(8, []int{2, 1, 1}, []byte{1, 2}), dir, "images")
	write(t, idxFile(8, []int{3}, []byte{1, 2, 3}), dir, "labels")
	_, err = Read(filepath.Join(dir, "images"), Options{})
	wantError(t, err, "3 labels, want 2")
}

// Columns are asked for in vain where there are none, and that is said.
func TestColumnsOfWhatIsNoTable(t *testing.T) {
	array := filepath.Join(t.TempDir(), "x.npz")
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	for name, value := range map[string]any{"x.npy": [3][2]float64{{1, 2}, {3, 4}, {5, 6}}, "y.npy": []int64{0, 1, 1}} {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := npyio.Write(w, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(array, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{"digits", array} {
		for _, o := range []Options{{Label: "x"}, {Drop: []string{"a"}}, {Only: []string{"a"}}, {ID: "a"}, {Sheet: "1"}} {
			if d, err := Open(t.Context(), source, o); err == nil || !strings.Contains(err.Error(), "no table") {
				t.Errorf("%s, %+v: %v, %v", source, o, d, err)
			}
		}
	}
}
