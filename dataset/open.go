package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"basin/dataset/internal/packed"
	"basin/dataset/table"
)

// Options say how to read data. The zero value is valid.
type Options struct {
	// Label is the label column of CSV files: its name, its number counted from 1, "" for
	// one called label, class or target or else the last, or "none" for unlabelled samples.
	Label string
	// Features, if not 0, is what the reader of the samples expects, and makes the label of
	// CSV files optional: it is there where the first line has Features+1 cells, or
	// another number than Features with a text in the column of the label.
	Features int
	// Columns, if not nil, are those that a model remembers of its table: columns are then
	// matched by name, or by place where there are no names, and Label is only for a
	// table whose label has another name.
	Columns *table.Columns
	// Drop and Only are columns of a table to leave out, and, unless empty, those to read
	// beside the label. ID is the column whose texts are passed through as Set.IDs.
	Drop, Only []string
	ID         string
	// Sheet is the sheet of a workbook of Excel that is read: its name, its number from 1, or
	// "" for the first that is not empty.
	Sheet string
	// Limit bounds the bytes that the values of a table, an array, or a folder of images (of
	// each part of it) take in memory; 0 means 4 GiB. Parts that become floats have the bound of
	// 4 GiB in any case.
	Limit int64
	// Reading, if not nil, is called while a folder of images is read, with the folder and the
	// number of images so far and in total, from the goroutine that reads.
	Reading func(folder string, done, total int)
	// TestShare is the share of samples, below 1, that Open sets apart as the
	// test set of a source that has none of its own: drawn at random from
	// Seed, rows kept in order. 0 means 0.2; a negative share means no test set.
	TestShare float64
	// Split says how the test set is drawn; empty is Random.
	Split Split
	// Seed draws the test set. It may be the seed of Holdout as well: the two
	// draw from different streams.
	Seed uint64
}

// NoColumns reports options that name columns or a sheet, for a source that is no table: what
// they ask for would not happen.
func (o Options) NoColumns(source string) error {
	for _, asked := range []struct{ what, name string }{
		{"a label column", o.Label},
		{"a column to leave out", strings.Join(o.Drop, ", ")},
		{"a column to read", strings.Join(o.Only, ", ")},
		{"a column of identifiers", o.ID},
		{"a sheet", o.Sheet},
	} {
		if asked.name != "" && !o.forModel() {
			return fmt.Errorf("dataset: %s: %s, %q, is asked for, and this is no table: labels and samples are where its format has them", source, asked.what, asked.name)
		}
	}
	return nil
}

// defaultTestShare is the meaning of TestShare 0.
const defaultTestShare = 0.2

// Open reads a data set and splits it into training and test samples.
//
// The name is "digits", for the set that is part of the program, or the path of a file
// or folder (./digits for a folder of that name); package fetch knows more names.
// Sources with a test set of their own are split as they are: the digits, folders with
// the IDX files of MNIST or the binary files of CIFAR, with train.csv and test.csv or
// with sub-folders train and test of images, and NPZ archives with x_train and
// x_test. Folders with a sub-folder val, valid or validation, and archives with x_val,
// have a validation set too; classes that no training sample has are an error. All others are
// split at random by Options.TestShare. The end of ctx ends the reading of a folder of images.
func Open(ctx context.Context, name string, o Options) (*Data, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if name == digitsName {
		if err := o.NoColumns(name); err != nil {
			return nil, err
		}
		return openDigits()
	}
	d, err := readSource(ctx, name, o)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	d.Source = name
	if d.Train.Table == nil {
		if err := o.NoColumns(name); err != nil {
			return nil, err
		}
	}
	if err := d.learnable(); err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	share := o.TestShare
	if share == 0 {
		share = defaultTestShare
	}
	if d.Test != nil || share < 0 {
		return d, nil
	}
	if d.Train, d.Test, err = HoldoutTest(d.Train, share, o.Split, o.Seed); err != nil {
		return nil, err
	}
	return d, nil
}

