package foreign

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"basin/internal/spelling"
	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// A program is one whose settings are known.
type program struct {
	name string
	// read takes what it knows from a file and leaves mistakes and notes there.
	read func(f *file) settings.Settings
	// write gives the text of a file, for settings of one module.
	write func(s settings.Settings) string
}

var programs = []program{
	{"darnax", readDarnax, writeDarnax},
	{"paper", readPaper, writePaper},
}

// Programs returns the names that [Read] and [Write] know.
func Programs() []string {
	var names []string
	for _, p := range programs {
		names = append(names, p.name)
	}
	return names
}

func find(name string) (program, error) {
	for _, p := range programs {
		if p.name == name {
			return p, nil
		}
	}
	err := fmt.Errorf("foreign: program %q is not known, want %s", name, strings.Join(Programs(), " or "))
	if near := spelling.Nearest(name, Programs()); near != "" {
		err = fmt.Errorf("%w; did you mean %s?", err, near)
	}
	return program{}, err
}

// Read makes settings of a file of another program: YAML or JSON of at most 64 KiB, with every
// reference to another key or file resolved. name is the file's, for errors alone. The notes
// say what was left out or reads differently here. The error joins one for every mistake; the
// settings are then the zero value.
func Read(from, name string, text []byte) (s settings.Settings, notes []string, err error) {
	p, err := find(from)
	if err != nil {
		return s, nil, err
	}
	f, err := parse(name, text)
	if err != nil {
		return s, nil, err
	}
	s = p.read(f)
	f.finish()
	if err := errors.Join(f.faults...); err != nil {
		return settings.Settings{}, nil, err
	}
	if err := s.Validate(); err != nil {
		return settings.Settings{}, nil, fmt.Errorf("%s: the settings that it makes are not valid: %w", name, err)
	}
	return s, f.notes, nil
}

// Write makes a file of another program, in YAML. Settings that it would lose, since [Read] does
// not give them back, are errors, one for each; but for the seed of a projection, which is a note.
func Write(to string, s settings.Settings) (text []byte, notes []string, err error) {
	p, err := find(to)
	if err != nil {
		return nil, nil, err
	}
	if err := s.Validate(); err != nil {
		return nil, nil, err
	}
	if n := s.Network; len(n.Modules) != 1 || n.Chain.Modules > 1 {
		return nil, nil, fmt.Errorf("network.modules: %d modules, or a chain of %d: %s is written for one", len(n.Modules), n.Chain.Modules, to)
	}
	written := p.write(s)
	back, _, err := Read(to, "the file for "+to, []byte(written))
	if err != nil {
		return nil, nil, err
	}
	if s.Preprocess.Projection > 0 && s.Preprocess.ProjectionSeed != back.Preprocess.ProjectionSeed {
		notes = append(notes, fmt.Sprintf("preprocess.projection_seed: %d is lost, the other program draws a projection of its own", s.Preprocess.ProjectionSeed))
		back.Preprocess.ProjectionSeed = s.Preprocess.ProjectionSeed
	}
	if err := lost(to, s, back); err != nil {
		return nil, nil, err
	}
	return []byte(written), notes, nil
}

// start returns the settings that both programs have in common: one module of binary neurons
// that reads all inputs and is read, parallel sweeps, constant rates, a readout that learns on
// the free state and is not averaged.
func start() settings.Settings {
	s := settings.Defaults()
	s.Preprocess.Standardise = "none"
	s.Readout.On = []protocol.ReadoutState{protocol.OnFree}
	return s
}

// block returns the learning of a block of couplings at a constant rate.
func block(rate, decay float64) protocol.BlockLearning {
	return protocol.BlockLearning{Rate: protocol.Constant(tidy(rate)), Decay: tidy(decay)}
}

// tidy rounds to 12 digits, so that what is divided there and multiplied here comes back.
func tidy(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	if err != nil {
		return x
	}
	return y
}

// decimal writes a number with a point and without an exponent: the paper's program asks for
// numbers that Python takes for real ones, and PyYAML takes 6e-05 for a text.
func decimal(x float64) string {
	text := strconv.FormatFloat(tidy(x), 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// only returns the one module of settings.
func only(s settings.Settings) network.ModuleSpec { return s.Network.Modules[0] }
