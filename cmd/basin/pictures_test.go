package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// side of the pictures that are written for dialogues.
const side = 6

// bar returns a picture with a bright bar to the left (class 0) or on top (class 1).
func bar(class, i int) []uint8 {
	draws := rand.New(rand.NewPCG(uint64(class), uint64(i)))
	pixels := make([]uint8, side*side)
	for k := range pixels {
		if place := []int{k % side, k / side}[class]; place < 2 {
			pixels[k] = uint8(150 + draws.IntN(80))
		} else {
			pixels[k] = uint8(draws.IntN(40))
		}
	}
	return pixels
}

// writePictures is the command "pictures FOLDER FORM COUNT": it writes so many PNG files to
// FOLDER/left and FOLDER/top, in shades of grey as grey, as rgb (three equal channels), as
// alpha (black of that opacity), or as low16 (16 bits that go up to 255); black is all zero.
func writePictures(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: pictures FOLDER FORM COUNT")
	}
	count, err := strconv.Atoi(args[2])
	ts.Check(err)
	for class, name := range []string{"left", "top"} {
		dir := filepath.Join(ts.MkAbs(args[0]), name)
		ts.Check(os.MkdirAll(dir, 0o755))
		for i := range count {
			var file bytes.Buffer
			ts.Check(png.Encode(&file, drawn(bar(class, i), args[1])))
			ts.Check(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.png", i)), file.Bytes(), 0o644))
		}
	}
}

func drawn(pixels []uint8, form string) image.Image {
	frame := image.Rect(0, 0, side, side)
	grey, grey16, colour := image.NewGray(frame), image.NewGray16(frame), image.NewNRGBA(frame)
	for k, v := range pixels {
		x, y := k%side, k/side
		switch form {
		case "grey":
			grey.SetGray(x, y, color.Gray{v})
		case "low16":
			grey16.SetGray16(x, y, color.Gray16{uint16(v)})
		case "rgb":
			colour.SetNRGBA(x, y, color.NRGBA{v, v, v, 255})
		case "alpha":
			colour.SetNRGBA(x, y, color.NRGBA{A: v})
		}
	}
	switch form {
	case "low16":
		return grey16
	case "rgb", "alpha":
		return colour
	}
	return grey
}

// writeArrays is the command "arrays FILE COUNT NAME=FORM...": it writes an NPZ archive of
// pictures as bytes or as floats 0..1 and of their labels as numbers, or one NPY file where
// the only NAME is empty.
func writeArrays(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: arrays FILE COUNT NAME=FORM...")
	}
	count, err := strconv.Atoi(args[1])
	ts.Check(err)
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	for _, arg := range args[2:] {
		name, form, _ := strings.Cut(arg, "=")
		if name == "" {
			ts.Check(os.WriteFile(ts.MkAbs(args[0]), numpy(form, count), 0o644))
			return
		}
		member, err := archive.Create(name + ".npy")
		ts.Check(err)
		_, err = member.Write(numpy(form, count))
		ts.Check(err)
	}
	ts.Check(archive.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), file.Bytes(), 0o644))
}

// numpy returns an NPY file of count pictures, or of their classes, by turns 0 and 1.
func numpy(form string, count int) []byte {
	var data []byte
	descriptor, shape := "|u1", fmt.Sprintf("(%d, %d, %d)", count, side, side)
	for i := range count {
		pixels := bar(i%2, i)
		switch form {
		case "bytes":
			data = append(data, pixels...)
		case "floats":
			descriptor = "<f4"
			for _, v := range pixels {
				data, _ = binary.Append(data, binary.LittleEndian, float32(v)/255)
			}
		case "labels":
			data, shape = append(data, uint8(i%2)), fmt.Sprintf("(%d,)", count)
		}
	}
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descriptor, shape)
	file := append([]byte("\x93NUMPY\x01\x00"), byte(len(head)), byte(len(head)>>8))
	return append(append(file, head...), data...)
}
