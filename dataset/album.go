package dataset

import (
	"fmt"
	"os"
	"slices"
)

// album is a set that grows image by image.
type album struct {
	*Set
	traits []group // what there is to say of the images
	low    []int   // samples of 16 bits that lie in 0..255
	top    uint16  // largest of all 16-bit values
}

// add appends the image of a file as one more sample, without a label.
func (a *album) add(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	p, err := readPicture(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if a.Shape == nil {
		a.Shape = p.shape
	}
	if !slices.Equal(p.shape[:2], a.Shape[:2]) {
		return fmt.Errorf("%s: image of %d x %d pixels, want %d x %d as in %s: all images must have one size, so scale or crop them first",
			path, p.shape[1], p.shape[0], a.Shape[1], a.Shape[0], a.Files[0])
	}
	one := &Set{Shape: p.shape, Bytes: p.pixels}
	if len(p.shape) < len(a.Shape) {
		one.colour()
	} else if len(p.shape) > len(a.Shape) {
		if int64(len(a.Bytes)) > largestArray/3 {
			return fmt.Errorf("%s: coloured, so that all become coloured: more than %d bytes of images", path, largestArray)
		}
		a.colour()
	}
	if int64(len(a.Bytes)) > largestArray-int64(len(one.Bytes)) {
		return fmt.Errorf("%s: more than %d bytes of images", path, largestArray)
	}
	for _, trait := range p.traits {
		a.traits = addTo(a.traits, trait, path)
	}
	if p.low() {
		a.low = append(a.low, len(a.Files))
	}
	a.top = max(a.top, p.top)
	a.Bytes, a.Files = append(a.Bytes, one.Bytes...), append(a.Files, path)
	return nil
}

// finish settles what all images together decide, and notes what was assumed. Images of 16
// bits have one range: those that lie in 0..255 are nearly black where others go further.
func (a *album) finish(g *gallery) {
	if a.top > 255 {
		a.traits = slices.DeleteFunc(a.traits, func(t group) bool { return t.what == traitLow })
		for _, i := range a.low {
			clear(a.Bytes[i*a.Features() : (i+1)*a.Features()])
		}
	}
	for _, t := range a.traits {
		a.Notes = append(a.Notes, fmt.Sprintf("%s: %s %s (such as %s)", g.dir, counted(t.count, "image"), t.what, g.short(t.example)))
	}
	if a.top > 255 && a.top < 1<<12 {
		a.Notes = append(a.Notes, fmt.Sprintf("%s: values of 16-bit images go up to %d of 65535: the upper 8 bits are kept, 0 to %d; scale them to keep more",
			g.dir, a.top, a.top>>8))
	}
}

// colour turns grey samples into coloured ones of the same look.
func (s *Set) colour() {
	coloured := make([]uint8, 0, 3*len(s.Bytes))
	for _, v := range s.Bytes {
		coloured = append(coloured, v, v, v)
	}
	s.Bytes, s.Shape = coloured, append(slices.Clone(s.Shape), 3)
}

// isColoured reports whether a holds images that have the size of the grey ones of b.
func isColoured(a, b *Set) bool {
	return a.Maximum == 255 && b.Maximum == 255 && a.Bytes != nil && b.Bytes != nil &&
		len(b.Shape) == 2 && slices.Equal(a.Shape, append(slices.Clone(b.Shape), 3))
}
