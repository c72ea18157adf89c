package dataset

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"path/filepath"
	"slices"
	"testing"
)

func grey(x, y int) color.RGBA { v := uint8(10*y + x); return color.RGBA{v, v, v, 255} }

func red(x, y int) color.RGBA { return color.RGBA{uint8(10*y + x), 2, 3, 255} }

func TestReadImageOfEachColourModel(t *testing.T) {
	s, err := ReadImage(bytes.NewReader(pngFile(3, 2, false, grey)))
	check(t, s, err, []int{2, 3}, []uint8{0, 1, 2, 10, 11, 12}, nil)
	s, err = ReadImage(bytes.NewReader(pngFile(1, 2, true, red)))
	check(t, s, err, []int{2, 1, 3}, []uint8{0, 2, 3, 10, 2, 3}, nil)
	if s.Maximum != 255 || s.Labels != nil {
		t.Errorf("maximum %v, labels %v, want 255 and none", s.Maximum, s.Labels)
	}

	greys := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.Gray{7}, color.Gray{200}})
	greys.SetColorIndex(1, 0, 1)
	deep := image.NewGray16(image.Rect(0, 0, 2, 1))
	deep.SetGray16(0, 0, color.Gray16{0x07ff})
	deep.SetGray16(1, 0, color.Gray16{0xc800})
	for _, picture := range []image.Image{greys, deep} {
		var file bytes.Buffer
		if err := png.Encode(&file, picture); err != nil {
			t.Fatal(err)
		}
		s, err := ReadImage(&file)
		check(t, s, err, []int{1, 2}, []uint8{7, 200}, nil)
	}

	s, err = ReadImage(bytes.NewReader(jpegFile()))
	check(t, s, err, []int{8, 8}, bytes.Repeat([]byte{128}, 64), nil)
}

// jpegFile returns a grey image of 8 x 8 pixels of value 128.
func jpegFile() []byte {
	flat := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range flat.Pix {
		flat.Pix[i] = 128
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, flat, nil); err != nil {
		panic(err)
	}
	return file.Bytes()
}

// hugePNG returns a PNG whose header announces an image that it does not hold.
func hugePNG(width, height uint32) []byte {
	file := pngFile(1, 1, false, grey)
	binary.BigEndian.PutUint32(file[16:], width)
	binary.BigEndian.PutUint32(file[20:], height)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func TestReadImageRejects(t *testing.T) {
	good := pngFile(3, 2, false, grey)
	for name, c := range map[string]struct {
		file  []byte
		words []string
	}{
		"nothing":   {nil, []string{"want PNG, JPEG"}},
		"foreign":   {[]byte("hello"), []string{"want PNG, JPEG"}},
		"truncated": {good[:len(good)-20], []string{"png of 3 x 2 pixels"}},
		"too large": {hugePNG(1<<14, 1<<13), []string{"16384 x 8192 pixels, want 1..67108864"}},
		"a lie":     {hugePNG(1<<12, 1<<12), []string{"4096 x 4096 pixels ends after"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadImage(bytes.NewReader(c.file))
			wantError(t, err, append(c.words, "dataset: image: ")...)
		})
	}
}

func TestReadImagesTakesFoldersAsClasses(t *testing.T) {
	dir := t.TempDir()
	write(t, pngFile(2, 1, false, grey), dir, "10", "a.png")
	write(t, pngFile(2, 1, true, red), dir, "9", "b.PNG")
	write(t, pngFile(2, 1, false, grey), dir, "9", "c.png")
	write(t, []byte("note"), dir, "9", "note.txt")
	write(t, []byte("junk"), dir, "9", ".hidden.png")
	write(t, []byte("junk"), dir, ".hidden", "a.png")
	s, err := ReadImages(dir)
	check(t, s, err, []int{1, 2, 3}, []uint8{0, 2, 3, 1, 2, 3, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1}, nil)
	if !slices.Equal(s.LabelNames, []string{"9", "10"}) || !slices.Equal(s.Labels, []int{0, 0, 1}) {
		t.Errorf("labels are %v of %v", s.Labels, s.LabelNames)
	}
	want := []string{filepath.Join(dir, "9", "b.PNG"), filepath.Join(dir, "9", "c.png"), filepath.Join(dir, "10", "a.png")}
	if !slices.Equal(s.Files, want) {
		t.Errorf("files are %q, want %q", s.Files, want)
	}
	if part := s.Subset([]int{2, 0}); !slices.Equal(part.Files, []string{want[2], want[0]}) {
		t.Errorf("files of samples 2 and 0 are %q", part.Files)
	}
	s, err = ReadImages(filepath.Join(dir, "10"))
	check(t, s, err, []int{1, 2}, []uint8{0, 1}, nil)
	if s.Labels != nil {
		t.Errorf("a folder of images has labels %v", s.Labels)
	}
}

// Training and test images that are read together keep their files.
func TestFoldersOfBothPartsKeepTheirFiles(t *testing.T) {
	dir := t.TempDir()
	a := write(t, pngFile(2, 1, false, grey), dir, "train", "x", "a.png")
	b := write(t, pngFile(2, 1, false, grey), dir, "test", "x", "a.png")
	s, err := Read(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Files, []string{a, b}) {
		t.Errorf("files are %q, want %q and %q", s.Files, a, b)
	}
}

func TestReadImagesNamesTheFileThatDoesNotFit(t *testing.T) {
	dir := t.TempDir()
	_, err := ReadImages(dir)
	wantError(t, err, dir, "no images")
	write(t, pngFile(2, 1, false, grey), dir, "a", "1.png")
	path := write(t, pngFile(3, 1, false, grey), dir, "b", "2.png")
	_, err = ReadImages(dir)
	wantError(t, err, path, "3 x 1 pixels, want 2 x 1")
	write(t, []byte("junk"), dir, "b", "2.png")
	_, err = ReadImages(dir)
	wantError(t, err, path, "want PNG, JPEG")
	_, err = ReadImages(filepath.Join(dir, "absent"))
	wantError(t, err, "absent")
}
