package settings

import (
	"reflect"

	"basin/dataset"
	"basin/dynamics"
	"basin/internal/keys"
	"basin/network"
	"basin/plasticity"
	"basin/protocol"
)

// Settings are everything that decides a training run. Two runs with equal settings
// and equal data give equal networks, bit for bit.
type Settings struct {
	// Seed of every random draw of the run except the projection, which has its own.
	Seed uint64 `yaml:"seed" json:"seed"`
	// Data says what to learn.
	Data Data `yaml:"data" json:"data"`
	// Preprocess says how raw data become inputs x.
	Preprocess dataset.Preprocess `yaml:"preprocess" json:"preprocess"`
	// Network describes modules and links.
	Network network.Spec `yaml:"network" json:"network"`
	// Dynamics describes the sweeps.
	Dynamics protocol.Dynamics `yaml:"dynamics" json:"dynamics"`
	// Learning describes the plasticity of J and W.
	Learning protocol.Learning `yaml:"learning" json:"learning"`
	// Readout describes the learning of O.
	Readout protocol.Readout `yaml:"readout" json:"readout"`
}

// Data name the data and how they are split.
type Data struct {
	// Set is a known name (digits, mnist, ...) or a path.
	Set string `yaml:"set" json:"set"`
	// Label is the column of a table that holds the label: a name, or a number
	// counted from 1; empty is one called label, class or target, or else the last column.
	Label string `yaml:"label" json:"label"`
	// Drop are columns of a table that are left out, and Columns those that are read
	// beside the label, all if there are none; names, or numbers counted from 1.
	Drop    []string `yaml:"drop" json:"drop,omitempty"`
	Columns []string `yaml:"columns" json:"columns,omitempty"`
	// ID is the column of a table that is passed through to the predictions; empty for
	// none.
	ID string `yaml:"id" json:"id,omitempty"`
	// Sheet is the sheet of a workbook of Excel that is read, a name or a number counted
	// from 1; empty is the first that is not empty.
	Sheet string `yaml:"sheet" json:"sheet,omitempty"`
	// Limit bounds the memory, in GiB, that the values of a table, an array or a folder of
	// images may take while they are read; 0 means 4.
	Limit float64 `yaml:"limit" json:"limit,omitempty"`
	// TestShare is the share of samples held out as a test set where the source has
	// no test set of its own, from 0 to 0.9.
	TestShare float64 `yaml:"test_share" json:"test_share"`
	// Validation is the share of the training samples held out for validation, from
	// 0 to 0.9. With a share above zero, accuracies during training are measured there
	// and the test set is not looked at.
	Validation float64 `yaml:"validation" json:"validation"`
	// Split says how both are drawn; empty, as in files from before there was a choice, is
	// [dataset.Random].
	Split dataset.Split `yaml:"split" json:"split,omitempty"`
}

func dataRows() []keys.Row {
	return []keys.Row{
		{Key: "set", About: "name of a data set, or a path"},
		{Key: "label", About: "label column of a table, name or number; empty: found, or the last"},
		{Key: "drop", About: "columns of a table to leave out, names or numbers"},
		{Key: "columns", About: "columns of a table to read beside the label; empty: all"},
		{Key: "id", About: "column of a table to pass through to predictions"},
		{Key: "sheet", About: "sheet of an Excel workbook, name or number; empty: first with cells"},
		{Key: "limit", About: "GiB that a table, array or image folder may take when read; 0: 4", High: 1 << 20},
		{Key: "test_share", About: "share held out for testing where the data have no test set", High: 0.9},
		{Key: "validation", About: "share of the training samples held out for validation", High: 0.9},
		{Key: "split", About: "how both are drawn, stratified by class or not; empty: random", Choices: keys.Names(dataset.Random, dataset.Stratified), Optional: true},
	}
}

// Defaults returns the settings that stand where nothing else is said: one dense
// module of 400 neurons on the digits.
func Defaults() Settings {
	module := newModule()
	module.Neurons, module.SelfCoupling = 400, 0.5
	return Settings{
		Seed:       1,
		Data:       Data{Set: "digits", TestShare: 0.2},
		Preprocess: dataset.Preprocess{Scale: "max", Standardise: "feature", ProjectionSeed: 1},
		Network:    network.Spec{Chain: network.Chain{Input: network.FirstReads}, Modules: []network.ModuleSpec{module}},
		Dynamics: protocol.Dynamics{
			Order: dynamics.Parallel, Probability: 0.5, Stop: dynamics.StopAtFixedPoint,
			Warmup: 6, Clamped: 5, Free: 5, Evaluation: 6, Code: network.Balanced,
		},
		Learning: protocol.Learning{
			Epochs: 10, Batch: 16, Kappa: protocol.Constant(1), Feedback: protocol.Constant(0.9),
			Symmetry: plasticity.Asymmetric, Unstable: protocol.ReceiverUnstable,
			Recurrent: protocol.BlockLearning{Rate: protocol.Constant(0.02)},
			Links:     protocol.BlockLearning{Rate: protocol.Constant(0.02)},
			Input:     protocol.BlockLearning{Rate: protocol.Constant(0.05)},
		},
		Readout: protocol.Readout{
			Rate: protocol.Constant(0.1), Kappa: 7, Weights: [2]float64{1, 1},
			On: []protocol.ReadoutState{protocol.OnInference, protocol.OnFree},
		},
	}
}

// newModule returns what a module starts from where nothing else is said of it.
func newModule() network.ModuleSpec {
	return network.ModuleSpec{
		Recurrent: network.RecurrentSpec{Gain: 1, Density: 1},
		Input:     network.InputSpec{Gain: 1, Density: 1},
	}
}

// newElement returns what an element of a list starts from.
func newElement(t reflect.Type) reflect.Value {
	if t == reflect.TypeFor[network.ModuleSpec]() {
		return reflect.ValueOf(newModule())
	}
	return reflect.Zero(t)
}
