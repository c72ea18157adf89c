package dataset

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"  // decoder
	_ "image/jpeg" // decoder
	_ "image/png"  // decoder
	"io"
	"slices"

	_ "golang.org/x/image/bmp"  // decoder
	_ "golang.org/x/image/tiff" // decoder
	_ "golang.org/x/image/webp" // decoder
)

const (
	largestImage = 64 << 20  // pixels
	largestFile  = 256 << 20 // bytes of an encoded image
	// pixelsPerByte is more than deflate can pack at one bit per pixel.
	pixelsPerByte = 8 * 1032
	// freePixels may come from a file of any length: WebP packs one colour into nothing.
	freePixels = 1 << 20
)

// imageFormats are the formats of images, for messages.
const imageFormats = "PNG, JPEG, GIF, BMP, TIFF or WebP"

// ReadImage reads one image (PNG, JPEG, GIF, BMP, TIFF or WebP) as an unlabelled set of one
// sample with Maximum 255: Shape is {height, width} for a grey image and {height, width, 3},
// in the order red, green, blue, for a coloured one. Transparent pixels lie on white. Of
// 16-bit values the upper 8 bits are kept or, where none is above 255, the lower ones. An
// orientation in EXIF data is followed; of several frames or pages the first is read. Notes
// says which of these there were. Images of more than 64 megapixels and files of more than
// 256 MiB are errors.
func ReadImage(r io.Reader) (*Set, error) {
	s, err := readImage(r)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return s, nil
}

func readImage(r io.Reader) (*Set, error) {
	p, err := readPicture(r)
	if err != nil {
		return nil, err
	}
	s := &Set{Shape: p.shape, Bytes: p.pixels, Maximum: 255}
	for _, trait := range p.traits {
		s.Notes = append(s.Notes, "image "+trait)
	}
	return s, nil
}

// What there may be to say of an image.
const (
	traitAlpha  = "with transparent pixels, which lie on white"
	traitLow    = "of 16 bits with values up to 255, which are taken as they are"
	traitTurned = "turned upright, as EXIF data say"
	traitFrames = "of several frames or pages, of which the first is read"
)

// picture is a decoded image.
type picture struct {
	shape  []int
	pixels []uint8
	top    uint16 // of 16-bit values the largest, else 0
	deep   bool   // values had 16 bits
	traits []string
}

// low reports whether 16-bit values lie in 0..255.
func (p *picture) low() bool { return p.deep && p.top <= 255 }

// readPicture decodes an image. A decoder that panics has met a damaged file.
func readPicture(r io.Reader) (p *picture, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			p, err = nil, fmt.Errorf("image: damaged: %v", fault)
		}
	}()
	data, err := readAll(r, largestFile)
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	config, format, err := imageConfig(data)
	if err != nil {
		return nil, err
	}
	decoded, _, err := image.Decode(bytes.NewReader(data))
	if foreign := foreignImage(data); err != nil && foreign != "" {
		return nil, fmt.Errorf("image: %s, want %s: convert it first", foreign, imageFormats)
	}
	if err != nil {
		return nil, fmt.Errorf("image: %s of %d x %d pixels: %w", format, config.Width, config.Height, err)
	}
	turn := orientation(format, data)
	p = newPicture(decoded, config, turn)
	if turn > 1 {
		p.traits = append(p.traits, traitTurned)
	}
	if severalFrames(format, data) {
		p.traits = append(p.traits, traitFrames)
	}
	return p, nil
}

// imageConfig returns size and format of an image if it is worth decoding.
func imageConfig(data []byte) (config image.Config, format string, err error) {
	config, format, err = image.DecodeConfig(bytes.NewReader(data))
	if foreign := foreignImage(data); err != nil && foreign != "" {
		return config, format, fmt.Errorf("image: %s, want %s: convert it first", foreign, imageFormats)
	}
	if err != nil {
		return config, format, fmt.Errorf("image: %w, want %s", err, imageFormats)
	}
	pixels := int64(config.Width) * int64(config.Height)
	if config.Width < 1 || config.Height < 1 || pixels > largestImage {
		return config, format, fmt.Errorf("image: %s of %d x %d pixels, want 1..%d pixels", format, config.Width, config.Height, largestImage)
	}
	if pixels > freePixels && pixels/pixelsPerByte > int64(len(data)) {
		return config, format, fmt.Errorf("image: %s of %d x %d pixels ends after %d bytes: %w",
			format, config.Width, config.Height, len(data), io.ErrUnexpectedEOF)
	}
	return config, format, nil
}

// newPicture lays an image on a white ground of its size and turns it.
func newPicture(decoded image.Image, config image.Config, turn int) *picture {
	width, height := config.Width, config.Height
	if turn > 4 {
		width, height = height, width
	}
	p := &picture{shape: []int{height, width}, deep: is16Bit(decoded.ColorModel())}
	channels := 1
	if !isGrey(decoded.ColorModel()) {
		p.shape, channels = append(p.shape, 3), 3
	}
	wide := make([]uint16, 0, width*height*channels)
	clear := false
	bounds := decoded.Bounds() // the first frame of a GIF may be smaller than the image
	for y := range height {
		for x := range width {
			sx, sy := turned(turn, x, y, config.Width, config.Height)
			var r, g, b, a uint32
			if image.Pt(sx, sy).In(bounds) {
				r, g, b, a = decoded.At(sx, sy).RGBA()
			}
			white := 0xffff - a
			clear = clear || white > 0
			if wide = append(wide, uint16(r+white)); channels == 3 {
				wide = append(wide, uint16(g+white), uint16(b+white))
			}
		}
	}
	if clear {
		p.traits = append(p.traits, traitAlpha)
	}
	if p.deep {
		p.top = slices.Max(wide)
	}
	shift := 8
	if p.low() {
		shift = 0
		p.traits = append(p.traits, traitLow)
	}
	p.pixels = make([]uint8, len(wide))
	for i, v := range wide {
		p.pixels[i] = uint8(v >> shift)
	}
	return p
}

func is16Bit(model color.Model) bool {
	return model == color.Gray16Model || model == color.NRGBA64Model || model == color.RGBA64Model
}

func isGrey(model color.Model) bool {
	if palette, ok := model.(color.Palette); ok {
		return !slices.ContainsFunc(palette, func(c color.Color) bool {
			r, g, b, _ := c.RGBA()
			return r>>8 != g>>8 || g>>8 != b>>8
		})
	}
	return model == color.GrayModel || model == color.Gray16Model
}
