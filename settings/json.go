package settings

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"basin/internal/keys"
	"basin/network"
)

// UnmarshalJSON reads what [json.Marshal] writes of settings, as model files hold them, also
// of a program that knew fewer keys: one that is missing means its default, that of
// [Defaults], or in a module or link what a new one starts from. Keys that are left out where
// they are empty mean empty. It reads strictly: unknown keys and values of another type are
// errors, joined, each an [Error]; s is then not changed. Ranges are for [Settings.Validate].
func (s *Settings) UnmarshalJSON(text []byte) error {
	d := newDecoder("", false)
	read := absent()
	d.object("", text, reflect.ValueOf(&read).Elem())
	if d.problems != nil {
		return join(d.problems)
	}
	*s = read
	return nil
}

// absent returns what the keys mean that a text does not have.
func absent() Settings {
	s := Defaults()
	s.Network.Chain = network.Chain{} // left out where there is none
	return s
}

// object writes the value of a key to v. An object that is not whole leaves the rest of v.
func (d *decoder) object(key string, text json.RawMessage, v reflect.Value) {
	switch kind := v.Kind(); {
	case keys.IsSection(v.Type()):
		var members map[string]json.RawMessage
		if json.Unmarshal(text, &members) != nil || members == nil {
			d.report(place{}, key, "", "is %s, want a section with the keys %s", shorten(string(text)), strings.Join(memberNames(v.Type()), ", "))
			return
		}
		for _, m := range keys.Members(v.Type()) {
			if value, ok := members[m.Name]; ok {
				d.object(keys.Join(key, m.Name), value, v.Field(m.Index))
			}
			delete(members, m.Name)
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			d.unknown(place{}, strings.TrimPrefix(key+".", "."), name, memberNames(v.Type()))
		}
	case kind == reflect.Slice || kind == reflect.Array:
		var elements []json.RawMessage
		if json.Unmarshal(text, &elements) != nil || kind == reflect.Array && len(elements) != v.Len() {
			d.report(place{}, key, "", "is %s, want %s", shorten(string(text)), wanted(v.Type()))
			return
		}
		if kind == reflect.Slice {
			v.SetZero()
			if elements != nil {
				v.Set(reflect.MakeSlice(v.Type(), len(elements), len(elements)))
			}
		}
		for i, element := range elements {
			v.Index(i).Set(newElement(v.Type().Elem()))
			d.object(keys.Join(key, strconv.Itoa(i)), element, v.Index(i))
		}
	default:
		if string(text) == "null" || json.Unmarshal(text, v.Addr().Interface()) != nil {
			d.report(place{}, key, "", "is %s, want %s", shorten(string(text)), wanted(v.Type()))
		}
	}
}

// wanted names values of a type.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Array:
		return fmt.Sprintf("%d %ss", t.Len(), scalarName(t.Elem()))
	case reflect.String, reflect.Bool:
		return scalarName(t)
	}
	return "a " + scalarName(t)
}
