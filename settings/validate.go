package settings

import (
	"errors"
	"fmt"
	"strings"

	"basin/network"
	"basin/protocol"
)

// Validate reports every mistake of the settings at once, each as a [network.Problem]
// whose key is the dotted path in a settings file, joined by [errors.Join]; nil if
// there is none. What depends on the data (windows that fit the image) is checked by
// [network.Spec.Fits].
func (s Settings) Validate() error {
	v := validator{}
	v.between("data.validation", s.Data.Validation, 0, 0.9)
	v.between("data.test_share", s.Data.TestShare, 0, 0.9)
	if s.Data.Set == "" {
		v.report("data.set", "is empty, want the name of a data set or a path")
	}
	v.nested("preprocess.", s.Preprocess.Validate())
	v.nested("network.", s.Network.Validate())
	v.nested("", s.Protocol().Validate())
	if s.Network.Chain.Modules == 0 || s.Network.Validate() == nil { // else their number is not known
		v.nested("", s.Protocol().Fits(s.Network))
	}
	return errors.Join(v.problems...)
}

// Protocol returns the part of the settings that decides what happens in a mini-batch.
func (s Settings) Protocol() protocol.Settings {
	return protocol.Settings{Seed: s.Seed, Dynamics: s.Dynamics, Learning: s.Learning, Readout: s.Readout}
}

type validator struct{ problems []error }

func (v *validator) report(key, format string, values ...any) {
	v.problems = append(v.problems, network.Problem{Key: key, Message: fmt.Sprintf(format, values...)})
}

func (v *validator) between(key string, value, low, high float64) {
	if !(value >= low && value <= high) {
		v.report(key, "is %v, want a number from %.6g to %.6g", value, low, high)
	}
}

// nested takes over the problems of a part under its prefix; those that are not a
// [network.Problem] begin with their key.
func (v *validator) nested(prefix string, err error) {
	if err == nil {
		return
	}
	parts := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		parts = joined.Unwrap()
	}
	for _, part := range parts {
		var problem network.Problem
		if errors.As(part, &problem) {
			v.report(prefix+problem.Key, "%s", problem.Message)
			continue
		}
		key, message, found := strings.Cut(part.Error(), ": ")
		if !found {
			key, message = "", part.Error()
		}
		v.report(strings.TrimSuffix(prefix+key, "."), "%s", message)
	}
}
