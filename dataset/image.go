package dataset

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // decoder
	_ "image/png"  // decoder
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// ReadImages reads a folder with one sub-folder of PNG or JPEG images for each
// class. The names of the sub-folders, sorted (integers by value), are the
// classes; samples follow in the order of classes and file names. A folder with
// images of its own and no sub-folder gives an unlabelled set. Files are images
// by their ending (.png, .jpg, .jpeg); others and hidden ones are passed over.
//
// Files has their paths, which begin with dir.
//
// All images must have one size; the first that differs is named in the error.
// If some are coloured the grey ones become coloured too. See [ReadImage].
func ReadImages(dir string) (*Set, error) {
	s, err := readImages(dir)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return s, nil
}

func readImages(dir string) (*Set, error) {
	folders, files, err := listImages(dir)
	if err != nil {
		return nil, err
	}
	s := &Set{Name: filepath.Base(dir), Maximum: 255}
	if len(folders) == 0 {
		for _, file := range files {
			if err := s.addImage(file); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(folders, compareLabels)
	for class, folder := range folders {
		_, files, err := listImages(filepath.Join(dir, folder))
		if err != nil {
			return nil, err
		}
		s.LabelNames = append(s.LabelNames, folder)
		for _, file := range files {
			if err := s.addImage(file); err != nil {
				return nil, err
			}
			s.Labels = append(s.Labels, class)
		}
	}
	if len(s.Bytes) == 0 {
		return nil, fmt.Errorf("%s: no images, want a sub-folder of .png or .jpg files for each class", dir)
	}
	return s, nil
}

// listImages returns the names of the visible sub-folders and the paths of the
// image files of a folder, each sorted.
func listImages(dir string) (folders, files []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		name := entry.Name()
		path := filepath.Join(dir, name)
		if strings.HasPrefix(name, ".") {
			continue
		}
		info, err := os.Stat(path) // follows links
		if err != nil {
			return nil, nil, err
		}
		switch ending := strings.ToLower(filepath.Ext(name)); {
		case info.IsDir():
			folders = append(folders, name)
		case info.Mode().IsRegular() && (ending == ".png" || ending == ".jpg" || ending == ".jpeg"):
			files = append(files, path)
		}
	}
	return folders, files, nil
}

// addImage appends the image of a file as one more sample, without a label.
func (s *Set) addImage(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	one, err := readImage(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if s.Shape == nil {
		s.Shape = one.Shape
	}
	if !slices.Equal(one.Shape[:2], s.Shape[:2]) {
		return fmt.Errorf("%s: image of %d x %d pixels, want %d x %d as those before",
			path, one.Shape[1], one.Shape[0], s.Shape[1], s.Shape[0])
	}
	if len(one.Shape) < len(s.Shape) {
		one.colour()
	} else if len(one.Shape) > len(s.Shape) {
		if int64(len(s.Bytes)) > largestArray/3 {
			return fmt.Errorf("%s: more than %d bytes of images in colour, and those before it are grey", path, largestArray)
		}
		s.colour()
	}
	if int64(len(s.Bytes)) > largestArray-int64(len(one.Bytes)) {
		return fmt.Errorf("%s: more than %d bytes of images", path, largestArray)
	}
	s.Bytes, s.Files = append(s.Bytes, one.Bytes...), append(s.Files, path)
	return nil
}

// colour turns grey samples into coloured ones of the same look.
func (s *Set) colour() {
	coloured := make([]uint8, 0, 3*len(s.Bytes))
	for _, v := range s.Bytes {
		coloured = append(coloured, v, v, v)
	}
	s.Bytes, s.Shape = coloured, append(slices.Clone(s.Shape), 3)
}
