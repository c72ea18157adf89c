package settings

import (
	"basin/internal/keys"
	"basin/protocol"
)

// Validate reports every mistake of the settings at once, each as a [network.Problem]
// whose key is the dotted path in a settings file, joined by [errors.Join]; nil if
// there is none. What depends on the data (windows that fit the image) is checked by
// [network.Spec.Fits].
func (s Settings) Validate() error {
	m := &keys.Mistakes{}
	m.Add("data", keys.Check(s.Data, dataRows()).Err())
	if s.Data.Set == "" {
		m.Report("data.set", "is empty, want the name of a data set or a path")
	}
	m.Add("preprocess", s.Preprocess.Validate())
	spec := s.Network.Validate()
	m.Add("network", spec)
	m.Add("", s.Protocol().Validate())
	if s.Network.Chain.Modules == 0 || spec == nil { // else their number is not known
		m.Add("", s.Protocol().Fits(s.Network))
	}
	return m.Err()
}

// Protocol returns the part of the settings that decides what happens in a mini-batch.
func (s Settings) Protocol() protocol.Settings {
	return protocol.Settings{Seed: s.Seed, Dynamics: s.Dynamics, Learning: s.Learning, Readout: s.Readout}
}
