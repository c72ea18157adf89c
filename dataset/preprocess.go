package dataset

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"basin/internal/keys"
)

// Preprocess says how raw samples become inputs of a network. The zero value is
// valid: values divided by their maximum and nothing else. The steps apply in
// the order of the fields.
type Preprocess struct {
	// Missing says what stands for a value that a table lacks: "error" (also ""): nothing,
	// it is an error; "mean" or "median": that of the column in the training set;
	// "column": the mean, and one more input that is 1 where the value is missing, for each
	// column that lacks some in the training set. Texts that are missing are a category of
	// their own, but for "error".
	Missing string `yaml:"missing" json:"missing,omitempty"`
	// Scale is "max" (also ""): divide by the largest value, which is
	// Set.Maximum (255 for images) or, where that is 0, the largest absolute
	// value of the training set; or "none".
	Scale string `yaml:"scale" json:"scale"`
	// Contrast is "none" (also ""), "sample": subtract from the values of each sample their
	// mean and divide by their deviation, all channels together; or "local", for images: from
	// each value those of the square of pixels around it.
	Contrast string `yaml:"contrast" json:"contrast,omitempty"`
	// ContrastSide is the side of that square in pixels; 0 means 7.
	ContrastSide int `yaml:"contrast_side" json:"contrast_side,omitempty"`
	// Whiten is "none" (also ""); "patch", for images: each pixel becomes what a matrix makes of
	// the patch around it, the same everywhere, that whitens the patches of the training set; or
	// "image": the same for whole samples, of at most 4096 values. It is whitening that changes
	// least (ZCA), with the matrix (S + epsilon s)^-1/2 for a covariance S of mean eigenvalue s.
	Whiten string `yaml:"whiten" json:"whiten,omitempty"`
	// WhitenSide is the side p of the patches in pixels: p/2 before the pixel, rounded down, and
	// the others after it. 0 means 5.
	WhitenSide int `yaml:"whiten_side" json:"whiten_side,omitempty"`
	// WhitenEpsilon is the epsilon of Whiten: directions in which samples vary less than
	// epsilon s are not blown up. 0 means 0.1.
	WhitenEpsilon float64 `yaml:"whiten_epsilon" json:"whiten_epsilon,omitempty"`
	// Standardise is "none" (also ""); "global": subtract the mean of all values
	// of the training set and divide by their deviation; or "feature": the same
	// for each feature by itself. A deviation of 0 divides nothing.
	Standardise string `yaml:"standardise" json:"standardise"`
	// Projection is the number of signs x = sign(R p) that replace the
	// values p; sign(0) = +1. R is Projection x Features, standard normal.
	// 0 means no projection.
	Projection int `yaml:"projection" json:"projection"`
	// ProjectionSeed is the seed of R.
	ProjectionSeed uint64 `yaml:"projection_seed" json:"projection_seed"`
	// Noise applies to training only. Without a projection it is the deviation
	// of the Gaussian noise that is added to each input; with one it is the
	// probability, 0..0.5, that a sign is flipped. 0 means none.
	Noise float64 `yaml:"noise" json:"noise"`
	// Augment says how images change while they are learned, before every other step.
	Augment Augment `yaml:"augment" json:"augment,omitzero"`
}

// The text forms of Missing, Scale and Standardise.
const (
	scaleMax           = "max"
	standardiseGlobal  = "global"
	standardiseFeature = "feature"
	none               = "none"
	missingError       = "error"
	missingMean        = "mean"
	missingMedian      = "median"
	missingColumn      = "column"
	contrastSample     = "sample"
	contrastLocal      = "local"
	whitenPatch        = "patch"
	whitenImage        = "image"
)

// What 0 means.
const (
	defaultContrastSide  = 7
	defaultWhitenSide    = 5
	defaultWhitenEpsilon = 0.1
)

// maxProjection bounds R to sizes that fit a memory.
const maxProjection = 1 << 20

// Rows returns the table of the keys of a [Preprocess]: what they mean, ranges and choices.
// A settings file names a choice; empty ones are for programs.
func Rows() []keys.Row {
	return append([]keys.Row{
		{Key: "missing", About: "what a table lacks: an error or filled; column: and told. Empty: error", Choices: []string{missingError, missingMean, missingMedian, missingColumn}, Optional: true},
		{Key: "scale", About: "max: divide by the largest value", Choices: []string{scaleMax, none}},
		{Key: "contrast", About: "mean 0, deviation 1: of a sample, or around a pixel. Empty: none", Choices: []string{none, contrastSample, contrastLocal}, Optional: true},
		{Key: "contrast_side", About: "side of the square around a pixel for contrast local; 0: 7", High: 255},
		{Key: "whiten", About: "decorrelate pixels: patch around each, or image. Empty: none", Choices: []string{none, whitenPatch, whitenImage}, Optional: true},
		{Key: "whiten_side", About: "side of the patches in pixels; 0: 5", High: 31},
		{Key: "whiten_epsilon", About: "least variance of a direction, of the mean variance; 0: 0.1", High: keys.None},
		{Key: "standardise", About: "zero mean and unit deviation, over all values or per feature", Choices: []string{none, standardiseGlobal, standardiseFeature}},
		{Key: "projection", About: "number of signs x = sign(R p) of random projections; 0: off", High: maxProjection},
		{Key: "projection_seed", About: "seed of R", High: keys.None},
		{Key: "noise", About: "training noise: deviation, or flip probability with a projection", High: keys.None},
	}, augmentRows()...)
}

// explicit names what the zero values mean.
func (p Preprocess) explicit() Preprocess {
	p.Missing = cmp.Or(p.Missing, missingError)
	p.Scale = cmp.Or(p.Scale, scaleMax)
	p.Standardise = cmp.Or(p.Standardise, none)
	return p
}