// Read reads all samples of a file or folder, without splitting them; where the
// source has training, validation and test samples they follow one another. Files may be CSV,
// NPY, NPZ, IDX (with the file of labels beside it, if the name contains
// "images"), one image (see [ReadImage]), or the binary format of CIFAR if the name
// ends with .bin. Of the options Label and Features are used.
func Read(path string, o Options) (*Set, error) {
	d, err := readSource(context.Background(), path, o)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	s, err := d.whole()
	if err != nil {
		return nil, fmt.Errorf("dataset: %s: %w", path, err)
	}
	return s, nil
}

// ReadFrom reads all samples from r, such as standard input. The format is
// "csv", "npy", "npz", "idx", "png", "jpeg", "gif", "bmp", "tiff", "webp", or "" to
// recognise it from the first bytes. Of the options Label and Features are used. Of CSV no more is kept than its values
// and labels.
func ReadFrom(r io.Reader, format string, o Options) (*Set, error) {
	d, err := readStream(r, format, o)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	s, err := d.whole()
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return s, nil
}

// readSource reads a file or folder with the split it has.
func readSource(ctx context.Context, path string, o Options) (*Data, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", path, os.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	var d *Data
	if info.IsDir() {
		d, err = readFolder(ctx, path, o)
	} else {
		d, err = readFile(path, o)
	}
	if err != nil {
		return nil, err
	}
	d.Train.Name = filepath.Base(path)
	for _, part := range []*Set{d.Validation, d.Test} {
		if part != nil {
			part.Name = d.Train.Name
		}
	}
	return d, nil
}

