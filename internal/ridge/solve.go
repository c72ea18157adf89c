package ridge

import (
	"context"
	"errors"
	"fmt"

	"basin/internal/kernel"
)

// Solve returns O^T, neurons x classes, of the samples added so far, with
//
//	alpha = strength times the mean of the diagonal of S S^T
//
// which of binary states is the number of samples. strength is above 0. report, if not nil, is
// told now and then, from the calling goroutine, the share of the work that is done, and its
// error ends it. It may be called again, with another strength or after more samples. It stops
// with ctx.Err() when ctx is cancelled.
//
// Cost: N^3/6 products for the factor, N^2 C for what follows.
func (e *Equations) Solve(ctx context.Context, strength float64, report func(share float64) error) ([]float64, error) {
	if report == nil {
		report = func(float64) error { return nil }
	}
	x := []float64(nil)
	err := e.factored(ctx, strength, report, func() error {
		x = e.right()
		return e.substitute(ctx, x)
	})
	if err != nil {
		return nil, err
	}
	return e.rows(x), nil
}

// rows returns those of the neurons and classes there are.
func (e *Equations) rows(x []float64) []float64 {
	solution := make([]float64, 0, e.neurons*e.classes)
	for i := range e.neurons {
		solution = append(solution, x[i*e.columns:][:e.classes]...)
	}
	return solution
}

// factored calls use while the factor is in the matrix.
func (e *Equations) factored(ctx context.Context, strength float64, report func(share float64) error, use func() error) error {
	if !(strength > 0) {
		return fmt.Errorf("ridge: strength %v, want a number above 0", strength)
	}
	if e.samples == 0 {
		return errors.New("ridge: no samples")
	}
	if err := e.flush(ctx); err != nil {
		return err
	}
	diagonal, mean := make([]float64, e.size), 0.0
	for i := range diagonal {
		diagonal[i] = e.matrix[i*e.size+i]
		if i < e.neurons {
			mean += diagonal[i] / float64(e.neurons)
		}
	}
	if mean == 0 { // every state is zero, and so is the solution
		mean = 1
	}
	defer func() { // the factor has a diagonal of its own
		for i, v := range diagonal {
			e.matrix[i*e.size+i] = v
		}
	}()
	if err := e.factor(ctx, strength*mean, report); err != nil {
		return err
	}
	return use()
}

// right returns S Y^T, size x columns.
func (e *Equations) right() []float64 {
	b := make([]float64, e.size*e.columns)
	for i := range e.neurons {
		sums, all := e.sums[i*e.classes:][:e.classes], 0.0
		for _, v := range sums {
			all += v
		}
		for c, v := range sums {
			b[i*e.columns+c] = 2 * (v - all/float64(e.classes))
		}
	}
	return b
}

// substitute solves L L^T X = b for X, which takes the place of b.
func (e *Equations) substitute(ctx context.Context, x []float64) error {
	n, columns := e.size, e.columns
	row := func(i int) []float64 { return x[i*columns:][:columns] }
	subtract := func(i int, factor float64, k int) {
		to := row(i)
		for c, v := range row(k) {
			to[c] -= float64(factor * v)
		}
	}
	divide := func(i int) {
		for c, v := range row(i) {
			row(i)[c] = v / e.matrix[i*n+i]
		}
	}
	// move takes the rows of tile p, which are done, from those of another.
	move := func(other, p int, a []float64, distance, term int) {
		kernel.SubtractProducts(x[other*columns:], columns, tile, columns, kernel.Factors{A: a, Row: distance, Term: term, B: x[p*columns:], Next: columns}, tile)
	}
	for p := 0; p < n; p += tile {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := p; i < p+tile; i++ {
			for k := p; k < i; k++ {
				subtract(i, e.matrix[i*n+k], k)
			}
			divide(i)
		}
		for other := p + tile; other < n; other += tile {
			move(other, p, e.matrix[other*n+p:], n, 1)
		}
	}
	for p := n - tile; p >= 0; p -= tile {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := p + tile - 1; i >= p; i-- {
			for k := i + 1; k < p+tile; k++ {
				subtract(i, e.matrix[k*n+i], k)
			}
			divide(i)
		}
		for other := 0; other < p; other += tile {
			move(other, p, e.matrix[p*n+other:], 1, n)
		}
	}
	return nil
}
