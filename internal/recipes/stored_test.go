package recipes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"basin/internal/experiment"
	"basin/settings"
)

// storedCell is a cell of `basin experiment xor --quick` by the first program that had it.
func storedCell(t *testing.T) map[string]any {
	t.Helper()
	return cellOf(t, "testdata/xor.jsonl")
}

// cellOf reads a file of one cell.
func cellOf(t *testing.T, path string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cell map[string]any
	if err := json.Unmarshal(text, &cell); err != nil {
		t.Fatal(err)
	}
	return cell
}

// oneGrid is the recipe of the cell, whose grid is made once: it takes a while.
func oneGrid(t *testing.T) *experiment.Recipe {
	t.Helper()
	points, err := parityPoints(false)
	if err != nil {
		t.Fatal(err)
	}
	r := parities()
	r.Points = func(bool) ([]experiment.Point, error) { return points, nil }
	return r
}

// taken says whether the cell counts as finished in a folder that holds it alone.
func taken(t *testing.T, r *experiment.Recipe, cell map[string]any) bool {
	t.Helper()
	line, err := json.Marshal(cell)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, experiment.CellsFile), append(line, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel() // nothing is computed
	out, err := experiment.Run(ended, r, dir, experiment.Options{})
	if !errors.Is(err, context.Canceled) || out.Kept+out.Other != 1 {
		t.Fatalf("%v: %+v", err, out)
	}
	return out.Kept == 1
}

// paths lists the keys of a JSON value and of what is in it: a.b, a.0.b.
func paths(value any, prefix string) []string {
	var list []string
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			list = append(append(list, prefix+name), paths(v[name], prefix+name+".")...)
		}
	case []any:
		for k, inner := range v {
			list = append(list, paths(inner, fmt.Sprint(prefix, k, "."))...)
		}
	}
	return list
}

// at returns the object that has the last key of a path, and that key.
func at(value any, path string) (map[string]any, string) {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		if list, ok := value.([]any); ok {
			value = list[name[0]-'0']
			continue
		}
		value = value.(map[string]any)[name]
	}
	object, _ := value.(map[string]any)
	return object, names[len(names)-1]
}

// Every key of the settings stands for one that is added one day: a cell that lacks it is
// one with what a missing key means, and with no other value.
func TestStoredCellsOutliveSettingsThatAreAdded(t *testing.T) {
	read := func(value any) (s settings.Settings) {
		t.Helper()
		text, err := json.Marshal(value)
		if err == nil {
			err = json.Unmarshal(text, &s)
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	r, kept := oneGrid(t), 0
	whole := storedCell(t)["task"].(map[string]any)["settings"]
	for _, path := range paths(whole, "") {
		cell := storedCell(t)
		cell["key"] = "old"
		object, name := at(cell["task"].(map[string]any)["settings"], path)
		delete(object, name)
		want := reflect.DeepEqual(read(cell["task"].(map[string]any)["settings"]), read(whole))
		if got := taken(t, r, cell); got != want {
			t.Errorf("without %s: taken %v, want %v, as it means the same", path, got, want)
		}
		if want {
			kept++
		}
	}
	if kept < 30 {
		t.Errorf("%d keys have their default: the test sees too little", kept)
	}
}

// A cell of today is taken, by the key that was written; one that says more, or another
// thing, is not.
func TestStoredCellsWithUnknownKeysAreNotTaken(t *testing.T) {
	r := oneGrid(t)
	if !taken(t, r, storedCell(t)) {
		t.Error("a stored cell is not taken")
	}
	cells, err := r.Cells(false, 1)
	if err != nil {
		t.Fatal(err)
	}
	if key := storedCell(t)["key"]; !slices.ContainsFunc(cells, func(c experiment.Cell) bool { return c.Key == key }) {
		t.Errorf("no cell has the stored key %v today", key)
	}
	for _, path := range []string{"future", "settings.future", "settings.learning.future", "settings.network.modules.0.future"} {
		for _, value := range []any{1, 0, nil} {
			cell := storedCell(t)
			object, name := at(cell["task"], path)
			object[name] = value
			if taken(t, r, cell) {
				t.Errorf("taken with %s = %v", path, value)
			}
		}
	}
	for path, value := range map[string]any{
		"noise": 0.5, "settings.seed": 2, "settings.learning.epochs": 11, "settings.network.modules.0.neurons": 401, "settings.readout.on": []any{"inference"},
	} {
		cell := storedCell(t)
		object, name := at(cell["task"], path)
		object[name] = value
		if taken(t, r, cell) {
			t.Errorf("taken with %s = %v", path, value)
		}
	}
}
