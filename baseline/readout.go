package baseline

import (
	"context"
	"fmt"
	"math/rand/v2"

	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/internal/ridge"
)

// readout is what [RandomFeatures] and a [Reservoir] have in common: hidden units whose
// couplings are drawn, and a linear readout of them and of a unit that is always 1, which is
// solved for.
type readout struct {
	samples                 Samples
	classes, units, workers int
	wanted                  float64 // strength; 0 to choose it
	seed                    uint64
	states                  func() response
	drawn                   int64   // couplings and biases of the hidden units
	products                float64 // of the states of a sample

	strength  float64   // in use; 0 before Run
	couplings []float32 // (units+1) x stride, once it has learned
	stride    int       // classes, padded
}

// newReadout returns that of units which have a coupling from each input, and a bias. It reports
// samples that it cannot learn.
func newReadout(s FeaturesSettings, samples Samples, classes int) (readout, error) {
	if err := learnable(samples, classes); err != nil {
		return readout{}, err
	}
	dim, units := samples.Dim(), s.Units
	return readout{
		samples: samples, classes: classes, units: units, workers: crew(s.Workers), wanted: s.Strength, seed: s.Seed,
		drawn: int64(dim+1) * int64(units), products: float64(dim) * float64(units),
	}, nil
}

// strengths are those chosen from, over the mean square of the states.
var strengths = []float64{1, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6}

// Strength returns that of the ridge that was learned with, and 0 before Run.
func (r *readout) Strength() float64 { return r.strength }

// Run chooses the strength if that is asked for, and solves for the readout of all samples; see
// [Learner]. It calls observe as it goes through the samples.
func (r *readout) Run(ctx context.Context, observe func(Progress) error) error {
	if err := finite(ctx, r.samples, r.workers); err != nil {
		return err
	}
	passed := int64(0)
	tell := func() error {
		if passed++; observe == nil || passed%respondedRows > 0 {
			return nil
		}
		return observe(Progress{Samples: passed})
	}
	equations, strength, err := r.choose(ctx, tell)
	if err != nil {
		return err
	}
	solution, err := r.solve(ctx, equations, strength)
	if err != nil {
		return err
	}
	r.stride = layout.Padded(r.classes)
	couplings := layout.Values((r.units + 1) * r.stride)
	spread(couplings, r.stride, solution, r.classes)
	r.couplings, r.strength = couplings, strength
	return nil
}

// choose returns the equations of all samples, and the strength by which most of what is held
// out is right, the strongest among equals.
func (r *readout) choose(ctx context.Context, tell func() error) (*ridge.Equations, float64, error) {
	parts := folds(r.samples, r.classes, r.seed)
	if r.wanted > 0 || len(parts) == 0 {
		strength := r.wanted
		if strength == 0 {
			strength = strengths[len(strengths)/2]
		}
		equations, err := ridge.New(r.units+1, r.classes, true, r.workers)
		if err == nil {
			err = r.add(ctx, equations, r.samples, tell, nil)
		}
		return equations, strength, err
	}
	right := make([]int, len(strengths))
	var equations *ridge.Equations
	for _, part := range parts {
		var err error
		if equations, err = ridge.New(r.units+1, r.classes, true, r.workers); err != nil {
			return nil, 0, err
		}
		if err := r.add(ctx, equations, part.learned, tell, nil); err != nil {
			return nil, 0, err
		}
		if err := r.try(ctx, equations, part.held, tell, right); err != nil {
			return nil, 0, err
		}
	}
	return equations, strengths[Largest(right)], nil // the last have what was learned and what was held out
}

// try counts for each strength the samples held out that are right, and adds them to the
// equations.
func (r *readout) try(ctx context.Context, equations *ridge.Equations, held Samples, tell func() error, right []int) error {
	stride := layout.Padded(len(strengths) * r.classes)
	couplings := layout.Values((r.units + 1) * stride)
	for n, strength := range strengths {
		solution, err := r.solve(ctx, equations, strength)
		if err != nil {
			return err
		}
		spread(couplings[n*r.classes:], stride, solution, r.classes)
	}
	logits := make([]float32, stride)
	return r.add(ctx, equations, held, tell, func(i int, state []float32) {
		clear(logits)
		kernel.DenseField([][]float32{logits}, [][]float32{state}, couplings, stride, false)
		for n := range strengths {
			if Largest(logits[n*r.classes:][:r.classes]) == held.Label(i) {
				right[n]++
			}
		}
	})
}

// add adds the states of samples to equations. watch, if not nil, sees each before.
func (r *readout) add(ctx context.Context, equations *ridge.Equations, s Samples, tell func() error, watch func(i int, state []float32)) error {
	state := make([]float32, r.units+1)
	state[r.units] = 1
	return respond(ctx, s, s.Count(), r.units, r.workers, r.states, func(i int, output []float32) error {
		copy(state, output)
		if watch != nil {
			watch(i, state)
		}
		if err := equations.Add(ctx, state, s.Label(i)); err != nil {
			return err
		}
		return tell()
	})
}

func (r *readout) solve(ctx context.Context, equations *ridge.Equations, strength float64) ([]float64, error) {
	solution, err := equations.Solve(ctx, strength, nil)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("baseline: strength %v, of inputs that should be standardised: %w", strength, err)
	}
	return solution, err
}

// spread writes rows of some values to rows of a stride.
func spread(to []float32, stride int, from []float64, columns int) {
	for k := 0; k*columns < len(from); k++ {
		for c, v := range from[k*columns:][:columns] {
			to[k*stride+c] = float32(v)
		}
	}
}

// Logits calls each with the logits of the readout; see [Learner].
func (r *readout) Logits(ctx context.Context, s Samples, count int, each func(i int, logits []float32)) error {
	if r.couplings == nil {
		return errUnlearned
	}
	both := func() response {
		hidden, read := r.states(), affine(r.couplings, r.units, r.stride)()
		states, _ := matrix(respondedRows, r.units)
		return func(ctx context.Context, inputs, logits [][]float32) {
			hidden(ctx, inputs, states[:len(inputs)])
			read(ctx, states[:len(inputs)], logits)
		}
	}
	return logitsOf(ctx, s, count, r.samples.Dim(), r.classes, r.workers, both, each)
}

// Cost returns the readout, learned, and all that is read in single precision, with what was
// drawn.
func (r *readout) Cost() Cost {
	learned := int64(r.units+1) * int64(r.classes)
	return Cost{Parameters: learned, Bytes: 4 * (learned + r.drawn), Operations: r.products + float64(learned)}
}

// drawNormal writes normal numbers of a deviation to the first columns of rows.
func drawNormal(rows []float32, stride, columns int, draw *rand.Rand, deviation float64) {
	for at := 0; at+columns <= len(rows); at += stride {
		for i := range columns {
			rows[at+i] = float32(deviation * draw.NormFloat64())
		}
	}
}
