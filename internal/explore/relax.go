package explore

import (
	"context"
	"fmt"
	"slices"

	"basin/dynamics"
	"basin/network"
)

// Bounds of what the room relax computes for one question.
const (
	mostRelaxNeurons = 1000 // of a module that is drawn
	mostRelaxModules = 8
	mostRelaxSweeps  = 500
	mostRelaxStates  = 1 << 22 // neurons x sweeps of an answer
	mostDrawingSide  = 64      // pixels of an image that is drawn by hand
)

// relaxQuestion is the state of the room: a network, an input, a label.
type relaxQuestion struct {
	// Network is "model", the one that is open, or "drawn".
	Network string `json:"network"`
	// Neurons of each of some Modules, whose neighbours are linked one to one by Lambda, and how
	// the recurrent couplings are drawn: of a drawn network.
	Neurons int     `json:"neurons"`
	Modules int     `json:"modules"`
	Gain    float64 `json:"gain"`
	Density float64 `json:"density"`
	Seed    uint64  `json:"seed"`
	// SelfCoupling and Lambda are those of a drawn network, or of a model with Own false.
	SelfCoupling float64 `json:"selfCoupling"`
	Lambda       float64 `json:"lambda"`
	Own          bool    `json:"own"`
	// Source is "sample", "drawing" or "noise".
	Source string `json:"source"`
	Sample int    `json:"sample"`
	// Drawing has a hexadecimal digit for each pixel, from 0 to f, row by row.
	Drawing string `json:"drawing"`
	// Noise is the standard deviation of what is added to each value of an image, as a share
	// of the largest; NoiseSeed draws it.
	Noise     float64 `json:"noise"`
	NoiseSeed uint64  `json:"noiseSeed"`
	// Strength multiplies what the network reads; zero is no input.
	Strength float64 `json:"strength"`
	// Start is "input", the first sweep from unset neurons, or "random", a state drawn by Seed.
	Start string `json:"start"`
	// Label is the class whose label is heard for the first Clamped sweeps, with a strength of
	// Feedback.
	Label    int     `json:"label"`
	Clamped  int     `json:"clamped"`
	Feedback float64 `json:"feedback"`
	// Order of the updates; "" is that of the model, or parallel.
	Order dynamics.Order `json:"order"`
	// Sweeps at most without the label; zero is what the model predicts with.
	Sweeps int `json:"sweeps"`
}

