package fetch

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"basin/dataset/internal/packed"
)

// Files are the files of a data set on this machine.
type Files struct {
	// Dir is their folder.
	Dir string
	// Names are their paths in it, sorted.
	Names []string
	// Folder says that the set is the folder; else it is the only file.
	Folder bool
}

// FilesOf returns the files of a known set, downloading them where needed, or those of a path.
// Errors are those of [Get].
func FilesOf(ctx context.Context, name string, o Options) (Files, error) {
	s := named(name)
	if s == nil {
		return filesAt(name)
	}
	dir, err := Get(ctx, name, o)
	if err != nil {
		return Files{}, err
	}
	switch {
	case name == digits:
		return Files{Dir: dir, Names: []string{"digits.csv.gz"}, Folder: true}, nil
	case s.folders != nil && s.absent(dir) != nil:
		return s.imageFiles(dir)
	}
	f := Files{Dir: dir, Folder: true}
	for _, file := range s.files {
		path, err := packed.Find(dir, file.name)
		if err != nil {
			return f, err
		}
		within, err := filepath.Rel(dir, path)
		if err != nil {
			return f, fmt.Errorf("fetch: %w", err)
		}
		f.Names = append(f.Names, within)
	}
	slices.Sort(f.Names)
	return f, nil
}

// imageFiles returns the images of a set that is there as folders of them.
func (s source) imageFiles(dir string) (Files, error) {
	f := Files{Dir: dir, Folder: true}
	for _, part := range []string{"train", "test"} {
		for _, class := range s.folders {
			inner, err := filesAt(filepath.Join(dir, part, class))
			if err != nil {
				return f, err
			}
			for _, name := range inner.Names {
				f.Names = append(f.Names, filepath.Join(part, class, name))
			}
		}
	}
	slices.Sort(f.Names)
	return f, nil
}

// filesAt returns the file that a path names, or all files below a folder.
func filesAt(path string) (Files, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Files{}, explained(path, err)
	}
	if !info.IsDir() {
		return Files{Dir: filepath.Dir(path), Names: []string{filepath.Base(path)}}, nil
	}
	f := Files{Dir: path, Folder: true}
	err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
			return err // of links what they name counts
		}
		within, err := filepath.Rel(path, name)
		f.Names = append(f.Names, within)
		return err
	})
	if err != nil {
		return f, fmt.Errorf("fetch: %w", err)
	}
	slices.Sort(f.Names)
	return f, nil
}
