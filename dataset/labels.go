package dataset

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// classes returns the array as one integer per sample.
func (a *array) classes() ([]int, error) {
	if len(a.shape) != 1 && (len(a.shape) != 2 || a.shape[1] != 1) {
		return nil, fmt.Errorf("labels have shape %v, want one number or one-hot row for each sample", a.shape)
	}
	values := make([]int, a.count())
	for i := range values {
		v := a.value(i)
		if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return nil, fmt.Errorf("label of sample %d is %v, want an integer", i, v)
		}
		values[i] = int(v)
	}
	return values, nil
}

// NumberLabels gives s labels, one number for each sample: the distinct numbers, ascending,
// are the classes and their names.
func (s *Set) NumberLabels(values []int) error {
	if err := s.numberLabels(values); err != nil {
		return fmt.Errorf("dataset: %s: %w", s.Name, err)
	}
	return nil
}

// numberLabels gives s labels: the distinct values, ascending, are the classes.
func (s *Set) numberLabels(values []int) error {
	if len(values) != s.Count() {
		return fmt.Errorf("%d labels, want %d, one for each sample", len(values), s.Count())
	}
	distinct := slices.Clone(values)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	class := make(map[int]int, len(distinct))
	s.LabelNames = make([]string, len(distinct))
	for c, v := range distinct {
		class[v] = c
		s.LabelNames[c] = strconv.Itoa(v)
	}
	s.Labels = make([]int, len(values))
	for i, v := range values {
		s.Labels[i] = class[v]
	}
	return nil
}

// nameSamples gives s labels, a text for each sample.
func (s *Set) nameSamples(texts []string) error {
	if len(texts) != s.Count() {
		return fmt.Errorf("%d labels, want %d, one for each sample", len(texts), s.Count())
	}
	if i := slices.Index(texts, ""); i >= 0 {
		return fmt.Errorf("label of sample %d is empty", i)
	}
	names := slices.Clone(texts)
	slices.SortFunc(names, compareLabels)
	names = slices.Compact(names)
	class := make(map[string]int, len(names))
	for c, name := range names {
		class[name] = c
	}
	s.LabelNames, s.Labels = names, make([]int, len(texts))
	for i, text := range texts {
		s.Labels[i] = class[text]
	}
	return nil
}

func (a *array) isText() bool { return a.kind == 'S' || a.kind == 'U' }

// texts returns the texts of an array, one for each sample.
func (a *array) texts() ([]string, error) {
	if len(a.shape) != 1 && (len(a.shape) != 2 || a.shape[1] != 1) {
		return nil, fmt.Errorf("labels have shape %v, want one text for each sample", a.shape)
	}
	texts := make([]string, a.count())
	for i := range texts {
		raw := a.data[i*a.size : (i+1)*a.size]
		if a.kind == 'U' {
			raw = ucs4(raw, a.order)
		}
		if !utf8.Valid(raw) {
			return nil, fmt.Errorf("label of sample %d: %q, want UTF-8", i, raw)
		}
		texts[i] = strings.TrimRight(string(raw), "\x00")
	}
	return texts, nil
}

func ucs4(raw []byte, order binary.ByteOrder) []byte {
	var text []byte
	for ; len(raw) >= 4; raw = raw[4:] {
		text = utf8.AppendRune(text, rune(order.Uint32(raw)))
	}
	return text
}

// oneHot returns the place of the one in each row of an array of two or more columns; nil
// for an array of another shape.
func (a *array) oneHot() ([]int, error) {
	if len(a.shape) != 2 || a.shape[1] < 2 {
		return nil, nil
	}
	a.reorder()
	columns := a.shape[1]
	places := make([]int, a.shape[0])
	for i := range places {
		places[i] = -1
		for k := range columns {
			switch v := a.value(i*columns + k); {
			case v == 1 && places[i] < 0:
				places[i] = k
			case v != 0:
				return nil, fmt.Errorf("labels have shape %v, but row %d is not one-hot (a 1 and zeros): want one number or one-hot row for each sample",
					a.shape, i)
			}
		}
		if places[i] < 0 {
			return nil, errors.New("a one-hot row of zeros: sample " + strconv.Itoa(i) + " has no class")
		}
	}
	return places, nil
}

// compareLabels orders class names: numbers by value and before all others,
// which follow alphabetically.
func compareLabels(a, b string) int {
	x, notX := strconv.ParseFloat(a, 64)
	y, notY := strconv.ParseFloat(b, 64)
	isX, isY := notX == nil && finite(x), notY == nil && finite(y)
	switch {
	case isX && isY:
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	case isX:
		return -1
	case isY:
		return 1
	}
	return cmp.Compare(a, b)
}
