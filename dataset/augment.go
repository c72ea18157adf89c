package dataset

import (
	"cmp"
	"fmt"
	"slices"

	"basin/internal/keys"
)

// Augment says how images change while they are learned: every epoch shows every image in
// another way. What is not 0 is on; the zero value is off. Predictions and measurements see the
// images themselves. A change of a and b from a range is uniform in it, apart from the others.
//
// With p a place in the image that is shown and c its middle, the value there is that of the
// image that was read at
//
//	c + F^-1 S^-1 H^-1 R^-1 (p - c - t) + u(p)
//
// between four pixels linear in each direction: what was read is mirrored (F), scaled (S),
// sheared (H), turned (R) and moved (t), and its pixels displaced (u). Then its values v
// become
//
//	b (m + a (v - m))
//
// with m their mean, and a square is erased. Values are not clipped.
type Augment struct {
	// Shift is the most that an image is moved, in pixels: t is uniform in -Shift..Shift in
	// each direction.
	Shift float64 `yaml:"shift" json:"shift,omitempty"`
	// Rotation is the largest angle, in degrees, 0 to 180; positive angles turn clockwise.
	Rotation float64 `yaml:"rotation" json:"rotation,omitempty"`
	// Scale is the most that the size changes: by a factor in 1-Scale..1+Scale; 0 to 0.9.
	Scale float64 `yaml:"scale" json:"scale,omitempty"`
	// Shear is the most that a line is moved along itself, for each line of its distance from
	// the middle: h in -Shear..Shear.
	Shear float64 `yaml:"shear" json:"shear,omitempty"`
	// Elastic is the most that a pixel is displaced in each direction, in pixels. Displacements
	// are uniform in -Elastic..Elastic at the nodes of a square grid, which lies anywhere, and
	// linear in each direction between them. It is at most half of the spacing, so that nothing
	// is folded.
	Elastic float64 `yaml:"elastic" json:"elastic,omitempty"`
	// ElasticSpacing is the distance of neighbouring nodes in pixels, the smoothness of what
	// is displaced; 0 means a quarter of the shorter side, at least 1.
	ElasticSpacing int `yaml:"elastic_spacing" json:"elastic_spacing,omitempty"`
	// Flip is the probability that left and right change places.
	Flip float64 `yaml:"flip" json:"flip,omitempty"`
	// Cutout is the side, in pixels, of a square that is erased; its middle lies on any pixel,
	// so that part of it may lie outside.
	Cutout int `yaml:"cutout" json:"cutout,omitempty"`
	// Brightness and Contrast are the most that b and a differ from 1; 0 to 1.
	Brightness float64 `yaml:"brightness" json:"brightness,omitempty"`
	Contrast   float64 `yaml:"contrast" json:"contrast,omitempty"`
	// Fill says what lies outside of an image: "zero", nothing, as around letters and
	// drawings, and nothing is also what an erased square holds; or "edge", the nearest pixel,
	// as photographs go on, and an erased square has the mean of the training images. "" is
	// zero for images of one channel and edge for others.
	Fill string `yaml:"fill" json:"fill,omitempty"`
}

// Versions returns how many versions of an image there are: 1 where nothing changes, 2 where
// images are flipped and nothing else, and 0 where they are too many to be told apart.
func (a Augment) Versions() int {
	flips := a.Flip > 0
	a.Flip, a.Fill, a.ElasticSpacing = 0, "", 0
	switch {
	case a.On():
		return 0
	case flips:
		return 2
	}
	return 1
}

// The texts of Augment.Fill.
const (
	fillZero = "zero"
	fillEdge = "edge"
)

