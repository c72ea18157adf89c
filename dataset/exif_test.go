package dataset

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// webp is the image red of 3 x 2 pixels, as libwebp 1.6 packs it without loss, plain and
// with EXIF data of orientation 6.
const (
	webp       = "524946462e000000574542505650384c210000002f024000002f30024282144a7306e63f368001809ab60dd850e75f4e8de87f4c2f00"
	webpTurned = "524946466200000057454250565038580a000000080000000200000100005650384c210000002f024000002f30024282144a7306e63f368001809ab60dd850e75f4e8de87f4c2f00455849461a0000004d4d002a00000008000101120003000000010006000000000000"
	// webpMoving is the start of one with frames.
	webpMoving = "524946469800000057454250565038580a00000002000000020000010000414e494d060000000000"
)

func unhex(text string) []byte {
	data, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return data
}

// encoded returns a file of an image.
func encoded(t *testing.T, picture image.Image, format string) []byte {
	t.Helper()
	var file bytes.Buffer
	encode := map[string]func() error{
		"png":  func() error { return png.Encode(&file, picture) },
		"jpeg": func() error { return jpeg.Encode(&file, picture, &jpeg.Options{Quality: 100}) },
		"bmp":  func() error { return bmp.Encode(&file, picture) },
		"tiff": func() error {
			return tiff.Encode(&file, picture, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		},
		"gif": func() error { return gif.Encode(&file, picture, nil) },
	}[format]
	if err := encode(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestReadImageOfEveryFormat(t *testing.T) {
	coloured, shades := image.NewNRGBA(image.Rect(0, 0, 3, 2)), image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.Gray{0}, color.Gray{90}, color.Gray{200}})
	for k := range 6 {
		coloured.Set(k%3, k/3, red(k%3, k/3))
		shades.SetColorIndex(k%3, k/3, uint8(k%3))
	}
	wantRed := []uint8{0, 2, 3, 1, 2, 3, 2, 2, 3, 10, 2, 3, 11, 2, 3, 12, 2, 3}
	for _, format := range []string{"png", "bmp", "tiff"} {
		s, err := ReadImage(bytes.NewReader(encoded(t, coloured, format)))
		check(t, s, err, []int{2, 3, 3}, wantRed, nil)
	}
	for _, format := range []string{"png", "bmp", "gif", "tiff"} {
		s, err := ReadFrom(bytes.NewReader(encoded(t, shades, format)), "", Options{})
		check(t, s, err, []int{2, 3}, []uint8{0, 90, 200, 0, 90, 200}, nil)
	}
	s, err := ReadFrom(bytes.NewReader(unhex(webp)), "", Options{})
	check(t, s, err, []int{2, 3, 3}, wantRed, nil)
	if len(s.Notes) > 0 {
		t.Errorf("notes are %q, want none", s.Notes)
	}
}

// A text that starts with BM is a table.
func TestATableIsNoBitmap(t *testing.T) {
	s, err := ReadFrom(bytes.NewReader([]byte("BMI,age,sick\n21,40,no\n30,50,yes\n")), "", Options{})
	check(t, s, err, []int{2}, []uint8{21, 40, 30, 50}, nil)
}

// exif is the EXIF data of an orientation.
func exif(order binary.AppendByteOrder, turn int) []byte {
	data := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		data = []byte("MM\x00*")
	}
	data = order.AppendUint16(order.AppendUint32(data, 8), 1)
	data = order.AppendUint32(order.AppendUint16(order.AppendUint16(data, 0x112), 3), 1)
	data = order.AppendUint16(order.AppendUint16(data, uint16(turn)), 0)
	return order.AppendUint32(data, 0)
}

// The eight orientations of six blocks of 8 x 8 pixels, as Pillow 13 (ImageOps.exif_transpose)
// turns them.
func TestImagesAreTurnedUpright(t *testing.T) {
	wide := image.NewGray(image.Rect(0, 0, 24, 16))
	for k := range 24 * 16 {
		wide.Pix[k] = uint8(50 * (k%24/8 + k/24/8*3))
	}
	plain := encoded(t, wide, "jpeg")
	for turn, want := range [][]uint8{
		{0, 50, 100, 150, 200, 250},
		{0, 50, 100, 150, 200, 250},
		2: {100, 50, 0, 250, 200, 150}, 3: {250, 200, 150, 100, 50, 0}, 4: {150, 200, 250, 0, 50, 100},
		5: {0, 150, 50, 200, 100, 250}, 6: {150, 0, 200, 50, 250, 100}, 7: {250, 100, 200, 50, 150, 0}, 8: {100, 250, 50, 200, 0, 150}, 9: {0, 50, 100, 150, 200, 250},
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			body := append([]byte("Exif\x00\x00"), exif(order, turn)...)
			file := append(slices.Clone(plain[:2]), 0xff, 0xe1, 0, byte(len(body)+2))
			s, err := ReadImage(bytes.NewReader(append(append(file, body...), plain[2:]...)))
			if err != nil {
				t.Fatal(err)
			}
			var got []uint8
			for y := 4; y < s.Shape[0]; y += 8 {
				for x := 4; x < s.Shape[1]; x += 8 {
					got = append(got, (s.Bytes[y*s.Shape[1]+x]+5)/10*10)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("orientation %d: blocks %v, want %v", turn, got, want)
			}
			if said := len(s.Notes) > 0; said != (turn > 1 && turn < 9) {
				t.Errorf("orientation %d: notes are %q", turn, s.Notes)
			}
		}
	}
	s, err := ReadImage(bytes.NewReader(unhex(webpTurned)))
	check(t, s, err, []int{3, 2, 3}, []uint8{10, 2, 3, 0, 2, 3, 11, 2, 3, 1, 2, 3, 12, 2, 3, 2, 2, 3}, nil)
	shifted := append([]byte("\x89PNG\r\n\x1a\n"), "\x00\x00\x00\x00IHDR\x00\x00\x00\x00\x00\x00\x00\x1aeXIf"...)
	if got := orientation("png", append(shifted, exif(binary.BigEndian, 5)...)); got != 5 {
		t.Errorf("orientation of PNG is %d, want 5", got)
	}
}

