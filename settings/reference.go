package settings

import (
	"fmt"
	"reflect"
	"strings"

	"basin/internal/keys"
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
	for _, e := range entries() {
		list = append(list, Entry{
			Key: e.Key, Type: e.typeName(), Default: e.defaultText(),
			Range: e.rangeText(), Description: e.About, Values: append([]string(nil), e.Choices...),
		})
	}
	return list
}

var scheduleType = reflect.TypeFor[protocol.Schedule]()

func (e entry) typeName() string {
	t := e.value.Type()
	switch {
	case isSections(t):
		return "list of sections"
	case t.Kind() == reflect.Slice && e.Choices != nil:
		return "list of choices"
	case t.Kind() == reflect.Slice:
		return fmt.Sprintf("list of %ss", scalarName(t.Elem()))
	case t.Kind() == reflect.Array:
		return fmt.Sprintf("%d %ss", t.Len(), scalarName(t.Elem()))
	case e.Choices != nil:
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

func (e entry) defaultText() string {
	if t := e.value.Type(); keys.IsSection(t) || isSections(t) {
		return ""
	}
	return inline(e.value)
}

// numeric says that the bounds of the row hold for the key.
func (e entry) numeric() bool {
	t := e.value.Type()
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	return t == scheduleType || t.Kind() == reflect.Float64 || t.Kind() == reflect.Int || t.Kind() == reflect.Uint64
}

func (e entry) rangeText() string {
	switch {
	case e.Choices != nil && e.value.Kind() == reflect.Slice:
		return "any of " + strings.Join(e.Choices, ", ")
	case e.Choices != nil:
		return strings.Join(e.Choices, ", ")
	case !e.numeric():
		return ""
	}
	return e.Range()
}
