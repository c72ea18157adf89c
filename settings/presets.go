package settings

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"basin/internal/keys"
	"basin/internal/spelling"
)

//go:embed presets/*.yaml
var presetFiles embed.FS

const presetFolder = "presets"

// Preset names settings that come with the program.
type Preset struct {
	Name string
	// Summary is one line that says what the preset is for.
	Summary string
}

// Presets returns all presets, sorted by name.
func Presets() []Preset {
	files, err := presetFiles.ReadDir(presetFolder)
	if err != nil {
		panic(err) // the folder is part of the program
	}
	var list []Preset
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".yaml")
		text, _ := presetText(name)
		first, _, _ := strings.Cut(string(text), "\n")
		list = append(list, Preset{Name: name, Summary: strings.TrimSpace(strings.TrimPrefix(first, "#"))})
	}
	slices.SortFunc(list, func(a, b Preset) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func presetText(name string) ([]byte, error) {
	return presetFiles.ReadFile(presetFolder + "/" + name + ".yaml")
}

// LoadPreset returns the settings of a preset. The error for an unknown name is an
// [Error] that suggests the nearest one.
func LoadPreset(name string) (Settings, error) {
	for _, p := range Presets() {
		if p.Name != name {
			continue
		}
		text, err := presetText(name)
		if err != nil {
			return Settings{}, fmt.Errorf("settings: preset %s: %w", name, err)
		}
		return Load("preset "+name, text, Defaults())
	}
	return Settings{}, presetError(name)
}

// presetError is the [Error] for an unknown preset.
func presetError(name string) Error {
	var names []string
	for _, p := range Presets() {
		names = append(names, p.Name)
	}
	return Error{
		Key: presetKey, Suggestion: spelling.Nearest(name, names),
		Message: fmt.Sprintf("no preset %q, want %s", shorten(name), keys.Or(names)),
	}
}
