package theory

import "math"

// root returns a zero of f in [low, high], where f changes sign, to relative precision:
// regula falsi (Illinois), with bisection whenever that is slow. It returns false where f
// has one sign at both ends.
func root(f func(float64) float64, low, high, precision float64) (float64, bool) {
	fl, fh := f(low), f(high)
	if fl == 0 {
		return low, true
	}
	if fh == 0 {
		return high, true
	}
	if (fl > 0) == (fh > 0) {
		return 0, false
	}
	side := 0
	for step := range 400 {
		width := math.Abs(high - low)
		if width <= precision*math.Max(math.Abs(low), math.Abs(high)) {
			break
		}
		x := low + (high-low)*(fl/(fl-fh))
		if step%4 == 3 || !(math.Min(low, high) < x && x < math.Max(low, high)) {
			x = low + (high-low)/2
		}
		if x == low || x == high {
			break
		}
		fx := f(x)
		switch {
		case fx == 0:
			return x, true
		case (fx > 0) == (fl > 0):
			low, fl = x, fx
			if side == 1 {
				fh /= 2
			}
			side = 1
		default:
			high, fh = x, fx
			if side == -1 {
				fl /= 2
			}
			side = -1
		}
	}
	if math.Abs(fl) < math.Abs(fh) {
		return low, true
	}
	return high, true
}
