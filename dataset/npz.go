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
type npzNames []struct{ samples, labels []string }

var (
	npzTrain = npzNames{
		{[]string{"x_train", "train_images", "train_x", "train_data", "x_tr"}, []string{"y_train", "train_labels", "train_y", "y_tr"}},
		{[]string{"x", "data", "images", "features"}, []string{"y", "labels", "label", "target", "targets"}},
		{[]string{"arr_0"}, []string{"arr_1"}}, // of numpy.savez without names
	}
	npzValidation = npzNames{
		{[]string{"x_val", "x_valid", "x_validation", "val_images", "val_x"}, []string{"y_val", "y_valid", "y_validation", "val_labels", "val_y"}},
	}
	npzTest = npzNames{
		{[]string{"x_test", "test_images", "test_x", "test_data"}, []string{"y_test", "test_labels", "test_y"}},
	}
)

// ReadNPZ reads an archive of NumPy arrays of the given size in bytes. The
// samples are the array x_train, with labels y_train, a test set x_test and y_test
// (as Keras names them) and a validation set x_val and y_val, or else x with y, data or
// images with labels, or arr_0 with arr_1. The only array of an archive needs no name.
// Labels may be absent; where they are present they are integers or texts, one for each
// sample, or one-hot rows, and the distinct values of all parts, ascending, are the
// classes. Arrays are converted as by [ReadNPY]. Other arrays are passed over, which Notes
// says. Test and Validation are nil where the archive has none; Source is empty.
func ReadNPZ(r io.ReaderAt, size int64) (*Data, error) {
	d, err := readNPZ(r, size, Options{})
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return d, nil
}

func readNPZ(r io.ReaderAt, size int64, o Options) (*Data, error) {
	archive, err := zip.NewReader(r, size)
	if err == nil && len(archive.File) == 0 {
		err = errors.New("a ZIP archive without files")
	} else if err == nil && !isNPZ(archive) {
		err = table.ForeignZip(namesOf(archive))
	}
	if isForeign(err) {
		return nil, err
	}
	var d *Data
	if err == nil {
		d, err = readNPZArrays(archive, o)
	}
	if err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	return d, nil
}

func readNPZArrays(archive *zip.Reader, o Options) (*Data, error) {
	a, err := openNPZ(archive)
	if err != nil {
		return nil, err
	}
	a.most, a.fine = o.most(), o.forModel()
	d := &Data{}
	names := npzTrain
	if len(a.names) == 1 {
		names = append(slices.Clone(names), struct{ samples, labels []string }{samples: a.names})
	}
	if d.Train, err = a.part(names); err != nil {
		return nil, err
	}
	if d.Train == nil {
		return nil, fmt.Errorf("arrays %s, want x and y, data and labels, or x_train, y_train, x_test, y_test",
			excerpt([]byte(strings.Join(a.names, ", "))))
	}
	if d.Validation, err = a.part(npzValidation); err != nil {
		return nil, err
	}
	if d.Test, err = a.part(npzTest); err != nil {
		return nil, err
	}
	if unread := slices.DeleteFunc(a.names, func(name string) bool { return a.used[name] }); len(unread) > 0 {
		d.Train.Notes = append(d.Train.Notes, "arrays that are not read: "+few(unread))
	}
	return d, d.agree()
}

// npzArchive holds the arrays of an archive by their names in lower case.
type npzArchive struct {
	names   []string // sorted
	members map[string]*zip.File
	used    map[string]bool
	most    int64 // bytes of an array
	fine    bool  // a model reads them
}

func openNPZ(archive *zip.Reader) (*npzArchive, error) {
	a := &npzArchive{members: map[string]*zip.File{}, used: map[string]bool{}}
	for _, f := range archive.File {
		name, isArray := strings.CutSuffix(strings.ToLower(f.Name), ".npy")
		if !isArray {
			continue
		}
		if a.members[name] != nil {
			return nil, fmt.Errorf("two arrays of the name %q", name)
		}
		a.members[name] = f
		a.names = append(a.names, name)
	}
	slices.Sort(a.names)
	return a, nil
}

// part reads the first of the named pairs whose samples exist, nil if none does.
func (a *npzArchive) part(pairs npzNames) (*Set, error) {
	for _, pair := range pairs {
		samples := a.find(pair.samples)
		if samples == "" {
			continue
		}
		s, err := a.samples(samples)
		if err != nil {
			return nil, fmt.Errorf("array %s: %w", samples, err)
		}
		labels := a.find(pair.labels)
		if labels == "" {
			return s, nil
		}
		if err := a.label(s, labels); err != nil {
			return nil, fmt.Errorf("array %s: %w", labels, err)
		}
		if samples == "arr_0" {
			s.Notes = append(s.Notes, "array arr_0 is read as the samples, arr_1 as their labels")
		}
		return s, nil
	}
	return nil, nil
}

func (a *npzArchive) find(names []string) string {
	i := slices.IndexFunc(names, func(name string) bool { return a.members[name] != nil })
	if i < 0 {
		return ""
	}
	return names[i]
}

func (a *npzArchive) samples(name string) (*Set, error) {
	values, err := a.read(name)
	if err != nil {
		return nil, err
	}
	values.fine = a.fine
	s, err := values.samples()
	if err != nil {
		return nil, err
	}
	s.Name, s.Notes = name, named("array "+name, s.Notes)
	return s, nil
}

// label gives s the labels of an array.
func (a *npzArchive) label(s *Set, name string) error {
	values, err := a.read(name)
	if err != nil {
		return err
	}
	if values.isText() {
		texts, err := values.texts()
		if err != nil {
			return err
		}
		return s.nameSamples(texts)
	}
	hot, err := values.oneHot()
	if err != nil {
		return err
	}
	if hot != nil {
		s.Notes = append(s.Notes, fmt.Sprintf("array %s is read as one-hot rows of %d classes", name, values.shape[1]))
		return s.numberLabels(hot)
	}
	numbers, err := values.classes()
	if err != nil {
		return err
	}
	return s.numberLabels(numbers)
}

func (a *npzArchive) read(name string) (*array, error) {
	a.used[name] = true
	content, err := a.members[name].Open()
	if err != nil {
		return nil, err
	}
	values, err := readNPYArray(bufio.NewReader(content), a.most)
	return values, errors.Join(err, content.Close())
}
