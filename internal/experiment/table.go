package experiment

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// Table holds what a run found, averaged over the seeds.
type Table struct {
	Recipe *Recipe `json:"-"`
	// Rows are the points that have at least one finished cell, in the order of the grid.
	Rows []Row `json:"rows"`
}

// Row is one point of the grid.
type Row struct {
	// At has a place for each axis of the recipe.
	At []Place `json:"at"`
	// Seeds is the number of finished cells.
	Seeds int `json:"seeds"`
	// Values are statistics by the name of the value; those that no cell gives are absent.
	Values map[string]Statistic `json:"values"`
	// Series are means over the seeds, Spread the standard deviations of their Y, as in
	// [Statistic].
	Series map[string]Series    `json:"series,omitempty"`
	Spread map[string][]float64 `json:"spread,omitempty"`
}

// Statistic sums up a value over seeds.
type Statistic struct {
	Mean float64 `json:"mean"`
	// Deviation is the standard deviation of a sample, with N - 1; 0 where N is 1.
	Deviation float64 `json:"deviation"`
	// N is the number of cells that give the value.
	N int `json:"n"`
}

// Error returns the standard error of the mean, 0 where N is 1.
func (s Statistic) Error() float64 { return s.Deviation / math.Sqrt(float64(max(1, s.N))) }

// statistic sums up values in their order. (Package stat adds in another one, and the last
// digit of tables would change.)
func statistic(values []float64) Statistic {
	s := Statistic{N: len(values)}
	for _, v := range values {
		s.Mean += v / float64(len(values))
	}
	if s.N < 2 {
		return s
	}
	squares := 0.0
	for _, v := range values {
		squares += (v - s.Mean) * (v - s.Mean)
	}
	s.Deviation = math.Sqrt(squares / float64(s.N-1))
	return s
}

// Table averages the finished cells of an outcome over their seeds. It is a function of
// the records alone, not of the order in which they came.
func (o *Outcome) Table() *Table {
	t := &Table{Recipe: o.Recipe}
	for from, to := 0, 0; from < len(o.Cells); from = to {
		var records []Record
		for to = from; to < len(o.Cells) && slices.Equal(o.Cells[to].At, o.Cells[from].At); to++ {
			if record, done := o.Records[o.Cells[to].Key]; done {
				records = append(records, record)
			}
		}
		if len(records) > 0 {
			t.Rows = append(t.Rows, o.Recipe.row(o.Cells[from].At, records))
		}
	}
	return t
}

func (r *Recipe) row(at []Place, records []Record) Row {
	row := Row{At: at, Seeds: len(records), Values: map[string]Statistic{}}
	for _, v := range r.Values {
		var given []float64
		for _, record := range records {
			if number, ok := record.Values[v.Name]; ok {
				given = append(given, number)
			}
		}
		if len(given) > 0 {
			row.Values[v.Name] = statistic(given)
		}
	}
	for name, first := range records[0].Series {
		mean, spread := Series{X: first.X, Y: make([]float64, len(first.Y))}, make([]float64, len(first.Y))
		var alike []Series
		for _, record := range records {
			if s := record.Series[name]; slices.Equal(s.X, first.X) {
				alike = append(alike, s)
			}
		}
		values := make([]float64, len(alike))
		for k := range mean.Y {
			for i, s := range alike {
				mean.Y[k] += s.Y[k]
				values[i] = s.Y[k]
			}
			mean.Y[k] /= float64(len(alike))
			spread[k] = statistic(values).Deviation
		}
		if row.Series == nil {
			row.Series, row.Spread = map[string]Series{}, map[string][]float64{}
		}
		row.Series[name], row.Spread[name] = mean, spread
	}
	return row
}

// Where returns the rows at a place of an axis.
func (t *Table) Where(axis string, at Place) *Table {
	some := &Table{Recipe: t.Recipe}
	i := t.Recipe.axis(axis)
	for _, row := range t.Rows {
		if i >= 0 && row.At[i] == at {
			some.Rows = append(some.Rows, row)
		}
	}
	return some
}

