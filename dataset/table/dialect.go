package table

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// headSize is how much of a table is looked at before it is read.
const headSize = 1 << 15

// dialect says how the lines of a table are cut into cells.
type dialect struct {
	separator rune // one of separators
	comment   rune // that begins lines to pass over, 0 for none
	skip      int  // lines before the first one
	marked    bool // the header begins with the mark of a comment
	said      bool // a line sep= names the separator
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
func findDialect(head []byte, whole bool) dialect {
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
	for len(all) > 1 && strings.TrimSpace(all[0]) == "" {
		all, d.skip = all[1:], d.skip+1
	}
	if len(all) == 0 {
		return d
	}
	var body []string
	for _, line := range all {
		switch {
		case strings.TrimSpace(line) == "":
		case line[0] == '#' || line[0] == '%' && d.comment != '#':
			d.comment = rune(line[0])
		default:
			body = append(body, line)
		}
	}
	if !d.said {
		d.separator = separatorOf(body)
	}
	// A header may begin with the mark of a comment, as numpy writes it.
	if mark := string(d.comment); d.comment != 0 && len(body) > 0 && strings.HasPrefix(all[0], mark) {
		n := count(body[0], d.separator)
		if n > 1 && count(strings.TrimSpace(all[0][1:]), d.separator) == n {
			d.marked = true
		}
	}
	return d
}

// separatorOf returns the separator that gives all lines one number of cells, of several
// the one whose cells are numbers; where there is none, the one the first line has most of.
func separatorOf(body []string) rune {
	if len(body) == 0 {
		return ','
	}
	best, most := rune(0), -1.0
	for _, s := range separators {
		if share, ok := fit(body, s); ok && share > most {
			best, most = s, share
		}
	}
	if best != 0 {
		return best
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

// fit says whether a separator cuts all lines into one number of cells, more than one, and
// which share of these are numbers. The names of a header may be one less: the column of
// the row names has none.
func fit(body []string, separator rune) (share float64, ok bool) {
	const enough = 200
	var wide, numbers, cells int
	for i, line := range body[:min(len(body), enough)] {
		parts := cut(line, separator)
		switch {
		case i == 0:
			wide = len(parts)
		case i == 1 && len(parts) == wide+1 && len(body) > 2 && !isNumber(cut(body[0], separator)[0], separator):
			wide = len(parts)
		case len(parts) != wide:
			return 0, false
		}
		if i == 0 && len(body) > 1 {
			continue
		}
		for _, part := range parts {
			cells++
			if isNumber(part, separator) {
				numbers++
			}
		}
	}
	return float64(numbers) / float64(cells), wide > 1
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
