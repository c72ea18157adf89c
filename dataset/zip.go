package dataset

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"basin/dataset/internal/packed"
	"basin/dataset/table"
)

// readZip reads what a ZIP archive is: the arrays of NumPy, a workbook of Excel, or one file
// that is packed.
func readZip(r io.ReaderAt, size int64, o Options) (*Data, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("zip: %w", err)
	}
	names := namesOf(archive)
	switch {
	case isNPZ(archive):
		return readNPZ(r, size, o)
	case table.IsExcel(names):
		return single(fromTable(table.ReadExcel(archive, o.choice(), o.most())))
	}
	var files []*zip.File
	for _, f := range archive.File {
		if !f.FileInfo().IsDir() && !slices.ContainsFunc(strings.Split(f.Name, "/"), isJunk) {
			files = append(files, f)
		}
	}
	if len(files) != 1 {
		if len(files) == 0 {
			return nil, errors.New("a ZIP archive without files")
		}
		return nil, table.ForeignZip(names)
	}
	return readPacked(files[0], o)
}

// readPacked reads the only file of an archive.
func readPacked(f *zip.File, o Options) (*Data, error) {
	file, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("zip: %w", err)
	}
	defer file.Close()
	content, err := packed.Unzip(packed.Bounded(file, int64(f.CompressedSize64)))
	if err != nil {
		return nil, err
	}
	format, err := detect(content)
	var d *Data
	switch {
	case err != nil:
	case format == "npz":
		d, err = readInner(content, o)
	default:
		d, err = readFormat(content, format, o)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", excerpt([]byte(path.Clean(f.Name))), err)
	}
	return d, nil
}

// readInner reads an archive in an archive: a workbook of Excel, or arrays of NumPy.
func readInner(content io.Reader, o Options) (*Data, error) {
	data, err := readAll(content, o.most())
	if err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	switch {
	case err != nil:
		return nil, fmt.Errorf("zip: %w", err)
	case isNPZ(archive):
		return readNPZ(bytes.NewReader(data), int64(len(data)), o)
	case table.IsExcel(namesOf(archive)):
		return single(fromTable(table.ReadExcel(archive, o.choice(), o.most())))
	}
	return nil, errors.New("an archive in an archive: unzip the outer one")
}

func namesOf(archive *zip.Reader) []string {
	var names []string
	for _, f := range archive.File {
		names = append(names, f.Name)
	}
	return names
}

// isNPZ says that an archive holds arrays of NumPy.
func isNPZ(archive *zip.Reader) bool {
	return slices.ContainsFunc(archive.File, func(f *zip.File) bool {
		return strings.HasSuffix(strings.ToLower(f.Name), ".npy")
	})
}
