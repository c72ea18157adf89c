package solve

import "math"

// driver changes the external fields from one iteration to the next.
type driver struct {
	propagation *Propagation
	settings    Settings
	judge       *judge
	coupling    float64
	waited      int
}

func newDriver(p *Propagation, s Settings) *driver {
	return &driver{propagation: p, settings: s, judge: newJudge(p.system, p.workers), coupling: s.Coupling}
}

// drive sets the external fields after an iteration. It returns how strongly it drives, and
// whether nothing can change any more.
func (d *driver) drive(iteration int, change float64) (strength float64, done bool) {
	if d.settings.Solver == Reinforced {
		return d.reinforce(iteration), false
	}
	return d.focus(change)
}

// reinforce gives every spin p_t = 1 - (1 - r)^t of what it heard: the fields of other
// constraints, of its own, and what was given before.
func (d *driver) reinforce(iteration int) (share float64) {
	p := d.propagation
	share = -math.Expm1(float64(iteration) * math.Log1p(-d.settings.Rate))
	for i, heard := range p.belief {
		p.external[i] = share*heard + d.fixed(i)
	}
	return share
}

// focus gives every spin what y - 1 replicas say that are tied to it with gamma and hear what
// it hears itself:
//
//	ext = atanh(tanh gamma tanh[(y - 1) atanh(tanh gamma tanh h)]), h without ext.
func (d *driver) focus(change float64) (gamma float64, done bool) {
	const (
		settled = 1e-3 // no need to be patient
		highest = 12   // tanh gamma is 1 but for 1e-10
	)
	d.waited++
	if change < settled || d.waited >= d.settings.Patience {
		if d.coupling >= highest {
			return d.coupling, true
		}
		d.coupling, d.waited = d.coupling+d.settings.Step, 0
	}
	p := d.propagation
	tie, others := math.Tanh(d.coupling), float64(d.settings.Replicas-1)
	for i, heard := range p.belief {
		h := heard - p.external[i] + d.fixed(i)
		p.external[i] = through(tie, others*through(tie, h)) + d.fixed(i)
	}
	return d.coupling, false
}

// through returns atanh(t tanh h), the field that a spin with field h sends through a tie.
func through(t, h float64) float64 {
	// (1/2) ln of (1 + t tanh h)/(1 - t tanh h), with e^{-2|h|} so that nothing is lost near 1.
	e := math.Exp(-2 * math.Abs(h))
	sent := math.Log((1+t+(1-t)*e)/(1-t+(1+t)*e)) / 2
	return math.Copysign(sent, h)
}

// fixed returns the external field of the settings.
func (d *driver) fixed(i int) float64 {
	if d.settings.External == nil {
		return 0
	}
	return d.settings.External[i]
}
