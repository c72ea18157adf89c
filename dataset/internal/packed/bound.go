package packed

import (
	"fmt"
	"io"
)

const (
	// MostExpansion is how much longer than its compressed form content may be, beyond
	// FreeExpansion bytes: tables and images are seldom above 30.
	MostExpansion = 200
	// FreeExpansion bytes are decompressed whatever they came from.
	FreeExpansion = 64 << 20
)

// counted counts the compressed bytes.
type counted struct {
	io.Reader
	read int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += int64(n)
	return n, err
}

// expanded passes on content until it is out of proportion to what it was packed in: a few
// bytes that would fill the memory.
type expanded struct {
	content io.Reader
	packed  *counted
	total   int64
}

func (e *expanded) Read(p []byte) (int, error) {
	n, err := e.content.Read(p)
	if e.total += int64(n); e.total > FreeExpansion && e.total/MostExpansion > e.packed.read {
		return 0, fmt.Errorf("%d bytes expand to more than %d times as many: unpack the file first if that is meant", e.packed.read, MostExpansion)
	}
	return n, err
}

// Bounded returns the content of a file of an archive that takes so many bytes there: like that
// of [Unzip], as long as it is in proportion to them.
func Bounded(content io.Reader, compressed int64) io.Reader {
	return &expanded{content: content, packed: &counted{read: compressed}}
}

// Elements returns XML that is an error where more than [LongestLine] bytes follow without
// the beginning of a tag: a decoder keeps that much in memory.
func Elements(text io.Reader) io.Reader { return &elements{text: text} }

type elements struct {
	text   io.Reader
	length int
}

func (e *elements) Read(p []byte) (int, error) {
	n, err := e.text.Read(p)
	for _, b := range p[:n] {
		if e.length++; b == '<' {
			e.length = 0
		}
		if e.length > LongestLine {
			return 0, fmt.Errorf("more than %d bytes without a tag, want a cell for each value", LongestLine)
		}
	}
	return n, err
}

// LongestLine bounds what may follow without an end of line: see [Lines].
const LongestLine = 16 << 20

// Lines returns text that is an error where a line has more than [LongestLine] bytes. An end
// of line between quotation marks ends none.
func Lines(text io.Reader) io.Reader { return &lines{text: text, line: 1} }

type lines struct {
	text   io.Reader
	line   int64
	length int64
	quoted bool
}

func (l *lines) Read(p []byte) (int, error) {
	n, err := l.text.Read(p)
	for _, b := range p[:n] {
		switch l.length++; {
		case b == '"':
			l.quoted = !l.quoted
		case (b == '\n' || b == '\r') && !l.quoted:
			if b == '\n' {
				l.line++
			}
			l.length = 0
		case l.length > LongestLine:
			what := "with no end"
			if l.quoted {
				what = "inside of quotation marks"
			}
			return 0, fmt.Errorf("line %d: more than %d bytes %s, want a line for each sample", l.line, LongestLine, what)
		}
	}
	return n, err
}
