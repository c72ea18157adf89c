package dataset

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"basin/dataset/table"
)

// npzNames are the pairs of array names that are understood, in the order in
// which they are looked for. Names are compared without regard to case.
var npzNames = []struct{ samples, labels []string }{
	{[]string{"x_train", "train_images", "train_x"}, []string{"y_train", "train_labels", "train_y"}},
	{[]string{"x", "data", "images", "features"}, []string{"y", "labels", "label", "target", "targets"}},
}

var npzTest = []struct{ samples, labels []string }{
	{[]string{"x_test", "test_images", "test_x"}, []string{"y_test", "test_labels", "test_y"}},
}

// ReadNPZ reads an archive of NumPy arrays of the given size in bytes. The
// samples are the array x_train, with labels y_train and a test set x_test and
// y_test (as Keras names them), or else x with y, data or images with labels.
// The only array of an archive needs no name. Labels may be absent; where they
// are present they are integers, one for each sample, and the distinct values of
// both parts, ascending, are the classes. Arrays are converted as by [ReadNPY].
// Test is nil where the archive has none; Source is empty.
func ReadNPZ(r io.ReaderAt, size int64) (*Data, error) {
	d, err := readNPZ(r, size)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return d, nil
}

func readNPZ(r io.ReaderAt, size int64) (*Data, error) {
	d, err := readNPZArrays(r, size)
	if isForeign(err) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	return d, nil
}

func readNPZArrays(r io.ReaderAt, size int64) (*Data, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, f := range archive.File {
		all = append(all, f.Name)
	}
	if err := table.ForeignZip(all); err != nil {
		return nil, err
	}
	members := map[string]*zip.File{}
	var names []string
	for _, f := range archive.File {
		name, isArray := strings.CutSuffix(strings.ToLower(f.Name), ".npy")
		if !isArray {
			continue
		}
		if members[name] != nil {
			return nil, fmt.Errorf("two arrays of the name %q", name)
		}
		members[name] = f
		names = append(names, name)
	}
	d := &Data{}
	for _, pair := range npzNames {
		if d.Train, err = readNPZPair(members, pair.samples, pair.labels); err != nil || d.Train != nil {
			break
		}
	}
	if err == nil && d.Train == nil && len(names) == 1 {
		d.Train, err = readNPZPair(members, names, nil)
	}
	if err != nil {
		return nil, err
	}
	if d.Train == nil {
		slices.Sort(names)
		return nil, fmt.Errorf("arrays %s, want x and y, data and labels, or x_train, y_train, x_test, y_test",
			excerpt([]byte(strings.Join(names, ", "))))
	}
	d.Test, err = readNPZPair(members, npzTest[0].samples, npzTest[0].labels)
	if err == nil && d.Test != nil {
		d.Train, d.Test, err = alike(d.Train, d.Test)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// readNPZPair reads the first of the named sample arrays that exists, nil if
// none does, and its labels.
func readNPZPair(members map[string]*zip.File, samples, labels []string) (*Set, error) {
	find := func(names []string) string {
		i := slices.IndexFunc(names, func(name string) bool { return members[name] != nil })
		if i < 0 {
			return ""
		}
		return names[i]
	}
	name := find(samples)
	if name == "" {
		return nil, nil
	}
	a, err := readNPZArray(members[name])
	if err != nil {
		return nil, err
	}
	s, err := a.samples()
	if err != nil {
		return nil, fmt.Errorf("array %s: %w", name, err)
	}
	s.Name = name
	labelName := find(labels)
	if labelName == "" {
		return s, nil
	}
	if a, err = readNPZArray(members[labelName]); err != nil {
		return nil, err
	}
	values, err := a.classes()
	if err == nil {
		err = s.numberLabels(values)
	}
	if err != nil {
		return nil, fmt.Errorf("array %s: %w", labelName, err)
	}
	return s, nil
}

func readNPZArray(f *zip.File) (*array, error) {
	content, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("array %s: %w", excerpt([]byte(f.Name)), err)
	}
	a, err := readNPYArray(bufio.NewReader(content))
	if err = errors.Join(err, content.Close()); err != nil {
		return nil, fmt.Errorf("array %s: %w", excerpt([]byte(f.Name)), err)
	}
	return a, nil
}
