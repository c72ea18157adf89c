package figure

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
)

const (
	sheetGap = 4  // pixels around each picture
	cellSide = 84 // of a picture that is enlarged, at most
	// largestSheet bounds the pixels of a sheet.
	largestSheet = 64 << 20
)

// Sheet draws pictures of one size side by side, a line for each row, and returns the PNG file.
// Small ones are enlarged, every pixel to a square. The first column stands apart. It reports
// rows without pictures or of different lengths, and more pixels than 64 million.
func Sheet(rows [][]image.Image) ([]byte, error) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return nil, fmt.Errorf("figure: a sheet without pictures")
	}
	size := rows[0][0].Bounds().Size()
	zoom := max(1, cellSide/max(size.X, size.Y, 1))
	cell := size.Mul(zoom).Add(image.Pt(sheetGap, sheetGap))
	whole := image.Pt(cell.X*len(rows[0])+3*sheetGap, cell.Y*len(rows)+sheetGap)
	if int64(whole.X)*int64(whole.Y) > largestSheet {
		return nil, fmt.Errorf("figure: a sheet of %d x %d pixels, want at most %d: show fewer pictures", whole.X, whole.Y, largestSheet)
	}
	sheet := image.NewRGBA(image.Rectangle{Max: whole})
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.Gray{128}), image.Point{}, draw.Src)
	for y, row := range rows {
		if len(row) != len(rows[0]) {
			return nil, fmt.Errorf("figure: row %d has %d pictures, row 0 has %d", y, len(row), len(rows[0]))
		}
		for x, picture := range row {
			corner := image.Pt(x*cell.X+sheetGap, y*cell.Y+sheetGap)
			if x > 0 {
				corner.X += 2 * sheetGap
			}
			bounds := picture.Bounds()
			if bounds.Size() != size {
				return nil, fmt.Errorf("figure: picture %d of row %d has %v pixels, the first has %v", x, y, bounds.Size(), size)
			}
			for py := range size.Y {
				for px := range size.X {
					square := image.Rect(0, 0, zoom, zoom).Add(corner).Add(image.Pt(px, py).Mul(zoom))
					draw.Draw(sheet, square, image.NewUniform(picture.At(bounds.Min.X+px, bounds.Min.Y+py)), image.Point{}, draw.Src)
				}
			}
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, sheet); err != nil {
		return nil, fmt.Errorf("figure: %w", err)
	}
	return file.Bytes(), nil
}
