package table

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// labelWords are names of columns that are labels.
var labelWords = []string{"label", "labels", "class", "target"}

func isLabelWord(cell string) bool {
	return slices.Contains(labelWords, strings.ToLower(strings.TrimSpace(cell)))
}

// isHeader says whether the first line of a table is a header, by the names that are looked
// for and by the lines that follow it; why is empty where there was no doubt.
func (t *reader) isHeader(first []string, rows []row) (header bool, why string) {
	keys := append([]string{t.choice.Label, t.choice.ID}, slices.Concat(t.choice.Drop, t.choice.Only)...)
	if m := t.choice.Model; m != nil {
		strange := func(feature string) bool {
			return !slices.ContainsFunc(first, func(cell string) bool { return name(cell) == feature })
		}
		if len(m.Features) > 0 && !slices.ContainsFunc(m.Features, strange) {
			return true, ""
		}
		keys = append(append(keys, m.Label), m.Features...)
	}
	for _, key := range keys {
		_, notNumber := strconv.Atoi(key)
		if key != "" && key != none && notNumber != nil && slices.ContainsFunc(first, func(cell string) bool { return name(cell) == key }) {
			return true, ""
		}
	}
	label := len(first) - 1
	switch number, err := strconv.Atoi(t.choice.Label); {
	case t.choice.Label == none || t.choice.Features > 0 && len(first) != t.choice.Features+1:
		label = -1
	case err == nil && number >= 1 && number <= len(first):
		label = number - 1
	}
	text, number := false, false
	for column, cell := range first {
		if column == label {
			continue
		}
		_, err := parse(cell, t.form.separator)
		number = number || err == nil
		text = text || strings.TrimSpace(cell) != ""
	}
	if !number && !text && t.nameAbove(first, rows, label) {
		return true, "its other cells are empty, and no other line has its label; " + otherHeader
	}
	if !number {
		if text && t.recurs(first, rows, label) {
			return false, ""
		}
		return text, ""
	}
	return t.numericHeader(first, rows, label)
}

// recurs says whether the texts of a line stand in the lines below too, in most columns beside
// the label: then it is a sample of categories, not a header.
func (t *reader) recurs(first []string, rows []row, label int) bool {
	again, columns := 0, 0
	for column, cell := range first {
		if column == label {
			continue
		}
		columns++
		if slices.ContainsFunc(rows, func(r row) bool { return column < len(r.cells) && name(r.cells[column]) == name(cell) }) {
			again++
		}
	}
	if 2*again <= columns || again == 0 {
		return false
	}
	t.note("", "line 1 is read as a sample, not as a header: its texts stand in the lines below too")
	return true
}

// numericHeader recognises a header in which there are numbers: one that counts its columns,
// or steps evenly, as wavelengths and years do, and whose label is the name of one.
func (t *reader) numericHeader(first []string, rows []row, label int) (header bool, why string) {
	if len(rows) == 0 {
		return false, ""
	}
	if label >= 0 && slices.ContainsFunc(rows, func(r row) bool { return label < len(r.cells) && r.cells[label] == first[label] }) {
		return false, ""
	}
	counts, _ := t.steps(first, label, true)
	below, _ := t.steps(rows[0].cells, label, true)
	_, even := t.steps(first, label, false)
	_, evenBelow := t.steps(rows[0].cells, label, false)
	switch {
	case label >= 0 && isLabelWord(first[label]):
		return true, "its last cell is the name of a label column"
	case counts && !below && !evenBelow:
		return true, "it counts the columns"
	case label >= 0 && even && !evenBelow && t.textAbove(first[label], rows, label):
		return true, "its numbers step evenly, and no other line has its label"
	case t.textOverNumbers(first, rows):
		return true, "it has a text above numbers; " + otherHeader
	case t.nameAbove(first, rows, label) && t.numbersAreNames(first, rows, label):
		return true, "its numbers are like names, and no other line has its label; " + otherHeader
	case t.nameAbove(first, rows, label):
		t.note("data.label with that name reads it as a header", "line 1 is read as a sample, though no other line has its label %q", excerpt(first[label]))
	}
	return false, ""
}

// otherHeader says how to have a first line read as a sample.
const otherHeader = "where it is a sample, put a line of names above it"

