package settings

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a settings file. They keep the time and the stack that the YAML parser
// takes small, whatever the text.
const (
	maxSize   = 1 << 20
	maxTokens = 50_000
	maxNested = 32
)

// parse returns the root of the one document in text, nil if it is empty. Duplicate
// keys are left to the decoder.
func parse(file string, text []byte) (root ast.Node, problems []Error) {
	whole := func(line, column int, format string, values ...any) (ast.Node, []Error) {
		return nil, []Error{{File: file, Line: line, Column: column, Message: fmt.Sprintf(format, values...)}}
	}
	if len(text) > maxSize {
		return whole(0, 0, "has %d bytes, want at most %d", len(text), maxSize)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return whole(invalidLine(text), 1, "is not UTF-8 text")
	}
	// A parser from elsewhere meets text from anywhere: its panics are syntax errors.
	defer func() {
		if fault := recover(); fault != nil {
			root, problems = whole(0, 0, "cannot be parsed as YAML")
		}
	}()
	tokens := lexer.Tokenize(string(text))
	if problems := refuse(file, tokens); problems != nil {
		return nil, problems
	}
	parsed, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) && syntax.Token != nil && syntax.Token.Position != nil {
			at := syntax.Token.Position
			return whole(at.Line, at.Column, "is not valid YAML here: %s", syntax.Message)
		}
		summary, _, _ := strings.Cut(err.Error(), "\n")
		return whole(0, 0, "is not valid YAML: %s", summary)
	}
	for _, document := range parsed.Docs {
		if document.Body == nil {
			continue
		}
		if root != nil {
			at := positionOf(document.Body)
			return whole(at.line, at.column, "a second document begins here, want one document per file")
		}
		root = document.Body
	}
	return root, nil
}

func invalidLine(text []byte) int {
	line := 1
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		text = text[size:]
	}
	return line
}

// refuse reports what settings do not need and parsers suffer from: references, tags,
// explicit keys, directives, deep nesting.
func refuse(file string, tokens token.Tokens) []Error {
	if len(tokens) > maxTokens {
		return []Error{{File: file, Message: fmt.Sprintf("has %d words and signs, want at most %d", len(tokens), maxTokens)}}
	}
	var problems []Error
	report := func(t *token.Token, message string) {
		e := Error{File: file, Message: message}
		if t.Position != nil {
			e.Line, e.Column = t.Position.Line, t.Position.Column
		}
		problems = append(problems, e)
	}
	open, line, onLine := 0, 0, 0
	for _, t := range tokens {
		if t.Position != nil && t.Position.Line != line {
			line, onLine = t.Position.Line, 0
		}
		switch t.Type {
		case token.AnchorType, token.AliasType:
			report(t, "has an anchor or alias, want the value written out (text that begins with & or * needs quotes)")
		case token.MergeKeyType:
			report(t, "has a merge key <<, want the keys written out")
		case token.TagType:
			report(t, "has a tag, want a plain value (text that begins with ! needs quotes)")
		case token.MappingKeyType:
			report(t, "has an explicit key ?, want key: value")
		case token.DirectiveType:
			report(t, "has a directive %, want plain YAML")
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open--
		case token.SequenceEntryType:
			onLine++
		case token.MappingValueType:
			if open <= 0 {
				onLine++
			}
		}
		if open+onLine > maxNested {
			report(t, fmt.Sprintf("is nested more than %d deep", maxNested))
			break
		}
	}
	return problems
}
