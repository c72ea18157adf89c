package sample

import (
	"errors"
	"fmt"
	"math"

	"basin/internal/normal"
	"basin/internal/random"
	"basin/network"
)

// Plant draws a state and changes the recurrent couplings of n so that it is a fixed point:
// s_i h_i > margin for every neuron, self-coupling, links and the input x included (D
// values; nil is no input, W x + b is then b). It returns the state, a vector of
// [network.Network.StateSize]. The same seed gives the same.
//
// Where n comes fresh from [network.Draw], network and state have exactly the law of all
// pairs of a network and one of its fixed points: every pair counts once, so a network with
// many fixed points counts as often. Which couplings exist, W and b are given; J is what is
// averaged over. Means over draws around such a state are first moments, E[pairs]/E[#].
// Rows of J are independent, which is why this law can be drawn. What the neurons of a
// row send, t = sum_j J_ij s_j, is normal with the variance v of its couplings together, so a
// site of a chain has its states with the weight
//
//	prod_l Phi((J_D - margin + s_l (u_l + what links bring)) / sqrt v_l),
//
// and given the states s t is that normal cut off where the neuron keeps its state. The rest
// of the row does not know of s: each coupling is changed by (t_new - t) s_j over their
// number.
//
// It reports what the methods of this package report of a network and an input, a margin
// that is not finite, symmetric couplings, links other than one to one between modules
// that follow each other, and a neuron that no state holds (without couplings, where the
// self-coupling is below the margin). Cost: the couplings.
func Plant(n *network.Network, x []float32, margin float64, seed uint64) ([]float32, error) {
	s, err := newSystem(n, x)
	if err != nil {
		return nil, err
	}
	if err := finite("margin", margin); err != nil {
		return nil, err
	}
	p, err := newPlanting(s, n, margin, seed)
	if err != nil {
		return nil, err
	}
	for site := range p.sites {
		if err := p.drawSite(site); err != nil {
			return nil, err
		}
	}
	for i := range s.neurons {
		if err := p.drawRow(i); err != nil {
			return nil, err
		}
	}
	return s.state(n, p.spins), nil
}

// planting is a state being planted.
type planting struct {
	*system
	network *network.Network
	margin  float64
	seed    uint64
	sites   int
	spins   []float64
	spread  []float64 // deviation of sum_j J_ij s_j, by neuron
	before  []float64 // strength from the module before, by module
	after   []float64 // strength from the module after
	row     []*float32
	signs   []float64
}

func newPlanting(s *system, n *network.Network, margin float64, seed uint64) (*planting, error) {
	p := &planting{
		system: s, network: n, margin: margin, seed: seed, spins: make([]float64, s.neurons),
		before: make([]float64, len(n.Modules)), after: make([]float64, len(n.Modules)),
	}
	if len(n.Spec.Modules) != len(n.Modules) {
		return nil, fmt.Errorf("sample: a spec of %d modules for a network of %d, want a network as network.Draw makes it", len(n.Spec.Modules), len(n.Modules))
	}
	for index, m := range n.Modules {
		p.sites = max(p.sites, m.Neurons)
		spec := n.Spec.Modules[index].Recurrent
		if spec.Symmetric {
			return nil, fmt.Errorf("sample: module %d has symmetric couplings, whose rows are not independent: want asymmetric ones", index)
		}
		if m.Recurrent != nil && m.Recurrent.Shape().Places > 0 {
			return nil, fmt.Errorf("sample: module %d has shared couplings, whose rows are not independent: want others", index)
		}
		counts := make([]float64, m.Neurons)
		if m.Recurrent != nil {
			m.Recurrent.Each(func(i, _ int, _ *float32) bool {
				counts[i]++
				return true
			})
		}
		for _, count := range counts {
			deviation := 0.0
			if count > 0 {
				deviation = spec.Gain * math.Sqrt(count/m.Recurrent.Shape().FanIn)
			}
			p.spread = append(p.spread, deviation)
		}
	}
	for index, link := range n.Pathways {
		switch {
		case link.Block != nil:
			return nil, fmt.Errorf("sample: pathway %d is not one to one: states are planted in modules without links, or with one-to-one links between modules that follow each other", index)
		case link.From+1 == link.To:
			p.before[link.To] += float64(link.Strength)
		case link.From-1 == link.To:
			p.after[link.To] += float64(link.Strength)
		default:
			return nil, fmt.Errorf("sample: pathway %d joins modules %d and %d, want modules that follow each other", index, link.From, link.To)
		}
	}
	return p, nil
}

