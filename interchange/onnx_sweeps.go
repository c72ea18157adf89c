package interchange

import (
	"fmt"

	"basin/checkpoint"
	"basin/dynamics"
	"basin/network"
	"basin/protocol"
)

// sweeps writes out the sweeps of a prediction: for each module the name of its states so far,
// neurons x samples, or "" while it is unset.
type sweeps struct {
	*graph
	network *network.Network
	rule    protocol.Dynamics
	budget  int
	static  []string // W x + b of each module
	state   []string
	own     []product // J of each module, nil for none
	links   []product // of each pathway, nil where it is one to one
}

// newSweeps adds what does not move, from the inputs x.
func newSweeps(g *graph, m *checkpoint.Model, x string) *sweeps {
	n := m.Network
	s := &sweeps{
		graph: g, network: n, rule: m.Settings.Dynamics, budget: m.Settings.Dynamics.Evaluation,
		state: make([]string, len(n.Modules)), own: make([]product, len(n.Modules)), links: make([]product, len(n.Pathways)),
	}
	// A row of zeros has a column for each sample, also where a module does not see the input.
	g.scope = "inputs."
	row := g.mul(g.rows(x, []int32{0}, 1), g.scalar(0))
	for index, module := range n.Modules {
		name := fmt.Sprintf("modules.%d.", index)
		g.scope = name
		static := row
		if module.Input != nil {
			static = g.product(name+"input", module.Input)(x)
		}
		bias := make([]float32, module.Neurons)
		copy(bias, module.Bias)
		s.static = append(s.static, g.add(static, constant(g, name+"bias", bias, module.Neurons, 1)))
		if module.Recurrent != nil {
			s.own[index] = g.product(name+"recurrent", module.Recurrent)
		}
	}
	for index, p := range n.Pathways {
		if p.Block != nil {
			s.links[index] = g.product(fmt.Sprintf("pathways.%d", index), p.Block)
		}
	}
	return s
}

// unroll adds all sweeps and returns the last states.
func (s *sweeps) unroll() []string {
	stops := s.rule.Stop == dynamics.StopAtCycle && !s.network.Continuous() // of continuous neurons nobody looks for cycles
	var trajectory [][]string
	ended := "" // which samples keep their states, once one may
	for sweep := range s.budget {
		before, next := s.state, make([]string, len(s.state))
		if s.rule.Order == dynamics.Modules {
			copy(next, s.state) // each module from the newest states
			s.state = next
		}
		for index := range s.network.Modules {
			s.scope = fmt.Sprintf("sweeps.%d.modules.%d.", sweep+1, index)
			next[index] = s.respond(index, s.field(index))
		}
		s.scope = fmt.Sprintf("sweeps.%d.", sweep+1)
		if ended != "" {
			for index := range next {
				next[index] = s.where(ended, before[index], next[index])
			}
		}
		s.state, trajectory = next, append(trajectory, next)
		if stops && sweep > 1 && sweep+1 < s.budget {
			ended = s.endsAt(trajectory, ended)
		}
	}
	return s.state
}

// endsAt adds which samples have come round: whose last state is that of two sweeps ago or the
// marked one, after 1, 2, 4, 8, ... sweeps, as dynamics looks for cycles, or had come round before.
func (s *sweeps) endsAt(trajectory [][]string, ended string) string {
	last, marked := len(trajectory)-1, 1
	for 2*marked <= last {
		marked *= 2
	}
	round := s.same(trajectory[last], trajectory[last-2])
	if marked != last-1 {
		round = s.op("Or", []string{round, s.same(trajectory[last], trajectory[marked-1])})
	}
	if ended != "" {
		round = s.op("Or", []string{round, ended})
	}
	return round
}

// same adds for which samples two states of all modules are equal.
func (s *sweeps) same(a, b []string) string {
	all := ""
	for index := range a {
		equal := s.cast(s.op("Equal", []string{a[index], b[index]}), float32s)
		equal = s.op("ReduceMin", []string{equal}, attribute{"axes", []int{0}})
		if all != "" {
			equal = s.mul(all, equal)
		}
		all = equal
	}
	return s.op("Greater", []string{all, s.scalar(0)})
}

// field adds the fields of a module, in the order in which dynamics adds them up. What is
// unset sends nothing.
func (s *sweeps) field(index int) string {
	module, total := s.network.Modules[index], s.static[index]
	for at, p := range s.network.Pathways {
		if p.To != index || s.state[p.From] == "" {
			continue
		}
		if s.links[at] != nil {
			total = s.add(total, s.links[at](s.state[p.From]))
		} else {
			total = s.add(total, s.mul(s.state[p.From], s.scalar(p.Strength)))
		}
	}
	state := s.state[index]
	if state == "" {
		return total
	}
	if s.own[index] != nil {
		total = s.add(s.own[index](state), total)
	}
	if module.SelfCoupling != 0 {
		total = s.add(total, s.mul(state, s.scalar(module.SelfCoupling)))
	}
	return total
}

// respond adds the states that fields ask for: the sign, +1 of zero, or of continuous neurons
// tanh, where one that would change by less than [dynamics.Resolution] stays.
func (s *sweeps) respond(index int, field string) string {
	module, before := s.network.Modules[index], s.state[index]
	if module.Tanh == 0 {
		return s.where(s.op("Less", []string{field, s.scalar(0)}), s.scalar(-1), s.scalar(1))
	}
	gained := s.mul(s.cast(field, float64s), s.double(float64(module.Tanh)))
	target := s.cast(s.op("Tanh", []string{gained}), float32s)
	if before == "" {
		return target
	}
	change := s.op("Abs", []string{s.sub(target, before)})
	return s.where(s.op("Less", []string{change, s.scalar(dynamics.Resolution)}), before, target)
}

// read adds the readout of predictions and the largest of the logits.
func (g *graph) read(n *network.Network, states []string) {
	g.scope = "readout."
	var read []string
	width := 0
	for index, module := range n.Modules {
		if module.Read {
			read = append(read, states[index])
			width += module.Neurons
		}
	}
	couplings := make([]float32, n.Classes*width)
	column := 0
	for _, module := range n.Modules {
		if !module.Read {
			continue
		}
		for i := range module.Neurons {
			for c, v := range n.Readout.Row(n.Readout.Predicting(), module.Offset+i) {
				couplings[c*width+column] = v
			}
			column++
		}
	}
	state := read[0]
	if len(read) > 1 {
		state = g.op("Concat", read, attribute{"axis", 0})
	}
	logits := g.matmul(g.weights("readout", couplings, n.Classes, width), state)
	g.opTo("logits", "Transpose", []string{logits}, attribute{"perm", []int{1, 0}})
	g.opTo("label", "ArgMax", []string{logits}, attribute{"axis", 0}, attribute{"keepdims", 0})
}