// check reports the first mistake of a question that can be found without its network.
func (q *relaxQuestion) check() error {
	errs := []error{
		oneOf("the network", q.Network, "model", "drawn"),
		between("the number of neurons", q.Neurons, 1, mostRelaxNeurons),
		between("the number of modules", q.Modules, 1, mostRelaxModules),
		between("the gain", q.Gain, 0, 100),
		between("the density", q.Density, 0, 1),
		between("the self-coupling", q.SelfCoupling, -100, 100),
		between("lambda", q.Lambda, 0, 100),
		oneOf("the input", q.Source, "sample", "drawing", "noise"),
		between("the noise", q.Noise, 0, 10),
		between("the strength of the input", q.Strength, 0, 1000),
		oneOf("the start", q.Start, "input", "random"),
		between("the number of sweeps with the label", q.Clamped, 0, mostRelaxSweeps),
		between("the strength of the label", q.Feedback, 0, 1000),
		oneOf("the order", string(q.Order), "", string(dynamics.Parallel), string(dynamics.Partial), string(dynamics.Sequential), string(dynamics.Modules)),
		between("the number of sweeps", q.Sweeps, 0, mostRelaxSweeps),
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// relaxChoices says what can be chosen in the room.
type relaxChoices struct {
	// Model is the one that is open, nil where there is none.
	Model *relaxModel `json:"model"`
	// Digits says what a drawn network reads.
	Digits relaxReads `json:"digits"`
}

// relaxModel is what the room has to know of the open model.
type relaxModel struct {
	Path    string     `json:"path"`
	Neurons int        `json:"neurons"`
	Modules int        `json:"modules"`
	Reads   relaxReads `json:"reads"`
	// SelfCoupling is that of the first module, Lambda that of the first link one to one; Linked
	// says that there is one.
	SelfCoupling float64 `json:"selfCoupling"`
	Lambda       float64 `json:"lambda"`
	Linked       bool    `json:"linked"`
	// Feedback says whether the model can hear a label, with what strength and how long.
	Hears    bool    `json:"hears"`
	Feedback float64 `json:"feedback"`
	Clamped  int     `json:"clamped"`
	Sweeps   int     `json:"sweeps"`
}

// relaxReads says what a network reads.
type relaxReads struct {
	// Shape of an image that can be drawn: height, width and, if more than one, channels; nil
	// for other samples.
	Shape []int `json:"shape"`
	// Samples that can be chosen, and where they are from.
	Samples int      `json:"samples"`
	From    string   `json:"from"`
	Classes []string `json:"classes"`
}

func (r *reader) reads() relaxReads {
	said := relaxReads{Classes: r.names, From: r.from}
	if r.drawable() {
		said.Shape = r.shape
	}
	if r.samples != nil {
		said.Samples = r.samples.Count()
	}
	return said
}

// relax registers what the room relax asks for.
func (e *Explorer) relax() {
	ask(e, "relax/choices", func(ctx context.Context, _ struct{}) (*relaxChoices, error) {
		digits, err := e.digits()
		if err != nil {
			return nil, err
		}
		said := &relaxChoices{Digits: digits.reads()}
		m, path := e.Model()
		if m == nil {
			return said, nil
		}
		model := e.reads(ctx, m)
		p := m.Settings.Protocol()
		said.Model = &relaxModel{
			Path: path, Neurons: m.Network.Neurons(), Modules: len(m.Network.Modules), Reads: model.reads(),
			SelfCoupling: float64(m.Network.Modules[0].SelfCoupling),
			Hears:        m.Network.Integers.Bits == 0,
			Feedback:     p.Learning.Feedback.At(p.Learning.Epochs-1, p.Learning.Epochs),
			Clamped:      p.Dynamics.Clamped, Sweeps: p.Dynamics.Evaluation,
		}
		if i := slices.IndexFunc(m.Network.Pathways, func(p *network.Pathway) bool { return p.Block == nil }); i >= 0 {
			said.Model.Linked, said.Model.Lambda = true, float64(m.Network.Pathways[i].Strength)
		}
		return said, nil
	})
	ask(e, "relax/run", e.runRelax)
}

// runRelax answers with a trajectory.
func (e *Explorer) runRelax(ctx context.Context, q relaxQuestion) (*trajectory, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	s, err := e.subject(ctx, &q)
	if err != nil {
		return nil, err
	}
	if q.Sweeps == 0 {
		q.Sweeps = min(s.sweeps, mostRelaxSweeps)
	}
	if n := s.network.Neurons(); n*(q.Sweeps+q.Clamped) > mostRelaxStates {
		return nil, mistakef("%d neurons in %d sweeps are too much to show, want at most %d sweeps", n, q.Sweeps+q.Clamped, mostRelaxStates/n)
	}
	if q.Label >= s.network.Classes || q.Label < -1 {
		return nil, mistakef("label %d, want 0 to %d, or -1 for none", q.Label, s.network.Classes-1)
	}
	x, picture, err := s.reader.input(&q)
	if err != nil {
		return nil, err
	}
	t, err := follow(ctx, s, &q, x)
	if err != nil {
		return nil, err
	}
	t.Picture = picture
	if picture == nil {
		t.Input = x
	}
	t.Said = s.said
	if q.Source == "sample" {
		t.Truth = s.reader.label(q.Sample)
	}
	return t, nil
}

// said is a sentence on a network.
func saidOf(n *network.Network) string {
	if len(n.Modules) == 1 {
		return fmt.Sprintf("%d neurons", n.Neurons())
	}
	return fmt.Sprintf("%d neurons in %d modules", n.Neurons(), len(n.Modules))
}
