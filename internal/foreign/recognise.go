package foreign

import "basin/settings"

// Ours is what [Recognise] calls Basin's own settings.
const Ours = "Basin"

// Recognise returns the program whose settings a text has: the one that knows most of its keys and
// more than half of them, [Ours] for settings of Basin, or "" where it is nobody's.
func Recognise(text []byte) string {
	if _, err := settings.Load("", text, settings.Defaults()); err == nil {
		return Ours
	}
	best, name := 0.5, ""
	for _, p := range programs {
		f, err := parse("", text)
		if err != nil {
			return ""
		}
		p.read(f)
		known := 0
		for key := range f.values {
			if f.known[key] {
				known++
			}
		}
		if share := float64(known) / float64(len(f.values)); share > best {
			best, name = share, p.name
		}
	}
	return name
}
