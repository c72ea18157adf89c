package theory

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// pairFit looks for the fields f at which every module of two states has its overlap. They
// minimise ln 2 + ln sum - sum_l f_l q_l, which is convex.
type pairFit struct {
	chain    pairChain
	overlaps []float64
	fields   []float64 // zero where the overlap is 1 or -1
	// left and right are the messages that reach each module.
	left, right []pairMessage
}

func (p pairChain) fit(overlaps []float64) *pairFit {
	n := len(p)
	f := &pairFit{p, overlaps, make([]float64, n), make([]pairMessage, n), make([]pairMessage, n)}
	f.left[0], f.right[n-1] = noNeighbour(), noNeighbour()
	f.pass()
	return f
}

// pass computes all messages.
func (f *pairFit) pass() {
	last := len(f.chain) - 1
	for l := range last {
		f.left[l+1] = f.left[l].next(&f.chain[l], f.fields[l])
	}
	for l := last; l > 0; l-- {
		f.right[l-1] = f.right[l].next(&f.chain[l], f.fields[l])
	}
}

// value returns what the fields are to minimise; -Inf where there is no pair at all.
func (f *pairFit) value() float64 {
	w := weigh(&f.left[0], &f.right[0], &f.chain[0])
	log := math.Ln2 + logAdd(w[0]+f.fields[0], w[1]-f.fields[0])
	for l, field := range f.fields {
		log -= field * f.overlaps[l]
	}
	return log
}

// sweep gives one module after another its overlap, up and down the chain. It returns
// false where a module cannot have its overlap: there are no such pairs.
func (f *pairFit) sweep() bool {
	last := len(f.chain) - 1
	set := func(l int) bool {
		w, q := weigh(&f.left[l], &f.right[l], &f.chain[l]), f.overlaps[l]
		if math.IsInf(w[0], -1) && q > -1 || math.IsInf(w[1], -1) && q < 1 {
			return false
		}
		if math.Abs(q) < 1 {
			f.fields[l] = (math.Log1p(q) - math.Log1p(-q) - w[0] + w[1]) / 2
		}
		return true
	}
	for l := range last {
		if !set(l) {
			return false
		}
		f.left[l+1] = f.left[l].next(&f.chain[l], f.fields[l])
	}
	for l := last; l >= 0; l-- {
		if !set(l) {
			return false
		}
		if l > 0 {
			f.right[l-1] = f.right[l].next(&f.chain[l], f.fields[l])
		}
	}
	return true
}

// settle finds the minimum to rounding and reports whether it did. Sweeps are safe, but slow
// where neighbours hold each other. Newton steps are fast, but where neighbours are all but
// one the curvature is lost in rounding, and the direction of a sweep is followed instead.
func (f *pairFit) settle() bool {
	const most = 300
	for range most {
		from := slices.Clone(f.fields)
		if !f.sweep() {
			clear(f.fields)
			return true // value is -Inf
		}
		f.pass()
		step, gain := f.newton()
		if gain < 1e-15 {
			return true
		}
		if f.descend(step, 1, 0.5) {
			continue
		}
		for l := range step {
			step[l] = f.fields[l] - from[l]
		}
		for length := 1.0; f.descend(step, length, 0); length *= 2 {
		}
	}
	return false
}

// descend adds a length of a step to the fields, which is cut by a factor until the value
// falls, and reports whether it did.
func (f *pairFit) descend(step []float64, length, factor float64) bool {
	before, from := f.value(), slices.Clone(f.fields)
	for ; length > 1e-6; length *= factor {
		for l := range step {
			f.fields[l] = from[l] + length*step[l]
		}
		f.pass()
		if f.value() < before {
			return true
		}
	}
	copy(f.fields, from)
	f.pass()
	return false
}

// newton returns the step to the minimum of the quadratic form that the value is here, and
// twice what the value gains on the way.
func (f *pairFit) newton() (step []float64, gain float64) {
	slope, curvature := f.derivatives()
	var factors mat.Cholesky
	for ridge := 1e-15; !factors.Factorize(curvature); ridge *= 10 {
		for l := range f.fields {
			curvature.SetSym(l, l, curvature.At(l, l)+ridge)
		}
	}
	var down mat.VecDense
	// An error says that the curvature is nearly singular: the step is tried all the same.
	_ = factors.SolveVecTo(&down, slope)
	gain = mat.Dot(&down, slope)
	down.ScaleVec(-1, &down)
	return down.RawVector().Data, gain
}

// derivatives returns the slope <eta_l> - q_l of the value by the fields and its curvature,
// the covariance of the eta.
func (f *pairFit) derivatives() (*mat.VecDense, *mat.SymDense) {
	n := len(f.chain)
	slope, curvature := mat.NewVecDense(n, nil), mat.NewSymDense(n, nil)
	for l := range n {
		if math.Abs(f.overlaps[l]) == 1 {
			curvature.SetSym(l, l, 1)
			continue
		}
		w := weigh(&f.left[l], &f.right[l], &f.chain[l])
		mean := math.Tanh((w[0]-w[1])/2 + f.fields[l])
		slope.SetVec(l, mean-f.overlaps[l])
		product := (1 - mean) * (1 + mean)
		curvature.SetSym(l, l, product)
		// <eta_l eta_m> - <eta_l><eta_m> = (1 - <eta_l>^2) (<eta_m>_+ - <eta_m>_-)/2, the means
		// given that the states agree or differ in module l.
		var message [2]pairMessage
		for own := range message {
			factor := f.chain[l].only(own)
			message[own] = f.left[l].next(&factor, f.fields[l])
		}
		for m := l + 1; m < n; m++ {
			var given [2]float64
			for own := range message {
				w := weigh(&message[own], &f.right[m], &f.chain[m])
				given[own] = math.Tanh((w[0]-w[1])/2 + f.fields[m])
				message[own] = message[own].next(&f.chain[m], f.fields[m])
			}
			if math.Abs(f.overlaps[m]) < 1 {
				curvature.SetSym(l, m, product*(given[0]-given[1])/2)
			}
		}
	}
	return slope, curvature
}
