package dataset

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"io"
	"math"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// sound fails unless a reader returned either an error or a valid set that is no
// larger than the input can justify.
func sound(t *testing.T, s *Set, err error, input []byte, factor int) {
	t.Helper()
	if err != nil {
		if !strings.HasPrefix(err.Error(), "dataset: ") {
			t.Fatalf("error %q does not name the package", err)
		}
		return
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	if s.Count() == 0 {
		t.Fatal("a set without samples")
	}
	if values := len(s.Bytes) + len(s.Floats); values > 3*freePixels && values > factor*(len(input)+1) {
		t.Fatalf("%d values from %d bytes", values, len(input))
	}
}

// deflateRatio bounds how much content one byte of gzip can hold.
const deflateRatio = 1100

func FuzzReadIDX(f *testing.F) {
	for _, file := range [][]byte{
		nil, idxFile(8, []int{2, 1, 2}, []byte{1, 2, 3, 4}), idxFile(8, []int{3}, []byte{1, 2, 3}),
		idxFile(13, []int{1, 2}, big([]float32{1, -2})), idxFile(14, []int{1, 1, 1, 1}, big([]float64{3})),
		idxFile(8, []int{math.MaxInt32, math.MaxInt32}, nil), gz(idxFile(11, []int{1, 2}, big([]int16{1, 999}))),
	} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := ReadIDX(bytes.NewReader(file))
		sound(t, s, err, file, deflateRatio)
		_, _ = ReadIDXLabels(bytes.NewReader(file))
	})
}

func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{
		"", "1,2,a\n3,4,b\n", "x;y;class\n1;2.5;a\n", "a\tb\n1\t2\n", "\xef\xbb\xbf\"1\",2\n", "1,2\n1\n", "1,,2", "\n\n,\n", "nan,1\n",
		"1e99,2\n", "label,b\n1,2\n", "0x1p-2,1_0\n", string(gz([]byte("1,2\n3,4"))),
	} {
		for _, label := range []string{"", "none", "1", "class"} {
			f.Add([]byte(text), label)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, label string) {
		s, err := ReadCSV(bytes.NewReader(file), Options{Label: label})
		sound(t, s, err, file, deflateRatio)
	})
}

func FuzzReadNPY(f *testing.F) {
	f.Add([]byte{})
	f.Add(npyFile("|u1", false, []int{2, 2}, []byte{1, 2, 3, 4}))
	f.Add(npyFile("<f8", true, []int{1, 2, 1}, little([]float64{1, 2})))
	f.Add(npyFile(">i2", false, []int{1, 2}, big([]int16{1, -2})))
	f.Add(npyFile("<i8", false, []int{math.MaxInt32, math.MaxInt32}, nil))
	f.Add(npyFile("<i8", false, []int{-1, 3}, nil))
	f.Add([]byte("\x93NUMPY\x02\x00\xff\xff\xff\xff{"))
	f.Add([]byte("\x93NUMPY\x01\x00\x02\x00}\n"))
	f.Add(gz(npyFile("|b1", false, []int{1, 1}, []byte{1})))
	f.Add(npyFile("<f2", false, []int{1, 3, 2, 2}, make([]byte, 24)))
	f.Add(npyFile("<U1", false, []int{1, 3}, make([]byte, 12)))
	f.Add([]byte("\x93NUMPY\x03\x00\x02\x00\x00\x00}\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := ReadNPY(bytes.NewReader(file))
		sound(t, s, err, file, deflateRatio)
	})
}

// FuzzReadNPZ reads an archive as it is and one of the arrays x and y: the
// checksums of an archive keep changed ones from being read far.
func FuzzReadNPZ(f *testing.F) {
	x := npyFile("|u1", false, []int{2, 2}, []byte{1, 2, 3, 4})
	y := npyFile("<i8", false, []int{2}, little([]int64{7, 3}))
	f.Add([]byte{}, x, y)
	f.Add(npzFile(), x, npyFile("<f8", false, []int{2, 1}, little([]float64{1, 2})))
	f.Add(npzFile("x", x, "y", y), npyFile("<f4", true, []int{2, 2}, little([]float32{1, 2, 3, 4})), y)
	f.Add(npzFile("x_train", x, "y_train", y, "x_test", x, "y_test", y), x, x)
	f.Add(npzFile("x", x, "X", x), []byte{}, []byte{})
	f.Add(npzFile("arr_0", x, "arr_1", y), x, npyFile("<U2", false, []int{2}, little([]uint32{'a', 0, 'b', 'c'})))
	f.Add(npzFile("x_train", x, "x_val", x), x, npyFile("|b1", true, []int{2, 2}, []byte{0, 1, 1, 0}))
	read := func(t *testing.T, file []byte) {
		d, err := ReadNPZ(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			sound(t, nil, err, file, 0)
			return
		}
		sound(t, d.Train, nil, file, deflateRatio)
		if d.Test != nil {
			sound(t, d.Test, nil, file, deflateRatio)
		}
	}
	f.Fuzz(func(t *testing.T, file, x, y []byte) {
		read(t, file)
		read(t, npzFile("x", x, "y", y))
		read(t, npzFile("x_train", x, "y_train", y, "x_test", y, "y_test", x))
	})
}

func FuzzReadCIFAR(f *testing.F) {
	f.Add([]byte{}, false)
	f.Add(gz(cifarFile([]byte{3}, []byte{9})), false)
	f.Add(gz(cifarFile([]byte{3, 99})), true)
	f.Add(cifarFile([]byte{3})[:100], true)
	f.Fuzz(func(t *testing.T, file []byte, hundred bool) {
		classes := 10
		if hundred {
			classes = 100
		}
		s, err := ReadCIFAR(bytes.NewReader(file), classes)
		sound(t, s, err, file, deflateRatio)
	})
}

func FuzzReadImage(f *testing.F) {
	f.Add([]byte{})
	f.Add(pngFile(3, 2, false, grey))
	f.Add(pngFile(2, 2, true, func(x, y int) color.RGBA { return color.RGBA{uint8(x), uint8(y), 9, 255} }))
	f.Add(hugePNG(1<<12, 1<<12))
	f.Add(hugePNG(1<<30, 1<<30))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Add(jpegFile())
	f.Add(unhex(webp))
	f.Add(unhex(webpTurned))
	for _, format := range []string{"bmp", "gif", "tiff"} {
		var file bytes.Buffer
		shades := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.Black, color.White})
		_ = map[string]func(io.Writer, image.Image) error{
			"bmp": bmp.Encode, "gif": func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) },
			"tiff": func(w io.Writer, m image.Image) error { return tiff.Encode(w, m, nil) },
		}[format](&file, shades)
		f.Add(file.Bytes())
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := ReadImage(bytes.NewReader(file))
		sound(t, s, err, file, 3*pixelsPerByte)
	})
}
