package dataset

import (
	"errors"
	"fmt"
	"math"
)

// InBytes returns an encoder of the same samples whose inputs are integers, for networks of
// integers, and what the inputs x of e are in terms of them, p:
//
//	x_k = offset[k] + scale[k] p_k
//
// They are the bytes of shares of the largest value, round(255 v / Divisor), from 0 to 255:
// where that is 255, as in images, the raw values. After a projection they are the signs
// themselves, and the encoder is e. It reports samples that have no such bytes: those of a
// table, those that are not divided by their largest value, and those that were below zero.
func (e *Encoder) InBytes() (bytes *Encoder, scale, offset []float64, err error) {
	if err := e.Validate(); err != nil {
		return nil, nil, nil, fmt.Errorf("dataset: encoder: %w", err)
	}
	ones := func() []float64 {
		list := make([]float64, e.Dim())
		for k := range list {
			list[k] = 1
		}
		return list
	}
	switch {
	case e.Projection > 0:
		return e, ones(), make([]float64, e.Dim()), nil
	case e.Codings != nil:
		return nil, nil, nil, errors.New("dataset: the columns of a table have no common largest value, so their numbers are no bytes: want images, or a projection to signs")
	case e.explicit().Scale != scaleMax:
		return nil, nil, nil, errors.New("dataset: the values are not divided by the largest (preprocess.scale), so nobody knows which byte they are: want scale max, or a projection to signs")
	case e.mixes():
		return nil, nil, nil, errors.New("dataset: contrast and whitening make of the bytes of a sample numbers that are none (preprocess.contrast, preprocess.whiten): want none of them, or a projection to signs")
	case e.Bytes:
		return nil, nil, nil, errors.New("dataset: the inputs are bytes already")
	}
	for k, mean := range e.Mean {
		if mean < 0 {
			return nil, nil, nil, fmt.Errorf("dataset: the samples that were learned have values below 0 (the mean of %s is %.4g), and bytes begin at 0: want data that are shifted to begin there, or a projection to signs", placeOf(k, len(e.Mean)), float64(mean)*float64(e.Divisor))
		}
	}
	b := *e
	b.Standardise, b.Mean, b.Deviation, b.Bytes = none, nil, nil, true
	scale, offset = ones(), make([]float64, e.Dim())
	for k := range scale {
		mean, deviation := e.moment(k)
		scale[k] = 1 / float64(math.MaxUint8*deviation)
		offset[k] = -mean / deviation
	}
	return &b, scale, offset, nil
}

// placeOf says what one of so many means is of.
func placeOf(k, means int) string {
	if means == 1 {
		return "all"
	}
	return fmt.Sprintf("value %d", k)
}

// moment returns mean and deviation of input k before a projection, 0 and 1 where there are none.
func (e *Encoder) moment(k int) (mean, deviation float64) {
	if len(e.Mean) == 0 {
		return 0, 1
	}
	k %= len(e.Mean)
	mean, deviation = float64(e.Mean[k]), float64(e.Deviation[k])
	if deviation == 0 {
		deviation = 1
	}
	return mean, deviation
}

// toByte rounds a value to an integer from 0 to 255.
func toByte(v float32) float32 {
	return float32(math.Floor(float64(max(0, min(math.MaxUint8, v))) + 0.5))
}
