package dataset

import "math"

// contrastFloor is added to the variance of a sample whose contrast is normalised, where
// values go up to 1: the 10 of pixels from 0 to 255 in A. Coates and A. Ng, "Learning feature
// representations with k-means", 2012. It keeps the noise of a sample of one grey small.
const contrastFloor = 10.0 / (255 * 255)

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
	factor := 1 / math.Sqrt(squares/float64(len(values))+contrastFloor)
	for k, x := range values {
		values[k] = float32((float64(x) - mean) * factor)
	}
}
