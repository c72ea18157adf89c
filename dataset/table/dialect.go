package table

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// headSize is how much of a table is looked at before it is read.
const headSize = 1 << 15

// dialect says how the lines of a table are cut into cells.
type dialect struct {
	separator rune   // one of separators
	skip      int    // lines before the first one
	said      bool   // a line sep= names the separator
	header    string // that stood in a comment, "" for none
	passed    int    // lines of comments without it
}

// separators in the order in which they win where several fit as well.
const separators = "\t;| ,"

// decoded returns the text of a table as UTF-8 with lines that end with LF.
func decoded(content *bufio.Reader) (*bufio.Reader, error) {
	head, err := content.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	switch order, marked := utf16(head); {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = content.Discard(3)
	case order != nil:
		policy := unicode.IgnoreBOM
		if marked {
			policy = unicode.UseBOM
		}
		decoder := unicode.UTF16(*order, policy).NewDecoder()
		content = bufio.NewReaderSize(transform.NewReader(content, decoder), 2*headSize)
	}
	head, _ = content.Peek(headSize)
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 {
		content = bufio.NewReaderSize(carriage{content}, 2*headSize)
	}
	return content, nil
}

// utf16 returns the order of the bytes of UTF-16, nil for other texts; marked says that the
// text begins with a byte order mark.
func utf16(head []byte) (order *unicode.Endianness, marked bool) {
	little, big := unicode.LittleEndian, unicode.BigEndian
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return &little, true
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return &big, true
	case len(head) >= 4 && head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		return &little, false
	case len(head) >= 4 && head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		return &big, false
	}
	return nil, false
}

// IsUTF16 reports whether bytes are the beginning of a text in UTF-16.
func IsUTF16(head []byte) bool {
	order, marked := utf16(head)
	if order == nil || marked {
		return order != nil
	}
	for i := 0; i+1 < len(head); i += 2 { // some formats begin with a small number
		if head[i] == 0 && head[i+1] == 0 {
			return false
		}
	}
	return true
}

// findDialect looks at the beginning of a table, or at all of it.
func findDialect(head []byte, whole bool, c Choice) dialect {
	var d dialect
	all := strings.Split(string(head), "\n")
	if !whole && len(all) > 1 {
		all = all[:len(all)-1] // cut short
	}
	for i := range all {
		all[i] = strings.TrimSuffix(all[i], "\r")
	}
	if said, ok := strings.CutPrefix(strings.ToLower(strings.Trim(all[0], `" `)), "sep="); ok && len(said) == 1 && strings.Contains(separators, said) {
		d.said, d.separator, d.skip = true, rune(said[0]), 1
		all = all[1:]
	}
	if len(all) == 0 {
		return d
	}
	for len(all) > 1 && strings.TrimSpace(all[0]) == "" {
		all, d.skip = all[1:], d.skip+1
	}
	block := commented(all)
	var body []string
	for _, line := range all[block:] {
		if strings.TrimSpace(line) != "" {
			body = append(body, line)
		}
	}
	if !d.said {
		d.separator = separatorOf(body, c)
	}
	if len(body) == 0 {
		return d
	}
	d.comments(all[:block], body[0])
	return d
}

// separatorOf returns the separator that gives all lines one number of cells. Of several it is
// the one that leaves the fewest texts with another in them, then the one whose cells are
// numbers; spaces and | yield to the others, but where these are decimal commas. What the
// names, or else the number, of the columns of a model rules out is none. Where none fits, it
// is the one the first line has most of.
func separatorOf(body []string, c Choice) rune {
	if len(body) == 0 {
		return ','
	}
	candidates := named(body[0], c)
	fits := map[rune]int{}
	for _, s := range candidates {
		if wide, ok := fit(body, s); ok {
			fits[s] = wide
		}
	}
	keepKnown(fits, c)
	strong := func(s rune) bool { return fits[s] > 0 && s != ' ' && s != '|' }
	best, least, most := rune(0), 0.0, 0.0
	for _, s := range candidates {
		if fits[s] == 0 {
			continue
		}
		mixed, share := judge(body, s, strong)
		switch {
		case !strong(s) && mixed > 0:
		case best == 0, mixed < least, mixed == least && share > most:
			best, least, most = s, mixed, share
		}
	}
	switch {
	case best != 0:
		return best
	case oneColumn(c) || len(candidates) < len(separators):
		if slices.Contains(candidates, ',') {
			return ','
		}
		return candidates[0]
	}
	best, cells := ',', 1
	for _, s := range ",;\t|" {
		if n := count(body[0], s); n > cells {
			best, cells = s, n
		}
	}
	if words := len(splitWords(body[0])); cells == 1 && words > 1 {
		return ' '
	}
	return best
}

