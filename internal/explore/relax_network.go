package explore

import (
	"context"

	"basin/dynamics"
	"basin/network"
	"basin/settings"
)

// subject is a network of which one asks how it relaxes, with what belongs to it.
type subject struct {
	network  *network.Network
	reader   *reader
	settings dynamics.Settings
	code     network.Code
	// sweeps that a prediction takes at most; reads says that the readout has learned.
	sweeps int
	reads  bool
	said   string
}

// defaultSweeps are those of a drawn network of which nothing is said.
const defaultSweeps = 50

// subject returns the network of a question.
func (e *Explorer) subject(ctx context.Context, q *relaxQuestion) (*subject, error) {
	s, err := e.drawnOrOpen(ctx, q)
	if err != nil {
		return nil, err
	}
	if q.Order != "" {
		s.settings.Order = q.Order
	}
	if s.settings.Order == dynamics.Partial && s.settings.Probability == 0 {
		s.settings.Probability = 0.5
	}
	// A budget would go on at a fixed point, where nothing is to be seen.
	if s.settings.Stop != dynamics.StopAtCycle {
		s.settings.Stop = dynamics.StopAtFixedPoint
	}
	s.said = saidOf(s.network)
	return s, nil
}

func (e *Explorer) drawnOrOpen(ctx context.Context, q *relaxQuestion) (*subject, error) {
	if q.Network == "drawn" {
		return e.drawn(q)
	}
	m, _ := e.Model()
	if m == nil {
		return nil, mistake("no model is open: start basin explore with a model file, or learn one in the room Learn")
	}
	p := m.Settings.Protocol()
	s := &subject{network: m.Network, reader: e.reads(ctx, m), code: p.Dynamics.Code, sweeps: p.Dynamics.Evaluation, reads: true}
	s.settings = dynamics.Settings{Order: p.Dynamics.Order, Probability: p.Dynamics.Probability, Stop: p.Dynamics.Stop, Seed: p.Seed}
	if s.code == network.Rival {
		s.code = network.Balanced // of the same size; the rival depends on the logits
	}
	if !q.Own {
		s.network = changed(m.Network, q.SelfCoupling, q.Lambda)
	}
	return s, ctx.Err()
}

// drawn draws the network of a question, which reads the digits.
func (e *Explorer) drawn(q *relaxQuestion) (*subject, error) {
	digits, err := e.digits()
	if err != nil {
		return nil, err
	}
	spec := settings.Defaults().Network
	spec.Modules = spec.Modules[:1:1]
	module := &spec.Modules[0]
	module.Neurons, module.SelfCoupling = q.Neurons, q.SelfCoupling
	module.Recurrent = network.RecurrentSpec{Gain: q.Gain, Density: q.Density}
	spec.Chain = network.Chain{Modules: q.Modules, Lambda: q.Lambda}
	n, err := network.Draw(spec, digits.shape, len(digits.names), q.Seed)
	if err != nil {
		return nil, mistake(err.Error())
	}
	return &subject{network: n, reader: digits, code: network.Balanced, sweeps: defaultSweeps, settings: dynamics.Settings{Order: dynamics.Parallel, Seed: q.Seed}}, nil
}

// changed returns a network with other self-couplings and other strengths of its links one to one.
// It shares everything else with n, which stays as it is.
func changed(n *network.Network, self, lambda float64) *network.Network {
	c := *n
	c.Modules, c.Pathways = nil, nil
	for _, m := range n.Modules {
		other := *m
		other.SelfCoupling = float32(self)
		c.Modules = append(c.Modules, &other)
	}
	for _, p := range n.Pathways {
		other := *p
		if other.Block == nil {
			other.Strength = float32(lambda)
		}
		c.Pathways = append(c.Pathways, &other)
	}
	return &c
}
