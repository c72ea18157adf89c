package network

import "basin/internal/keys"

// Rows returns the table of the keys of a [Spec]: what they mean, ranges and choices.
func Rows() []keys.Row {
	return []keys.Row{
		{Key: "chain", About: "short form: one module, repeated and linked to its neighbours"},
		{Key: "chain.modules", About: "L, how often the module is there; 0: no chain", High: maxChain, Zero: "no chain"},
		{Key: "chain.size", About: "N of each; 0: that of the module given", High: MaxNeurons, Zero: "the size of the module given"},
		{Key: "chain.lambda", About: "strength of the links, one to one", High: keys.None},
		{Key: "chain.input", About: "who sees the input; empty: the first", Choices: keys.Names(FirstReads, AllRead), Optional: true},

		{Key: "modules", About: "the modules, at least one"},
		{Key: "modules.*.neurons", About: "N, neurons of the module; 0: channels x places", High: MaxNeurons, Zero: "a module on a grid"},
		{Key: "modules.*.channels", About: "neurons at each place of a grid; 0: no grid", High: MaxNeurons},
		{Key: "modules.*.self_coupling", About: "J_D, coupling of every neuron to itself", Low: -keys.None, High: keys.None},
		{Key: "modules.*.tanh", About: "gain of continuous neurons s = tanh(gain h); 0: binary", High: keys.None},
		{Key: "modules.*.bias", About: "deviation of the fixed biases", High: keys.None},
		{Key: "modules.*.activity", About: "share of training samples for which a neuron is +1; 0: not set", High: 1},
		{Key: "modules.*.feedback_per", About: "what has its own weights on the label; empty: neuron", Choices: keys.Names(PerNeuron, PerChannel), Optional: true},
		{Key: "modules.*.recurrent", About: "J, couplings among the neurons"},
		{Key: "modules.*.recurrent.gain", About: "g, deviation of J times sqrt(fan-in)", High: keys.None},
		{Key: "modules.*.recurrent.density", About: "share of couplings present; 1: dense, 0: no J", High: 1},
		{Key: "modules.*.recurrent.symmetric", About: "J_ij = J_ji at the start"},
		{Key: "modules.*.recurrent.reach", About: "pixels within which most senders lie; 0: anywhere", High: keys.None},
		{Key: "modules.*.recurrent.window", About: "grid: side, in places, from which a neuron hears; 0: any", High: maxWindow - 1},
		{Key: "modules.*.recurrent.shared", About: "grid: one vector of couplings a channel"},
		{Key: "modules.*.input", About: "W, couplings from the input"},
		{Key: "modules.*.input.gain", About: "a, deviation of W times sqrt(fan-in)", High: keys.None},
		{Key: "modules.*.input.density", About: "share of couplings present; 0: no input", High: 1},
		{Key: "modules.*.input.window", About: "side of the image window a neuron reads; 0: all", High: keys.None, Zero: "no window"},
		{Key: "modules.*.input.stride", About: "grid: pixels between windows; 0: 1", High: maxWindow},
		{Key: "modules.*.input.shared", About: "grid: one vector of couplings a channel"},
		{Key: "modules.*.input.imprint", About: "begin with windows of training samples"},

		{Key: "links", About: "links between modules"},
		{Key: "links.*.kind", About: "what the link is made of", Choices: keys.Names(linkKinds()...)},
		{Key: "links.*.between", About: "the two modules, counted from 0", High: keys.None},
		{Key: "links.*.direction", About: "forward: from the first to the second; empty: both", Choices: keys.Names(Forward, Backward, Both), Optional: true},
		{Key: "links.*.strength", About: "excitatory, pool: lambda, in units of the field", High: keys.None},
		{Key: "links.*.fan_in", About: "excitatory: K random senders a neuron; 0: one to one", High: MaxNeurons},
		{Key: "links.*.gain", About: "learned: deviation at the start times sqrt(fan-in)", High: keys.None},
		{Key: "links.*.density", About: "learned: share of couplings present", High: 1},
		{Key: "links.*.reach", About: "learned: pixels within which most senders lie; 0: anywhere", High: keys.None},
		{Key: "links.*.window", About: "learned, pool: side of the windows on a grid; 0: all", High: maxWindow},
		{Key: "links.*.stride", About: "places between windows; 0: 1, of a pool the window", High: maxWindow},
		{Key: "links.*.border", About: "learned: places that windows reach beyond the grid", High: maxWindow - 1},
		{Key: "links.*.shared", About: "learned: one vector of couplings a channel"},
		{Key: "links.*.imprint", About: "learned: begin with states of training samples"},
		{Key: "links.*.level", About: "pool: senders that make a neuron fire; 0: half of them", High: maxWindow * maxWindow},

		{Key: "feedback", About: "strength of the label on each module, as a factor of f; empty: 1", High: keys.None},
		{Key: "readout", About: "modules that are read; empty: all", High: keys.None},
	}
}
