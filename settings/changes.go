package settings

import (
	"fmt"
	"reflect"
	"strings"

	"basin/internal/keys"
)

// Changes lists what differs between settings and a base as assignments, key=value, in the
// order of [Marshal]: [Set] of them on the base gives the settings. A list of sections of
// another length than that of the base is one assignment, of what differs from the section
// at the same place of the base or, where there is none, from what a new one starts from.
func Changes(s, base Settings) []string {
	var list []string
	changes("", reflect.ValueOf(s), reflect.ValueOf(base), func(key, value string) { list = append(list, key+"="+value) })
	return list
}

func changes(prefix string, v, base reflect.Value, report func(key, value string)) {
	for _, m := range keys.Members(v.Type()) {
		key, value, from := prefix+m.Name, v.Field(m.Index), base.Field(m.Index)
		sections := isSections(value.Type())
		switch {
		case keys.IsSection(value.Type()):
			changes(key+".", value, from, report)
		case sections && value.Len() == from.Len():
			for i := range value.Len() {
				changes(fmt.Sprintf("%s.%d.", key, i), value.Index(i), from.Index(i), report)
			}
		case sections:
			elements := make([]string, value.Len())
			for i := range elements {
				start := newElement(value.Type().Elem())
				if i < from.Len() {
					start = from.Index(i)
				}
				elements[i] = flow(value.Index(i), start)
			}
			report(key, "["+strings.Join(elements, ", ")+"]")
		case inline(value) != inline(from):
			report(key, inline(value))
		}
	}
}

// flow writes what differs of a section in braces.
func flow(v, base reflect.Value) string {
	var parts []string
	for _, m := range keys.Members(v.Type()) {
		value, from := v.Field(m.Index), base.Field(m.Index)
		text := inline(value)
		switch {
		case keys.IsSection(value.Type()):
			if text = flow(value, from); text == "{}" {
				continue
			}
		case text == inline(from):
			continue
		}
		parts = append(parts, m.Name+": "+text)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
