package formula

import (
	"errors"
	"fmt"
	"html"
	"strings"
)

// cell is the end that row is given in a matrix, which is no token.
const cell = "&, \\\\ or \\end"

// command reads the arguments of a command and returns what it stands for.
func (p *parser) command(command string) (node, error) {
	if s, known := symbols[command]; known {
		return s.node(), nil
	}
	if width, known := spaces[command]; known {
		if width == "" {
			return node{class: space}, nil
		}
		return node{xml: `<mspace width="` + width + `em"></mspace>`, class: space}, nil
	}
	if mark, known := accents[command]; known {
		base, err := p.argument()
		return node{xml: `<mover accent="true">` + one(compose(base), len(base)) + `<mo stretchy="false">` + mark + "</mo></mover>"}, err
	}
	if size, known := sizes[command]; known {
		delimiter, err := p.delimiter()
		attributes := `stretchy="true" symmetric="true" minsize="` + size + `em" maxsize="` + size + `em"`
		return node{xml: `<mo ` + form(delimiter.class) + attributes + `>` + delimiter.text + "</mo>", class: delimiter.class}, err
	}
	if alphabet, known := alphabets[command]; known {
		return p.alphabet(command, alphabet.first, alphabet.elsewhere)
	}
	switch command {
	case "frac", "tfrac", "binom":
		return p.fraction(command)
	case "sqrt":
		if p.peek() == "[" {
			return node{}, errors.New(`\sqrt[...] is not known: write a power`)
		}
		row, err := p.argument()
		return node{xml: "<msqrt>" + compose(row) + "</msqrt>"}, err
	case "text":
		text, err := p.raw()
		return node{xml: "<mtext>" + html.EscapeString(strings.ReplaceAll(text, " ", "\u00a0")) + "</mtext>"}, err
	case "mathrm":
		text, err := p.raw()
		return node{xml: word(text)}, err
	case "operatorname":
		limits := p.peek() == "*"
		if limits {
			p.next()
		}
		text, err := p.raw()
		return node{xml: word(text), class: name, limits: limits}, err
	case "underbrace":
		row, err := p.argument()
		return node{xml: "<munder>" + group(compose(row)) + `<mo stretchy="true">⏟</mo></munder>`, limits: true}, err
	case "left":
		return p.fenced()
	case "begin":
		return p.matrix()
	}
	return node{}, fmt.Errorf(`the command \%s is not known`, command)
}

// word is a name in upright letters.
func word(text string) string {
	upright := ""
	if len(text) == 1 {
		upright = ` mathvariant="normal"`
	}
	return "<mi" + upright + ">" + html.EscapeString(text) + "</mi>"
}

func (p *parser) alphabet(command string, first rune, elsewhere map[rune]string) (node, error) {
	letter := p.next()
	if letter == "{" {
		p.place = p.start
		text, err := p.raw()
		if err != nil {
			return node{}, err
		}
		letter = text
	}
	if len(letter) != 1 || letter[0] < 'A' || letter[0] > 'Z' {
		return node{}, fmt.Errorf(`\%s of %q: it takes one capital letter`, command, letter)
	}
	text, known := elsewhere[rune(letter[0])]
	if !known {
		text = string(first + rune(letter[0]-'A'))
	}
	return node{xml: "<mi>" + text + "</mi>"}, nil
}

func (p *parser) fraction(command string) (node, error) {
	above, err := p.inText()
	if err != nil {
		return node{}, err
	}
	below, err := p.inText()
	switch command {
	case "tfrac":
		return node{xml: `<mstyle displaystyle="false"><mfrac>` + above + below + "</mfrac></mstyle>"}, err
	case "binom":
		return node{xml: `<mrow><mo>(</mo><mfrac linethickness="0">` + above + below + "</mfrac><mo>)</mo></mrow>"}, err
	}
	return node{xml: "<mfrac>" + above + below + "</mfrac>"}, err
}

// delimiter reads a bracket; a point stands for none.
func (p *parser) delimiter() (symbol, error) {
	token := p.next()
	s, known := symbols[strings.TrimPrefix(token, `\`)]
	if !strings.HasPrefix(token, `\`) && token != "" {
		s, known = characters[[]rune(token)[0]]
	}
	if token == "." {
		return symbol{}, nil
	}
	if !known || s.class != opening && s.class != closing && s.text != "|" && s.text != "/" {
		return symbol{}, fmt.Errorf("%q is no bracket", token)
	}
	return s, nil
}

// fenced reads from behind \left to \right and its bracket.
func (p *parser) fenced() (node, error) {
	left, err := p.delimiter()
	if err != nil {
		return node{}, err
	}
	row, err := p.row(`\right`)
	if err != nil {
		return node{}, err
	}
	right, err := p.delimiter()
	fence := func(form, text string) string {
		return `<mo form="` + form + `" fence="true" stretchy="true" symmetric="true">` + text + "</mo>"
	}
	return node{xml: "<mrow>" + fence("prefix", left.text) + group(compose(row)) + fence("postfix", right.text) + "</mrow>"}, err
}

// matrix reads from behind \begin.
func (p *parser) matrix() (node, error) {
	kind, err := p.raw()
	if err != nil {
		return node{}, err
	}
	if kind != "pmatrix" {
		return node{}, fmt.Errorf(`\begin{%s} is not known, only pmatrix`, kind)
	}
	outer := p.display
	p.display = false
	defer func() { p.display = outer }()
	table := "<mtr>"
	for {
		row, err := p.row(cell)
		if err != nil {
			return node{}, err
		}
		table += "<mtd>" + compose(row) + "</mtd>"
		switch p.next() {
		case `\\`:
			table += "</mtr><mtr>"
		case `\end`:
			if end, err := p.raw(); err != nil || end != kind {
				return node{}, fmt.Errorf(`\end{%s} is missing`, kind)
			}
			return node{xml: "<mrow><mo>(</mo><mtable>" + table + "</mtr></mtable><mo>)</mo></mrow>"}, nil
		}
	}
}