// readFile reads one file; errors and notes name it.
func readFile(path string, o Options) (*Data, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	d, err := readOpened(file, path, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, part := range []*Set{d.Train, d.Validation, d.Test} {
		if part != nil {
			part.Notes = named(path, part.Notes)
		}
	}
	return d, nil
}

// named puts the name of their source before notes.
func named(source string, notes []string) []string {
	var lines []string
	for _, note := range notes {
		lines = append(lines, source+": "+note)
	}
	return lines
}

func readOpened(file *os.File, path string, o Options) (*Data, error) {
	if strings.HasSuffix(strings.TrimSuffix(path, ".gz"), ".bin") {
		return readCIFARFile(file)
	}
	var head [4]byte
	if _, err := file.ReadAt(head[:], 0); err == nil && (string(head[:2]) == "PK" || string(head[:]) == "PAR1") {
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		if string(head[:]) == "PAR1" {
			return single(fromTable(table.ReadParquet(file, info.Size(), o.choice(), o.most())))
		}
		return readZip(file, info.Size(), o)
	}
	content, err := packed.Unzip(file)
	if err != nil {
		return nil, err
	}
	format, err := detect(content)
	if err != nil {
		return nil, err
	}
	d, err := readFormat(content, format, o)
	if err != nil || format != "idx" {
		return d, err
	}
	if name := filepath.Base(path); strings.Contains(strings.ToLower(name), "emnist") {
		d.Train.Notes = append(d.Train.Notes, "files of EMNIST hold images with rows and columns swapped: they are read as they lie")
	}
	labels, err := findLabels(path)
	if labels == nil || err != nil {
		return d, err
	}
	return d, d.Train.numberLabels(labels)
}

// readCIFARFile tells the two forms apart by the length of their records.
func readCIFARFile(file io.Reader) (*Data, error) {
	content, err := packed.Unzip(file)
	if err != nil {
		return nil, err
	}
	data, err := readAll(content, largestFile)
	if err != nil {
		return nil, err
	}
	classes := 0
	switch {
	case len(data)%(1+cifarValues) == 0:
		classes = 10
	case len(data)%(2+cifarValues) == 0:
		classes = 100
	default:
		return nil, fmt.Errorf("cifar: %d bytes, want a multiple of %d (CIFAR-10) or %d (CIFAR-100)",
			len(data), 1+cifarValues, 2+cifarValues)
	}
	return single(readCIFAR(bytes.NewReader(data), classes))
}

// findLabels reads the labels beside a file of images, nil if there are none.
func findLabels(path string) ([]int, error) {
	dir, name := filepath.Split(path)
	name = strings.TrimSuffix(name, ".gz")
	if !strings.Contains(name, "images") {
		return nil, nil
	}
	name = strings.Replace(name, "images", "labels", 1)
	for _, digit := range "34" {
		name = strings.Replace(name, "idx"+string(digit), "idx1", 1)
	}
	path, err := packed.Find(dir, name)
	if err != nil {
		return nil, nil
	}
	return readLabelsFile(path)
}

func readLabelsFile(path string) ([]int, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	labels, err := readIDXLabels(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return labels, nil
}

func readStream(r io.Reader, format string, o Options) (*Data, error) {
	content, err := packed.Unzip(r)
	if err != nil {
		return nil, err
	}
	if format == "" {
		if format, err = detect(content); err != nil {
			return nil, err
		}
	}
	return readFormat(content, format, o)
}

func readFormat(content io.Reader, format string, o Options) (*Data, error) {
	switch format {
	case "csv":
		return single(readCSV(content, o))
	case "npy":
		return single(readNPY(content, o))
	case "idx":
		return single(readIDX(content, o.most()))
	case "png", "jpeg", "jpg", "gif", "bmp", "tiff", "webp":
		return single(readImage(content))
	case "npz", "parquet":
		data, err := readAll(content, o.most())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", format, err)
		}
		if format == "parquet" {
			return single(fromTable(table.ReadParquet(bytes.NewReader(data), int64(len(data)), o.choice(), o.most())))
		}
		return readZip(bytes.NewReader(data), int64(len(data)), o)
	}
	return nil, fmt.Errorf("format %q, want csv, parquet, npy, npz, idx, png, jpeg, gif, bmp, tiff or webp", format)
}

func single(s *Set, err error) (*Data, error) {
	if err != nil {
		return nil, err
	}
	if s.Name == "" {
		s.Name = "input"
	}
	return &Data{Train: s}, nil
}

// detect names the format of decompressed content by its first bytes.
func detect(content packed.Content) (string, error) {
	head, err := content.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	for magic, format := range map[string]string{
		"\x93NUMPY": "npy", "PAR1": "parquet", "PK\x03\x04": "npz", "PK\x05\x06": "npz", "\x89PNG": "png", "\xff\xd8\xff": "jpeg",
		"GIF87a": "gif", "GIF89a": "gif", "II*\x00": "tiff", "MM\x00*": "tiff",
	} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return format, nil
		}
	}
	switch {
	case len(head) == 0:
		return "", errors.New("empty, want data")
	case table.IsUTF16(head):
		return "csv", nil
	case isIDX(head):
		return "idx", nil
	case bytes.HasPrefix(head, []byte("BM")) && len(head) >= 10 && bytes.Equal(head[6:10], make([]byte, 4)):
		return "bmp", nil
	case bytes.HasPrefix(head, []byte("RIFF")) && len(head) >= 12 && string(head[8:12]) == "WEBP":
		return "webp", nil
	case foreignImage(head) != "":
		return "", fmt.Errorf("%s, want %s: convert it first", foreignImage(head), imageFormats)
	case !bytes.ContainsRune(head, 0):
		return "csv", nil
	}
	if err := table.Foreign(head); err != nil {
		return "", err
	}
	return "", errors.New("unknown format, starts with " + strconv.QuoteToASCII(string(head[:min(8, len(head))])) +
		", want a table (CSV, Excel .xlsx, Parquet, ARFF, LIBSVM), NPY, NPZ, IDX, " + imageFormats)
}