// augmentRows is the table of the keys of an [Augment].
func augmentRows() []keys.Row {
	const largest = 1 << 16
	return keys.Section("augment", "how images change while they are learned; 0 is off",
		keys.Row{Key: "shift", About: "moved by up to so many pixels in each direction", High: largest},
		keys.Row{Key: "rotation", About: "turned by up to so many degrees", High: 180},
		keys.Row{Key: "scale", About: "size times 1 +- up to this", High: 0.9},
		keys.Row{Key: "shear", About: "lines moved along themselves by up to this share of their height", High: 2},
		keys.Row{Key: "elastic", About: "pixels displaced smoothly by up to so many pixels", High: largest},
		keys.Row{Key: "elastic_spacing", About: "pixels between free displacements; 0: a quarter of the side", High: largest},
		keys.Row{Key: "flip", About: "probability that left and right change places", High: 1},
		keys.Row{Key: "cutout", About: "side in pixels of a square that is erased", High: largest},
		keys.Row{Key: "brightness", About: "values times 1 +- up to this", High: 1},
		keys.Row{Key: "contrast", About: "values' distances from their mean times 1 +- up to this", High: 1},
		keys.Row{Key: "fill", About: "what is outside; empty: zero for one channel, edge for more", Choices: []string{fillZero, fillEdge}, Optional: true},
	)
}

// On reports whether anything changes.
func (a Augment) On() bool {
	a.Fill, a.ElasticSpacing = "", 0
	return a != Augment{}
}

// moves reports whether pixels change their places.
func (a Augment) moves() bool {
	return a.Shift > 0 || a.Rotation > 0 || a.Scale > 0 || a.Shear > 0 || a.Elastic > 0 || a.Flip > 0
}

// fits reports samples of a shape that these changes are not for.
func (a Augment) fits(shape []int) error {
	if len(shape) < 2 || len(shape) > 3 {
		return fmt.Errorf("preprocess.augment changes images, and samples of %s are none: want height x width (and channels), or no augmentation", ShapeText(shape))
	}
	side := min(shape[0], shape[1])
	switch spacing := a.spacing(shape); {
	case a.Shift > float64(side):
		return fmt.Errorf("preprocess.augment.shift is %v, want at most %d pixels, the side of the images", a.Shift, side)
	case a.Cutout > side:
		return fmt.Errorf("preprocess.augment.cutout is %d, want at most %d pixels, the side of the images", a.Cutout, side)
	case a.Elastic > 0 && a.Elastic > float64(spacing)/2:
		return fmt.Errorf("preprocess.augment.elastic is %v, want at most %v, half of elastic_spacing (%d pixels): more folds the image", a.Elastic, float64(spacing)/2, spacing)
	}
	return nil
}

// spacing returns the distance of the nodes of displacements.
func (a Augment) spacing(shape []int) int {
	return cmp.Or(a.ElasticSpacing, max(1, min(shape[0], shape[1])/4))
}

// edge reports that what lies outside is the nearest pixel.
func (a Augment) edge(channels int) bool {
	return a.Fill == fillEdge || a.Fill == "" && channels > 1
}

// fitAugment keeps what changes of images need to know of the training samples.
func (e *Encoder) fitAugment(train *Set) error {
	if !e.Augment.On() {
		return nil
	}
	if train.Channels() == 0 || e.Codings != nil {
		return fmt.Errorf("dataset: %s: preprocess.augment changes images, and these samples are none: want samples of height x width (and channels), or no augmentation", train.Name)
	}
	if err := e.Augment.fits(train.Shape); err != nil {
		return fmt.Errorf("dataset: %s: %w", train.Name, err)
	}
	e.Shape = slices.Clone(train.Shape)
	channels := train.Channels()
	e.Ground = make([]float32, channels)
	if e.Augment.edge(channels) {
		e.Ground, _ = moments(train, channels, e.Divisor)
	}
	return nil
}

// validateAugment reports a shape or a ground that changes of images cannot have.
func (e *Encoder) validateAugment() error {
	switch {
	case !e.Augment.On():
		return nil
	case e.Codings != nil || volume(e.Shape) != e.Features:
		return fmt.Errorf("shape: %v of samples of %d values, want the shape of images for preprocess.augment", e.Shape, e.Features)
	}
	if err := e.Augment.fits(e.Shape); err != nil {
		return err
	}
	if channels := e.channels(); len(e.Ground) != channels || slices.ContainsFunc(e.Ground, func(v float32) bool { return !finite(v) }) {
		return fmt.Errorf("ground: %v, want %d finite numbers, one for each channel", e.Ground, channels)
	}
	return nil
}

// channels returns the number of channels of images.
func (e *Encoder) channels() int {
	if len(e.Shape) == 3 {
		return e.Shape[2]
	}
	return 1
}
