//go:build !amd64 || noasm

package kernel

func accelerated() []set { return nil }

// PeakFMA returns zero: there is no peak to compare portable kernels with.
func PeakFMA(float64) float64 { return 0 }