// textOverNumbers says whether the first line has a text in a column of numbers.
func (t *reader) textOverNumbers(first []string, rows []row) bool {
	const enough = 2 // lines
	for column, cell := range first {
		if t.isNumber(cell) || kindOf(strings.TrimSpace(cell)) != Category || missing(strings.TrimSpace(cell)) || likeNumber(cell) || broken(cell) != nil {
			continue
		}
		numbers := 0
		other := slices.ContainsFunc(rows, func(r row) bool {
			if column >= len(r.cells) || missing(strings.TrimSpace(r.cells[column])) {
				return false
			}
			numbers++
			return !t.isNumber(r.cells[column])
		})
		if !other && numbers >= enough {
			return true
		}
	}
	return false
}

func (t *reader) isNumber(cell string) bool {
	_, err := parse(cell, t.form.separator)
	return err == nil
}

// nameAbove says whether the label of the first line may be a name: a text that stands above
// labels that recur, but is none of them; and no other text of the line stands below it.
func (t *reader) nameAbove(first []string, rows []row, label int) bool {
	if label < 0 || t.isNumber(first[label]) || missing(strings.TrimSpace(first[label])) {
		return false
	}
	labels, count := map[string]bool{}, 0
	for _, r := range rows {
		for column, cell := range first {
			if column < len(r.cells) && !t.isNumber(cell) && name(cell) == name(r.cells[column]) {
				return false
			}
		}
		if label < len(r.cells) {
			labels[name(r.cells[label])] = true
			count++
		}
	}
	return count >= 2 && (len(labels) < count || len(labels) <= 2)
}

// numbersAreNames says whether the numbers of a line are whole and different, and each is a
// year above other numbers, or lies outside those below it in each of at least 4 lines.
func (t *reader) numbersAreNames(first []string, rows []row, label int) bool {
	const enough, since, until = 4, 1800, 2200
	seen := map[float64]bool{}
	for column, cell := range first {
		v, err := parse(cell, t.form.separator)
		if column == label || err != nil {
			continue
		}
		if v != math.Trunc(v) || seen[v] {
			return false
		}
		seen[v] = true
		year, years, least, largest := v >= since && v <= until, 0, math.Inf(1), math.Inf(-1)
		for _, r := range rows {
			if column >= len(r.cells) {
				continue
			}
			if below, err := parse(r.cells[column], t.form.separator); err == nil {
				least, largest = min(least, below), max(largest, below)
				if below >= since && below <= until && below == math.Trunc(below) {
					years++
				}
			}
		}
		outside := v < least || v > largest
		if !(year && years == 0) && !(outside && len(rows) >= enough) {
			return false
		}
	}
	return len(seen) > 0
}

// steps says whether the numbers of a line count its columns, and whether at least 3 of them
// rise in even steps. A text may stand in the column of the label alone, or in the first.
func (t *reader) steps(cells []string, label int, count bool) (counts, even bool) {
	var numbers []float32 // as far as they are printed
	counts, even = true, true
	for column, cell := range cells {
		v, err := parse(cell, t.form.separator)
		switch {
		case err != nil && (column == label || column == 0):
			continue
		case err != nil || column == label && !count:
			if err != nil {
				return false, false
			}
			continue
		}
		if v != float64(column) && v != float64(column+1) {
			counts = false
		}
		numbers = append(numbers, float32(v))
	}
	for i := 2; i < len(numbers); i++ {
		even = even && numbers[i]-numbers[i-1] == numbers[1]-numbers[0]
	}
	even = even && len(numbers) >= 3 && numbers[1] > numbers[0]
	return counts && even && len(numbers) >= 4, even
}

// textAbove says whether the labels below a cell are texts, or the cell itself is.
func (t *reader) textAbove(cell string, rows []row, label int) bool {
	_, isText := parse(cell, t.form.separator)
	_, textBelow := parse(rows[0].cells[min(label, len(rows[0].cells)-1)], t.form.separator)
	return isText != nil && len(rows) >= 10 || isText == nil && textBelow != nil
}

// name returns the name in a cell of a header.
func name(cell string) string { return legible(strings.TrimSpace(cell)) }
