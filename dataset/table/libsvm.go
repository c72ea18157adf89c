package table

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"basin/dataset/internal/packed"
)

// isLIBSVM recognises a line of LIBSVM or SVMlight: a label, then INDEX:VALUE.
var isLIBSVM = regexp.MustCompile(`^[^\s,;:]+([ \t]+[0-9]+:[^\s,;:]+)+\s*(#.*)?$`)

// looksLikeLIBSVM says so where the first few lines are of that form.
func looksLikeLIBSVM(head string) bool {
	const enough = 5
	seen := 0
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
			continue
		case !isLIBSVM.MatchString(line) && (seen == 0 || strings.Contains(line, " ")):
			return false
		}
		if seen++; seen == enough {
			break
		}
	}
	return seen > 0
}

// widest bounds the columns of a table in LIBSVM form.
const widest = 1 << 17

// entry is a value that a line of LIBSVM names.
type entry struct {
	column int32
	value  float64
}

// svm gives the lines of a LIBSVM file in full: the label, then a cell for each index.
type svm struct {
	labels  []string
	lines   []int
	ends    []int // of the entries of each line
	entries []entry
	row     int // that comes next
	cells   []string
}

// newLIBSVM reads all lines: the largest index of any says how many columns there are, at
// least width.
func newLIBSVM(text io.Reader, width int, most int64) (*svm, form, error) {
	s, f := &svm{}, form{separator: ',', nameless: true, labelFirst: true}
	scanner := bufio.NewScanner(text)
	scanner.Buffer(nil, packed.LongestLine+1)
	largest, line, size := int32(width), 0, int64(0)
	for scanner.Scan() {
		line++
		content, _, _ := strings.Cut(scanner.Text(), "#")
		words := strings.Fields(content)
		if len(words) == 0 {
			continue
		}
		before := int32(0)
		for _, word := range words[1:] {
			e, err := newEntry(word, before)
			if err != nil {
				return nil, f, fmt.Errorf("libsvm: line %d: %w", line, err)
			}
			s.entries = append(s.entries, e)
			before = e.column
			largest = max(largest, e.column)
		}
		size += int64(len(words[0])) + 64
		if size+16*int64(len(s.entries)) > most || int64(len(s.ends)+1)*int64(largest) > most {
			return nil, f, fmt.Errorf("libsvm: line %d: %w", line, tooMuch(most))
		}
		s.labels, s.lines, s.ends = append(s.labels, strings.Clone(words[0])), append(s.lines, line), append(s.ends, len(s.entries))
	}
	if err := scanner.Err(); err != nil {
		return nil, f, fmt.Errorf("libsvm: line %d: %w", line+1, err)
	}
	s.cells = make([]string, 1+largest)
	f.notes = []Note{{Text: fmt.Sprintf("a LIBSVM file: the label stands first, and what a line does not name of %d values is 0", largest)}}
	return s, f, nil
}

// newEntry reads INDEX:VALUE, with an index above the one before.
func newEntry(word string, before int32) (entry, error) {
	number, value, paired := strings.Cut(word, ":")
	if number == "qid" {
		return entry{}, errors.New("qid, as rankings have, is not read")
	}
	column, err := strconv.Atoi(number)
	switch {
	case !paired || err != nil:
		return entry{}, fmt.Errorf("%q, want INDEX:VALUE", excerpt(word))
	case column == 0:
		return entry{}, errors.New("index 0, want indices from 1 (scikit-learn writes them with zero_based=False)")
	case column < 0 || column > widest:
		return entry{}, fmt.Errorf("index %d, want 1 to %d", column, widest)
	case int32(column) <= before:
		return entry{}, fmt.Errorf("index %d after %d, want ascending ones", column, before)
	}
	v, err := parse(value, ',')
	if err != nil {
		return entry{}, fmt.Errorf("index %d: %w", column, err)
	}
	return entry{int32(column), v}, nil
}

func (s *svm) at() int { return s.lines[s.row-1] }

func (s *svm) next() ([]string, error) {
	if s.row == len(s.ends) {
		return nil, io.EOF
	}
	begin := 0
	if s.row > 0 {
		begin = s.ends[s.row-1]
	}
	for i := range s.cells {
		s.cells[i] = "0"
	}
	s.cells[0] = s.labels[s.row]
	for _, e := range s.entries[begin:s.ends[s.row]] {
		s.cells[e.column] = strconv.FormatFloat(e.value, 'g', -1, 64)
	}
	s.row++
	return s.cells, nil
}
