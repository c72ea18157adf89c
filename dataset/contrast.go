package dataset

import "math"

// ContrastFloor is added to the variance where the contrast is normalised, where
// values go up to 1: the 10 of pixels from 0 to 255 in A. Coates and A. Ng, "Learning feature
// representations with k-means", 2012. It keeps the noise of a sample of one grey small.
const ContrastFloor = 10.0 / (255 * 255)

// normaliseContrast subtracts from the values of a sample, all channels together, their mean
// and divides by their deviation:
//
//	x_k <- (x_k - m) / sqrt(v + 10/255^2)    m and v: mean and variance of the D values
//
// Sums are in float64, k ascending.
func normaliseContrast(values []float32) {
	sum := 0.0
	for _, x := range values {
		sum += float64(x)
	}
	mean := sum / float64(len(values))
	squares := 0.0
	for _, x := range values {
		d := float64(x) - mean
		squares += float64(d * d)
	}
	factor := 1 / math.Sqrt(squares/float64(len(values))+ContrastFloor)
	for k, x := range values {
		values[k] = float32((float64(x) - mean) * factor)
	}
}

// localContrast normalises the contrast of images around each pixel. It does not change.
type localContrast struct{ height, width, channels, side int }

// room returns memory for the sums of an image.
func (l localContrast) room() []float64 { return make([]float64, 2*(l.height+1)*l.width) }

// normalise does with each value what [normaliseContrast] does, m and v being mean and
// variance of all channels of the pixels around: side x side of them, side/2 before the pixel,
// rounded down, and as many of these as lie in the image. Running sums in float64 of pixels,
// lines and columns make that O(D).
func (l localContrast) normalise(values []float32, room []float64) {
	height, width, channels := l.height, l.width, l.channels
	before, after := l.side/2, l.side-l.side/2-1
	column, pixels := room[:2*width], room[2*width:] // sums of x and of x^2
	clear(column)
	for p := range height * width {
		sum, squares := 0.0, 0.0
		for _, x := range values[p*channels : (p+1)*channels] {
			sum += float64(x)
			squares += float64(x) * float64(x) // exact
		}
		pixels[2*p], pixels[2*p+1] = sum, squares
	}
	move := func(y int, sign float64) {
		if y < 0 || y >= height {
			return
		}
		for k, v := range pixels[2*y*width : 2*(y+1)*width] {
			column[k] += sign * v // exact product
		}
	}
	for y := range min(after, height) {
		move(y, 1)
	}
	for y := range height {
		move(y+after, 1)
		move(y-before-1, -1)
		lines := min(y+after, height-1) - max(y-before, 0) + 1
		sum, squares := 0.0, 0.0
		for x := range min(after, width) {
			sum, squares = sum+column[2*x], squares+column[2*x+1]
		}
		for x := range width {
			if right := x + after; right < width {
				sum, squares = sum+column[2*right], squares+column[2*right+1]
			}
			if left := x - before - 1; left >= 0 {
				sum, squares = sum-column[2*left], squares-column[2*left+1]
			}
			count := float64(lines * (min(x+after, width-1) - max(x-before, 0) + 1) * channels)
			mean := sum / count
			factor := 1 / math.Sqrt(max(0, squares/count-float64(mean*mean))+ContrastFloor)
			for k := (y*width + x) * channels; k < (y*width+x+1)*channels; k++ {
				values[k] = float32((float64(values[k]) - mean) * factor)
			}
		}
	}
}
