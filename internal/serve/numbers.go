package serve

import (
	"bytes"
	"math"
	"strconv"
)

// plainNumbers reads {"inputs": [[number, ...], ...]}, with rows of one width that are not
// empty, and appends their values. ok is false for everything else, which rows.go reads and
// reports: this is a shortcut to the same values.
func plainNumbers(text []byte, values []float32) (_ []float32, width int, ok bool) {
	p := scanner{rest: text}
	if !p.take('{') || !p.key("inputs") || !p.take(':') || !p.take('[') {
		return values, 0, false
	}
	for first := true; first || p.take(','); first = false {
		if !p.take('[') {
			return values, 0, false
		}
		begin := len(values)
		for first := true; first || p.take(','); first = false {
			v, ok := p.number()
			if !ok {
				return values, 0, false
			}
			values = append(values, v)
		}
		if !p.take(']') || width > 0 && len(values)-begin != width {
			return values, 0, false
		}
		width = len(values) - begin
	}
	ok = p.take(']') && p.take('}')
	p.space()
	return values, width, ok && len(p.rest) == 0
}

// scanner takes one piece of JSON after another from the front of a text.
type scanner struct{ rest []byte }

// space passes over white space.
func (p *scanner) space() {
	for len(p.rest) > 0 && (p.rest[0] == ' ' || p.rest[0] == '\n' || p.rest[0] == '\t' || p.rest[0] == '\r') {
		p.rest = p.rest[1:]
	}
}

// take passes over a mark, if it comes next.
func (p *scanner) take(mark byte) bool {
	if len(p.rest) == 0 || p.rest[0] != mark {
		if p.space(); len(p.rest) == 0 || p.rest[0] != mark {
			return false
		}
	}
	p.rest = p.rest[1:]
	return true
}

// key passes over a name in quotes, if it comes next without escapes.
func (p *scanner) key(name string) bool {
	if !p.take('"') || !bytes.HasPrefix(p.rest, []byte(name)) {
		return false
	}
	p.rest = p.rest[len(name):]
	return len(p.rest) > 0 && p.rest[0] == '"' && p.take('"')
}

// powers of ten that a float64 holds exactly.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// number takes a number as JSON writes them: rounded to 64 bits, then to 32, as that of a cell
// of a table is. One that is too large for that is left to others.
func (p *scanner) number() (float32, bool) {
	p.space()
	text, at := p.rest, 0
	digits := func() int {
		begin := at
		for at < len(text) && text[at]-'0' <= 9 {
			at++
		}
		return at - begin
	}
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		at++
	}
	begin := at
	whole := digits()
	if whole == 0 || whole > 1 && text[begin] == '0' {
		return 0, false
	}
	fraction := 0
	if at < len(text) && text[at] == '.' {
		at++
		if fraction = digits(); fraction == 0 {
			return 0, false
		}
	}
	short := whole+fraction <= 15
	if at < len(text) && (text[at] == 'e' || text[at] == 'E') {
		short = false
		if at++; at < len(text) && (text[at] == '+' || text[at] == '-') {
			at++
		}
		if digits() == 0 {
			return 0, false
		}
	}
	p.rest = text[at:]
	if !short {
		v, err := strconv.ParseFloat(string(text[:at]), 64)
		single := float32(v)
		return single, err == nil && !math.IsInf(float64(single), 0)
	}
	// Both parts of the quotient are exact, so that it is rounded once.
	mantissa := uint64(0)
	for _, c := range text[begin:at] {
		if c != '.' {
			mantissa = 10*mantissa + uint64(c-'0')
		}
	}
	v := float64(mantissa) / powers[fraction]
	if negative {
		v = -v
	}
	return float32(v), true
}