// named returns the separators by which the first line has all names that a model knows; where
// it has them by none, all separators.
func named(first string, c Choice) (fitting []rune) {
	if c.Model == nil || len(c.Model.Features) == 0 {
		return []rune(separators)
	}
	for _, s := range separators {
		names := map[string]bool{}
		for _, cell := range cut(first, s) {
			names[name(strings.Trim(strings.TrimSpace(cell), `"`))] = true
		}
		if !slices.ContainsFunc(c.Model.Features, func(feature string) bool { return !names[feature] }) {
			fitting = append(fitting, s)
		}
	}
	if fitting == nil {
		return []rune(separators)
	}
	return fitting
}

// keepKnown leaves the separators that give as many cells as a model takes, if there are any.
func keepKnown(fits map[rune]int, c Choice) {
	features, whole := c.Features, c.Features+1
	if c.Model != nil {
		features, whole = c.Model.Count(), c.Model.Cells
	}
	if features == 0 {
		return
	}
	if oneColumn(c) {
		delete(fits, ' ') // of its texts
	}
	strange := func(_ rune, wide int) bool {
		return wide != features && wide != features+1 && wide != whole && wide != whole-1
	}
	for s, wide := range fits {
		if !strange(s, wide) {
			maps.DeleteFunc(fits, strange)
			return
		}
	}
}

// oneColumn says whether a model reads a single column, of texts or dates.
func oneColumn(c Choice) bool {
	m := c.Model
	return m != nil && m.Count() == 1 && len(m.Kinds) == 1 && (m.Kinds[0] == Category || m.Kinds[0] == Date)
}

// looked is the number of lines by which a separator is found.
const looked = 200

// fit says whether a separator cuts all lines into one number of cells, more than one. The
// names of a header, two or more, may be one less: the column of the row names has none.
func fit(body []string, separator rune) (wide int, ok bool) {
	for i, line := range body[:min(len(body), looked)] {
		parts := cut(line, separator)
		switch {
		case i == 0:
			wide = len(parts)
		case i == 1 && wide > 1 && len(parts) == wide+1 && len(body) > 2 && !isNumber(cut(body[0], separator)[0], separator):
			wide = len(parts)
		case len(parts) != wide:
			return 0, false
		}
	}
	return wide, wide > 1
}

// judge returns the share of the cells that are no numbers and have another strong separator
// in them, and the share of numbers below the first line.
func judge(body []string, separator rune, strong func(rune) bool) (mixed, numbers float64) {
	var cells, below float64
	for i, line := range body[:min(len(body), looked)] {
		for _, part := range cut(line, separator) {
			cells++
			number := isNumber(part, separator)
			if !number && strings.ContainsFunc(part, func(c rune) bool { return c != separator && strings.ContainsRune(separators, c) && strong(c) }) {
				mixed++
			}
			if i > 0 || len(body) == 1 {
				below++
				if number {
					numbers++
				}
			}
		}
	}
	return mixed / cells, numbers / below
}

func isNumber(cell string, separator rune) bool {
	_, err := parse(strings.Trim(strings.TrimSpace(cell), `"`), separator)
	return err == nil
}

func count(line string, separator rune) int { return len(cut(line, separator)) }

// cut cuts a line at separators that are not in quotes.
func cut(line string, separator rune) (cells []string) {
	if separator == ' ' {
		return splitWords(strings.TrimSpace(line))
	}
	quoted, start := false, 0
	for i, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			cells = append(cells, line[start:i])
			start = i + 1
		}
	}
	return append(cells, line[start:])
}
