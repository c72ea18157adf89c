package settings

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"basin/internal/keys"
)

// Load reads a settings file over base, or over the preset that the file names as its
// first key, and validates the result. The file is a name for errors only; text is at
// most 1 MiB of YAML, empty text gives the base. base is not changed and shares no
// memory with the result.
//
// The error joins an [Error] for every mistake; the settings are then the zero value.
func Load(file string, text []byte, base Settings) (Settings, error) {
	root, problems := parse(file, text)
	if problems != nil {
		return Settings{}, join(problems)
	}
	d := newDecoder(file, false)
	s := base
	switch node := root.(type) {
	case nil, *ast.NullNode:
	case *ast.MappingNode:
		d.preset(node, &s)
		s = clone(s)
		d.section("", node, reflect.ValueOf(&s).Elem())
	default:
		d.report(d.here(root), "", "", "is %s, want sections with the keys %s", describe(root), strings.Join(memberNames(reflect.TypeOf(s)), ", "))
		return Settings{}, join(d.problems)
	}
	d.validate(s, file)
	if d.problems != nil {
		return Settings{}, join(d.problems)
	}
	return clone(s), nil
}

const presetKey = "preset"

// preset puts the preset named by the first key in place of the base and takes the
// key out of the mapping.
func (d *decoder) preset(root *ast.MappingNode, s *Settings) {
	var rest []*ast.MappingValueNode
	for i, entry := range root.Values {
		if entry.Key.GetToken().Value != presetKey {
			rest = append(rest, entry)
			continue
		}
		at := d.here(entry.Key)
		if i > 0 {
			d.report(at, presetKey, "", "is not the first key, want it before all others: it is what they change")
			continue
		}
		var name string
		mistakes := len(d.problems)
		d.text(presetKey, at, entry.Value, reflect.ValueOf(&name).Elem())
		if len(d.problems) > mistakes {
			continue
		}
		loaded, err := LoadPreset(name)
		var unknown Error
		switch {
		case errors.As(err, &unknown):
			d.report(d.valuePlace(at, entry.Value), presetKey, unknown.Suggestion, "%s", unknown.Message)
		case err != nil:
			d.report(at, presetKey, "", "%v", err)
		default:
			*s = loaded
		}
	}
	root.Values = rest
}

// validate adds what [Settings.Validate] finds, at the place of its key. Where
// there are mistakes already, only keys that were given count: others may be wrong
// because a value with a mistake was left out.
func (d *decoder) validate(s Settings, file string) {
	err := s.Validate()
	if err == nil {
		return
	}
	before := d.problems
	for _, part := range keys.Parts(err) {
		problem := keys.Problem{Message: part.Error()}
		errors.As(part, &problem)
		at, given := d.placeOf(problem.Key)
		if len(before) > 0 && !given || reported(before, problem.Key) {
			continue
		}
		if !given {
			at = d.mentioned(problem.Message, place{file: file})
		}
		d.report(at, problem.Key, "", "%s", problem.Message)
	}
}

// reported says that there is a mistake of the key or of something under it.
func reported(problems []Error, key string) bool {
	return slices.ContainsFunc(problems, func(e Error) bool {
		return e.Key == key || strings.HasPrefix(e.Key, key+".")
	})
}

// placeOf returns where a key was given, or the element of a list that it is part of.
func (d *decoder) placeOf(key string) (place, bool) {
	at, ok := d.places[key]
	for !ok {
		dot := strings.LastIndexByte(key, '.')
		if dot < 0 {
			return place{}, false
		}
		key = key[:dot]
		if _, err := strconv.Atoi(key[strings.LastIndexByte(key, '.')+1:]); err == nil {
			at, ok = d.places[key]
		}
	}
	return at, ok
}

// mentioned returns where the first key that a message names was given: a value may be
// wrong because of another that the file changed.
func (d *decoder) mentioned(message string, otherwise place) place {
	for word := range strings.FieldsFuncSeq(message, func(r rune) bool { return r != '.' && r != '_' && (r < 'a' || r > 'z') }) {
		if at, ok := d.places[word]; ok && strings.Contains(word, ".") {
			return at
		}
	}
	return otherwise
}

// clone copies s with its lists, at any depth of sections.
func clone(s Settings) Settings {
	copyLists(reflect.ValueOf(&s).Elem())
	return s
}

func copyLists(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			copyLists(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(fresh, v)
		v.Set(fresh)
		for i := range v.Len() {
			copyLists(v.Index(i))
		}
	}
}
