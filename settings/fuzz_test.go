package settings

import (
	"strings"
	"testing"
)

// Values of --set: whatever they are, settings stay valid or as they were, and the error is in
// proportion.
func FuzzSet(f *testing.F) {
	for _, text := range []string{
		"", "=", "seed=3", "learning.batch=1e3", "learning.kappa={start: 1, end: 2, shape: cosine}", "network.modules.0.neurons=-1",
		"network.modules=[{neurons: 3}, {neurons: &a 4}]", "network.modules.99999999999.neurons=1", "dynamics.order=paralel",
		"network.modules.0=" + strings.Repeat("{a: ", 60), "data.set=\x1b[2J", "learning.rate.x=1", "network=*a", "network.chain={modules: 1e9}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, assignment string) {
		s := Defaults()
		before, err := Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := Set(&s, []string{assignment}); err == nil {
			if err := s.Validate(); err != nil {
				t.Fatalf("%q: taken, and not valid: %v", assignment, err)
			}
			return
		}
		after, err := Marshal(s)
		if err != nil || string(before) != string(after) {
			t.Fatalf("%q: refused, and something changed (%v)", assignment, err)
		}
	})
}
