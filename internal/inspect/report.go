package inspect

import (
	"basin"
	"basin/dataset"
	"basin/internal/graph"
	"basin/network"
	"basin/network/coupling"
	"basin/plasticity"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// Report is all that can be said of a model without data.
type Report struct {
	// Model is the name of its file; [New] leaves it empty.
	Model string `json:"model"`
	// Version of the program that wrote it.
	Version string `json:"version"`
	// InputShape is what the network reads, Features the number of values of a raw sample.
	InputShape []int `json:"input_shape"`
	Features   int   `json:"features"`
	// Columns says what those of a table are; empty where all are numbers.
	Columns    string   `json:"columns,omitempty"`
	Classes    int      `json:"classes"`
	LabelNames []string `json:"label_names"`
	// Integers says of how many bits the couplings are; nil of real numbers.
	Integers *network.Integers `json:"integers,omitempty"`
	// Neurons of all modules, Couplings by kind, Bytes that they take in memory.
	Neurons   int               `json:"neurons"`
	Couplings network.Couplings `json:"couplings"`
	Bytes     int64             `json:"bytes"`
	Rule      Rule              `json:"rule"`
	Modules   []Module          `json:"modules"`
	Pathways  []Pathway         `json:"pathways"`
	Readout   Couplings         `json:"readout"`
	// Average is the running mean of the readout that predictions use, if there is one.
	Average  *Couplings          `json:"readout_average,omitempty"`
	Encoder  *dataset.Encoder    `json:"encoder"`
	Settings settings.Settings   `json:"settings"`
	History  []train.EpochRecord `json:"history"`
}

// Rule says whether the couplings learned by the local rule, and if not, what else they
// learned from.
type Rule struct {
	Local      bool     `json:"local"`
	LearnsFrom []string `json:"learns_from,omitempty"`
}

// Module says what one module is made of, when it hears the label and whether it is read.
type Module struct {
	Neurons      int     `json:"neurons"`
	SelfCoupling float32 `json:"self_coupling"`
	// Tanh is the gain of continuous neurons, 0 for binary ones.
	Tanh float32 `json:"tanh,omitempty"`
	// HearsLabel lists phases, Feedback is the strength there: see [graph.Hears].
	HearsLabel []string   `json:"hears_label,omitempty"`
	Feedback   float64    `json:"feedback"`
	Read       bool       `json:"read"`
	Recurrent  *Couplings `json:"recurrent,omitempty"`
	// Symmetry is the correlation of J_ij with J_ji over the pairs that have both:
	// 0 for independent couplings, 1 for symmetric ones. Absent where it is not defined.
	Symmetry *float64   `json:"symmetry,omitempty"`
	Input    *Couplings `json:"input,omitempty"`
}

// Pathway says what one direction of a link is made of.
type Pathway struct {
	// Link is its place among the links of the network, a chain written out.
	Link      int              `json:"link"`
	Kind      network.LinkKind `json:"kind"`
	From      int              `json:"from"`
	To        int              `json:"to"`
	Couplings Couplings        `json:"couplings"`
}

// New reports a model. The report aliases the model's settings and history. Cost: once
// through all couplings.
func New(m *basin.Model) *Report {
	n := m.Network
	r := &Report{
		Version: m.Version, InputShape: n.InputShape, Features: m.Encoder.Features,
		Classes: n.Classes, LabelNames: m.Names(), Neurons: n.Neurons(), Couplings: n.Couplings(),
		Bytes: n.Footprint(), Rule: newRule(m.Settings.Protocol()), Pathways: pathways(n),
		Readout: *readout(n, n.Readout.Couplings), Encoder: m.Encoder, Settings: m.Settings, History: m.History,
	}
	for index, module := range n.Modules {
		r.Modules = append(r.Modules, newModule(module))
		last := &r.Modules[index]
		last.HearsLabel, last.Feedback = graph.Hears(m.Settings, index)
	}
	if n.Integers.Bits > 0 {
		r.Integers = &n.Integers
	}
	r.Columns = m.Encoder.Columns(m.Columns)
	if n.Readout.Average != nil {
		r.Average = readout(n, n.Readout.Average)
	}
	return r
}

func newModule(m *network.Module) Module {
	r := Module{Neurons: m.Neurons, SelfCoupling: m.SelfCoupling, Tanh: m.Tanh, Read: m.Read}
	if j := m.Recurrent; j != nil {
		r.Recurrent = block(j)
		if symmetry, ok := coupling.Symmetry(j); ok {
			r.Symmetry = &symmetry
		}
	}
	if w := m.Input; w != nil {
		r.Input = block(w)
	}
	return r
}

func newRule(s protocol.Settings) Rule {
	l, o := s.Learning, s.Readout
	rival := s.Dynamics.Code == network.Rival
	r := Rule{Local: l.Local() && !o.Method.Solved() && !rival && l.Undecided == 0}
	if rival {
		r.LearnsFrom = append(r.LearnsFrom, "what the readout has for the label and against its rival, as feedback")
	}
	if l.Undecided > 0 {
		r.LearnsFrom = append(r.LearnsFrom, "whether the readout is sure of the sample")
	}
	switch l.Symmetry {
	case plasticity.SymmetricUpdate:
		r.LearnsFrom = append(r.LearnsFrom, "the change of the reverse coupling")
	case plasticity.SymmetricCouplings:
		r.LearnsFrom = append(r.LearnsFrom, "the value of the reverse coupling")
	}
	if l.Unstable == protocol.BothUnstable {
		r.LearnsFrom = append(r.LearnsFrom, "the field of the sender")
	}
	if o.Method.Solved() {
		r.LearnsFrom = append(r.LearnsFrom, "(those of the readout) the states of all neurons in all samples")
	}
	return r
}

// pathways sums up the links. A link one to one has one number for all its couplings.
func pathways(n *network.Network) []Pathway {
	list := []Pathway{}
	for number, link := range n.Spec.Links {
		for range link.Directions() {
			p := n.Pathways[len(list)]
			r := Pathway{Link: number, Kind: link.Kind, From: p.From, To: p.To}
			if p.Block != nil {
				r.Couplings = *block(p.Block)
			} else {
				neurons, strength := n.Modules[p.To].Neurons, float64(p.Strength)
				r.Couplings = Couplings{Count: neurons, Density: 1 / float64(neurons), Mean: strength, Least: strength, Largest: strength}
			}
			list = append(list, r)
		}
	}
	return list
}

// Period2Share returns the share of samples whose last phase ended on a cycle of period 2.
func Period2Share(t protocol.Tally) float64 {
	if t.Samples == 0 {
		return 0
	}
	return float64(t.Period2) / float64(t.Samples)
}