// Places returns the places of an axis that rows lie at, in the order of the grid.
func (t *Table) Places(axis string) []Place {
	var places []Place
	i := t.Recipe.axis(axis)
	for _, row := range t.Rows {
		if i >= 0 && !slices.Contains(places, row.At[i]) {
			places = append(places, row.At[i])
		}
	}
	return places
}

// Best returns the row with the largest mean of a value, false where no row has it.
func (t *Table) Best(value string) (Row, bool) {
	var best Row
	found := false
	for _, row := range t.Rows {
		if s, ok := row.Values[value]; ok && (!found || s.Mean > best.Values[value].Mean) {
			best, found = row, true
		}
	}
	return best, found
}

// At returns the place of a row of t on an axis, the zero Place where there is no such
// axis.
func (t *Table) At(row Row, axis string) Place {
	if i := t.Recipe.axis(axis); i >= 0 {
		return row.At[i]
	}
	return Place{}
}

// Curve returns the means of a value over an axis of numbers, with the standard
// deviation over seeds as bars. Rows without the value are left out; rows at one place
// follow one another as in the table.
func (t *Table) Curve(label, axis, value string) Curve {
	c := Curve{Label: label}
	for _, row := range t.Rows {
		x, isNumber := t.At(row, axis).Number()
		if s, ok := row.Values[value]; ok && isNumber {
			c.X, c.Y, c.Errors = append(c.X, x), append(c.Y, s.Mean), append(c.Errors, s.Deviation)
		}
	}
	return c
}

// Curves returns a curve over an axis for each place of another one, labelled with its
// title and the place.
func (t *Table) Curves(axis, value, by string) []Curve {
	var curves []Curve
	i := t.Recipe.axis(by)
	for _, at := range t.Places(by) {
		curves = append(curves, t.Where(by, at).Curve(t.Recipe.Axes[i].label(at), axis, value))
	}
	return curves
}

// label names a place of the axis: a word by itself, a number with the axis's title.
func (a Axis) label(at Place) string {
	if _, isNumber := at.Number(); isNumber {
		return a.Title + " " + at.String()
	}
	return at.String()
}

// PublishedCurves returns the published numbers of a value as points over an axis, a
// curve for each source. A range is drawn as its middle with a bar.
func (t *Table) PublishedCurves(axis, value string) []Curve {
	var curves []Curve
	for _, p := range t.Recipe.Published {
		place, given := p.At[axis]
		x, isNumber := place.Number()
		if p.Value != value || !given || !isNumber {
			continue
		}
		i := slices.IndexFunc(curves, func(c Curve) bool { return c.Label == p.Of })
		if i < 0 {
			i = len(curves)
			curves = append(curves, Curve{Label: p.Of, Published: true})
		}
		c := &curves[i]
		c.X, c.Y, c.Errors = append(c.X, x), append(c.Y, (p.Low+p.High)/2), append(c.Errors, (p.High-p.Low)/2)
	}
	return curves
}

// WriteCSV writes the table: the axes, the number of seeds, then mean and standard
// deviation of each value. What is not defined is empty.
func (t *Table) WriteCSV(w io.Writer) error {
	lines := csv.NewWriter(w)
	var head []string
	for _, a := range t.Recipe.Axes {
		head = append(head, a.Name)
	}
	head = append(head, "n")
	for _, v := range t.Recipe.Values {
		head = append(head, v.Name, v.Name+"_sd")
	}
	rows := [][]string{head}
	for _, row := range t.Rows {
		var line []string
		for _, at := range row.At {
			line = append(line, at.String())
		}
		line = append(line, strconv.Itoa(row.Seeds))
		for _, v := range t.Recipe.Values {
			s, ok := row.Values[v.Name]
			if !ok {
				line = append(line, "", "")
				continue
			}
			line = append(line, exact(s.Mean), exact(s.Deviation))
		}
		rows = append(rows, line)
	}
	if err := lines.WriteAll(rows); err != nil {
		return fmt.Errorf("experiment: table: %w", err)
	}
	return nil
}

func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
