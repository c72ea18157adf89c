package coupling

import (
	"math"
	"math/rand/v2"
	"testing"

	"basin/internal/layout"

	"pgregory.net/rapid"
)

// Receive and Send are the sums that their comment says: those of a full matrix in float64
// but for the rounding of the terms and of runs of 256, whatever the kind, in the order that
// is fixed for it, and in any division of the range to the same bits.
func TestReceiveAndSendAreSumsOverAFullMatrix(t *testing.T) {
	everyKernel(t, func(t *testing.T) { rapid.Check(t, messageLikeTwin) })
}

func messageLikeTwin(t *rapid.T) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
	shape, dense := randomShape(t), rapid.Bool().Draw(t, "dense")
	if rapid.IntRange(0, 3).Draw(t, "several runs") == 0 {
		shape.Receivers = rapid.IntRange(240, 600).Draw(t, "many receivers")
		if shape.Senders = shape.Receivers; !shape.Hollow {
			shape.Senders = rapid.IntRange(1, 600).Draw(t, "many senders")
		}
	}
	density := 2.0
	if !dense {
		density = rapid.SampledFrom([]float64{0, 0.02, 0.3, 0.9, 2}).Draw(t, "density")
	}
	w := drawTwin(r, shape, density)
	vectors := func(neurons int) (mean, variance []float32) {
		mean, variance = make([]float32, layout.Padded(neurons)), make([]float32, layout.Padded(neurons))
		for i := range neurons {
			mean[i] = float32(2*r.Float64() - 1)
			variance[i] = 1 - mean[i]*mean[i]
		}
		return mean, variance
	}
	for name, block := range w.blocks(t, dense) {
		for direction, call := range map[string]func(mean, variance []float32, sum, square []float64, from, to int){
			"receive": block.Receive, "send": block.Send,
		} {
			ends, others, at := shape.Receivers, shape.Senders, func(i, j int) (float32, bool) { return w.value[i][j], w.present[i][j] }
			if direction == "send" {
				ends, others, at = shape.Senders, shape.Receivers, func(j, i int) (float32, bool) { return w.value[i][j], w.present[i][j] }
			}
			mean, variance := vectors(others)
			size := layout.Padded(ends)
			sum, square := make([]float64, size), make([]float64, size)
			for k := range sum {
				sum[k], square[k] = math.NaN(), math.NaN() // it replaces what is there
			}
			cut := 16 * r.IntN(size/16+1)
			call(mean, variance, sum, square, 0, cut)
			call(mean, variance, sum, square, cut, size)
			for k := range size {
				var terms, squares []float32
				for o := 0; k < ends && o < others; o++ {
					c, present := at(k, o)
					if dense || present {
						terms = append(terms, float32(c*mean[o]))
						squares = append(squares, float32(float32(c*c)*variance[o]))
					}
				}
				lanes := 1
				if dense && direction == "send" {
					lanes = 16
				}
				if want, wantSquare := inRuns(terms, lanes), inRuns(squares, lanes); sum[k] != want || square[k] != wantSquare {
					t.Fatalf("%s: %s: neuron %d of %d: %v and %v, want %v and %v", name, direction, k, ends, sum[k], square[k], want, wantSquare)
				}
				near(t, name+": "+direction, sum[k], terms)
				near(t, name+": "+direction, square[k], squares)
			}
		}
	}
}

// inRuns adds up terms over runs of 256, in so many lanes.
func inRuns(terms []float32, lanes int) (sum float64) {
	for len(terms) > 0 {
		run := terms[:min(256, len(terms))]
		terms = terms[len(run):]
		in := make([]float32, lanes)
		for k, term := range run {
			in[k%lanes] += term
		}
		if lanes == 16 {
			for l := range 8 {
				in[l] += in[l+8]
			}
			in[0] = ((in[0] + in[1]) + (in[2] + in[3])) + ((in[4] + in[5]) + (in[6] + in[7]))
		}
		sum += float64(in[0])
	}
	return sum
}

// near holds that a sum is that of the terms, to 256 roundings of the sum of their sizes.
func near(t failing, what string, got float64, terms []float32) {
	t.Helper()
	want, size := 0.0, 0.0
	for _, term := range terms {
		want += float64(term)
		size += math.Abs(float64(term))
	}
	if !(math.Abs(got-want) <= 256*size/(1<<24)) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}
