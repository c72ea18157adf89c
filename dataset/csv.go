package dataset

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"basin/dataset/internal/packed"
	"basin/dataset/table"
)

// ReadCSV reads a table of text with one sample per line, plain or compressed with gzip: see
// package table for its forms. If all cells but the label are whole numbers in 0..255 they
// become Bytes, if they are numbers Floats, and Doubles where some are missing, texts or dates,
// or differ too little for 32 bits. Shape is {features}.
//
// o.Label is the name of the label column, its number counted from 1, "" for the one that a
// header calls so or the last, or "none". Labels are any text, and stay as they are
// written; the distinct ones are the classes, ordered by value if they are numbers, else
// alphabetically. Where o.Features or o.Columns is given, lines may lack the label, see
// [Options].
//
// Missing labels, lines of another length, numbers that are not finite and columns that mix
// numbers and texts are errors that name line and column, as are more values than o.Limit.
func ReadCSV(r io.Reader, o Options) (*Set, error) {
	s, err := readCSV(r, o)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return s, nil
}

func readCSV(r io.Reader, o Options) (*Set, error) {
	content, err := packed.Unzip(r)
	if err != nil {
		return nil, fmt.Errorf("csv: %w", err)
	}
	return fromTable(table.Read(content.Reader, o.choice(), o.most()))
}

// most is the bound of the values of a table.
func (o Options) most() int64 {
	if o.Limit > 0 {
		return o.Limit
	}
	return largestArray
}

// forModel says that a model reads the samples.
func (o Options) forModel() bool { return o.Columns != nil || o.Features > 0 }

// fromTable makes a set of a table that was read.
func fromTable(t *table.Table, err error) (*Set, error) {
	if isForeign(err) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	s := &Set{Shape: []int{t.Features}, Bytes: t.Bytes, Floats: t.Floats, Doubles: t.Doubles, Lines: t.Lines, IDs: t.IDs, Table: &t.Info}
	for _, note := range t.Notes {
		text := note.Text
		if note.Hint != "" {
			text += "; " + note.Hint
		}
		s.Notes = append(s.Notes, text)
	}
	if t.Labels != nil {
		s.Labels, s.LabelNames = nameLabels(t.Labels, t.Texts)
	}
	return s, nil
}

// isForeign says that a file is of a format that is not read, whatever it was taken for.
func isForeign(err error) bool {
	var foreign *table.ForeignError
	return errors.As(err, &foreign)
}

func (o Options) choice() table.Choice {
	return table.Choice{Label: o.Label, Drop: o.Drop, Only: o.Only, ID: o.ID, Sheet: o.Sheet, Model: o.Columns, Features: o.Features}
}

// nameLabels sorts the distinct texts and returns the labels, which index them, as classes.
func nameLabels(labels []int, texts []string) (classes []int, names []string) {
	names = slices.Clone(texts)
	slices.SortFunc(names, compareLabels)
	names = slices.Compact(names)
	number := make(map[string]int, len(names))
	for class, name := range names {
		number[name] = class
	}
	classes = make([]int, len(labels))
	for i, n := range labels {
		classes[i] = number[texts[n]]
	}
	return classes, names
}
