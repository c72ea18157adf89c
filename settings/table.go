package settings

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"basin/dataset"
	"basin/internal/keys"
	"basin/network"
	"basin/protocol"
)

// table has one row per key; comments, schema, reference and the checks of files are made
// from it. Each package has the rows of its own settings.
var table = slices.Concat(
	keys.Section("data", "what to learn, and how it is split", dataRows()...),
	keys.Section("preprocess", "how raw values become inputs x", dataset.Rows()...),
	keys.Section("network", "modules of neurons, and links between them", network.Rows()...),
	protocol.Rows(),
)

// rows finds the row of a key.
var rows = func() map[string]keys.Row {
	index := make(map[string]keys.Row, len(table))
	for _, r := range table {
		index[r.Key] = r
	}
	return index
}()

var listPlaces = regexp.MustCompile(`\.[0-9]+(\.|$)`)

// generic writes the key of the table for a key with places in lists. A place in a
// list of single values has the row of its list.
func generic(at string) string {
	return strings.TrimSuffix(listPlaces.ReplaceAllString(at, ".*$1"), ".*")
}

// entry is a place in the settings: its row and its default.
type entry struct {
	keys.Row
	value reflect.Value
}

// entries returns every key of the settings, a section before its members.
func entries() []entry {
	var list []entry
	var visit func(section string, v reflect.Value)
	visit = func(section string, v reflect.Value) {
		for _, m := range keys.Members(v.Type()) {
			member, at := v.Field(m.Index), keys.Join(section, m.Name)
			r := rows[at]
			r.Key = at
			list = append(list, entry{r, member})
			switch {
			case keys.IsSection(member.Type()):
				visit(at, member)
			case isSections(member.Type()):
				visit(keys.Join(at, "*"), newElement(member.Type().Elem()))
			}
		}
	}
	visit("", reflect.ValueOf(Defaults()))
	return list
}

// isSections reports whether a type is a list of sections.
func isSections(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && keys.IsSection(t.Elem())
}

// memberNames returns the keys of a section.
func memberNames(section reflect.Type) []string {
	var names []string
	for _, m := range keys.Members(section) {
		names = append(names, m.Name)
	}
	return names
}
