package main

import (
	"math"
	"strings"

	"basin"

	"github.com/spf13/cobra"

	"basin/dataset"
	"basin/internal/graph"
	"basin/network"
	"basin/network/coupling"
	"basin/plasticity"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// modelReport is what basin inspect prints.
type modelReport struct {
	Model      string              `json:"model"`
	Version    string              `json:"version"`
	InputShape []int               `json:"input_shape"`
	Features   int                 `json:"features"`
	Classes    int                 `json:"classes"`
	LabelNames []string            `json:"label_names"`
	Neurons    int                 `json:"neurons"`
	Couplings  network.Couplings   `json:"couplings"`
	Bytes      int64               `json:"bytes"`
	Rule       ruleReport          `json:"rule"`
	Modules    []moduleReport      `json:"modules"`
	Pathways   []pathwayReport     `json:"pathways"`
	Readout    couplingReport      `json:"readout"`
	Average    *couplingReport     `json:"readout_average,omitempty"`
	Encoder    *dataset.Encoder    `json:"encoder"`
	Settings   settings.Settings   `json:"settings"`
	History    []train.EpochRecord `json:"history"`
}

// ruleReport says whether the couplings learned by the local rule, and if not, what else
// they learned from.
type ruleReport struct {
	Local      bool     `json:"local"`
	LearnsFrom []string `json:"learns_from,omitempty"`
}

// moduleReport says what one module is made of, when it hears the label and whether it is
// read.
type moduleReport struct {
	Neurons      int             `json:"neurons"`
	SelfCoupling float32         `json:"self_coupling"`
	Tanh         float32         `json:"tanh,omitempty"`
	HearsLabel   []string        `json:"hears_label,omitempty"`
	Feedback     float64         `json:"feedback"`
	Read         bool            `json:"read"`
	Recurrent    *couplingReport `json:"recurrent,omitempty"`
	// Symmetry is the correlation of J_ij with J_ji over the pairs that have both:
	// 0 for independent couplings, 1 for symmetric ones.
	Symmetry *float64        `json:"symmetry,omitempty"`
	Input    *couplingReport `json:"input,omitempty"`
}

// pathwayReport says what one direction of a link is made of.
type pathwayReport struct {
	Link      int              `json:"link"`
	Kind      network.LinkKind `json:"kind"`
	From      int              `json:"from"`
	To        int              `json:"to"`
	Couplings couplingReport   `json:"couplings"`
}

// couplingReport sums up the couplings of a block.
type couplingReport struct {
	Count     int     `json:"count"`
	Density   float64 `json:"density"`
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
	Least     float64 `json:"least"`
	Largest   float64 `json:"largest"`
}

func newInspect() *cobra.Command {
	var asJSON bool
	var drawing string
	cmd := &cobra.Command{
		Use:   "inspect MODEL",
		Short: "Show what a model file holds",
		Long: `Inspect prints what a model is made of: modules, links and couplings with their
statistics, the size in memory, what it reads and predicts, how it was trained and
what each epoch gave. A checkpoint is a model file too.

Symmetry is the correlation of the couplings J_ij and J_ji: 0 where they are
independent, 1 where they are equal. Cycles and period 2 are the shares of training
samples whose last phase ended on a cycle, and on one of period 2; the columns are
there if some did.`,
		Example: `  basin inspect digits.safetensors
  basin inspect digits.safetensors --json
  basin inspect digits.safetensors --graph svg > network.svg`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeFiles("safetensors"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkGraph(cmd, drawing); err != nil {
				return err
			}
			if drawing != "" && asJSON {
				return usagef("--graph draws and --json reports: want one of them")
			}
			model, err := readModel(args[0])
			if err != nil {
				return err
			}
			if drawing != "" {
				return printGraph(cmd.OutOrStdout(), modelGraph(args[0], model), drawing)
			}
			report := newModelReport(args[0], model)
			if asJSON {
				return printJSON(cmd.OutOrStdout(), report)
			}
			return report.print(cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	addGraph(cmd, &drawing, "the report")
	return cmd
}

func newModelReport(path string, m *basin.Model) *modelReport {
	n := m.Network
	r := &modelReport{
		Model: path, Version: m.Version, InputShape: n.InputShape, Features: m.Encoder.Features,
		Classes: n.Classes, LabelNames: m.Names(), Neurons: n.Neurons(), Couplings: n.Couplings(),
		Bytes: n.Footprint(), Rule: newRuleReport(m.Settings.Learning), Pathways: pathwayReports(n), Encoder: m.Encoder, Settings: m.Settings, History: m.History,
	}
	for index, module := range n.Modules {
		report := moduleReport{Neurons: module.Neurons, SelfCoupling: module.SelfCoupling, Tanh: module.Tanh, Read: module.Read}
		report.HearsLabel, report.Feedback = graph.Hears(m.Settings, index)
		if j := module.Recurrent; j != nil {
			block := blockReport(j)
			report.Recurrent = &block
			if symmetry, ok := coupling.Symmetry(j); ok {
				report.Symmetry = &symmetry
			}
		}
		if w := module.Input; w != nil {
			block := blockReport(w)
			report.Input = &block
		}
		r.Modules = append(r.Modules, report)
	}
	r.Readout = readoutReport(n, n.Readout.Couplings)
	if n.Readout.Average != nil {
		block := readoutReport(n, n.Readout.Average)
		r.Average = &block
	}
	return r
}

func newRuleReport(l protocol.Learning) ruleReport {
	r := ruleReport{Local: l.Local()}
	switch l.Symmetry {
	case plasticity.SymmetricUpdate:
		r.LearnsFrom = append(r.LearnsFrom, "the change of the reverse coupling")
	case plasticity.SymmetricCouplings:
		r.LearnsFrom = append(r.LearnsFrom, "the value of the reverse coupling")
	}
	if l.Unstable == protocol.BothUnstable {
		r.LearnsFrom = append(r.LearnsFrom, "the field of the sender")
	}
	return r
}

func (r ruleReport) text() string {
	if r.Local {
		return "local"
	}
	return "not local: couplings learn from " + strings.Join(r.LearnsFrom, " and ")
}

// pathwayReports sums up the links. A link one to one has one number for all its couplings.
func pathwayReports(n *network.Network) []pathwayReport {
	list := []pathwayReport{}
	for number, link := range n.Spec.Links {
		for range link.Directions() {
			p := n.Pathways[len(list)]
			report := pathwayReport{Link: number, Kind: link.Kind, From: p.From, To: p.To}
			if p.Block != nil {
				report.Couplings = blockReport(p.Block)
			} else {
				neurons, strength := n.Modules[p.To].Neurons, float64(p.Strength)
				report.Couplings = couplingReport{Count: neurons, Density: 1 / float64(neurons), Mean: strength, Least: strength, Largest: strength}
			}
			list = append(list, report)
		}
	}
	return list
}

func blockReport(b coupling.Couplings) couplingReport {
	return sumUp(b.Possible(), func(yield func(float32) bool) {
		b.Each(func(_, _ int, v *float32) bool { return yield(*v) })
	})
}

func readoutReport(n *network.Network, couplings []float32) couplingReport {
	return sumUp(n.ReadNeurons()*n.Classes, func(yield func(float32) bool) {
		for _, m := range n.Modules {
			if !m.Read {
				continue
			}
			for i := range m.Neurons {
				for _, v := range n.Readout.Row(couplings, m.Offset+i) {
					if !yield(v) {
						return
					}
				}
			}
		}
	})
}

func sumUp(possible int, values func(yield func(float32) bool)) couplingReport {
	var r couplingReport
	var squares float64
	for v := range values {
		x := float64(v)
		if r.Count == 0 {
			r.Least, r.Largest = x, x
		}
		r.Count++
		r.Least, r.Largest = min(r.Least, x), max(r.Largest, x)
		r.Mean += x
		squares += x * x
	}
	if r.Count > 0 {
		r.Density = float64(r.Count) / float64(possible)
		r.Mean /= float64(r.Count)
		r.Deviation = math.Sqrt(max(0, squares/float64(r.Count)-r.Mean*r.Mean))
	}
	return r
}
