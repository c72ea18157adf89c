package ridge

import (
	"context"
	"errors"
	"math"

	"basin/internal/kernel"
)

// errIndefinite says that rounding has made the matrix no longer positive.
var errIndefinite = errors.New("ridge: the equations are singular in 64-bit numbers; raise readout.ridge")

// factor finds L, lower triangular, with L L^T = S S^T + alpha I:
//
//	L_ij = ((S S^T + alpha I)_ij - sum over k < j, ascending, of L_ik L_jk) / L_jj    i > j
//	L_jj is the root of that without the division
//
// It writes L over the lower triangle and the diagonal of the matrix, panel by panel: a panel
// is the columns of a tile. Neurons that fill up the last tile have the rows of a unit
// matrix. report is told the share that is done.
func (e *Equations) factor(ctx context.Context, alpha float64, report func(share float64) error) error {
	n := e.size
	panel := make([]float64, tile*n) // the rows of the tile on the diagonal, turned: term k of column j at tile*k+j
	diagonal := make([]float64, tile*tile)
	for p := 0; p < n; p += tile {
		for first := 0; first < p; first += 8 { // what is written stays in the cache
			for j := range tile {
				for k, v := range e.matrix[(p+j)*n+first:][:8] {
					panel[tile*(first+k)+j] = v
				}
			}
		}
		e.below(diagonal, p, p, alpha, panel)
		if !rootOf(diagonal) {
			return errIndefinite
		}
		for i := range tile {
			copy(e.matrix[(p+i)*n+p:][:i+1], diagonal[i*tile:])
		}
		turn(diagonal)
		err := e.each(ctx, (n-p)/tile-1, func(t int) {
			var rows [tile * tile]float64
			i := p + tile*(t+1)
			e.below(rows[:], i, p, alpha, panel)
			divide(rows[:], diagonal)
			for a := range tile {
				copy(e.matrix[(i+a)*n+p:][:tile], rows[a*tile:][:tile])
			}
		})
		if err != nil {
			return err
		}
		done := float64(p+tile) / float64(n)
		if err := report(done * done * (3 - 2*done)); err != nil {
			return err
		}
	}
	return nil
}

// below writes the square of rows from i and columns from p on, p <= i, less the products of
// the panels before.
func (e *Equations) below(square []float64, i, p int, alpha float64, panel []float64) {
	clear(square)
	for b := range tile {
		gram := e.matrix[(p+b)*e.size+i:][:tile] // symmetric: a row is a column
		for a := range tile {
			switch row, column := i+a, p+b; {
			case row == column && row >= e.neurons:
				square[a*tile+b] = 1
			case row == column:
				square[a*tile+b] = gram[a] + alpha
			case row > column && row < e.neurons:
				square[a*tile+b] = gram[a]
			}
		}
	}
	for k := 0; k < p; k += tile {
		kernel.SubtractProducts(square, tile, tile, tile, kernel.Factors{
			A: e.matrix[i*e.size+k:], Row: e.size, Term: 1, B: panel[tile*k:], Next: tile,
		}, tile)
	}
}

// rootOf puts the factor of a square in place of its lower triangle; false if there is none.
func rootOf(square []float64) bool {
	for i := range tile {
		row := square[i*tile:][:tile]
		for j := range i + 1 {
			other, v := square[j*tile:][:tile], row[j]
			for k := range j {
				v -= float64(row[k] * other[k])
			}
			if i > j {
				row[j] = v / other[j]
				continue
			}
			if !(v > 0) || math.IsInf(v, 1) {
				return false
			}
			row[j] = math.Sqrt(v)
		}
	}
	return true
}

// turn mirrors the lower triangle of a square.
func turn(square []float64) {
	for i := range tile {
		for j := range i {
			square[j*tile+i] = square[i*tile+j]
		}
	}
}

// divide solves X L^T = rows for X, which takes the place of the rows; turned has L mirrored.
func divide(rows, turned []float64) {
	for a := range tile {
		row := rows[a*tile:][:tile]
		for k := range tile {
			mirror := turned[k*tile:][:tile]
			v := row[k] / mirror[k]
			row[k] = v
			for j := k + 1; j < tile; j++ {
				row[j] -= float64(v * mirror[j])
			}
		}
	}
}
