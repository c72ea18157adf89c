package foreign

import (
	"fmt"
	"math"

	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// The sweeps of the paper's program with one layer: its feedback acts from the second sweep on,
// but carries what the output neurons were one sweep before, which is nothing. So the label is
// heard from the third.
const silent = 2

// paperWeights returns what a wrong and the right class count in the readout. The program scales
// the label by sqrt(C)/2 and 1/2 in the state itself, twice before the readout learns, so that the
// right class stands at C/4 and a wrong one at -sqrt(C)/4: 2.5 and 0.79 of 10 classes.
func paperWeights(classes float64) [2]float64 {
	return [2]float64{math.Round(100*math.Sqrt(classes)/4) / 100, math.Round(100*classes/4) / 100}
}

var paperSets = []struct{ there, here string }{{"mnist", "mnist"}, {"fashionmnist", "fashion-mnist"}}

func readPaper(f *file) settings.Settings {
	s := start()
	set := f.text("data.dataset", "the others have no projection of the same kind here", "mnist", "fashionmnist")
	for _, known := range paperSets {
		if known.there == set {
			s.Data.Set = known.here
		}
	}
	f.must("data.P", 6000.0, "Basin learns all images of a class")
	f.must("data.P_eval", 1000.0, "Basin measures all test images of a class")
	f.must("data."+set+".binarize", true, "projections are followed by their signs here")
	f.must("data."+set+".noise", 0.0, "noise here turns the signs of training samples alone")
	f.must("data."+set+".project", true, "the program has no projection without it")
	for _, other := range []string{"mnist", "fashionmnist", "synthetic", "cifar", "svhn", "hm"} {
		if other != set {
			f.skip("data." + other)
		}
	}
	s.Preprocess.Scale, s.Preprocess.Projection = "none", f.whole("N")

	f.must("num_layers", 1.0, "with more layers the first sweep of the feedback carries the network's own answer, which has no setting here")
	m := &s.Network.Modules[0]
	m.Neurons, m.SelfCoupling = f.whole("H"), f.number("J_D")
	if m.Neurons < s.Preprocess.Projection {
		f.fault("H", "is %d, want at least N, %d: the program asks for it", m.Neurons, s.Preprocess.Projection)
	}
	if f.has("bias_std") {
		m.Bias = f.number("bias_std")
	}
	m.Input.Gain = f.element("lambda_input_skip", 0, 1)
	s.Learning.Feedback = protocol.Constant(f.number("lambda_wback"))

	// Rates of W are multiplied by its strength there, and margins given without the self-coupling.
	s.Learning.Input = block(f.element("lr_input_skip", 0, 1)*m.Input.Gain, f.element("weight_decay_input_skip", 0, 1))
	s.Learning.Recurrent = block(f.oneOf("lr", 0, 3, "lr_J"), f.oneOf("weight_decay", 0, 3, "weight_decay_J"))
	s.Readout.Rate = protocol.Constant(f.oneOf("lr", 2, 3, "lr_W"))
	s.Readout.Decay = f.oneOf("weight_decay", 2, 3, "weight_decay_W")
	s.Learning.Kappa = protocol.Constant(tidy(f.oneOf("threshold", 0, 2, "threshold_hidden") + m.SelfCoupling))
	s.Readout.Kappa = f.oneOf("threshold", 1, 2, "threshold_readout")
	s.Readout.Weights = paperWeights(10)
	s.Learning.Epochs, s.Learning.Batch = f.whole("num_epochs"), f.whole("batch_size")
	s.Seed = uint64(f.whole("seed"))

	sweeps := f.whole("max_steps_train")
	if sweeps < silent {
		f.fault("max_steps_train", "is %d, want at least %d: the label is heard from the third sweep on", sweeps, silent)
	}
	d := &s.Dynamics
	d.Code, d.Warmup, d.Clamped, d.Free, d.Evaluation = network.Centred, silent, sweeps-silent, sweeps, f.whole("max_steps_eval")
	switch twice, ok := f.values["double_dynamics"].(bool); {
	case !f.has("double_dynamics"):
		f.fault("double_dynamics", "is missing, want true or false")
	case !ok:
		f.fault("double_dynamics", "is %s, want true or false", said(f.values["double_dynamics"]))
	case !twice:
		d.Free = 0
	}
	f.paperMusts()
	f.note("seed draws other numbers here, and the projection has a seed of its own: networks are alike, not equal")
	f.note("readout.weights: %v stands for sqrt(C)/4 and C/4, rounded", s.Readout.Weights)
	return s
}

// oneOf returns a number of a list of the given length or, where that is not there, of a key of
// its own. Both are there in no file that the program takes, unless they are equal.
func (f *file) oneOf(list string, i, length int, single string) float64 {
	if !f.has(list) {
		return f.number(single)
	}
	v := f.element(list, i, length)
	f.must(single, v, "what "+list+" says, which comes first")
	return v
}

// paperMusts takes what else the program knows.
func (f *file) paperMusts() {
	if f.has("defaults") {
		f.fault("defaults", "names further files, want them joined: hydra prints one file with --cfg job --resolve")
	}
	const one = "the scale of what Basin draws with variance 1/N"
	f.must("lambda_internal", 1.0, one)
	f.must("lambda_wforth", 1.0, one)
	f.must("lambda_y", 1000.0, "the label has to decide the output neurons")
	f.must("lambda_x", 0.0, "inputs reach neurons through W alone")
	f.must("lambda_input_output_skip", 0.0, "the readout does not see the inputs here")
	const layers = "one layer has no others to skip"
	f.must("lambda_wback_skip", "", layers)
	f.must("lambda_wforth_skip", "", layers)
	f.must("init_mode", "zeros", "neurons begin unset here")
	f.must("p_update", 1.0, "output neurons wait with the others there, and do not here")
	f.must("begin_curriculum", 1.0, "Basin has no such curriculum")
	f.must("inference_ignore_right", 1.0, "a prediction here hears no output neurons")
	const otherwise = "what Basin has of it is normalised in another way, or acts on other couplings"
	for _, key := range []string{
		"use_local_ce", "double_update", "symmetric_W", "symmetric_J_init", "symmetrize_internal_couplings",
		"symmetric_threshold_internal_couplings", "symmetric_update_internal_couplings",
	} {
		f.must(key, false, otherwise)
	}
	for _, key := range []string{"fc_left", "fc_right", "fc_input"} {
		f.must(key, false, layers)
	}
	// What acts with other layers, other rules or other data alone, or is said of the run.
	f.pass("lambda_l", "lambda_r", "lambda_fc", "lambda_cylinder", "zero_fc_init", "symmetrize_fc", "init_noise", "beta_ce", "p_curriculum",
		"lr_input_output_skip", "weight_decay_input_output_skip", "lr_wforth_skip", "weight_decay_wforth_skip",
		"name", "device", "eval_interval", "skip_representations", "skip_couplings", "skip_fields", "skip_overlaps", "save_model_and_data", "num_frames", "logging.level")
	f.drop("it is not part of the network", "hydra")
}

func writePaper(s settings.Settings) string {
	m, set := only(s), "mnist"
	for _, known := range paperSets {
		if known.here == s.Data.Set {
			set = known.there
		}
	}
	rate := s.Learning.Input.Rate.Start
	if m.Input.Gain != 0 {
		rate /= m.Input.Gain
	}
	sweeps := s.Dynamics.Warmup + s.Dynamics.Clamped
	return fmt.Sprintf(`name: basin
seed: %d
device: cpu
'N': %d
H: %d
num_layers: 1
J_D: %s
max_steps_train: %d
max_steps_eval: %d
double_dynamics: %t
num_epochs: %d
batch_size: %d
lambda_input_skip: [%s]
lambda_wback: %s
threshold: [%s, %s]
lr_J: %s
lr_W: %s
lr_input_skip: %s
weight_decay_J: %s
weight_decay_W: %s
weight_decay_input_skip: %s
bias_std: %s
`, s.Seed, s.Preprocess.Projection, m.Neurons, decimal(m.SelfCoupling), sweeps, s.Dynamics.Evaluation, s.Dynamics.Free > 0,
		s.Learning.Epochs, s.Learning.Batch, decimal(m.Input.Gain), decimal(s.Learning.Feedback.Start),
		decimal(s.Learning.Kappa.Start-m.SelfCoupling), decimal(s.Readout.Kappa), decimal(s.Learning.Recurrent.Rate.Start), decimal(s.Readout.Rate.Start),
		decimal(rate), decimal(s.Learning.Recurrent.Decay), decimal(s.Readout.Decay), decimal(s.Learning.Input.Decay), decimal(m.Bias)) +
		paperRest + fmt.Sprintf("data:\n  dataset: %s\n  P: 6000\n  P_eval: 1000\n  %s: {binarize: true, noise: 0.0, project: true}\n", set, set)
}

// paperRest are the other keys that the program asks for, as Basin's networks have them.
const paperRest = `init_mode: zeros
init_noise: 0.0
lambda_x: 0.0
lambda_y: 1000.0
lambda_l: 1.0
lambda_r: 1.0
lambda_internal: 1.0
lambda_fc: 1.0
lambda_wback_skip: []
lambda_wforth: 1.0
lambda_wforth_skip: []
lambda_input_output_skip: 0.0
lr_input_output_skip: 0.0
weight_decay_input_output_skip: 0.0
lr_wforth_skip: 0.0
weight_decay_wforth_skip: 0.0
fc_left: false
fc_right: false
fc_input: false
zero_fc_init: true
symmetrize_fc: false
symmetric_W: false
symmetric_J_init: false
symmetric_threshold_internal_couplings: false
symmetrize_internal_couplings: false
symmetric_update_internal_couplings: false
double_update: false
use_local_ce: false
beta_ce: 10.0
p_update: 1.0
lambda_cylinder: null
begin_curriculum: 1.0
p_curriculum: 0.5
inference_ignore_right: 1
eval_interval: 1
skip_representations: true
skip_couplings: true
skip_fields: true
skip_overlaps: true
save_model_and_data: false
num_frames: 5
`
