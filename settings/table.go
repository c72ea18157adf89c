package settings

import (
	"math"

	"basin/dynamics"
	"basin/network"
	"basin/plasticity"
	"basin/protocol"
)

// row is what the types do not say about a key. Bounds hold for numbers, for each
// number of a list and for both ends of a schedule.
type row struct {
	key       string
	about     string
	low, high float64
	// above says that low itself is out of range.
	above bool
	// values are the names that a choice allows.
	values []string
	// optional says that a choice may be empty.
	optional bool
}

// none as a bound leaves a side open: settings are stored as float32 at the latest.
const none = math.MaxFloat32

var (
	orders  = []string{string(dynamics.Parallel), string(dynamics.Partial), string(dynamics.Sequential), string(dynamics.Modules)}
	stops   = []string{string(dynamics.StopAtFixedPoint), string(dynamics.StopAtCycle), string(dynamics.StopAtBudget)}
	codes   = []string{string(network.Balanced), string(network.Centred), string(network.PlusMinusOne)}
	states  = []string{string(protocol.OnInference), string(protocol.OnClamped), string(protocol.OnFree)}
	shapes  = []string{string(protocol.ConstantShape), string(protocol.LinearShape), string(protocol.ExponentialShape), string(protocol.CosineShape)}
	kinds   = []string{string(network.Excitatory), string(network.Learned)}
	ways    = []string{string(network.Forward), string(network.Backward), string(network.Both)}
	readers = []string{string(network.FirstReads), string(network.AllRead)}
	mirrors = []string{string(plasticity.Asymmetric), string(plasticity.SymmetricUpdate), string(plasticity.SymmetricCouplings)}
	ends    = []string{string(protocol.ReceiverUnstable), string(protocol.BothUnstable)}
	scales  = []string{"max", "none"}
	centres = []string{"none", "global", "feature"}
)

