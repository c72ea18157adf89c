package foreign

import (
	"errors"
	"fmt"
	"strings"

	"basin/settings"
)

// reasons says why settings of some keys, by the end of their names, are not in the files of the
// other programs: what those do in their place. The first that fits is taken.
var reasons = []struct{ program, key, why string }{
	{"darnax", "data.set", "it reads MNIST alone"},
	{"paper", "data.set", "it projects MNIST and Fashion-MNIST alone"},
	{"darnax", "preprocess.projection", "its projection is followed by signs"},
	{"paper", "preprocess.scale", "it learns the signs of a projection"},
	{"", "preprocess.standardise", "it does not standardise inputs"},
	{"", "input.window", "its neurons read all of the image, or any part of it"},
	{"paper", "density", "its couplings are dense"},
	{"darnax", "bias", "its neurons have no bias"},
	{"", "code", "its labels are coded in one way"},
	{"paper", "dynamics.warmup", "its label is heard from the third sweep on, always"},
	{"paper", "dynamics.clamped", "its label is heard from the third sweep on, always"},
	{"paper", "dynamics.free", "it has as many free sweeps as others before, or none"},
	{"", "rate", "its rates are constant"},
	{"", "kappa", "its margins are constant"},
	{"", "feedback", "its feedback is constant"},
	{"", "readout.weights", "its classes have weights of their own"},
	{"", "readout.on", "its readout learns on the free state alone"},
	{"", "readout.averaging", "its readout is not averaged"},
}

// lost returns an error for each key whose value does not come back from a file of the program.
func lost(to string, s, back settings.Settings) error {
	var faults []error
	ours, theirs := settings.Changes(s, back), settings.Changes(back, s)
	for i, change := range ours {
		key, _, _ := strings.Cut(change, "=")
		text := fmt.Sprintf("%s: cannot be said in the settings of %s", change, to)
		for _, r := range reasons {
			if (r.program == "" || r.program == to) && (key == r.key || strings.HasSuffix(key, "."+r.key)) {
				text += ": " + r.why
				break
			}
		}
		if len(theirs) == len(ours) { // the same keys in the same order
			if has, value, _ := strings.Cut(theirs[i], "="); has == key {
				if value == "" {
					value = "nothing"
				}
				text += fmt.Sprintf("; want %s", value)
			}
		}
		faults = append(faults, errors.New(text))
	}
	return errors.Join(faults...)
}
