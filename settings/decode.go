package settings

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"basin/internal/keys"
	"basin/internal/spelling"
	"basin/protocol"
)

// place is where a key was given.
type place struct {
	file         string
	line, column int
}

// decoder writes YAML nodes over settings and collects mistakes; a value with a
// mistake stays as it was.
type decoder struct {
	file string
	// assignment says that the text is a value of [Set], so its lines mean nothing.
	assignment bool
	places     map[string]place
	problems   []Error
}

func newDecoder(file string, assignment bool) *decoder {
	return &decoder{file: file, assignment: assignment, places: make(map[string]place)}
}

func (d *decoder) report(at place, key, suggestion, format string, values ...any) {
	d.problems = append(d.problems, Error{
		File: at.file, Line: at.line, Column: at.column,
		Key: key, Message: fmt.Sprintf(format, values...), Suggestion: suggestion,
	})
}

// here returns the position of a node in the text being read.
func (d *decoder) here(node ast.Node) place {
	if d.assignment {
		return place{file: d.file}
	}
	p := positionOf(node)
	p.file = d.file
	return p
}

func positionOf(node ast.Node) place {
	if m, ok := node.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		node = m.Values[0].Key
	}
	if node != nil && node.GetToken() != nil && node.GetToken().Position != nil {
		p := node.GetToken().Position
		return place{line: p.Line, column: p.Column}
	}
	return place{}
}

// decode writes node to v, the value of key. A mistake in the value as a whole is
// reported at the key.
func (d *decoder) decode(key string, at place, node ast.Node, v reflect.Value) {
	d.places[key] = at
	switch {
	case v.Type() == scheduleType:
		d.schedule(key, at, node, v)
	case v.Kind() == reflect.Struct:
		if m, ok := node.(*ast.MappingNode); ok {
			d.section(key, m, v)
			return
		}
		d.report(at, key, "", "is %s, want a section with the keys %s", describe(node), strings.Join(memberNames(v.Type()), ", "))
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		if list, ok := node.(*ast.SequenceNode); ok {
			d.list(key, at, list, v)
			return
		}
		suggestion := ""
		if text, ok := scalarText(node); ok && v.Type().Elem().Kind() != reflect.Struct {
			suggestion = "[" + text + "]"
		}
		d.report(at, key, suggestion, "is %s, want a list", describe(node))
	default:
		d.scalar(key, at, node, v)
	}
}

// section writes the entries of a mapping to the members of v.
func (d *decoder) section(key string, node *ast.MappingNode, v reflect.Value) {
	prefix := key + "."
	if key == "" {
		prefix = ""
	}
	fields := keys.Members(v.Type())
	d.entries(prefix, node, memberNames(v.Type()), func(name string, at place, value ast.Node) {
		i := slices.IndexFunc(fields, func(m keys.Member) bool { return m.Name == name })
		d.decode(prefix+name, at, value, v.Field(fields[i].Index))
	})
}

// entries calls each for the known names of a mapping and reports the others.
func (d *decoder) entries(prefix string, node *ast.MappingNode, names []string, each func(name string, at place, value ast.Node)) {
	first := make(map[string]place)
	for _, entry := range node.Values {
		name, at := entry.Key.GetToken().Value, d.here(entry.Key)
		if before, twice := first[name]; twice {
			if before.line > 0 {
				d.report(at, prefix+name, "", "is here for the second time, the first is on line %d", before.line)
			} else {
				d.report(at, prefix+name, "", "is here for the second time")
			}
			continue
		}
		first[name] = at
		if !slices.Contains(names, name) {
			d.unknown(at, prefix, name, names)
			continue
		}
		each(name, at, entry.Value)
	}
}

// unknown reports a key that is none of names.
func (d *decoder) unknown(at place, prefix, name string, names []string) {
	if prefix == "" && strings.Contains(name, ".") {
		if _, known := rows[generic(name)]; known {
			d.report(at, name, "", "is a dotted key, want nested sections in a file")
			return
		}
	}
	if near := nearest(prefix, name, names); near != "" {
		d.report(at, prefix+name, near, "unknown key")
		return
	}
	d.report(at, prefix+name, "", "unknown key, want one of %s", strings.Join(names, ", "))
}

// nearest returns the key that an unknown one was meant to be: a name of its section
// spelt otherwise, or its own name in another section; empty if there is none.
func nearest(prefix, name string, names []string) string {
	if near := spelling.Nearest(name, names); near != "" {
		return prefix + near
	}
	for _, r := range table {
		if strings.HasSuffix(r.Key, "."+name) {
			return strings.ReplaceAll(r.Key, "*", "0")
		}
	}
	return ""
}

// list replaces a list. Elements start from those of the list that is replaced.
func (d *decoder) list(key string, at place, node *ast.SequenceNode, v reflect.Value) {
	count := len(node.Values)
	if v.Kind() == reflect.Array && count != v.Len() {
		d.report(at, key, "", "has %d values, want %d", count, v.Len())
		return
	}
	elements := v
	if v.Kind() == reflect.Slice {
		elements = reflect.MakeSlice(v.Type(), count, count)
		if count == 0 {
			elements = reflect.Zero(v.Type())
		}
	}
	mistakes := len(d.problems)
	for i, value := range node.Values {
		element := elements.Index(i)
		if v.Kind() == reflect.Slice {
			if i < v.Len() {
				element.Set(v.Index(i))
			} else {
				element.Set(newElement(element.Type()))
			}
		}
		d.decode(fmt.Sprintf("%s.%d", key, i), d.here(value), value, element)
	}
	// A list of choices with a mistake would hold what nobody wrote.
	if v.Kind() == reflect.Slice && (keys.IsSection(v.Type().Elem()) || len(d.problems) == mistakes) {
		v.Set(elements)
	}
}

var scheduleKeys = memberNames(scheduleType)

func (d *decoder) schedule(key string, at place, node ast.Node, v reflect.Value) {
	m, ok := node.(*ast.MappingNode)
	if !ok {
		value := reflect.New(reflect.TypeFor[float64]()).Elem()
		if d.number(key, at, node, value, "a number or {start, end, shape}") {
			v.Set(reflect.ValueOf(protocol.Constant(value.Float())))
		}
		return
	}
	mistakes := len(d.problems)
	var s protocol.Schedule
	missing := slices.Clone(scheduleKeys)
	d.entries(key+".", m, scheduleKeys, func(name string, at place, value ast.Node) {
		missing = slices.DeleteFunc(missing, func(other string) bool { return other == name })
		path := key + "." + name
		d.places[path] = at
		switch name {
		case "start":
			d.number(path, at, value, reflect.ValueOf(&s.Start).Elem(), "a number")
		case "end":
			d.number(path, at, value, reflect.ValueOf(&s.End).Elem(), "a number")
		case "shape":
			d.choice(path, at, value, reflect.ValueOf(&s.Shape).Elem(), keys.Names(protocol.Shapes()...))
		}
	})
	if len(d.problems) == mistakes && len(missing) > 0 {
		d.report(at, key, "", "has no %s, want a number or {start, end, shape}", strings.Join(missing, " and no "))
	}
	if len(d.problems) == mistakes {
		v.Set(reflect.ValueOf(s))
	}
}