// table has one row per key; comments, schema and reference are made from it.
var table = []row{
	{key: "seed", about: "seed of all random draws except the projection", high: none},

	{key: "data", about: "what to learn, and how it is split"},
	{key: "data.set", about: "name of a data set, or a path"},
	{key: "data.label", about: "label column of a CSV file, name or number; empty: last"},
	{key: "data.test_share", about: "share held out for testing where the data have no test set", high: 0.9},
	{key: "data.validation", about: "share of the training samples held out for validation", high: 0.9},

	{key: "preprocess", about: "how raw values become inputs x"},
	{key: "preprocess.scale", about: "max: divide by the largest value", values: scales},
	{key: "preprocess.standardise", about: "zero mean and unit deviation, over all values or per feature", values: centres},
	{key: "preprocess.projection", about: "number of signs x = sign(R p) of random projections; 0: off", high: 1 << 20},
	{key: "preprocess.projection_seed", about: "seed of R", high: none},
	{key: "preprocess.noise", about: "training noise: deviation, or flip probability with a projection", high: none},

	{key: "network", about: "modules of neurons, and links between them"},
	{key: "network.chain", about: "short form: one module, repeated and linked to its neighbours"},
	{key: "network.chain.modules", about: "L, how often the module is there; 0: no chain", high: 4096},
	{key: "network.chain.size", about: "N of each; 0: that of the module given", high: network.MaxNeurons},
	{key: "network.chain.lambda", about: "strength of the links, one to one", high: none},
	{key: "network.chain.input", about: "who sees the input; empty: the first", values: readers, optional: true},
	{key: "network.modules", about: "the modules, at least one"},
	{key: "network.modules.*.neurons", about: "N, neurons of the module", low: 1, high: network.MaxNeurons},
	{key: "network.modules.*.self_coupling", about: "J_D, coupling of every neuron to itself", low: -none, high: none},
	{key: "network.modules.*.tanh", about: "gain of continuous neurons s = tanh(gain h); 0: binary", high: none},
	{key: "network.modules.*.bias", about: "deviation of the fixed biases", high: none},
	{key: "network.modules.*.recurrent", about: "J, couplings among the neurons"},
	{key: "network.modules.*.recurrent.gain", about: "g, deviation of J times sqrt(fan-in)", high: none},
	{key: "network.modules.*.recurrent.density", about: "share of couplings present; 1: dense, 0: no J", high: 1},
	{key: "network.modules.*.recurrent.symmetric", about: "J_ij = J_ji at the start"},
	{key: "network.modules.*.recurrent.reach", about: "pixels within which most senders lie; 0: anywhere", high: none},
	{key: "network.modules.*.input", about: "W, couplings from the input"},
	{key: "network.modules.*.input.gain", about: "a, deviation of W times sqrt(fan-in)", high: none},
	{key: "network.modules.*.input.density", about: "share of couplings present; 0: no input", high: 1},
	{key: "network.modules.*.input.window", about: "side of the image window a neuron reads; 0: all", high: none},
	{key: "network.links", about: "links between modules"},
	{key: "network.links.*.kind", about: "what the link is made of", values: kinds},
	{key: "network.links.*.between", about: "the two modules, counted from 0", high: none},
	{key: "network.links.*.direction", about: "forward: from the first to the second; empty: both", values: ways, optional: true},
	{key: "network.links.*.strength", about: "excitatory: lambda, in units of the field", high: none},
	{key: "network.links.*.fan_in", about: "excitatory: K random senders a neuron; 0: one to one", high: none},
	{key: "network.links.*.gain", about: "learned: deviation at the start times sqrt(fan-in)", high: none},
	{key: "network.links.*.density", about: "learned: share of couplings present", high: 1},
	{key: "network.links.*.reach", about: "learned: pixels within which most senders lie; 0: anywhere", high: none},
	{key: "network.feedback", about: "strength of the label on each module, as a factor of f; empty: 1", high: none},
	{key: "network.readout", about: "modules that are read; empty: all", high: none},

	{key: "dynamics", about: "order and number of sweeps"},
	{key: "dynamics.order", about: "which neurons a sweep updates at once", values: orders},
	{key: "dynamics.probability", about: "that a neuron updates in a partial sweep", high: 1, above: true},
	{key: "dynamics.stop", about: "what ends a phase before its sweeps are done", values: stops},
	{key: "dynamics.warmup", about: "sweeps with the input alone", high: 1e6},
	{key: "dynamics.clamped", about: "sweeps with feedback from the label", high: 1e6},
	{key: "dynamics.free", about: "sweeps after the feedback is gone", high: 1e6},
	{key: "dynamics.evaluation", about: "sweeps of a prediction", low: 1, high: 1e6},
	{key: "dynamics.code", about: "how a label is written on the feedback", values: codes},
	{key: "dynamics.feedback", about: "modules that hear the label, by phase"},
	{key: "dynamics.feedback.warmup", about: "in the warm-up", high: none},
	{key: "dynamics.feedback.clamped", about: "while clamped; empty: all", high: none},
	{key: "dynamics.feedback.free", about: "in the free phase", high: none},

	{key: "learning", about: "plasticity of J and W"},
	{key: "learning.epochs", about: "passes over the training samples", high: 1e6},
	{key: "learning.batch", about: "B, samples of a mini-batch", low: 1, high: protocol.MaxBatch},
	{key: "learning.kappa", about: "margin: neuron i learns where s_i h_i <= kappa", low: -none, high: none},
	{key: "learning.feedback", about: "f, strength of the label's feedback", high: none},
	{key: "learning.softness", about: "beta of a soft margin; 0: a step", high: none},
	{key: "learning.symmetry", about: "pairs J_ij, J_ji: mean of their changes, or of themselves (not local)", values: mirrors},
	{key: "learning.unstable", about: "ends of a coupling that must be unstable (both: not local)", values: ends},
	{key: "learning.recurrent", about: "plasticity of J"},
	{key: "learning.recurrent.rate", about: "eta of J; 0: frozen", high: none},
	{key: "learning.recurrent.decay", about: "gamma of J", high: none},
	{key: "learning.links", about: "plasticity of learned links"},
	{key: "learning.links.rate", about: "eta of the links; 0: frozen", high: none},
	{key: "learning.links.decay", about: "gamma of the links", high: none},
	{key: "learning.input", about: "plasticity of W"},
	{key: "learning.input.rate", about: "eta of W; 0: frozen", high: none},
	{key: "learning.input.decay", about: "gamma of W", high: none},

	{key: "readout", about: "learning of the readout O"},
	{key: "readout.rate", about: "eta of O", high: none},
	{key: "readout.decay", about: "gamma of O", high: none},
	{key: "readout.kappa", about: "margin: O learns where w_c y_c logit_c <= kappa", low: -none, high: none},
	{key: "readout.weights", about: "w of a wrong and of the right class", high: none, above: true},
	{key: "readout.on", about: "states that O learns on, at least one", values: states},
	{key: "readout.averaging", about: "r of the running mean of O used for predictions; 0: off", high: 1},
}