// sides are the states of a neuron that is being drawn.
var sides = [2]float64{1, -1}

// weight returns ln of the probability over J that a neuron keeps its state, with the
// states of those before and after it at its site.
func (p *planting) weight(module, site int, before, spin, after float64) float64 {
	if site >= p.network.Modules[module].Neurons {
		return 0
	}
	i := p.first[module] + site
	h := p.drive[i] + p.self[i]*spin + p.before[module]*before + p.after[module]*after
	above := slack(spin, h, p.margin)
	switch {
	case p.spread[i] > 0:
		log, _ := normal.Log(above / p.spread[i])
		return log
	case above > 0:
		return 0
	}
	return math.Inf(-1)
}

// drawSite draws the states of the neurons at one site of all modules: forward sums over
// the states of those before, then a draw from the last module back.
func (p *planting) drawSite(site int) error {
	modules := len(p.network.Modules)
	stream := random.New(p.seed, random.Planted, 0, uint64(site))
	sums := make([][2][2]float64, modules+1) // ln, by the states of module l-1 and of module l
	sums[0][1] = [2]float64{math.Inf(-1), math.Inf(-1)}
	term := func(l, c, a, b int) float64 { return sums[l][c][a] + p.weight(l, site, sides[c], sides[a], sides[b]) }
	for l := range modules {
		for a := range 2 {
			for b := range 2 {
				sums[l+1][a][b] = normal.LogAdd(term(l, 0, a, b), term(l, 1, a, b))
			}
		}
	}
	if last := sums[modules]; math.IsInf(normal.LogAdd(last[0][0], last[1][0]), -1) {
		return fmt.Errorf("sample: neuron %d has no state that it keeps by more than the margin %v: raise its self-coupling or its couplings", site, p.margin)
	}
	// a is the state of module l, b that of the module after it.
	pick := func(first, second float64) int {
		if math.Log(stream.Float64()) < first-normal.LogAdd(first, second) {
			return 0
		}
		return 1
	}
	a, b := pick(sums[modules][0][0], sums[modules][1][0]), 0
	for l := modules - 1; l >= 0; l-- {
		if site < p.network.Modules[l].Neurons {
			p.spins[p.first[l]+site] = sides[a]
		}
		a, b = pick(term(l, 0, a, b), term(l, 1, a, b)), a
	}
	return nil
}

// drawRow changes the couplings of one receiver.
func (p *planting) drawRow(i int) error {
	module := p.module[i]
	m, spin := p.network.Modules[module], p.spins[i]
	site := i - p.first[module]
	rest := p.drive[i] + p.self[i]*spin
	if module > 0 && p.before[module] != 0 {
		rest += p.before[module] * p.spins[p.first[module-1]+site]
	}
	if module+1 < len(p.network.Modules) && p.after[module] != 0 {
		rest += p.after[module] * p.spins[p.first[module+1]+site]
	}
	if p.spread[i] == 0 {
		return nil
	}
	p.row, p.signs = p.row[:0], p.signs[:0]
	m.Recurrent.Rows(site, site+1, func(_, j int, value *float32) bool {
		p.row, p.signs = append(p.row, value), append(p.signs, p.spins[p.first[module]+j])
		return true
	})
	scale := float64(float32(m.Recurrent.Scale()))
	stream := random.New(p.seed, random.Planted, uint64(module)+1, uint64(site))
	least := -slack(spin, rest, p.margin) / p.spread[i]
	for range attempts {
		t := p.sent(scale)
		want := spin * p.spread[i] * aboveNormal(least, &stream)
		step := (want - t) / float64(len(p.row)) / scale
		for e, v := range p.row {
			*v = float32(float64(*v) + step*p.signs[e])
		}
		// Rounding to float32 can take a margin of about 1e-7 away.
		if slack(spin, rest+p.sent(scale), p.margin) > 0 {
			return nil
		}
	}
	return errors.New("sample: planted couplings do not hold their state after rounding: want margins and fields that float32 can tell apart")
}

// attempts is how often a row is drawn that does not hold after rounding.
const attempts = 100

// sent returns sum_j J_ij s_j of the row.
func (p *planting) sent(scale float64) float64 {
	sum := 0.0
	for e, v := range p.row {
		sum += scale * float64(*v) * p.signs[e]
	}
	return sum
}
