package survey

import (
	"context"
	"fmt"

	"basin/theory"
)

// Curve is something that theory has a formula for: values over an axis, of networks of
// many neurons.
type Curve struct {
	// Name is a lower-case word, Title is for people.
	Name, Title string
	// Axis is what goes from one value to another, From and To by default; Unit is that
	// of the values, which Logarithmic says to draw by their logarithm.
	Axis, Unit  string
	From, To    float64
	Logarithmic bool
	// Uses are the parameters that mean something, as flags are called; Modules is the
	// default of that one, 0 where it is not used.
	Uses    []string
	Modules int
	// Kind is a word for Standing, the sentence that says what the numbers are.
	Kind, Standing string

	// columns returns the values over the axis, and what else there is to say.
	columns func(ctx context.Context, p Parameters) (columns []column, notes []string, err error)
}

// column is one value of a curve.
type column struct {
	name string
	at   func(x float64) (float64, error)
}

// Parameters are what a curve does not go over.
type Parameters struct {
	// SelfCoupling is J_D, Margin kappa, Input the standard deviation of the input field.
	SelfCoupling, Margin, Input float64
	// Modules of a chain, 1 or more, coupled with Lambda.
	Modules int
	Lambda  float64
	// Replicas are numbers of fixed points taken at once.
	Replicas []float64
}

// ensemble is one module.
func (p Parameters) ensemble() theory.Ensemble {
	return theory.Ensemble{SelfCoupling: p.SelfCoupling, InputVariance: p.Input * p.Input, Margin: p.Margin}
}

// chain is the chain at one coupling between modules.
func (p Parameters) chain(lambda float64) theory.Chain {
	return theory.Chain{Module: p.ensemble(), Modules: p.Modules, Lambda: lambda}
}

// Table is a curve in numbers.
type Table struct {
	Curve string `json:"curve"`
	// Standing says what the numbers are: exact, or a first-moment bound.
	Standing string   `json:"standing"`
	Notes    []string `json:"notes,omitempty"`
	// Columns are the names of the values of a row; the first is the axis.
	Columns []string   `json:"columns"`
	Rows    [][]Number `json:"rows"`
}

// DomainError is a place on the axis where a formula holds no more, or whose number is out
// of range.
type DomainError struct {
	Column, Axis string
	At           float64
	Err          error
}

// Error names the column and the place.
func (e *DomainError) Error() string {
	return fmt.Sprintf("%s at %s %.6g: %v", e.Column, e.Axis, e.At, e.Err)
}

// Unwrap returns what the formula reports.
func (e *DomainError) Unwrap() error { return e.Err }

// Tabulate computes rows of the curve that are evenly spaced from one value of the axis to
// another, 2 points or more. It reports parameters out of their range, a place where a
// formula does not hold ([*DomainError]), and between two values a context that ends.
func (c *Curve) Tabulate(ctx context.Context, p Parameters, from, to float64, points int) (*Table, error) {
	columns, notes, err := c.columns(ctx, p)
	if err != nil {
		return nil, err
	}
	t := &Table{Curve: c.Name, Standing: c.Standing, Notes: notes, Columns: []string{c.Axis}}
	for _, column := range columns {
		t.Columns = append(t.Columns, column.name)
	}
	for k := range points {
		share := float64(k) / float64(points-1)
		x := from*(1-share) + to*share
		row := []Number{Number(x)}
		for _, column := range columns {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			y, err := column.at(x)
			if err != nil {
				return nil, &DomainError{Column: column.name, Axis: c.Axis, At: x, Err: err}
			}
			row = append(row, Number(y))
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}
