package foreign

import (
	"fmt"
	"math"
	"strings"

	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// The densities that the sparse modules of darnax refer their rates and decays to.
const (
	denseJ = 0.01 // SparseRecurrentDiscrete
	denseW = 0.1  // SparseFullyConnected
)

const pixels = 28 * 28

// Modules of darnax with a sparsity 1 - rho carry the factor sqrt(rho0/rho), with rho0 one of the
// densities above, on the rate, which the tutorial has divided by sqrt(rho) before, and
// sqrt(rho0)/sqrt(rho K) on the decay, K the number of senders. An increment there is
//
//	rate sqrt(rho0)/rho / sqrt(K B) * sum s_i s_j
//
// which is eta / sqrt(rho K B) * sum s_i s_j with eta = rate sqrt(rho0/rho); the share that decays
// is rate sqrt(rho0)/rho * decay sqrt(rho0)/sqrt(rho K), which is eta gamma / sqrt(rho K) with
// gamma = decay sqrt(rho0/rho). Dense modules have no factor.

// sparse returns what the rate and the decay of a sparse module are multiplied by.
func sparse(density, reference float64) float64 { return math.Sqrt(reference / density) }

func readDarnax(f *file) settings.Settings {
	s := start()
	const model, data, trainer, optimizer = "model.kwargs.", "data.kwargs.", "trainer.kwargs.", "optimizer."
	const tutorial = "as the tutorials build the network"

	if f.has("data.name") {
		f.text("data.name", "Basin has no name for the others", "general_mnist")
	}
	s.Data.Set = "mnist"
	inputs := pixels
	switch f.text(data+"x_transform", "continuous projections and tanh have no setting here", "identity", "sign") {
	case "identity":
		f.must(data+"linear_projection", nil, "a projection is followed by its signs here: want x_transform sign with it")
	case "sign":
		inputs = f.whole(data + "linear_projection")
		s.Preprocess.Scale, s.Preprocess.Projection = "none", inputs
	}
	f.text(data+"label_mode", "only labels of +1 and -1 give the readout steps of one size, and the code balanced", "pm1")
	f.must(data+"num_images_per_class", nil, "Basin learns all images")
	f.must(data+"flatten", true, tutorial)
	if f.has(data + "validation_fraction") {
		s.Data.Validation = f.number(data + "validation_fraction")
	}
	s.Learning.Batch = f.whole(data + "batch_size")
	s.Learning.Epochs = f.whole("epochs")

	m := &s.Network.Modules[0]
	m.Neurons, m.SelfCoupling = f.whole(model+"dim_hidden"), f.number(model+"j_d")
	f.must(model+"dim_data", float64(inputs), "the inputs that the data have")
	f.must(model+"num_labels", 10.0, "the classes that the data have")
	m.Input.Gain = f.number(model + "strength_forth")
	s.Learning.Feedback = protocol.Constant(f.number(model + "strength_back"))
	kappa := f.number(model + "threshold_j")
	f.must(model+"threshold_in", kappa, "J and W have one margin here, that of threshold_j")
	f.pass(model+"threshold_back", "model.name", "trainer.name")
	s.Learning.Kappa = protocol.Constant(kappa)
	s.Readout.Kappa = f.number(model + "threshold_out")

	factor := func(key string, reference float64, density *float64) float64 {
		if !f.has(key) {
			return 1
		}
		if *density = tidy(1 - f.number(key)); *density <= 0 || *density > 1 {
			f.fault(key, "leaves a share of %v of the couplings, want more than 0 and at most 1", *density)
			return 1
		}
		return sparse(*density, reference)
	}
	j := factor(model+"sparsity", denseJ, &m.Recurrent.Density)
	w := factor(model+"sparsity_win", denseW, &m.Input.Density)
	s.Learning.Recurrent = block(j*f.number(optimizer+"learning_rate_j"), j*f.number(optimizer+"weight_decay_j"))
	s.Learning.Input = block(w*f.number(optimizer+"learning_rate_win"), w*f.number(optimizer+"weight_decay_win"))
	s.Readout.Rate = protocol.Constant(f.number(optimizer + "learning_rate_wout"))
	s.Readout.Decay = f.number(optimizer + "weight_decay_wout")

	d := &s.Dynamics
	d.Warmup, d.Clamped, d.Free = f.whole(trainer+"warmup_n_iter"), f.whole(trainer+"train_clamped_n_iter"), f.whole(trainer+"train_free_n_iter")
	d.Evaluation = d.Warmup + f.whole(trainer+"eval_n_iter")
	d.Code = network.Balanced
	f.must(trainer+"momentum", 0.0, "states here do not remember their fields")

	f.darnaxSeeds(&s)
	f.drop("they are not part of the network", "wandb", "torch_clf")
	f.note("optimizer: rates and decays are read as the modules of tutorial 10 apply them; in a script that decays couplings by itself those of sparse ones differ")
	return s
}

// darnaxSeeds reads two seeds, of which one is kept.
func (f *file) darnaxSeeds(s *settings.Settings) {
	const model = "model.kwargs.seed"
	s.Seed = uint64(f.whole("master_seed"))
	if f.has(model) && f.whole(model) != int(s.Seed) {
		f.note("%s: %v is lost, one seed draws all here: master_seed", model, f.values[model])
	}
	f.note("seeds draw other numbers here: networks are alike, not equal")
}

func writeDarnax(s settings.Settings) string {
	m, d := only(s), s.Dynamics
	inputs, projection, transform := pixels, "null", "identity"
	if p := s.Preprocess.Projection; p > 0 {
		inputs, projection, transform = p, fmt.Sprint(p), "sign"
	}
	sparsities, j, w := "", 1.0, 1.0
	if density := m.Recurrent.Density; density < 1 {
		j = sparse(density, denseJ)
		sparsities += "    sparsity: " + decimal(1-density) + "\n"
	}
	if density := m.Input.Density; density < 1 {
		w = sparse(density, denseW)
		sparsities += "    sparsity_win: " + decimal(1-density) + "\n"
	}
	var text strings.Builder
	fmt.Fprintf(&text, `master_seed: %d
epochs: %d
model:
  kwargs:
    seed: %d
    dim_data: %d
    dim_hidden: %d
    num_labels: 10
%s    strength_forth: %s
    strength_back: %s
    j_d: %s
    threshold_in: %s
    threshold_out: %s
    threshold_j: %s
    threshold_back: 0.0
`, s.Seed, s.Learning.Epochs, s.Seed, inputs, m.Neurons, sparsities, decimal(m.Input.Gain), decimal(s.Learning.Feedback.Start),
		decimal(m.SelfCoupling), decimal(s.Learning.Kappa.Start), decimal(s.Readout.Kappa), decimal(s.Learning.Kappa.Start))
	fmt.Fprintf(&text, `data:
  name: general_mnist
  kwargs:
    batch_size: %d
    linear_projection: %s
    num_images_per_class: null
    label_mode: pm1
    x_transform: %s
    validation_fraction: %s
    flatten: true
`, s.Learning.Batch, projection, transform, decimal(s.Data.Validation))
	fmt.Fprintf(&text, `optimizer:
  learning_rate_win: %s
  learning_rate_j: %s
  learning_rate_wout: %s
  weight_decay_win: %s
  weight_decay_j: %s
  weight_decay_wout: %s
`, decimal(s.Learning.Input.Rate.Start/w), decimal(s.Learning.Recurrent.Rate.Start/j), decimal(s.Readout.Rate.Start),
		decimal(s.Learning.Input.Decay/w), decimal(s.Learning.Recurrent.Decay/j), decimal(s.Readout.Decay))
	fmt.Fprintf(&text, `trainer:
  name: dynamical
  kwargs:
    warmup_n_iter: %d
    train_clamped_n_iter: %d
    train_free_n_iter: %d
    eval_n_iter: %d
`, d.Warmup, d.Clamped, d.Free, d.Evaluation-d.Warmup)
	return text.String()
}
