package settings

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"basin/internal/keys"
)

// setPrefix begins the file name of an assignment in errors.
const setPrefix = "--set "

// Set changes s by assignments "key=value", in order, and validates the result. A key
// is dotted and counts places in lists from 0: network.modules.0.neurons=4000. A value
// is YAML as in a file: readout.on=[free],
// learning.input.rate={start: 0.05, end: 0.001, shape: cosine}. Where text is wanted,
// the value is taken as it stands unless it begins with a quote.
//
// The error joins an [Error] for every mistake; s is then not changed.
func Set(s *Settings, assignments []string) error {
	if s == nil {
		return errors.New("settings: none to change")
	}
	d := newDecoder("", true)
	changed := clone(*s)
	for _, assignment := range assignments {
		d.file = setPrefix + assignment
		d.assign(&changed, assignment)
	}
	d.validate(changed, "")
	if d.problems != nil {
		return join(d.problems)
	}
	*s = changed
	return nil
}

func (d *decoder) assign(s *Settings, assignment string) {
	at := place{file: d.file}
	key, value, found := strings.Cut(assignment, "=")
	key = strings.TrimSpace(key)
	if !found || key == "" {
		d.report(at, "", "", "want key=value, such as learning.epochs=20")
		return
	}
	v, ok := d.find(reflect.ValueOf(s).Elem(), at, key)
	if !ok {
		return
	}
	if text := strings.TrimSpace(value); v.Kind() == reflect.String && !strings.HasPrefix(text, `"`) && !strings.HasPrefix(text, "'") {
		d.places[key] = at
		if values := rows[generic(key)].Choices; values != nil {
			d.choose(key, at, text, v, values)
		} else {
			v.SetString(value)
		}
		return
	}
	node, problems := parse(d.file, []byte(value))
	for _, problem := range problems {
		d.report(at, key, "", "%s", problem.Message)
	}
	if problems == nil {
		d.decode(key, at, node, v)
	}
}

// find returns the value of a dotted key.
func (d *decoder) find(v reflect.Value, at place, key string) (reflect.Value, bool) {
	parts := strings.Split(key, ".")
	for i, part := range parts {
		parent := strings.Join(parts[:i], ".")
		switch {
		case v.Type() == scheduleType:
			d.report(at, key, "", "is part of a schedule, want all of it: %s={start: 0.02, end: 0.001, shape: cosine}", parent)
			return v, false
		case v.Kind() == reflect.Struct:
			fields := keys.Members(v.Type())
			index := slices.IndexFunc(fields, func(m keys.Member) bool { return m.Name == part })
			if index < 0 {
				prefix := parent
				if i > 0 {
					prefix += "."
				}
				d.unknown(at, prefix, part, memberNames(v.Type()))
				return v, false
			}
			v = v.Field(fields[index].Index)
		case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
			index, err := strconv.Atoi(part)
			if err != nil || index < 0 || index >= v.Len() {
				d.report(at, key, "", "has no place %q in %s, which has %d (counted from 0); to add one, set the whole list", part, parent, v.Len())
				return v, false
			}
			d.places[parent] = at
			v = v.Index(index)
		default:
			d.report(at, key, parent, "unknown key: %s is a single value", parent)
			return v, false
		}
	}
	return v, true
}
