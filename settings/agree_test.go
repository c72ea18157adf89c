package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"basin/internal/keys"
	"basin/network"
	"basin/protocol"
)

// What a new link has to be given.
var given = []string{"network.links.*.kind"}

func TestDefaultsAreInTheirRange(t *testing.T) {
	for _, e := range entries() {
		if e.numeric() && e.Low == 0 && e.High == 0 {
			t.Errorf("%s: its row has no range", e.Key)
		}
		if keys.IsSection(e.value.Type()) || isSections(e.value.Type()) {
			continue
		}
		values := []any{e.value.Interface()}
		if k := e.value.Kind(); k == reflect.Slice || k == reflect.Array {
			values = nil
			for i := range e.value.Len() {
				values = append(values, e.value.Index(i).Interface())
			}
		}
		for _, value := range values {
			if wrong := e.Misfit(value); (wrong != "") != slices.Contains(given, e.Key) {
				t.Errorf("%s: the default %v %s", e.Key, value, wrong)
			}
		}
	}
}

// trial is a value of a key, and whether its row allows it.
type trial struct {
	value any
	in    bool
}

// trials are the values at the ends of a row and just outside.
func trials(e entry) []trial {
	if e.Choices != nil {
		list := []trial{{"wavy", false}, {"", e.Optional}}
		for _, choice := range e.Choices {
			list = append(list, trial{choice, true}, trial{strings.ToUpper(choice), false})
		}
		return list
	}
	t := e.value.Type()
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	var list []trial
	if t == scheduleType || t.Kind() == reflect.Float64 {
		list = append(list, trial{e.Low, !e.Above}, trial{math.Nextafter(e.Low, math.Inf(1)), true}, trial{e.High, true}, trial{math.Nextafter(e.High, 0), true})
		if e.Low != -keys.None {
			list = append(list, trial{math.Nextafter(e.Low, math.Inf(-1)), false})
		}
		if e.High != keys.None {
			list = append(list, trial{math.Nextafter(e.High, math.Inf(1)), false})
		}
		return list
	}
	list = append(list, trial{int(e.Low), true}, trial{int(e.Low) - 1, false})
	if e.High != keys.None {
		list = append(list, trial{int(e.High), true}, trial{int(e.High) + 1, false})
	}
	return list
}

// room returns settings that leave a key its whole range: two modules that can be linked in
// any way, and an element in every list. It also returns the key with its places.
func room(e entry, value any) (s Settings, at string) {
	s = Defaults()
	module := s.Network.Modules[0]
	module.Neurons, module.Recurrent.Density = network.MaxNeurons, 0.5
	s.Network.Modules = []network.ModuleSpec{module, module}
	s.Network.Links = []network.Link{
		{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 1},
		{Kind: network.Learned, Between: [2]int{0, 1}, Density: 0.5},
	}
	s.Network.Feedback, s.Network.Readout = []float64{1, 1}, []int{0}
	s.Dynamics.Feedback = protocol.PhaseFeedback{Warmup: []int{0}, Clamped: []int{0}, Free: []int{0}}
	switch at = strings.ReplaceAll(e.Key, "*", "0"); e.Key {
	case "network.links.*.gain", "network.links.*.density", "network.links.*.reach":
		if value != 0. { // zero is for links that are not learned
			at = strings.ReplaceAll(e.Key, "*", "1")
		}
	case "network.links.*.window", "network.links.*.stride", "network.links.*.border":
		onGrids(&s, network.Learned)
	case "network.links.*.level":
		onGrids(&s, network.Pool)
	case "network.modules.*.channels", "network.modules.*.feedback_per", "network.modules.*.recurrent.window", "network.modules.*.input.stride":
		onGrids(&s, network.Learned)
		if value == 0 {
			s.Network.Modules[0].Recurrent.Shared, s.Network.Modules[0].Input.Shared = false, false
		}
	case "network.modules.*.neurons":
		if value == 0 {
			s.Network.Modules[0].Channels = 1
		}
	case "readout.method": // a ridge takes the square of the neurons
		s.Network.Modules[0].Neurons, s.Network.Modules[1].Neurons = 100, 100
	case "dynamics.code", "learning.undecided": // both take the logits at the end of the warm-up
		s.Dynamics.Warmup, s.Dynamics.Evaluation, s.Dynamics.Feedback.Warmup = 1, 1, nil
	case "learning.symmetry":
		s.Network.Modules[0].Recurrent.Density, s.Network.Modules[1].Recurrent.Density = 1, 1
	}
	if k := e.value.Kind(); k == reflect.Slice || k == reflect.Array {
		at += ".0"
	}
	return s, at
}

