package dataset

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"basin/dataset/internal/packed"
)

// The names of the files of MNIST and the sets that took after it.
const (
	trainImages = "train-images-idx3-ubyte"
	trainLabels = "train-labels-idx1-ubyte"
	testImages  = "t10k-images-idx3-ubyte"
	testLabels  = "t10k-labels-idx1-ubyte"
)

// readFolder reads a folder of one of the known layouts, with the split it has.
func readFolder(ctx context.Context, dir string, o Options) (*Data, error) {
	if _, err := packed.Find(dir, trainImages); err == nil {
		return readIDXFolder(dir)
	}
	if path, err := packed.Find(dir, "train.csv"); err == nil {
		return readCSVFolder(dir, path, o)
	}
	if root, classes := findCIFAR(dir); classes > 0 {
		return readCIFARFolder(root, classes)
	}
	return readGalleries(ctx, dir, o)
}

// readPair reads training and test set; the second path may be "".
func readPair(train, test string, read func(path string) (*Set, error)) (*Data, error) {
	first, err := read(train)
	if err != nil {
		return nil, err
	}
	d := &Data{Train: first}
	if test == "" {
		return d, nil
	}
	second, err := read(test)
	if err != nil {
		return nil, err
	}
	if first.Labels != nil && second.Labels == nil && second.Table != nil {
		first.Notes = append(first.Notes, fmt.Sprintf("%s has no labels, so that nothing can be measured on it: it is passed over, as if it were not there", test))
		return d, nil
	}
	first.Name, second.Name = train, test // for messages
	if d.Train, d.Test, err = alike(first, second); err != nil {
		return nil, err
	}
	return d, nil
}

func readIDXFolder(dir string) (*Data, error) {
	test := testImages
	if _, err := packed.Find(dir, testImages); err != nil {
		test = ""
	}
	return readPair(trainImages, test, func(name string) (*Set, error) {
		path, err := packed.Find(dir, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		d, err := readFile(path, Options{})
		if err != nil {
			return nil, err
		}
		return d.Train, nil
	})
}

func readCSVFolder(dir, train string, o Options) (*Data, error) {
	test, _ := packed.Find(dir, "test.csv")
	return readPair(train, test, func(path string) (*Set, error) {
		d, err := readFile(path, o)
		if err != nil {
			return nil, err
		}
		if o.Columns == nil && o.Features == 0 && d.Train.Table != nil {
			o.Columns = d.Train.Table.Memory() // of the training set, for the test set
			o.Label = ""
		}
		return d.Train, nil
	})
}

// findCIFAR returns the folder with binary files, dir itself or the one that
// the original archive makes in it, and the number of classes; 0 if none.
func findCIFAR(dir string) (root string, classes int) {
	for _, root := range []string{dir, filepath.Join(dir, "cifar-10-batches-bin"), filepath.Join(dir, "cifar-100-binary")} {
		if len(cifarBatches(root)) > 0 {
			return root, 10
		}
		if _, err := packed.Find(root, "train.bin"); err == nil {
			return root, 100
		}
	}
	return "", 0
}

// cifarBatches returns the paths of data_batch_1.bin and so on.
func cifarBatches(root string) (paths []string) {
	for batch := 1; ; batch++ {
		path, err := packed.Find(root, fmt.Sprintf("data_batch_%d.bin", batch))
		if err != nil {
			return paths
		}
		paths = append(paths, path)
	}
}

// ReadCIFARFolder reads the binary files of CIFAR-10 (classes 10) or CIFAR-100 (classes
// 100) in a folder, each also compressed with gzip; Test is nil where its file is absent.
// The classes have the names in the file of names, where that is present.
func ReadCIFARFolder(dir string, classes int) (*Data, error) {
	if classes != 10 && classes != 100 {
		return nil, fmt.Errorf("dataset: cifar: %d classes, want 10 or 100", classes)
	}
	d, err := readCIFARFolder(dir, classes)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return d, nil
}

func readCIFARFolder(root string, classes int) (*Data, error) {
	names, err := cifarNames(root, classes)
	if err != nil {
		return nil, err
	}
	var train []string
	test := "test_batch.bin"
	if classes == 10 {
		train = cifarBatches(root)
	} else {
		path, err := packed.Find(root, "train.bin")
		if err != nil {
			return nil, err
		}
		train, test = []string{path}, "test.bin"
	}
	d := &Data{}
	if d.Train, err = readCIFARFiles(train, classes, names); err != nil {
		return nil, err
	}
	path, err := packed.Find(root, test)
	if err != nil {
		return d, nil
	}
	d.Test, err = readCIFARFiles([]string{path}, classes, names)
	return d, err
}

func readCIFARFiles(paths []string, classes int, names []string) (*Set, error) {
	var whole *Set
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		s, err := readCIFAR(file, classes)
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if whole == nil {
			whole = s
			continue
		}
		whole.Bytes = append(whole.Bytes, s.Bytes...)
		whole.Labels = append(whole.Labels, s.Labels...)
	}
	whole.LabelNames = names
	return whole, nil
}

// longestNames bounds the bytes of a file of class names.
const longestNames = 1 << 16

// cifarNames reads the names of the classes, if their file is present.
func cifarNames(root string, classes int) ([]string, error) {
	file := "batches.meta.txt"
	names := []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}
	if classes == 100 {
		file, names = "fine_label_names.txt", numbers(100)
	}
	path := filepath.Join(root, file)
	opened, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return names, nil
	}
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	text, err := readAll(opened, longestNames)
	if err != nil {
		return nil, fmt.Errorf("%s: %w, want %d lines", path, err, classes)
	}
	read := strings.Split(string(text), "\n")
	for i := range read {
		read[i] = strings.TrimSpace(read[i])
	}
	read = slices.DeleteFunc(read, func(line string) bool { return line == "" })
	if len(read) != classes {
		return nil, fmt.Errorf("%s: %d names, want %d", path, len(read), classes)
	}
	return read, nil
}
