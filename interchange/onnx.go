package interchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"basin/checkpoint"
	"basin/dynamics"
	"basin/protocol"
)

// Versions of what ONNX files hold: of the format, and of the operations in it. Both are of 2022.
const (
	onnxFormat     = 8
	onnxOperations = 17
)

// ONNX writes the prediction of a model as an ONNX graph (format version 8, operations of
// version 17). It reads
//
//	x       32-bit floating-point, samples x features: raw values, as the training samples had
//	        them, an image line by line with the channels last; in a table NaN is a number that
//	        is missing
//
// and gives
//
//	logits  32-bit floating-point, samples x classes
//	label   64-bit integers, samples: the class of the largest logit, the lowest among equals
//
// Everything between is in the graph: the encoder, W x, every sweep written out, and the
// readout of predictions. A sample that has reached a fixed point goes through the sweeps that
// are left without change; under the stop rule cycle one that has come round keeps its state.
// The metadata have the texts labels (a JSON list, one name for each class), basin_version, and
// as in the model file settings, encoder and input_shape.
//
// Of a network of integers every sum is exact, so logits are those of Basin bit for bit. Other
// sums are rounded in another order there, so that a neuron whose field is nearly zero may take the other sign.
//
// A graph reports nothing: it takes samples that Basin refuses, those in another unit than the
// ones learned, and those that lack a number where preprocess.missing is error.
//
// It refuses what the graph cannot do as Basin does it: sweeps in a random order
// (sequential, partial), tables with columns of texts or dates, and files of 2 GiB and more.
// Other errors are those of [checkpoint.Contents] and of w.
func ONNX(w io.Writer, m *checkpoint.Model) error {
	_, texts, err := checkpoint.Contents(m)
	if err != nil {
		return fmt.Errorf("interchange: %w", err)
	}
	if err := errors.Join(canUnroll(m.Settings.Dynamics), canEncode(m)); err != nil {
		return fmt.Errorf("interchange: onnx: %w", err)
	}
	g := newGraph(m.Network.Integers.Bits > 0)
	states := newSweeps(g, m, g.encode(m.Encoder)).unroll()
	g.read(m.Network, states)
	if err := wrap(g, m, texts).write(w); err != nil {
		return fmt.Errorf("interchange: onnx: %w", err)
	}
	return nil
}

// canUnroll reports sweeps that no graph can write out.
func canUnroll(s protocol.Dynamics) error {
	if s.Order == dynamics.Sequential || s.Order == dynamics.Partial {
		return fmt.Errorf("sweeps are %s (dynamics.order), which draws at random: a graph holds parallel ones, or module after module", s.Order)
	}
	return nil
}

// wrap returns the whole file around a graph.
func wrap(g *graph, m *checkpoint.Model, texts map[string]string) *message {
	labels, err := json.Marshal(m.Names())
	if err != nil {
		panic(err) // texts have no fault
	}
	g.inputs = append(g.inputs, valueOf("x", "raw values of samples", float32s, "samples", m.Encoder.Features))
	g.outputs = append(g.outputs,
		valueOf("logits", "of each class", float32s, "samples", m.Network.Classes),
		valueOf("label", "class of the largest logit", int64s, "samples"))
	file, operations := &message{}, &message{}
	operations.number(2, onnxOperations)
	file.number(1, onnxFormat)
	file.text(2, "basin")
	file.text(3, texts["basin_version"])
	file.text(6, fmt.Sprintf("Network of %d neurons, %d sweeps", m.Network.Neurons(), m.Settings.Dynamics.Evaluation))
	file.message(7, g.message("prediction"))
	file.message(8, operations)
	texts["labels"] = string(labels)
	for _, key := range []string{"labels", "basin_version", "settings", "encoder", "input_shape"} {
		entry := &message{}
		entry.text(1, key)
		entry.text(2, texts[key])
		file.message(14, entry)
	}
	return file
}
