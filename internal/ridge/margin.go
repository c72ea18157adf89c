package ridge

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"basin/internal/kernel"
)

// Margins finds the readout of least squared margin errors,
//
//	sum over b and c of max(0, 1 - y_cb logit_cb)^2 + alpha |O|^2
//
// with y +1 for the class of a sample and -1 for the others, and alpha as in
// [Equations.Solve]: unlike a ridge it does not mind a logit beyond its target. Each of some
// rounds solves the equations of a ridge whose targets are
//
//	y_cb max(1, y_cb logit_cb)
//
// with the logits of the round before: no round would do worse. The logits are taken a step
// ahead, where the last two rounds point to (Y. Nesterov, 1983), which gets there much sooner.
// The matrix is factored once.
//
// The samples must have been kept ([Equations.Keep]). report and what it returns are as for
// Solve.
//
// Cost: that of Solve, and in each round 2 N C products a sample.
func (e *Equations) Margins(ctx context.Context, strength float64, rounds int, report func(share float64) error) ([]float64, error) {
	if !e.keeping || len(e.labels) != e.samples {
		return nil, errors.New("ridge: the samples were not kept")
	}
	if rounds < 1 {
		return nil, fmt.Errorf("ridge: %d rounds, want at least 1", rounds)
	}
	if report == nil {
		report = func(float64) error { return nil }
	}
	var solution []float64
	err := e.factored(ctx, strength, func(share float64) error { return report(share / 2) }, func() error {
		var err error
		solution, err = e.margins(ctx, rounds, func(share float64) error { return report(0.5 + share/2) })
		return err
	})
	return solution, err
}

// Keep keeps the states of the samples that are added from now on, a bit for each neuron, for
// [Equations.Margins]. It reports states that are real, and samples that were not kept.
func (e *Equations) Keep() error {
	if _, binary := e.chunk.(*binaryChunk); !binary || e.samples > 0 {
		return errors.New("ridge: only binary states are kept, from the first sample on")
	}
	e.keeping = true
	return nil
}

// margins does the rounds, with the factor in the matrix.
func (e *Equations) margins(ctx context.Context, rounds int, report func(share float64) error) ([]float64, error) {
	o, before := make([]float64, e.size*e.columns), make([]float64, e.size*e.columns)
	ahead := make([]float64, len(o))
	pass := newMarginPass(e)
	for round := range rounds + 1 {
		// At first all logits are zero, and targets y: that is the ridge.
		step := max(0, float64(round-2)/float64(round+1))
		for k, v := range o {
			ahead[k] = v + float64(step*(v-before[k]))
		}
		right, err := pass.right(ctx, ahead)
		if err != nil {
			return nil, err
		}
		if err := e.substitute(ctx, right); err != nil {
			return nil, err
		}
		before, o = o, right
		if err := report(float64(round+1) / float64(rounds+1)); err != nil {
			return nil, err
		}
	}
	return e.rows(o), nil
}

// marginSamples is the number of samples whose logits are found at once.
const marginSamples = 256

// marginPass walks over the samples that were kept.
type marginPass struct {
	*Equations
	negated []float64 // states of marginSamples samples, negated, a row each
	logits  []float64 // of the same, then their targets
}

func newMarginPass(e *Equations) *marginPass {
	return &marginPass{Equations: e, negated: make([]float64, marginSamples*e.size), logits: make([]float64, marginSamples*e.columns)}
}

// right returns S T^T for the targets T that a readout O^T asks for, size x columns.
func (p *marginPass) right(ctx context.Context, o []float64) ([]float64, error) {
	sum := make([]float64, p.size*p.columns)
	for first := 0; first < p.samples; first += marginSamples {
		count := min(marginSamples, p.samples-first)
		tiles := (count + tile - 1) / tile
		err := p.each(ctx, tiles, func(n int) {
			p.targets(first, tile*n, min(tile*(n+1), count), o)
		})
		if err != nil {
			return nil, err
		}
		err = p.each(ctx, p.size/tile, func(n int) {
			kernel.SubtractProducts(sum[tile*n*p.columns:], p.columns, tile, p.columns, kernel.Factors{
				A: p.negated[tile*n:], Row: 1, Term: p.size, B: p.logits, Next: p.columns,
			}, count)
		})
		if err != nil {
			return nil, err
		}
	}
	clear(sum[p.neurons*p.columns:]) // those that fill up the last tile stay out
	return sum, nil
}

// targets writes the negated states of samples from..to of those from first on, and puts
// their targets in place of their logits.
func (p *marginPass) targets(first, from, to int, o []float64) {
	state := make([]float32, p.size)
	for b := from; b < to; b++ {
		kernel.Expand(state, p.kept[(first+b)*p.size/8:][:p.size/8])
		row := p.negated[b*p.size:][:p.size]
		for i := range row {
			row[i] = -float64(state[i])
		}
	}
	rows := (to - from + kernel.ProductRows - 1) / kernel.ProductRows * kernel.ProductRows
	logits := p.logits[from*p.columns:][:rows*p.columns]
	clear(logits)
	for i := 0; i < p.size; i += 8 * tile { // the couplings stay in the cache
		kernel.SubtractProducts(logits, p.columns, rows, p.columns, kernel.Factors{
			A: p.negated[from*p.size+i:], Row: p.size, Term: 1, B: o[i*p.columns:], Next: p.columns,
		}, min(8*tile, p.size-i))
	}
	for b := from; b < to; b++ {
		row := p.logits[b*p.columns:][:p.columns]
		for c := range row[:p.classes] {
			if c == int(p.labels[first+b]) {
				row[c] = max(1, row[c])
			} else {
				row[c] = min(-1, row[c])
			}
		}
		clear(row[p.classes:])
	}
}

// keep takes the state of a sample whose signs are known.
func (e *Equations) keep(mask []uint8, label int) {
	if e.keeping {
		e.kept = append(slices.Grow(e.kept, len(mask)), mask...)
		e.labels = append(e.labels, int32(label))
	}
}
