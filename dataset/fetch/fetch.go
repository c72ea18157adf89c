package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"basin/dataset"
	"basin/internal/files"
	"basin/internal/spelling"
)

// Options say where to look for data and how to read it. The zero value is valid.
type Options struct {
	// Options say how files are read; of them known sets need Limit and Reading alone, where
	// they are folders of images.
	dataset.Options
	// Dir is the first folder in which the files of a known set are looked
	// for: directly or in a sub-folder of the set's name. "" means none.
	Dir string
	// Offline forbids the use of the network.
	Offline bool
	// Progress, if not nil, is called during a download with the name of the
	// file and its bytes so far and in total; total is -1 when unknown.
	Progress func(file string, done, total int64)
}

// Open finds and reads a known set, see [List], or reads a file or folder as
// [dataset.Open] does; write ./mnist for a folder that has the name of a known set. A
// known set whose files are found nowhere is a [*NotFoundError].
func Open(ctx context.Context, name string, o Options) (*dataset.Data, error) {
	if s := named(name); s != nil && name != digits {
		if err := o.NoColumns(name); err != nil {
			return nil, err
		}
		return s.open(ctx, o)
	}
	d, err := dataset.Open(ctx, name, o.Options)
	return d, explained(name, err)
}

// Read reads all samples of a file or folder as [dataset.Read] does. Where there is none
// the error names the known set that was probably meant.
func Read(path string, o Options) (*dataset.Set, error) {
	s, err := dataset.Read(path, o.Options)
	return s, explained(path, err)
}

// Get makes sure that the files of a known set are on this machine, downloading
// them where needed, and returns their folder. The files are checked. Those of
// "digits" are written to the cache. A set that is found nowhere is a
// [*NotFoundError].
func Get(ctx context.Context, name string, o Options) (dir string, err error) {
	s := named(name)
	switch {
	case s == nil:
		return "", unknown(name, errors.New("no data set has this name"))
	case name == digits:
		return getDigits()
	}
	return newFinder(*s, o).find(ctx, s.verify)
}

// named returns the known set of a name, nil if there is none.
func named(name string) *source {
	all := sources()
	if i := slices.IndexFunc(all, func(s source) bool { return s.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

func getDigits() (string, error) {
	dir, err := cacheFolder(digits)
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = files.Replace(filepath.Join(dir, "digits.csv.gz"), dataset.WriteDigits)
	}
	if err != nil {
		return "", fmt.Errorf("fetch: digits: %w", err)
	}
	return dir, nil
}

// open reads the set from the first place that has good files.
func (s source) open(ctx context.Context, o Options) (*dataset.Data, error) {
	var d *dataset.Data
	dir, err := newFinder(s, o).find(ctx, func(dir string) (err error) {
		d, err = s.load(ctx, dir, o.Options)
		return err
	})
	if err != nil {
		return nil, err
	}
	d.Source = dir
	d.Train.Name, d.Test.Name = s.Name, s.Name
	if s.names != nil {
		d.Train.LabelNames, d.Test.LabelNames = s.names, s.names
	}
	return d, nil
}

// load reads and checks the files of one folder.
func (s source) load(ctx context.Context, dir string, o dataset.Options) (*dataset.Data, error) {
	if err := s.present(dir); err != nil {
		return nil, err
	}
	if s.folders != nil && s.absent(dir) != nil {
		return s.loadImages(ctx, dir, o)
	}
	if s.files[0].sum == "" {
		return dataset.ReadCIFARFolder(dir, s.Classes)
	}
	train, err := loadPair(dir, s.files[0], s.files[1])
	if err != nil {
		return nil, err
	}
	test, err := loadPair(dir, s.files[2], s.files[3])
	if err != nil {
		return nil, err
	}
	return &dataset.Data{Train: train, Test: test}, nil
}

// loadPair reads and checks a file of images and that of their labels.
func loadPair(dir string, images, labels sourceFile) (set *dataset.Set, err error) {
	err = images.consume(dir, func(r io.Reader) error {
		set, err = dataset.ReadIDX(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	var values []int
	err = labels.consume(dir, func(r io.Reader) error {
		values, err = dataset.ReadIDXLabels(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return set, set.NumberLabels(values)
}

// explained says of a path that does not exist which name was perhaps meant; other errors
// stay as they are.
func explained(name string, err error) error {
	if _, absent := os.Stat(name); err != nil && errors.Is(absent, os.ErrNotExist) && errors.Is(err, os.ErrNotExist) {
		return unknown(name, os.ErrNotExist)
	}
	return err
}

// unknown explains a name that is neither a set nor a path.
func unknown(name string, cause error) error {
	var names []string
	for _, s := range sources() {
		names = append(names, s.Name)
	}
	if near := spelling.Nearest(name, names); near != "" {
		return fmt.Errorf("fetch: %s: %w; did you mean %q?", name, cause, near)
	}
	if strings.ContainsAny(name, `/\.`) {
		return fmt.Errorf("fetch: %s: %w", name, cause)
	}
	return fmt.Errorf("fetch: %s: %w, want a path or one of %s", name, cause, strings.Join(names, ", "))
}