// onGrids puts the modules on grids, with one link of a kind that has the widest windows.
func onGrids(s *Settings, kind network.LinkKind) {
	module := network.ModuleSpec{
		Channels:  1,
		Recurrent: network.RecurrentSpec{Density: 1, Window: 1, Shared: true},
		Input:     network.InputSpec{Density: 1, Window: 1, Shared: true},
	}
	s.Network.Modules = []network.ModuleSpec{module, module}
	link := network.Link{Kind: kind, Between: [2]int{0, 1}, Direction: network.Forward, Window: 1 << 12}
	if link.Density = 1; kind == network.Pool {
		link.Density, link.Strength = 0, 1
	}
	s.Network.Links = []network.Link{link}
}

// own reports whether an error has a mistake of the key itself: others may become wrong.
func own(err error, at string) bool {
	return err != nil && slices.ContainsFunc(keys.Parts(err), func(part error) bool {
		var file Error
		var problem keys.Problem
		errors.As(part, &file)
		errors.As(part, &problem)
		return strings.HasPrefix(file.Key+problem.Key+".", at+".")
	})
}

// Validate, a file, an assignment and the schema are made from one row, so they take the
// same values: those at the ends of every range, and none just outside.
func TestValidateFilesAndSchemaAgree(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries() {
		if e.Choices == nil && !e.numeric() {
			continue
		}
		for _, c := range trials(e) {
			s, at := room(e, c.value)
			text := fmt.Sprint(c.value)
			if x, ok := c.value.(float64); ok {
				text = number(x)
			}
			got := map[string]bool{"schema": allows(nodeAt(root, e.Key), c.value)}
			assigned := s
			got["an assignment"] = !own(Set(&assigned, []string{at + "=" + text}), at)
			if v, ok := newDecoder("", true).find(reflect.ValueOf(&s).Elem(), place{}, at); !ok {
				t.Fatalf("%s: no such place", at)
			} else if put(v, c.value) {
				if c.value != "" || !strings.HasPrefix(at, "preprocess.") { // empty for a program, not in a file
					got["Validate"] = !own(s.Validate(), at)
				}
				w := writer{}
				w.section(reflect.ValueOf(s), "", "", false)
				var file strings.Builder
				for _, l := range w.lines {
					file.WriteString(l.text + "\n")
				}
				_, err := Load("test.yaml", []byte(file.String()), Defaults())
				got["a file"] = !own(err, at)
			}
			for what, allowed := range got {
				if allowed != c.in {
					t.Errorf("%s = %v: %s allows it: %t, want %t", at, c.value, what, allowed, c.in)
				}
			}
		}
	}
}

// put sets a value, and says whether the type holds it.
func put(v reflect.Value, value any) bool {
	switch x := value.(type) {
	case string:
		v.SetString(x)
	case int:
		if v.Kind() == reflect.Uint64 {
			if x < 0 {
				return false
			}
			v.SetUint(uint64(x))
			return true
		}
		v.SetInt(int64(x))
	case float64:
		if v.Type() == scheduleType {
			v.Set(reflect.ValueOf(protocol.Constant(x)))
			return true
		}
		v.SetFloat(x)
	}
	return true
}

// nodeAt returns the part of a schema for single values of a key.
func nodeAt(node map[string]any, at string) map[string]any {
	for part := range strings.SplitSeq(at, ".") {
		if part == "*" {
			node = node["items"].(map[string]any)
			continue
		}
		node = node["properties"].(map[string]any)[part].(map[string]any)
	}
	if items, ok := node["items"].(map[string]any); ok {
		return items
	}
	return node
}

// allows is as much of a JSON schema validator as single values need.
func allows(node map[string]any, value any) bool {
	if list, ok := node["oneOf"].([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return allows(one.(map[string]any), value) })
	}
	if list, ok := node["enum"].([]any); ok {
		return slices.Contains(list, value)
	}
	x, err := strconv.ParseFloat(fmt.Sprint(value), 64)
	if err != nil || node["type"] == "object" {
		return false
	}
	bound := func(name string, otherwise float64) float64 {
		if limit, ok := node[name].(float64); ok {
			return limit
		}
		return otherwise
	}
	return x >= bound("minimum", math.Inf(-1)) && x > bound("exclusiveMinimum", math.Inf(-1)) && x <= bound("maximum", math.Inf(1))
}

// The shape of a schedule is a choice of its own.
func TestShapesOfSchedulesAgree(t *testing.T) {
	for _, shape := range append(keys.Names(protocol.Shapes()...), "wavy", "") {
		want := shape != "wavy" && shape != ""
		s := Defaults()
		err := Set(&s, []string{fmt.Sprintf("learning.kappa={start: 1, end: 2, shape: %q}", shape)})
		if (err == nil) != want {
			t.Errorf("a file with the shape %q: %v", shape, err)
		}
		s = Defaults()
		s.Learning.Kappa = protocol.Schedule{Start: 1, End: 2, Shape: protocol.Shape(shape)}
		if err := s.Validate(); (err == nil) != want {
			t.Errorf("Validate of the shape %q: %v", shape, err)
		}
	}
}
