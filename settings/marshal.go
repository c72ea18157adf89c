package settings

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"basin/internal/keys"
	"basin/protocol"
)

// Marshal writes s as YAML, every key with its value and a short comment. [Load] of
// the text gives s again, over any base. It returns an error for settings that are
// not valid or hold text that is not UTF-8.
func Marshal(s Settings) ([]byte, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("settings: cannot write settings that are not valid: %w", err)
	}
	w := writer{}
	w.section(reflect.ValueOf(s), "", "", true)
	var text bytes.Buffer
	for _, l := range w.lines {
		if !utf8.ValidString(l.text) {
			return nil, fmt.Errorf("settings: %q is not UTF-8, so YAML cannot hold it", strings.TrimSpace(l.text))
		}
		if l.about == "" {
			fmt.Fprintln(&text, l.text)
			continue
		}
		fmt.Fprintf(&text, "%-*s  # %s\n", commentColumn, l.text, l.about)
	}
	return text.Bytes(), nil
}

// commentColumn is where comments begin, behind shorter lines.
const commentColumn = 32

type line struct{ text, about string }

type writer struct{ lines []line }

// section writes the members of v, whose keys begin with prefix. Comments are left
// out from the second element of a list on.
func (w *writer) section(v reflect.Value, prefix, indent string, comments bool) {
	for _, m := range keys.Members(v.Type()) {
		value, path := v.Field(m.Index), prefix+m.Name
		about := ""
		if comments {
			about = rows[path].About
		}
		switch {
		case keys.IsSection(value.Type()):
			w.lines = append(w.lines, line{indent + m.Name + ":", about})
			w.section(value, path+".", indent+"  ", comments)
		case isSections(value.Type()) && value.Len() > 0:
			w.lines = append(w.lines, line{indent + m.Name + ":", about})
			for i := range value.Len() {
				first := len(w.lines)
				w.section(value.Index(i), path+".*.", indent+"    ", comments && i == 0)
				w.lines[first].text = indent + "  - " + strings.TrimLeft(w.lines[first].text, " ")
			}
		default:
			w.lines = append(w.lines, line{indent + m.Name + ": " + inline(value), about})
		}
	}
}

// inline writes a value on one line.
func inline(v reflect.Value) string {
	if s, ok := v.Interface().(protocol.Schedule); ok {
		if s == protocol.Constant(s.Start) {
			return number(s.Start)
		}
		return fmt.Sprintf("{start: %s, end: %s, shape: %s}", number(s.Start), number(s.End), quote(string(s.Shape)))
	}
	switch v.Kind() {
	case reflect.String:
		return quote(v.String())
	case reflect.Float64:
		return number(v.Float())
	case reflect.Slice, reflect.Array:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = inline(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v.Interface())
}

func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }

var (
	plainText = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./-]*$`)
	// reserved words mean something else in one version of YAML or another.
	reserved = regexp.MustCompile(`^(?i:true|false|null|yes|no|on|off|y|n)$`)
)

// quote writes text in double quotes unless every YAML reader takes it as it is. The
// escapes of Go are escapes of YAML.
func quote(text string) string {
	if plainText.MatchString(text) && !reserved.MatchString(text) {
		return text
	}
	if !utf8.ValidString(text) {
		return text
	}
	return strconv.Quote(text)
}
