package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// screen passes text on with its control characters written out, but for ends of lines and
// tabulators: the label of a file may hold what makes a terminal do something.
type screen struct {
	out  io.Writer
	rest []byte // the begun character at the end of what was written
}

func (s *screen) Write(p []byte) (int, error) {
	text := append(s.rest, p...)
	end := len(text)
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if at := len(text) - back; utf8.RuneStart(text[at]) {
			if !utf8.FullRune(text[at:]) {
				end = at
			}
			break
		}
	}
	s.rest = append([]byte(nil), text[end:]...)
	if _, err := io.WriteString(s.out, visible(string(text[:end]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// flush writes a character that never came to its end.
func (s *screen) flush() error {
	_, err := s.out.Write(s.rest)
	s.rest = nil
	return err
}

// visible writes the control characters of a text out: \x1b, \u009b. In a JSON text, which
// has no others left, that is an escape of the same character.
func visible(text string) string {
	if !strings.ContainsFunc(text, controls) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case !controls(r):
			b.WriteRune(r)
		case r < ' ':
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// controls reports a character that a terminal may obey, and those that turn the direction of
// a text round.
func controls(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// exact returns the writer behind a screen where that is no terminal: for data that a program
// reads.
func exact(w io.Writer) io.Writer {
	if s, ok := w.(*screen); ok && !isTerminal(s.out) {
		return s.out
	}
	return w
}

// longestError bounds the bytes of an error on the screen, mostErrors how many there are.
const (
	longestError = 4000
	mostErrors   = 50
)

// readable cuts a text to what is worth reading.
func readable(text string) string {
	if len(text) <= longestError {
		return text
	}
	end := longestError
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s ... and %d bytes more", text[:end], len(text)-end)
}