// whitens says that samples are whitened, mixes that a value may depend on others of its
// sample, local that it does on those of pixels around it.
func (p Preprocess) whitens() bool { return p.Whiten == whitenPatch || p.Whiten == whitenImage }

func (p Preprocess) mixes() bool {
	return p.whitens() || p.Contrast == contrastSample || p.Contrast == contrastLocal
}

func (p Preprocess) local() bool { return p.Whiten == whitenPatch || p.Contrast == contrastLocal }

// contrastSide, side and epsilon are what the settings mean.
func (p Preprocess) contrastSide() int { return cmp.Or(p.ContrastSide, defaultContrastSide) }
func (p Preprocess) side() int         { return cmp.Or(p.WhitenSide, defaultWhitenSide) }
func (p Preprocess) epsilon() float64  { return cmp.Or(p.WhitenEpsilon, defaultWhitenEpsilon) }

// Validate returns all problems joined, each starting with the key it is about.
func (p Preprocess) Validate() error {
	m := keys.Check(p.explicit(), Rows())
	if p.Projection > 0 && p.Noise > 0.5 {
		m.Report("noise", "is %v, want a probability 0..0.5 with a projection", p.Noise)
	}
	return m.Err()
}

// Fit measures on the training set what the steps need. It returns an error if
// the settings or the set are invalid or the set is empty. The result does not
// depend on whether the same values are held as bytes or as floats.
func (p Preprocess) Fit(train *Set) (*Encoder, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	if err := train.Validate(); err != nil {
		return nil, err
	}
	if train.Count() == 0 {
		return nil, fmt.Errorf("dataset: %s: no samples to fit the preprocessing to", train.Name)
	}
	kept := p.Missing // empty stays so in files
	p = p.explicit()
	e := &Encoder{Preprocess: p, Features: train.Features(), Divisor: 1}
	var err error
	if e.Codings, err = p.codings(train); err != nil {
		return nil, err
	}
	if train, err = e.coded(train); err != nil {
		return nil, err
	}
	e.Preprocess.Missing = kept
	if p.Scale == scaleMax {
		e.Divisor = largest(train)
	}
	if err := e.fitAugment(train); err != nil {
		return nil, err
	}
	shown, err := e.shown(train)
	if err != nil {
		return nil, err
	}
	if p.mixes() {
		return e, e.fitMixed(train, shown)
	}
	e.measure(shown)
	if p.Standardise == standardiseFeature && train.Bytes == nil && train.Maximum == 0 && e.loses(shown) {
		// A deviation by feature cancels the divisor, so that 1 serves as well.
		e.Divisor = 1
		e.measure(shown)
		return e, e.fitAugment(train)
	}
	return e, nil
}

// measure takes mean and deviation from coded training samples. A value that is 1 or 0, for a
// category or for what is missing, keeps its size: a deviation would make rare ones huge.
func (e *Encoder) measure(train *Set) {
	switch e.Standardise {
	case standardiseGlobal:
		e.Mean, e.Deviation = moments(train, 1, e.Divisor)
	case standardiseFeature:
		e.Mean, e.Deviation = moments(train, e.width(), e.Divisor)
		at := 0
		for k := range e.Codings {
			c := &e.Codings[k]
			for j := range c.width() {
				if c.Categories != nil || j > 0 {
					e.Deviation[at+j] = 1 / e.Divisor
				}
			}
			at += c.width()
		}
	}
}

// loses says whether the divisor takes a feature with a deviation below the smallest float32
// that has all its digits, as one huge cell of another feature does.
func (e *Encoder) loses(train *Set) bool {
	const smallest = 0x1p-126
	if !slices.ContainsFunc(e.Deviation, func(d float32) bool { return d < smallest }) {
		return false
	}
	_, raw := moments(train, e.width(), 1)
	for k, d := range e.Deviation {
		if d < smallest && raw[k] > d {
			return true
		}
	}
	return false
}

// largest returns the divisor of "max" scaling; 1 for a set of zeros.
func largest(s *Set) float32 {
	if s.Maximum > 0 {
		return s.Maximum
	}
	var top float32
	for _, b := range s.Bytes {
		top = max(top, float32(b))
	}
	for _, v := range s.Floats {
		top = max(top, v, -v)
	}
	if top == 0 {
		return 1
	}
	return top
}

// moments returns mean and population deviation, in units of the divisor, of
// feature k modulo groups: groups is 1 for the whole set or the features. Sums
// are in float64, in the order of the values, products unfused.
func moments(s *Set, groups int, divisor float32) (mean, deviation []float32) {
	sums := make([]float64, groups)
	eachValue(s, groups, func(group int, v float64) { sums[group] += v })
	size := float64((len(s.Bytes) + len(s.Floats)) / groups)
	for g := range sums {
		sums[g] /= size
	}
	squares := make([]float64, groups)
	eachValue(s, groups, func(group int, v float64) {
		d := v - sums[group]
		squares[group] += float64(d * d)
	})
	mean, deviation = make([]float32, groups), make([]float32, groups)
	for g := range sums {
		mean[g] = float32(sums[g] / float64(divisor))
		deviation[g] = float32(math.Sqrt(squares[g]/size) / float64(divisor))
	}
	return mean, deviation
}

func eachValue(s *Set, groups int, visit func(group int, v float64)) {
	group := 0
	next := func() {
		if group++; group == groups {
			group = 0
		}
	}
	for _, b := range s.Bytes {
		visit(group, float64(b))
		next()
	}
	for _, v := range s.Floats {
		visit(group, float64(v))
		next()
	}
}
