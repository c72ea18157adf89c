package figure

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

func flat(width, height int, shade uint8) image.Image {
	picture := image.NewGray(image.Rect(0, 0, width, height))
	for k := range picture.Pix {
		picture.Pix[k] = shade
	}
	return picture
}

// Every pixel of every picture is a square at its place.
func TestASheetHasEveryPixelOfItsPictures(t *testing.T) {
	for _, width := range []int{3, 28, 90} {
		height, zoom := width-1, max(1, cellSide/width)
		var rows [][]image.Image
		for y := range 2 {
			var row []image.Image
			for x := range 3 {
				picture := image.NewRGBA(image.Rect(5, 6, 5+width, 6+height)) // not from 0 on
				for py := range height {
					for px := range width {
						picture.SetRGBA(5+px, 6+py, color.RGBA{uint8(px), uint8(py), uint8(100*y + x), 255})
					}
				}
				row = append(row, picture)
			}
			rows = append(rows, row)
		}
		file, err := Sheet(rows)
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		covered := 0
		for y := range 2 {
			for x := range 3 {
				left, top := sheetGap+x*(width*zoom+sheetGap), sheetGap+y*(height*zoom+sheetGap)
				if x > 0 {
					left += 2 * sheetGap
				}
				for py := range height * zoom {
					for px := range width * zoom {
						want := color.RGBA{uint8(px / zoom), uint8(py / zoom), uint8(100*y + x), 255}
						if got := color.RGBAModel.Convert(sheet.At(left+px, top+py)); got != want {
							t.Fatalf("width %d, picture %d of row %d, pixel %d, %d: %v, want %v", width, x, y, px, py, got, want)
						}
						covered++
					}
				}
			}
		}
		size := sheet.Bounds().Size()
		grey := 0
		for y := range size.Y {
			for x := range size.X {
				if color.RGBAModel.Convert(sheet.At(x, y)) == (color.RGBA{128, 128, 128, 255}) {
					grey++
				}
			}
		}
		if grey != size.X*size.Y-covered {
			t.Errorf("width %d: %d pixels of ground, want %d", width, grey, size.X*size.Y-covered)
		}
	}
}

func TestSheetsThatCannotBeDrawn(t *testing.T) {
	for name, rows := range map[string][][]image.Image{
		"nothing":       nil,
		"an empty row":  {{}},
		"two lengths":   {{flat(2, 2, 1), flat(2, 2, 2)}, {flat(2, 2, 3)}},
		"two sizes":     {{flat(2, 2, 1), flat(2, 3, 2)}},
		"a large sheet": {{flat(9000, 8000, 1)}},
	} {
		if _, err := Sheet(rows); err == nil {
			t.Errorf("%s was drawn", name)
		}
	}
}
