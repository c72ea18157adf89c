package recipes

import (
	"context"
	"math"

	"basin/internal/experiment"
	"basin/network"
	"basin/protocol"
)

// rounding is a training whose network is afterwards rounded to couplings of some bits, each
// of which is measured on the held out samples.
type rounding struct {
	experiment.Training
	Bits []int `json:"bits"`
}

// Run trains on one core.
func (r rounding) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	data, err := heldOut(ctx, b, r.Training)
	if err != nil {
		return experiment.Result{}, err
	}
	s := data.Settings
	n, result, err := experiment.Learn(ctx, b, data, nil)
	if err != nil {
		return experiment.Result{}, err
	}
	_, scale, offset, err := data.Encoder.InBytes()
	if err != nil {
		return experiment.Result{}, err
	}
	before, err := labels(ctx, s.Protocol(), n, data.Held)
	if err != nil {
		return experiment.Result{}, err
	}
	for _, count := range r.Bits {
		small, err := network.Quantise(n, network.Integers{Bits: count, Signs: s.Preprocess.Projection > 0}, network.Inputs{Scale: scale, Offset: offset})
		if err != nil {
			return experiment.Result{}, err
		}
		after, err := labels(ctx, s.Protocol(), small, asIntegers{data.Held, scale, offset})
		if err != nil {
			return experiment.Result{}, err
		}
		right, same := 0, 0
		for i, label := range after {
			if label == data.Held.Label(i) {
				right++
			}
			if label == before[i] {
				same++
			}
		}
		result.Values[ofBits(roundedAccuracy, count)] = float64(right) / float64(len(after))
		result.Values[ofBits(roundedAgreement, count)] = float64(same) / float64(len(after))
	}
	return result, nil
}

// counted are samples that know how many they are.
type counted interface {
	protocol.Samples
	Count() int
}

// labels returns what a network says of some samples.
func labels(ctx context.Context, s protocol.Settings, n *network.Network, samples counted) ([]int, error) {
	p, err := protocol.NewPredictor(s, n, 1)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	said := make([]int, samples.Count())
	_, err = p.Predict(ctx, samples, len(said), func(i int, prediction protocol.Prediction) error {
		said[i] = prediction.Label
		return nil
	})
	return said, err
}

// asIntegers are samples whose inputs offset[k] + scale[k] p_k are given by their integers p.
type asIntegers struct {
	counted
	scale, offset []float64
}

// Row writes the integers.
func (a asIntegers) Row(place int, dst []float32) {
	a.counted.Row(place, dst)
	for k := range a.scale {
		dst[k] = float32(math.Round((float64(dst[k]) - a.offset[k]) / a.scale[k]))
	}
}
