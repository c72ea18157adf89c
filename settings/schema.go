package settings

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"basin/internal/keys"
	"basin/protocol"
)

// Schema returns a JSON schema (draft 2020-12) of a settings file, indented, with the
// descriptions, choices, ranges and defaults of [Reference]. Editors complete and check
// YAML files by it; what depends on several keys is checked by [Load] only.
func Schema() ([]byte, error) {
	r := jsonschema.Reflector{
		Anonymous: true, DoNotReference: true, ExpandedStruct: true,
		RequiredFromJSONSchemaTags: true, FieldNameTag: "yaml",
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if t == scheduleType {
				return &jsonschema.Schema{}
			}
			return nil
		},
	}
	root := r.Reflect(Settings{})
	root.Title = "Basin settings"
	for _, e := range entries() {
		s, err := schemaAt(root, e.Key)
		if err != nil {
			return nil, err
		}
		e.annotate(s)
	}
	names := &jsonschema.Schema{Type: "string", Description: "preset that the file changes, as the first key"}
	for _, p := range Presets() {
		names.Enum = append(names.Enum, p.Name)
	}
	root.Properties.Set(presetKey, names)
	if err := root.Properties.MoveToFront(presetKey); err != nil {
		return nil, fmt.Errorf("settings: schema: %w", err)
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("settings: schema: %w", err)
	}
	return append(text, '\n'), nil
}

// schemaAt returns the part of the schema for a key of the table.
func schemaAt(s *jsonschema.Schema, path string) (*jsonschema.Schema, error) {
	for part := range strings.SplitSeq(path, ".") {
		switch {
		case part == "*" && s.Items != nil:
			s = s.Items
		case s.Properties != nil && s.Properties.Value(part) != nil:
			s = s.Properties.Value(part)
		default:
			return nil, fmt.Errorf("settings: schema: no place for the key %s", path)
		}
	}
	return s, nil
}

func (e entry) annotate(s *jsonschema.Schema) {
	s.Description = e.About
	if e.defaultText() != "" {
		s.Default = e.value.Interface()
	}
	single := s
	switch t := e.value.Type(); {
	case t == scheduleType:
		e.annotateSchedule(s)
		return
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		if e.value.Len() > 0 { // the default list is never empty where an empty one is wrong
			s.MinItems = new(uint64(1))
		}
	case t.Kind() == reflect.Slice:
		if e.value.Len() > 0 {
			s.MinItems = new(uint64(1))
		}
		s.UniqueItems = t.Elem().Kind() != reflect.Float64
		single = s.Items
	case t.Kind() == reflect.Array:
		single = s.Items
	}
	if e.Choices != nil {
		single.Enum = anyOf(e.Choices)
		if e.Optional {
			single.Enum = append(single.Enum, "")
		}
	}
	if e.numeric() {
		e.bound(single)
	}
}

func (e entry) annotateSchedule(s *jsonschema.Schema) {
	end := func() *jsonschema.Schema {
		n := &jsonschema.Schema{Type: "number"}
		e.bound(n)
		return n
	}
	course := &jsonschema.Schema{
		Type: "object", Properties: jsonschema.NewProperties(),
		Required: scheduleKeys, AdditionalProperties: jsonschema.FalseSchema,
	}
	course.Properties.Set("start", end())
	course.Properties.Set("end", end())
	course.Properties.Set("shape", &jsonschema.Schema{Type: "string", Enum: anyOf(keys.Names(protocol.Shapes()...))})
	s.OneOf = []*jsonschema.Schema{end(), course}
}

func (e entry) bound(s *jsonschema.Schema) {
	text := func(value float64) json.Number { return json.Number(strconv.FormatFloat(value, 'f', -1, 64)) }
	switch {
	case e.Low == -keys.None:
	case e.Above:
		s.ExclusiveMinimum = text(e.Low)
	default:
		s.Minimum = text(e.Low)
	}
	if e.High != keys.None {
		s.Maximum = text(e.High)
	}
}

func anyOf(values []string) []any {
	list := make([]any, len(values))
	for i, value := range values {
		list[i] = value
	}
	return list
}
