package formula

import "strings"

// node draws a symbol.
func (s symbol) node() node {
	n := node{class: s.class, limits: s.limits}
	switch {
	case s.class == name:
		n.xml = "<mi>" + s.text + "</mi>"
	case s.class == operator:
		n.xml = "<mo>" + s.text + "</mo>"
	case s.class == opening || s.class == closing:
		n.xml = "<mo " + form(s.class) + `stretchy="false">` + s.text + "</mo>"
	case s.class == punctuation:
		n.xml = `<mo separator="true">` + s.text + "</mo>"
	case s.class == binary || s.class == relation:
		n.xml = `<mo form="infix">` + s.text + "</mo>"
	case strings.Contains("/|.…¬", s.text):
		n.xml = `<mo form="infix" stretchy="false" lspace="0" rspace="0">` + s.text + "</mo>"
	case s.text >= "Α" && s.text <= "Ω" || !greek(s.text):
		n.xml = `<mi mathvariant="normal">` + s.text + "</mi>"
	default:
		n.xml = "<mi>" + s.text + "</mi>"
	}
	return n
}

func greek(text string) bool { return text >= "α" && text <= "ϵ" || text == "ℓ" || text == "∂" }

// form is the attribute of a bracket, which does not follow from its place where a line may end.
func form(c class) string {
	switch c {
	case opening:
		return `form="prefix" `
	case closing:
		return `form="postfix" `
	}
	return `form="infix" lspace="0" rspace="0" `
}

// script adds scripts; with limits they stand below and above.
func (n node) script(below, above []node, limits bool) node {
	if below == nil && above == nil {
		return n
	}
	tag := "sub"
	switch {
	case limits && below != nil && above != nil:
		tag = "underover"
	case limits && below != nil:
		tag = "under"
	case limits:
		tag = "over"
	case below != nil && above != nil:
		tag = "subsup"
	case above != nil:
		tag = "sup"
	}
	if strings.Contains(n.xml, "minsize") {
		n.xml = group(n.xml) // a bracket keeps its size in a row alone
	}
	n.xml = "<m" + tag + ">" + n.xml
	for _, script := range [][]node{below, above} {
		if script != nil {
			n.xml += group(compose(script))
		}
	}
	n.xml += "</m" + tag + ">"
	return n
}

// group makes one element of any number; those of an argument have to be one.
func group(xml string) string { return "<mrow>" + xml + "</mrow>" }

// one is group for what may be one element already.
func one(xml string, elements int) string {
	if elements == 1 {
		return xml
	}
	return group(xml)
}

const thin = `<mspace width="0.167em"></mspace>`

// compose writes a row: a binary operator with nothing before it is a sign, and names of functions stand apart.
func compose(row []node) string {
	var out strings.Builder
	before, spaced := node{class: opening}, true // the last node, spaces aside, and whether there are some
	for _, n := range row {
		if n.class == space {
			out.WriteString(n.xml)
			spaced = true
			continue
		}
		afterName := before.class == name && (n.class == ordinary || n.class == name || n.class == operator)
		beforeName := n.class == name && (before.class == ordinary || before.class == closing)
		if !spaced && (afterName || beforeName) {
			out.WriteString(thin)
		}
		if n.class == binary && before.beforeSign() {
			n.xml = strings.Replace(n.xml, `form="infix"`, `form="prefix"`, 1)
			n.class = opening // no room is left behind a sign
		}
		out.WriteString(n.xml)
		before, spaced = n, false
	}
	return out.String()
}

// long is the number of bytes of TeX from which a formula in a text may be broken.
const long = 24

// breakable divides a row behind nodes that are in no brackets, where ends says so of one and what is before it.
func breakable(row []node, ends func(before, n node) bool) [][]node {
	var parts [][]node
	depth, bars, begin := 0, 0, 0
	before := node{class: opening}
	for i, n := range row {
		switch n.class {
		case opening:
			depth++
		case closing:
			depth--
		}
		bars += strings.Count(n.xml, ">|<")
		if depth == 0 && bars%2 == 0 && i+1 < len(row) && ends(before, n) {
			parts = append(parts, row[begin:i+1])
			begin = i + 1
		}
		if n.class != space {
			before = n
		}
	}
	return append(parts, row[begin:])
}

func isInfix(before, n node) bool {
	return n.class == relation || n.class == punctuation || n.class == binary && !before.beforeSign()
}

func isQuad(_, n node) bool {
	return n.class == space && strings.Contains(n.xml, `"2em"`) || strings.Contains(n.xml, `"1em"`)
}

// beforeSign says of a node whether a binary operator behind it is a sign.
func (n node) beforeSign() bool { return n.class != ordinary && n.class != closing && n.class != name }