func TestTransparentPixelsLieOnWhite(t *testing.T) {
	strokes := image.NewNRGBA(image.Rect(0, 0, 3, 1))
	strokes.SetNRGBA(0, 0, color.NRGBA{A: 255})
	strokes.SetNRGBA(1, 0, color.NRGBA{R: 255, A: 128})
	s, err := ReadImage(bytes.NewReader(encoded(t, strokes, "png")))
	check(t, s, err, []int{1, 3, 3}, []uint8{0, 0, 0, 255, 127, 127, 255, 255, 255}, nil)
	noted(t, s.Notes, "transparent pixels", "white")

	cut := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.Transparent, color.Gray{7}})
	cut.SetColorIndex(1, 0, 1)
	s, err = ReadImage(bytes.NewReader(encoded(t, cut, "gif")))
	check(t, s, err, []int{1, 2}, []uint8{255, 7}, nil)
}

func TestDeepImagesKeepTheirRange(t *testing.T) {
	deep := func(a, b uint16) []byte {
		p := image.NewGray16(image.Rect(0, 0, 2, 1))
		p.SetGray16(0, 0, color.Gray16{a})
		p.SetGray16(1, 0, color.Gray16{b})
		return encoded(t, p, "png")
	}
	s, err := ReadImage(bytes.NewReader(deep(3, 255)))
	check(t, s, err, []int{1, 2}, []uint8{3, 255}, nil)
	noted(t, s.Notes, "16 bits", "up to 255")
	s, err = ReadImage(bytes.NewReader(deep(255, 256)))
	check(t, s, err, []int{1, 2}, []uint8{0, 1}, nil)

	dir := t.TempDir()
	write(t, deep(3, 255), dir, "1.png")
	write(t, deep(0, 7), dir, "2.png")
	s, err = ReadImages(dir)
	check(t, s, err, []int{1, 2}, []uint8{3, 255, 0, 7}, nil)
	noted(t, s.Notes, "2 images of 16 bits")
	write(t, deep(0x300, 0x0fff), dir, "3.png")
	s, err = ReadImages(dir)
	check(t, s, err, []int{1, 2}, []uint8{0, 0, 0, 0, 3, 15}, nil)
	noted(t, s.Notes, "up to 4095 of 65535", "0 to 15")
}

// The first frame of an animation, which may be smaller than the image, lies on white.
func TestOfSeveralFramesTheFirstIsRead(t *testing.T) {
	shades := color.Palette{color.Gray{0}, color.Gray{90}}
	small, large := image.NewPaletted(image.Rect(1, 0, 2, 1), shades), image.NewPaletted(image.Rect(0, 0, 3, 1), shades)
	var file bytes.Buffer
	if err := gif.EncodeAll(&file, &gif.GIF{Image: []*image.Paletted{small, large}, Delay: []int{1, 1}, Config: image.Config{Width: 3, Height: 1, ColorModel: shades}}); err != nil {
		t.Fatal(err)
	}
	s, err := ReadImage(&file)
	check(t, s, err, []int{1, 3}, []uint8{255, 0, 255}, nil)
	noted(t, s.Notes, "several frames")
}

func TestImagesThatAreNotReadAreNamed(t *testing.T) {
	for name, file := range map[string]string{
		"a HEIC image": "\x00\x00\x00\x18ftypheic\x00\x00", "an AVIF image": "\x00\x00\x00\x18ftypavif\x00\x00",
		"a Photoshop file": "8BPS\x00\x01", "an animated WebP image": string(unhex(webpMoving)),
	} {
		_, err := ReadImage(bytes.NewReader([]byte(file)))
		wantError(t, err, name, "convert it first")
		if path := write(t, []byte(file), t.TempDir(), "a.dat"); name != "an animated WebP image" {
			_, err = Read(path, Options{})
			wantError(t, err, name, filepath.Base(path))
		}
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add("jpeg", append([]byte("\xff\xd8\xff\xe1\x00\x22Exif\x00\x00"), exif(binary.LittleEndian, 3)...))
	f.Add("webp", unhex(webpTurned))
	f.Add("tiff", exif(binary.BigEndian, 8))
	f.Add("png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x00acTL"))
	f.Add("gif", []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00"))
	f.Fuzz(func(t *testing.T, format string, data []byte) {
		if turn := orientation(format, data); turn < 1 || turn > 8 {
			t.Fatalf("orientation %d", turn)
		}
		_ = severalFrames(format, data)
		_ = foreignImage(data)
	})
}
