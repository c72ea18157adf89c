package settings

import (
	"fmt"
	"reflect"
	"strings"

	"basin/network"
	"basin/protocol"
)

// Entry describes one key of a settings file.
type Entry struct {
	// Key is the dotted key; * stands for a place in a list, counted from 0.
	Key string
	// Type is section, list of sections, text, choice, list of choices, number,
	// whole number, list of either, 2 numbers, 2 whole numbers, true or false, or
	// schedule.
	Type string
	// Default as it is written in a file; for a key under * what a new module or
	// link starts from. Empty for sections.
	Default string
	// Range says which values are allowed; empty where any is, and for sections.
	Range string
	// Description is a short line without a full stop.
	Description string
	// Values are the names that a choice allows, else nil.
	Values []string
}

// Reference returns one entry per key, in the order of [Marshal].
func Reference() []Entry {
	var list []Entry
	for _, k := range keys() {
		list = append(list, Entry{
			Key: k.row.key, Type: k.typeName(), Default: k.defaultText(),
			Range: k.rangeText(), Description: k.about, Values: append([]string(nil), k.values...),
		})
	}
	return list
}

// key is a place in the settings: its row and its default.
type key struct {
	row
	value reflect.Value
}

var (
	scheduleType = reflect.TypeFor[protocol.Schedule]()
	moduleType   = reflect.TypeFor[network.ModuleSpec]()
)

// keys returns every key of the settings, a section before its members.
func keys() []key {
	rows := make(map[string]row, len(table))
	for _, r := range table {
		rows[r.key] = r
	}
	var list []key
	var visit func(prefix string, v reflect.Value)
	visit = func(prefix string, v reflect.Value) {
		for _, m := range members(v.Type()) {
			member := v.Field(m.index)
			path := prefix + m.name
			r := rows[path]
			r.key = path
			list = append(list, key{r, member})
			switch {
			case isSection(member.Type()):
				visit(path+".", member)
			case member.Kind() == reflect.Slice && isSection(member.Type().Elem()):
				visit(path+".*.", newElement(member.Type().Elem()))
			}
		}
	}
	visit("", reflect.ValueOf(Defaults()))
	return list
}

// member is a field of a section under its name in a file.
type member struct {
	name  string
	index int
}

func members(section reflect.Type) []member {
	var list []member
	for i := range section.NumField() {
		name, _, _ := strings.Cut(section.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			list = append(list, member{name, i})
		}
	}
	return list
}

func memberNames(section reflect.Type) []string {
	var names []string
	for _, m := range members(section) {
		names = append(names, m.name)
	}
	return names
}

func isSection(t reflect.Type) bool { return t.Kind() == reflect.Struct && t != scheduleType }

// newElement returns what an element of a list starts from where the base has none.
func newElement(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	if t == moduleType {
		v.Set(reflect.ValueOf(network.ModuleSpec{
			Recurrent: network.RecurrentSpec{Gain: 1, Density: 1},
			Input:     network.InputSpec{Gain: 1, Density: 1},
		}))
	}
	return v
}

func (k key) typeName() string {
	t := k.value.Type()
	switch {
	case t.Kind() == reflect.Slice && isSection(t.Elem()):
		return "list of sections"
	case t.Kind() == reflect.Slice && k.values != nil:
		return "list of choices"
	case t.Kind() == reflect.Slice:
		return fmt.Sprintf("list of %ss", scalarName(t.Elem()))
	case t.Kind() == reflect.Array:
		return fmt.Sprintf("%d %ss", t.Len(), scalarName(t.Elem()))
	case k.values != nil:
		return "choice"
	}
	return scalarName(t)
}

func scalarName(t reflect.Type) string {
	switch {
	case t == scheduleType:
		return "schedule"
	case t.Kind() == reflect.Struct:
		return "section"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Float64:
		return "number"
	case t.Kind() == reflect.Bool:
		return "true or false"
	}
	return "whole number"
}

func (k key) defaultText() string {
	t := k.value.Type()
	if isSection(t) || t.Kind() == reflect.Slice && isSection(t.Elem()) {
		return ""
	}
	return inline(k.value)
}

// numeric says that the bounds of the row hold for the key.
func (k key) numeric() bool {
	t := k.value.Type()
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	return t == scheduleType || t.Kind() == reflect.Float64 || t.Kind() == reflect.Int || t.Kind() == reflect.Uint64
}

func (k key) rangeText() string {
	lower := fmt.Sprintf("at least %.10g", k.low)
	if k.above {
		lower = fmt.Sprintf("above %.10g", k.low)
	}
	switch {
	case k.values != nil && k.value.Kind() == reflect.Slice:
		return "any of " + strings.Join(k.values, ", ")
	case k.values != nil:
		return strings.Join(k.values, ", ")
	case !k.numeric() || k.low == -none && k.high == none:
		return ""
	case k.high == none:
		return lower
	case k.above:
		return fmt.Sprintf("%s, at most %.10g", lower, k.high)
	}
	return fmt.Sprintf("%.10g to %.10g", k.low, k.high)
}
