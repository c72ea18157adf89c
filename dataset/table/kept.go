package table

import (
	"math"
	"strconv"
	"strings"
)

// kept are the texts of a column whose role is not yet known, or that is a label.
type kept struct {
	rows  []int32 // of each line, an index of texts
	texts []string
	lines []int // where each text occurs first
	seen  map[string]int32
}

func newKept() *kept { return &kept{seen: map[string]int32{}} }

func (k *kept) add(cell string, line int) {
	k.rows = append(k.rows, k.place(strings.TrimSpace(cell), line))
}

// place returns the place of a text, which is new or was there before.
func (k *kept) place(cell string, line int) int32 {
	n, known := k.seen[cell]
	if !known {
		n = int32(len(k.texts))
		cell = strings.Clone(cell) // not the line
		k.texts = append(k.texts, cell)
		k.lines = append(k.lines, line)
		k.seen[cell] = n
	}
	return n
}

// counts says whether the column counts by one, from 0, 1 or, as an id does, from any number.
func (k *kept) counts() bool {
	if len(k.texts) != len(k.rows) || len(k.rows) < 2 {
		return false
	}
	start, err := strconv.Atoi(k.texts[0])
	if err != nil {
		return false
	}
	for i, text := range k.texts {
		if n, err := strconv.Atoi(text); err != nil || n != start+i {
			return false
		}
	}
	return true
}

// fromOne says whether a column that counts begins with 0 or 1.
func (k *kept) fromOne() bool { return k.texts[0] == "0" || k.texts[0] == "1" }

// numbers says whether all texts are numbers, and whether all are whole.
func (k *kept) numbers(separator rune) (all, whole bool) {
	whole = true
	for _, text := range k.texts {
		v, err := parse(text, separator)
		if err != nil {
			return false, false
		}
		whole = whole && v == math.Trunc(v)
	}
	return true, whole
}

// commonest returns the share of the text that most lines have.
func (k *kept) commonest() float64 {
	counts, most := make([]int, len(k.texts)), 0
	for _, n := range k.rows {
		counts[n]++
		most = max(most, counts[n])
	}
	return float64(most) / float64(len(k.rows))
}

// truths says whether all texts are true or false.
func (k *kept) truths() bool {
	for _, text := range k.texts {
		if _, ok := truths[lower(text)]; !ok {
			return false
		}
	}
	return true
}

// likeLabel says whether a column looks like classes: few texts or few whole numbers.
func (k *kept) likeLabel(separator rune) bool {
	numbers, whole := k.numbers(separator)
	classes, lines := len(k.texts), len(k.rows)
	if numbers {
		return whole && classes >= 2 && classes <= 100 && classes <= lines/3
	}
	return classes >= 2 && classes <= lines/2
}

// commonText returns the text that most lines have.
func (k *kept) commonText() string {
	counts, best := make([]int, len(k.texts)), int32(0)
	for _, n := range k.rows {
		if counts[n]++; counts[n] > counts[best] {
			best = n
		}
	}
	return k.texts[best]
}

func lower(text string) string { return strings.ToLower(strings.TrimSpace(text)) }
