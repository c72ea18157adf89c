package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The parts of a data set.
const (
	trainPart      = "training"
	validationPart = "validation"
	testPart       = "test"
)

// partNames are the names that folders of images give to the parts, in any case.
var partNames = map[string]string{
	"train": trainPart, "training": trainPart,
	"val": validationPart, "valid": validationPart, "validation": validationPart, "dev": validationPart,
	"test": testPart, "testing": testPart,
}

// readGalleries reads a folder of images, or one that has a folder of images for the
// training samples and for at least one other part. An outer folder that holds nothing but
// one such folder, as archives make it, is looked through.
func readGalleries(ctx context.Context, dir string, o Options) (*Data, error) {
	inner, err := lookThrough(dir)
	if err != nil {
		return nil, err
	}
	parts, others, err := findParts(inner)
	if err != nil {
		return nil, err
	}
	d := &Data{}
	if len(parts) < 2 {
		if d.Train, err = readImages(ctx, inner, o); err != nil {
			return nil, err
		}
	} else if d, err = readParts(ctx, inner, parts, o); err != nil {
		return nil, err
	}
	note := func(format string, values ...any) {
		d.Train.Notes = append(d.Train.Notes, fmt.Sprintf(format, values...))
	}
	if inner != dir {
		note("%s: the folders of the classes are those in %s", dir, inner)
	}
	if len(parts) > 1 && len(others) > 0 {
		note("%s: beside the training and other samples, %s passed over", inner, few(others))
	}
	return d, nil
}

// findParts returns the folder of each part, and what else lies beside them.
func findParts(dir string) (parts map[string]string, others []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	parts = map[string]string{}
	for _, entry := range entries {
		name := entry.Name()
		info, err := os.Stat(filepath.Join(dir, name))
		part := partNames[strings.ToLower(name)]
		if err != nil || !info.IsDir() || part == "" {
			others = append(others, name)
			continue
		}
		if parts[part] != "" {
			return nil, nil, fmt.Errorf("%s: both %s and %s hold the %s samples, want one of them", dir, parts[part], name, part)
		}
		parts[part] = name
	}
	if len(parts) > 1 && parts[trainPart] == "" {
		return nil, nil, fmt.Errorf("%s: the folders %s and %s hold %s and %s samples, want a folder train too",
			dir, parts[validationPart], parts[testPart], validationPart, testPart)
	}
	return parts, others, nil
}

// readParts reads the folder of each part.
func readParts(ctx context.Context, dir string, parts map[string]string, o Options) (*Data, error) {
	d := &Data{}
	for _, part := range []struct {
		name string
		set  **Set
	}{{trainPart, &d.Train}, {validationPart, &d.Validation}, {testPart, &d.Test}} {
		name := parts[part.name]
		if name == "" {
			continue
		}
		read, err := readImages(ctx, filepath.Join(dir, name), o)
		if err != nil {
			return nil, err
		}
		read.Name = filepath.Join(dir, name) // for messages
		*part.set = read
	}
	return d, d.agree()
}

// learnable reports a sample of another part whose class no training sample has: nothing
// could learn it.
func (d *Data) learnable() error {
	counts := d.Train.Counts()
	for k, part := range []*Set{d.Validation, d.Test} {
		if part == nil {
			continue
		}
		for i, label := range part.Labels {
			if counts[label] == 0 {
				return fmt.Errorf("%s: no training sample of the class %q, which %s of the %s samples has", d.Train.Name, part.LabelNames[label], part.Place(i), []string{validationPart, testPart}[k])
			}
		}
	}
	return nil
}

// lookThrough returns the folder of classes or parts in dir: dir itself, or the only
// folder in it if that has no images but folders.
func lookThrough(dir string) (string, error) {
	for range 4 {
		folders, images, err := content(dir)
		if err != nil || len(folders) != 1 || images > 0 {
			return dir, err
		}
		inner := filepath.Join(dir, folders[0])
		folders, images, err = content(inner)
		if err != nil || len(folders) == 0 || images > 0 {
			return dir, err
		}
		dir = inner
	}
	return dir, nil
}

// content returns the folders and the number of images in a folder, without junk.
func content(dir string) (folders []string, images int, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, 0, err
	}
	for _, entry := range entries {
		name := entry.Name()
		info, err := os.Stat(filepath.Join(dir, name))
		switch {
		case isJunk(name):
		case err != nil:
			return nil, 0, err
		case info.IsDir():
			folders = append(folders, name)
		case isImageName(name):
			images++
		}
	}
	return folders, images, nil
}
