package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// marker is a file in each folder that was written here: the names of the others, line by line.
const marker = ".basin-site"

// writeFolder writes files into a new folder and puts it into the place of an earlier one. What it did not write
// itself it does not delete.
func writeFolder(folder string, files map[string][]byte) error {
	folder = filepath.Clean(folder)
	old, err := replaceable(folder)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(folder), ".basin-site-*")
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	defer os.RemoveAll(work)
	fresh, aside := filepath.Join(work, "new"), filepath.Join(work, "old")
	listed := slices.Sorted(maps.Keys(files))
	for _, name := range listed {
		if err := writeFile(filepath.Join(fresh, filepath.FromSlash(name)), files[name]); err != nil {
			return err
		}
	}
	if err := writeFile(filepath.Join(fresh, marker), []byte(strings.Join(listed, "\n")+"\n")); err != nil {
		return err
	}
	if old {
		if err := os.Rename(folder, aside); err != nil {
			return fmt.Errorf("site: %w", err)
		}
	}
	if err := os.Rename(fresh, folder); err != nil {
		err = fmt.Errorf("site: %w", err)
		if old {
			err = errors.Join(err, os.Rename(aside, folder))
		}
		return err
	}
	return nil
}

// replaceable says whether there is a folder to replace; it is an error if something in it is not of an earlier run.
func replaceable(folder string) (bool, error) {
	if _, err := os.Lstat(folder); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return false, fmt.Errorf("site: %w", err)
	}
	if len(entries) == 0 {
		return true, nil
	}
	text, err := os.ReadFile(filepath.Join(folder, marker))
	if err != nil {
		return false, fmt.Errorf("site: %s has no file %s, so it was not written by this command: choose another --out", folder, marker)
	}
	listed := strings.Split(strings.TrimSpace(string(text)), "\n")
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if name = filepath.ToSlash(name); err == nil && name != marker && !slices.Contains(listed, name) {
			err = fmt.Errorf("site: %s has %s, which this command did not write: move it, or choose another --out", folder, name)
		}
		return err
	})
	return true, err
}

func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	return nil
}
