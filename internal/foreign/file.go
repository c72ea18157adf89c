package foreign

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"basin/internal/spelling"
)

// A file holds the values of another program by dotted keys, and what was found while they
// were read.
type file struct {
	name   string
	values map[string]any
	known  map[string]bool
	faults []error
	notes  []string
}

// Limits of a file: what is larger is no file of settings. maxNested bounds the sections in
// sections, and with them the stack.
const (
	maxSize   = 64 << 10
	maxNested = 32
)

func parse(name string, text []byte) (f *file, err error) {
	if len(text) > maxSize {
		return nil, fmt.Errorf("%s: has %d bytes, want at most %d", name, len(text), maxSize)
	}
	defer func() {
		if fault := recover(); fault != nil { // of the parser, which is not ours
			f, err = nil, fmt.Errorf("%s: cannot be parsed as YAML", name)
		}
	}()
	open := 0
	for _, t := range lexer.Tokenize(string(text)) {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return nil, fmt.Errorf("%s: has an anchor, alias or merge key, want the values written out", name)
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open--
		}
		if open > maxNested || t.Position != nil && t.Position.IndentLevel > maxNested {
			return nil, fmt.Errorf("%s: has more than %d sections in sections", name, maxNested)
		}
	}
	var root map[string]any
	if err := yaml.Unmarshal(text, &root); err != nil {
		summary, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("%s: want YAML or JSON with keys and values: %s", name, summary)
	}
	if len(root) == 0 {
		return nil, fmt.Errorf("%s: has no keys", name)
	}
	f = &file{name: name, values: map[string]any{}, known: map[string]bool{}}
	f.flatten("", root)
	return f, nil
}

func (f *file) flatten(prefix string, section map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(section)) {
		switch v := section[key].(type) {
		case map[string]any:
			f.flatten(prefix+key+".", v)
		default:
			if text, ok := v.(string); ok && strings.Contains(text, "${") {
				f.fault(prefix+key, "refers to another key, want the value: hydra prints a resolved file with --cfg job --resolve")
			}
			f.values[prefix+key] = v
		}
	}
}

func (f *file) fault(key, format string, values ...any) {
	f.faults = append(f.faults, fmt.Errorf("%s: %s: %s", f.name, key, fmt.Sprintf(format, values...)))
}

func (f *file) note(format string, values ...any) {
	f.notes = append(f.notes, fmt.Sprintf(format, values...))
}

// has says whether a key is there, and not null.
func (f *file) has(key string) bool {
	f.known[key] = true
	return f.values[key] != nil
}

// asNumber returns a finite number, of any type that YAML gives.
func asNumber(v any) (float64, bool) {
	var x float64
	switch v := v.(type) {
	case uint64:
		x = float64(v)
	case int64:
		x = float64(v)
	case float64:
		x = v
	case string: // 6e-05, as Python writes it, has no point and is a text to YAML
		var err error
		if x, err = strconv.ParseFloat(v, 64); err != nil {
			return 0, false
		}
	default:
		return 0, false
	}
	return x, !math.IsNaN(x) && !math.IsInf(x, 0)
}

// said returns a value as a file would have it.
func said(v any) string {
	if v == nil {
		return "null"
	}
	if list, ok := v.([]any); ok {
		parts := make([]string, len(list))
		for i, v := range list {
			parts[i] = said(v)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// number returns a number that has to be there.
func (f *file) number(key string) float64 {
	if !f.has(key) {
		f.fault(key, "is missing, want a number")
		return 0
	}
	v, ok := asNumber(f.values[key])
	if !ok {
		f.fault(key, "is %s, want a number", said(f.values[key]))
	}
	return v
}

// whole returns a whole number from 0 to 2^31-1 that has to be there.
func (f *file) whole(key string) int {
	v := f.number(key)
	if v != math.Trunc(v) || v < 0 || v > math.MaxInt32 {
		f.fault(key, "is %v, want a whole number from 0 to %d", v, math.MaxInt32)
		return 0
	}
	return int(v)
}

// element returns a number of a list of the given length, or a number that stands for all of
// the list.
func (f *file) element(key string, i, length int) float64 {
	if !f.has(key) {
		return f.number(key)
	}
	list, ok := f.values[key].([]any)
	if !ok {
		return f.number(key)
	}
	if len(list) != length {
		f.fault(key, "has %d numbers, want %d", len(list), length)
		return 0
	}
	v, ok := asNumber(list[i])
	if !ok {
		f.fault(key, "has %s, want numbers", said(list[i]))
	}
	return v
}

// text returns a word that has to be there and be one of those wanted.
func (f *file) text(key, why string, wanted ...string) string {
	choices := strings.Join(wanted, " or ")
	if !f.has(key) {
		f.fault(key, "is missing, want %s", choices)
		return ""
	}
	v, ok := f.values[key].(string)
	if !ok {
		f.fault(key, "is %s, want %s: %s", said(f.values[key]), choices, why)
	} else if !slices.Contains(wanted, v) {
		f.fault(key, "is %q, want %s: %s", v, choices, why)
	}
	return v
}

// must reports a value other than the one wanted, where the key is there.
func (f *file) must(key string, want any, why string) {
	if !f.has(key) {
		return
	}
	got := f.values[key]
	if number, ok := asNumber(got); ok {
		got = number
	}
	if list, ok := got.([]any); ok {
		got = strings.TrimSpace(strings.Trim(fmt.Sprint(list), "[]"))
	}
	if got == want {
		return
	}
	switch want {
	case nil:
		want = "null"
	case "":
		want = "an empty list"
	}
	f.fault(key, "is %s, want %v: %s", said(f.values[key]), want, why)
}

// pass takes keys that say nothing of what is learned.
func (f *file) pass(keys ...string) {
	for _, key := range keys {
		f.known[key] = true
	}
}

// skip takes whole sections and returns those that are there.
func (f *file) skip(sections ...string) (found []string) {
	for _, section := range sections {
		some := false
		for key := range f.values {
			if key == section || strings.HasPrefix(key, section+".") {
				f.known[key], some = true, true
			}
		}
		if some {
			found = append(found, section)
		}
	}
	return found
}

// drop skips sections and says so.
func (f *file) drop(why string, sections ...string) {
	if found := f.skip(sections...); len(found) > 0 {
		f.note("%s: left out, %s", strings.Join(found, ", "), why)
	}
}

// finish reports the keys that nobody has asked for.
func (f *file) finish() {
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		if f.known[key] {
			continue
		}
		if near := spelling.Nearest(key, slices.Sorted(maps.Keys(f.known))); near != "" {
			f.fault(key, "unknown key; did you mean %s?", near)
			continue
		}
		f.fault(key, "unknown key: nobody knows what it changes, so it cannot be converted")
	}
}
