package protocol

import (
	"errors"
	"fmt"

	"basin/network"
)

// Inputs are rows of D values, read by their places from 0 on. Methods are called from
// several goroutines at once. A panic of theirs reaches whoever asked for the mini-batch or
// the prediction; the learner or predictor is then of no further use.
type Inputs interface {
	// Dim returns D, the number of values of a row.
	Dim() int
	// Row writes the D values of the row at a place to the front of dst.
	Row(place int, dst []float32)
}

// Samples are inputs with a label each.
type Samples interface {
	Inputs
	// Label returns the class of the sample at a place, 0 <= class < C.
	Label(place int) int
}

// fits reports inputs that the network cannot read.
func fits(inputs Inputs, n *network.Network) error {
	if inputs == nil {
		return errors.New("protocol: no samples")
	}
	if inputs.Dim() != n.Inputs() {
		return fmt.Errorf("protocol: samples have %d inputs, the network reads %d", inputs.Dim(), n.Inputs())
	}
	return nil
}

// labelled reports a sample whose label is not one of some classes.
func labelled(s Samples, place, classes int) error {
	if label := s.Label(place); label < 0 || label >= classes {
		return fmt.Errorf("protocol: sample %d has label %d, the network has classes 0 to %d", place, label, classes-1)
	}
	return nil
}
