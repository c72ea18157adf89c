package dataset

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// album is a set that grows image by image.
type album struct {
	*Set
	limit  int64   // of the bytes of all images
	traits []group // what there is to say of the images
	low    []int   // samples of 16 bits that lie in 0..255
	top    uint16  // largest of all 16-bit values
}

// decodedBytes is about what the images that are decoded at a time take.
const decodedBytes = 8 << 20

// read appends the images of files in their order, and reports how many are there. All
// processors decode some images at a time, which are then added one by one: what they give,
// and the error of the first bad file, does not depend on who decoded which.
func (a *album) read(ctx context.Context, files []string, report func(done int)) error {
	first, err := openPicture(files[0])
	if err != nil {
		return err
	}
	a.Shape = first.shape
	size := int64(len(first.pixels)) * int64(len(files))
	if size > min(a.limit, math.MaxInt) {
		return fmt.Errorf("%d images of the size of %s, %s, take %d bytes, want at most %d: data.limit, in GiB, raises it",
			len(files), files[0], ShapeText(first.shape), size, min(a.limit, math.MaxInt))
	}
	a.Bytes = make([]uint8, 0, size)
	together := max(runtime.GOMAXPROCS(0), decodedBytes/len(first.pixels))
	for part := range slices.Chunk(files, together) {
		pictures, faults := a.decode(ctx, part)
		if err := ctx.Err(); err != nil {
			return err
		}
		for k, path := range part {
			if faults[k] != nil {
				return faults[k]
			}
			if err := a.add(path, pictures[k]); err != nil {
				return err
			}
		}
		report(len(a.Files))
	}
	return nil
}

// decode reads some images on all processors. Those of another size come without pixels.
func (a *album) decode(ctx context.Context, files []string) (pictures []*picture, faults []error) {
	pictures, faults = make([]*picture, len(files)), make([]error, len(files))
	var next atomic.Int64
	workers := sync.WaitGroup{}
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for k := int(next.Add(1)) - 1; k < len(files) && ctx.Err() == nil; k = int(next.Add(1)) - 1 {
				p, err := openPicture(files[k])
				if err == nil && !slices.Equal(p.shape[:2], a.Shape[:2]) {
					p.pixels = nil
				}
				pictures[k], faults[k] = p, err
			}
		})
	}
	workers.Wait()
	return pictures, faults
}

// openPicture decodes the image of a file.
func openPicture(path string) (*picture, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	p, err := readPicture(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// add appends the image of a file as one more sample, without a label.
func (a *album) add(path string, p *picture) error {
	if !slices.Equal(p.shape[:2], a.Shape[:2]) {
		return fmt.Errorf("%s: image of %d x %d pixels, want %d x %d as in %s: all images must have one size, so scale or crop them first",
			path, p.shape[1], p.shape[0], a.Shape[1], a.Shape[0], a.Files[0])
	}
	one := &Set{Shape: p.shape, Bytes: p.pixels}
	if len(p.shape) < len(a.Shape) {
		one.colour()
	} else if len(p.shape) > len(a.Shape) {
		if size := int64(cap(a.Bytes)); size > min(a.limit, math.MaxInt)/3 {
			return fmt.Errorf("%s: coloured, so that all become coloured and take %d bytes, want at most %d: data.limit, in GiB, raises it",
				path, 3*size, a.limit)
		}
		a.colour()
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

// colour turns grey samples into coloured ones of the same look, with room for as many more
// as there was.
func (s *Set) colour() {
	coloured := make([]uint8, 0, 3*cap(s.Bytes))
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
