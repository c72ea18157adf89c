package experiment

import (
	"math"

	"basin/internal/figure"
)

// Plane is a value over two axes, drawn in colours with the numbers written in.
type Plane = figure.Plane

// Plane returns the means of a value over two axes. Of rows at one place the last
// counts: take a part of the table with [Table.Where] first.
func (t *Table) Plane(x, y, value string) *Plane {
	p := &Plane{}
	for _, at := range t.Places(x) {
		p.X = append(p.X, at.String())
	}
	for _, at := range t.Places(y) {
		p.Y = append(p.Y, at.String())
		var line []float64
		for _, across := range t.Places(x) {
			z := math.NaN()
			for _, row := range t.Where(y, at).Where(x, across).Rows {
				if s, ok := row.Values[value]; ok {
					z = s.Mean
				}
			}
			line = append(line, z)
		}
		p.Z = append(p.Z, line)
	}
	return p
}
