package sample

import (
	"fmt"
	"math"

	"basin/internal/random"
)

// aboveNormal draws a standard normal number above a bound: by rejection from the normal,
// and in its tail from an exponential (Robert 1995), which is exact at every bound.
func aboveNormal(bound float64, stream *random.Stream) float64 {
	r := stream.Rand()
	if bound < 0.45 {
		for {
			if z := r.NormFloat64(); z > bound {
				return z
			}
		}
	}
	rate := (bound + math.Sqrt(bound*bound+4)) / 2
	for {
		z := bound + r.ExpFloat64()/rate
		if d := z - rate; z > bound && r.Float64() < math.Exp(-d*d/2) {
			return z
		}
	}
}

func finite(name string, value float64) error {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return fmt.Errorf("sample: %s %v, want a finite number", name, value)
	}
	return nil
}

// meanError returns a mean and its standard error.
func meanError(values []float64) (mean, err float64) {
	count := float64(len(values))
	for _, v := range values {
		mean += v
	}
	mean /= count
	for _, v := range values {
		err += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(err / count / max(1, count-1))
}
