package dataset

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // decoder
	_ "image/png"  // decoder
	"io"
	"slices"
)

const (
	largestImage = 64 << 20  // pixels
	largestFile  = 256 << 20 // bytes of an encoded image
	// pixelsPerByte is more than deflate can pack at one bit per pixel.
	pixelsPerByte = 8 * 1032
)

// ReadImage reads one PNG or JPEG image as an unlabelled set of one sample with
// Maximum 255: Shape is {height, width} for a grey image and {height, width, 3},
// in the order red, green, blue, for a coloured one. Transparent pixels lie on
// black; 16-bit values keep their upper 8 bits. Images of more than 64 megapixels
// and files of more than 256 MiB are errors.
func ReadImage(r io.Reader) (*Set, error) {
	s, err := readImage(r)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return s, nil
}

func readImage(r io.Reader) (*Set, error) {
	data, err := readAll(r, largestFile)
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	config, err := imageConfig(data)
	if err != nil {
		return nil, err
	}
	picture, format, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("image: %s of %d x %d pixels: %w", format, config.Width, config.Height, err)
	}
	bounds := picture.Bounds()
	s := &Set{Shape: []int{bounds.Dy(), bounds.Dx()}, Maximum: 255}
	if isGrey(picture.ColorModel()) {
		s.Bytes = greyPixels(picture)
	} else {
		s.Shape = append(s.Shape, 3)
		s.Bytes = colourPixels(picture)
	}
	return s, nil
}

// imageConfig returns the size of an image if it is worth decoding.
func imageConfig(data []byte) (image.Config, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return config, fmt.Errorf("image: %w, want PNG or JPEG", err)
	}
	pixels := int64(config.Width) * int64(config.Height)
	if config.Width < 1 || config.Height < 1 || pixels > largestImage {
		return config, fmt.Errorf("image: %s of %d x %d pixels, want 1..%d pixels", format, config.Width, config.Height, largestImage)
	}
	if pixels/pixelsPerByte > int64(len(data)) {
		return config, fmt.Errorf("image: %s of %d x %d pixels ends after %d bytes: %w",
			format, config.Width, config.Height, len(data), io.ErrUnexpectedEOF)
	}
	return config, nil
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

func greyPixels(picture image.Image) []uint8 {
	bounds := picture.Bounds()
	pixels := make([]uint8, 0, bounds.Dx()*bounds.Dy())
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			r, _, _, _ := picture.At(x, y).RGBA()
			pixels = append(pixels, uint8(r>>8))
		}
	}
	return pixels
}

func colourPixels(picture image.Image) []uint8 {
	bounds := picture.Bounds()
	pixels := make([]uint8, 0, 3*bounds.Dx()*bounds.Dy())
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			r, g, b, _ := picture.At(x, y).RGBA()
			pixels = append(pixels, uint8(r>>8), uint8(g>>8), uint8(b>>8))
		}
	}
	return pixels
}
