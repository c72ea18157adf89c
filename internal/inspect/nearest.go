package inspect

import "basin/settings"

// Nearest returns the preset from which settings differ by the fewest keys, "" for the
// defaults, and the changes from there: see [settings.Changes].
func Nearest(s settings.Settings) (preset string, changes []string) {
	changes = settings.Changes(s, settings.Defaults())
	for _, p := range settings.Presets() {
		base, err := settings.LoadPreset(p.Name)
		if err != nil {
			continue // presets that come with the program are valid
		}
		if others := settings.Changes(s, base); len(others) < len(changes) {
			preset, changes = p.Name, others
		}
	}
	return preset, changes
}
