package formula

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MathML returns a formula as math elements, between which a line may end. With display it stands on lines of its own,
// has its limits below and above, and there is an element for each part between \quad or \qquad; otherwise a short
// formula is one element, and a long one ends an element after each relation or binary operator that is in no
// brackets. tex is what stands between dollar signs, without them. An error says what is not understood and at which
// character, counted from 1.
func MathML(tex string, display bool) (string, error) {
	p := &parser{tex: tex, display: display}
	row, err := p.row("")
	if err != nil {
		return "", fmt.Errorf("formula: character %d: %w", utf8.RuneCountInString(tex[:p.start])+1, err)
	}
	if len(row) == 0 {
		return "", errors.New("formula: it is empty")
	}
	begin, parts := "<math>", [][]node{row}
	if display {
		begin, parts = `<math display="block">`, breakable(row, isQuad)
	} else if len(tex) >= long {
		parts = breakable(row, isInfix)
	}
	var out strings.Builder
	for _, part := range parts {
		out.WriteString(begin + group(compose(part)) + "</math>")
	}
	return out.String(), nil
}

// node is a part of a formula: its MathML, and how it is spaced and takes scripts.
type node struct {
	xml    string
	class  class
	limits bool
}

// parser reads a formula from its beginning.
type parser struct {
	tex     string
	place   int // what comes next
	start   int // where the last token began
	display bool
}

// next reads a token: a character, or a command with its backslash. Nothing is left at "".
func (p *parser) next() string {
	for p.place < len(p.tex) && strings.ContainsRune(" \t\n", rune(p.tex[p.place])) {
		p.place++
	}
	p.start = p.place
	if p.place == len(p.tex) {
		return ""
	}
	_, size := utf8.DecodeRuneInString(p.tex[p.place:])
	if p.tex[p.place] == '\\' {
		rest := p.tex[p.place+1:]
		length := strings.IndexFunc(rest, func(r rune) bool { return !isLetter(r) })
		if length < 0 {
			length = len(rest)
		}
		if length == 0 && rest != "" {
			_, length = utf8.DecodeRuneInString(rest)
		}
		size += length
	}
	p.place += size
	return p.tex[p.start:p.place]
}

// peek returns the next token and does not pass it.
func (p *parser) peek() string {
	place, start := p.place, p.start
	token := p.next()
	p.place, p.start = place, start
	return token
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// row reads up to the token end and passes it; "" is the end of the formula.
func (p *parser) row(end string) ([]node, error) {
	var row []node
	for {
		token := p.next()
		switch {
		case token == end:
			return row, nil
		case token == "":
			return nil, fmt.Errorf("the formula ends before %s", end)
		case token == "}" || token == `\right` || token == `\end` || token == `\\` || token == "&":
			if end == cell && (token == `\end` || token == `\\` || token == "&") {
				p.place = p.start // which matrix reads
				return row, nil
			}
			return nil, fmt.Errorf("%s has nothing to close or to divide", token)
		}
		n, err := p.scripted(token)
		if err != nil {
			return nil, err
		}
		row = append(row, n)
	}
}

// scripted reads what begins with a token, and the scripts and primes behind it.
func (p *parser) scripted(token string) (node, error) {
	var base node
	if token == "_" || token == "^" || token == "'" {
		return base, fmt.Errorf("%s has nothing before it", token)
	}
	base, err := p.atom(token)
	if err != nil {
		return base, err
	}
	// Below a sum there is no room for limits of another sum.
	outer := p.display
	p.display = false
	defer func() { p.display = outer }()
	var below, above []node
	primes := ""
	for {
		switch token := p.peek(); token {
		case "'":
			p.next()
			if above != nil {
				return base, errors.New("a prime behind ^: write it before")
			}
			primes += "′"
		case "_", "^":
			p.next()
			script, err := p.argument()
			if err != nil {
				return base, err
			}
			if token == "_" && below == nil {
				below = script
			} else if token == "^" && above == nil {
				above = script
			} else {
				return base, fmt.Errorf("a second %s: say with braces which one is meant", token)
			}
		default:
			if primes != "" {
				above = append([]node{{xml: "<mo>" + primes + "</mo>"}}, above...)
			}
			return base.script(below, above, base.limits && outer), nil
		}
	}
}

// argument reads a group in braces, or what the next token begins; of a number, one digit.
func (p *parser) argument() ([]node, error) {
	token := p.next()
	switch {
	case token == "":
		return nil, errors.New("the formula ends where an argument should be")
	case token == "{":
		row, err := p.row("}")
		if row == nil {
			row = []node{}
		}
		return row, err
	case token == "}" || token == "^" || token == "_" || token == "&":
		return nil, fmt.Errorf("%s where an argument should be", token)
	case isDigit(rune(token[0])):
		return []node{{xml: "<mn>" + token + "</mn>"}}, nil
	}
	n, err := p.atom(token)
	return []node{n}, err
}

// inText reads an argument whose formulas have no room for limits.
func (p *parser) inText() (string, error) {
	outer := p.display
	p.display = false
	row, err := p.argument()
	p.display = outer
	return group(compose(row)), err
}

var unescape = strings.NewReplacer(`\_`, "_", `\%`, "%", `\#`, "#", `\&`, "&")

// raw reads a group in braces as it stands.
func (p *parser) raw() (string, error) {
	if token := p.next(); token != "{" {
		return "", errors.New("a { is missing")
	}
	length := strings.IndexByte(p.tex[p.place:], '}')
	if length < 0 {
		return "", errors.New("the formula ends before }")
	}
	text := unescape.Replace(p.tex[p.place : p.place+length])
	if strings.ContainsAny(text, `\{$`) {
		return "", fmt.Errorf("%q has more than text in it", text)
	}
	p.place += length + 1
	return text, nil
}

// number reads the digits of which the first was read, with a point among them.
func (p *parser) number() node {
	for p.place < len(p.tex) {
		point := p.tex[p.place] == '.' && p.place+1 < len(p.tex) && isDigit(rune(p.tex[p.place+1]))
		if !point && !isDigit(rune(p.tex[p.place])) {
			break
		}
		p.place++
	}
	return node{xml: "<mn>" + p.tex[p.start:p.place] + "</mn>"}
}

// atom reads what begins with a token, without scripts.
func (p *parser) atom(token string) (node, error) {
	first, _ := utf8.DecodeRuneInString(token)
	switch {
	case token == "{":
		row, err := p.row("}")
		return node{xml: "<mrow>" + compose(row) + "</mrow>"}, err
	case token == "~":
		return node{xml: `<mspace width="0.25em"></mspace>`, class: space}, nil
	case isLetter(first):
		return node{xml: "<mi>" + token + "</mi>"}, nil
	case isDigit(first):
		return p.number(), nil
	case first == '\\':
		return p.command(token[1:])
	}
	if s, known := characters[first]; known {
		return s.node(), nil
	}
	if unicode.IsPrint(first) {
		return node{}, fmt.Errorf("the character %s is not known", token)
	}
	return node{}, fmt.Errorf("the character %q is not known", token)
}
