package settings

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"basin/internal/keys"
	"basin/internal/spelling"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

var (
	wholeText   = regexp.MustCompile(`^[-+]?[0-9]+$`)
	numberText  = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	groupedText = regexp.MustCompile(`^[-+]?[0-9]+([_,' ][0-9]{3})+$`)
)

// scalarText returns the text of a value that is not quoted.
func scalarText(node ast.Node) (text string, ok bool) {
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NanNode, *ast.InfinityNode:
		return node.GetToken().Value, true
	case *ast.StringNode:
		return n.Value, n.Token.Type == token.StringType
	}
	return "", false
}

// quotedText returns the text of a value in quotes or of a block of text.
func quotedText(node ast.Node) (text string, ok bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, n.Token.Type != token.StringType
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// describe names a value in an error.
func describe(node ast.Node) string {
	if text, ok := quotedText(node); ok {
		return fmt.Sprintf("the text %q", shorten(text))
	}
	switch node.(type) {
	case nil, *ast.NullNode:
		return "empty"
	case *ast.MappingNode:
		return "a section"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode:
		text, _ := scalarText(node)
		if !numberText.MatchString(text) {
			return fmt.Sprintf("the text %q", shorten(text))
		}
	}
	if text, ok := scalarText(node); ok {
		return shorten(text)
	}
	return "not a plain value"
}

func shorten(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}

// valuePlace is where a value stands, or its key if it is not one word.
func (d *decoder) valuePlace(at place, node ast.Node) place {
	switch node.(type) {
	case nil, *ast.NullNode, *ast.MappingNode, *ast.SequenceNode:
		return at
	}
	return d.here(node)
}

// scalar writes a number, a choice or text.
func (d *decoder) scalar(key string, at place, node ast.Node, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if values := rows[generic(key)].Choices; values != nil {
			d.choice(key, at, node, v, values)
			return
		}
		d.text(key, at, node, v)
	case reflect.Float64:
		d.number(key, at, node, v, "a number")
	case reflect.Bool:
		truth, ok := node.(*ast.BoolNode)
		if !ok {
			d.report(d.valuePlace(at, node), key, "", "is %s, want true or false", describe(node))
			return
		}
		v.SetBool(truth.Value)
	default:
		d.whole(key, at, node, v)
	}
}

// columnKeys are settings that name columns, or a sheet, also by numbers: these need no quotes,
// which a shell takes away.
var columnKeys = map[string]bool{"data.drop": true, "data.columns": true, "data.label": true, "data.id": true, "data.sheet": true}

var columnNumber = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

// text takes what is in quotes, or is no number, truth value or nothing without.
func (d *decoder) text(key string, at place, node ast.Node, v reflect.Value) {
	text, ok := quotedText(node)
	if !ok {
		text, ok = scalarText(node)
		if _, plain := node.(*ast.StringNode); ok && (!plain || numberText.MatchString(text)) && !(columnKeys[generic(key)] && columnNumber.MatchString(text)) {
			d.report(d.valuePlace(at, node), key, strconv.Quote(text), "is %s without quotes, want text", describe(node))
			return
		}
	}
	if !ok {
		d.report(d.valuePlace(at, node), key, "", "is %s, want text", describe(node))
		return
	}
	v.SetString(text)
}

func (d *decoder) choice(key string, at place, node ast.Node, v reflect.Value, values []string) {
	text, ok := quotedText(node)
	if !ok {
		text, ok = scalarText(node)
	}
	if !ok {
		d.report(d.valuePlace(at, node), key, "", "is %s, want %s", describe(node), keys.Or(values))
		return
	}
	d.choose(key, d.valuePlace(at, node), text, v, values)
}

func (d *decoder) choose(key string, at place, text string, v reflect.Value, values []string) {
	if !slices.Contains(values, text) && !(text == "" && rows[generic(key)].Optional) {
		d.report(at, key, spelling.Nearest(text, values), "is %q, want %s", shorten(text), keys.Or(values))
		return
	}
	v.SetString(text)
}

// number writes a float64 and says whether it could.
func (d *decoder) number(key string, at place, node ast.Node, v reflect.Value, want string) bool {
	text, ok := scalarText(node)
	if !ok || !numberText.MatchString(text) {
		suggestion := ""
		if quoted, is := quotedText(node); is && numberText.MatchString(quoted) {
			suggestion = quoted
		} else if ok {
			suggestion = ungrouped(text)
		}
		switch node.(type) {
		case *ast.NanNode, *ast.InfinityNode:
			want = "a finite number"
		}
		d.report(d.valuePlace(at, node), key, suggestion, "is %s, want %s", describe(node), want)
		return false
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		d.report(d.valuePlace(at, node), key, "", "is %s, too large for a number", describe(node))
		return false
	}
	v.SetFloat(value)
	return true
}

// whole writes an int or a uint64.
func (d *decoder) whole(key string, at place, node ast.Node, v reflect.Value) {
	want := "a whole number"
	if v.Kind() == reflect.Uint64 {
		want = "a whole number of at least 0"
	}
	text, ok := scalarText(node)
	digits := strings.TrimPrefix(text, "+")
	if ok && wholeText.MatchString(text) {
		var err error
		if v.Kind() == reflect.Uint64 {
			var value uint64
			if value, err = strconv.ParseUint(digits, 10, 64); err == nil {
				v.SetUint(value)
				return
			}
		} else {
			var value int64
			if value, err = strconv.ParseInt(digits, 10, v.Type().Bits()); err == nil {
				v.SetInt(value)
				return
			}
		}
		if !strings.HasPrefix(text, "-") || v.Kind() != reflect.Uint64 {
			want = "a smaller whole number"
		}
		d.report(d.valuePlace(at, node), key, "", "is %s, want %s", describe(node), want)
		return
	}
	suggestion := ungrouped(text)
	if quoted, is := quotedText(node); is && wholeText.MatchString(quoted) {
		suggestion = quoted
	} else if value, err := strconv.ParseFloat(text, 64); ok && err == nil && numberText.MatchString(text) && value == math.Trunc(value) && math.Abs(value) < 1e15 {
		suggestion = strconv.FormatFloat(value, 'f', 0, 64)
	}
	d.report(d.valuePlace(at, node), key, suggestion, "is %s, want %s", describe(node), want)
}

// ungrouped returns a number without the signs between its thousands, or "".
func ungrouped(text string) string {
	if !groupedText.MatchString(text) {
		return ""
	}
	return regexp.MustCompile(`[_,' ]`).ReplaceAllString(text, "")
}
