package table

import (
	"fmt"
	"slices"
	"strings"
)

// commented returns the number of lines of comments, and empty ones, that a table begins with.
// Lines that all begin with the mark of a comment are none, nor is one that is cut into cells
// as the first line below and has a number where that has one: "#ff0000,1,x" is a sample.
func commented(lines []string) int {
	if lines[0] == "" || lines[0][0] != '#' && lines[0][0] != '%' {
		return 0
	}
	mark := lines[0][:1]
	other := func(line string) bool { return strings.TrimSpace(line) != "" && !strings.HasPrefix(line, mark) }
	end := slices.IndexFunc(lines, other)
	if end < 0 {
		return 0
	}
	for i, line := range lines[:end] {
		if len(line) > 1 && line[1] != ' ' && line[1] != '\t' && likeSample(line, lines[end]) {
			return i
		}
	}
	return end
}

// likeSample says whether some separator cuts two lines into as many cells, some column of
// which has a number in both.
func likeSample(line, sample string) bool {
	return strings.ContainsFunc(separators, func(s rune) bool {
		a, b := cut(line, s), cut(sample, s)
		if len(a) != len(b) || len(a) < 2 {
			return false
		}
		for i := range a {
			if isNumber(a[i], s) && isNumber(b[i], s) {
				return true
			}
		}
		return false
	})
}

// comments passes over the lines of a block of comments, but for a header in it, as numpy
// writes it: the last one that has as many cells as the first line below, best without numbers.
func (d *dialect) comments(block []string, first string) {
	wide, header := count(first, d.separator), -1
	for i, line := range block {
		if strings.TrimSpace(line) == "" {
			continue
		}
		d.passed++
		cells := cut(strings.TrimSpace(line[1:]), d.separator)
		number := slices.ContainsFunc(cells, func(cell string) bool { return isNumber(cell, d.separator) })
		if len(cells) == wide && wide > 1 && (header < 0 || !number) {
			header = i
		}
	}
	if header >= 0 {
		d.header = strings.TrimSpace(block[header][1:])
		d.passed--
	}
	d.skip += len(block)
}

// notes says what of the lines of comments was passed over.
func (d *dialect) notes() []Note {
	if d.passed == 0 {
		return nil
	}
	text := "1 line of comments above the table is passed over"
	if d.passed > 1 {
		text = fmt.Sprintf("%d lines of comments above the table are passed over", d.passed)
	}
	return []Note{{Text: text}}
}
