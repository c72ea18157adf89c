package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"time"
)

// Recipe is a question with the computation that answers it: a grid of cells, what is
// drawn from them, and what others found.
type Recipe struct {
	// Name is what the recipe is called on the command line: lower-case letters, digits
	// and hyphens.
	Name string
	// Title is one line without a full stop.
	Title string
	// Question is what the recipe asks, Method what is computed and how: a paragraph
	// each.
	Question, Method string
	// Axes of the grid, at least one. Every cell lies at one place on each.
	Axes []Axis
	// Values that a cell may give. The first is the one that progress shows.
	Values []Value
	// Quick takes minutes on two cores, Full answers the question.
	Quick, Full Scale
	// Points returns the points of the grid, which differ in their places. The order is
	// that of the table.
	Points func(full bool) ([]Point, error)
	// Published are numbers of others, shown beside ours.
	Published []Published
	// Figures draws a table, which may lack rows that are not computed yet; a figure
	// without data is left out.
	Figures func(t *Table) []Figure
	// Findings says what a table shows, a sentence each, from its numbers.
	Findings func(t *Table) []string
	// Tables, if not nil, makes further tables for the report and for the screen.
	Tables func(t *Table) []TextTable
}

// Axis is one dimension of a grid. Name is a column: lower-case words joined by
// underscores. Title is for people.
type Axis struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Value is a named number that a cell gives. Name is a column, Title is for people.
type Value struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	// Share says that the number is a share, to be shown in per cent.
	Share bool `json:"share,omitempty"`
	// Aside leaves the value out of the table that people read; files have it.
	Aside bool `json:"aside,omitempty"`
}

// TextTable is a table for people, beside that of the points.
type TextTable struct {
	Title string     `json:"title"`
	Head  []string   `json:"head"`
	Rows  [][]string `json:"rows"`
}

// Scale is one size of a recipe.
type Scale struct {
	// Seeds is the number of seeds, 1 to Seeds, that every point is computed with.
	Seeds int
	// Cost is about what all cells take together on one core.
	Cost time.Duration
}

// Point is a point of the grid: what is computed there, apart from the seed.
type Point struct {
	// At has one place for each axis of the recipe.
	At []Place
	// Task computes a cell at this point.
	Task Task
	// Cost is about how long a cell takes in comparison with others, any unit; 0 is 1.
	// Costly cells begin first, and the time left is estimated from it.
	Cost float64
}

// Task computes the cells of a point. Its JSON form must hold all that decides the
// result, apart from the seed: cells are recognised by it.
type Task interface {
	// Run computes the cell of one seed, on the calling goroutine alone: other cells run
	// at the same time. The result depends on the task and on the seed only. When ctx is
	// cancelled it returns ctx.Err() within a tenth of a second.
	Run(ctx context.Context, bench *Bench) (Result, error)
}

// Bench is what a running cell has beside its task.
type Bench struct {
	// Seed of every random draw, from 1.
	Seed uint64
	// Data is shared by all cells.
	Data *Data

	progress func(share float64)
	cell     string // key of the cell
	states   States // nil keeps none
}

// Progress tells that a share of the cell, from 0 to 1, is done. Calling it is
// optional.
func (b *Bench) Progress(share float64) {
	if b.progress != nil {
		b.progress(share)
	}
}

// Result is what a cell gives.
type Result struct {
	// Values are numbers by the name of a [Value]; those that are not defined are left
	// out. They are finite.
	Values map[string]float64
	// Series are curves and histograms by name; nil is none.
	Series map[string]Series
}

// Series is a curve of Y over X, or a histogram with the counts Y of the bins whose
// centres are X. Seeds of one point give series of the same X.
type Series struct {
	X []float64 `json:"x"`
	Y []float64 `json:"y"`
}

// Published is a number of others.
type Published struct {
	// Of says whose, such as "the authors"; numbers with the same Of make one curve.
	Of string `json:"of"`
	// At are the places of the axes that the number holds for, by axis; axes that are
	// not named may have any.
	At map[string]Place `json:"at"`
	// Value is what was measured, the name of a [Value].
	Value string `json:"value"`
	// Low and High are equal, or the ends of a range.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	// Source says where it stands, and what differs from the recipe.
	Source string `json:"source"`
}

// nameForm is what recipes, axes and values are called.
var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// Cell is a point with a seed.
type Cell struct {
	Point
	Seed uint64
	// Key is a hash of everything that decides the result.
	Key string

	recipe *Recipe
	task   []byte // the JSON form of the task
}

// Cells returns the cells of a scale, point after point, each with the seeds 1 to
// seeds (the recipe's number where seeds is 0). It reports mistakes of the recipe.
func (r *Recipe) Cells(full bool, seeds int) ([]Cell, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	if seeds == 0 {
		seeds = r.scale(full).Seeds
	}
	if seeds < 1 {
		return nil, fmt.Errorf("experiment: %s: %d seeds, want 1 or more", r.Name, seeds)
	}
	points, err := r.Points(full)
	if err != nil {
		return nil, fmt.Errorf("experiment: %s: %w", r.Name, err)
	}
	if len(points) == 0 {
		return nil, fmt.Errorf("experiment: %s: no points", r.Name)
	}
	var cells []Cell
	seen := map[string]bool{}
	for _, p := range points {
		at := fmt.Sprint(p.At)
		if len(p.At) != len(r.Axes) || seen[at] {
			return nil, fmt.Errorf("experiment: %s: point %v: want %d places that no other point has", r.Name, p.At, len(r.Axes))
		}
		seen[at] = true
		if p.Cost == 0 {
			p.Cost = 1
		}
		for seed := 1; seed <= seeds; seed++ {
			cell := Cell{Point: p, Seed: uint64(seed), recipe: r}
			if cell.task, cell.Key, err = r.identify(p, uint64(seed)); err != nil {
				return nil, err
			}
			cells = append(cells, cell)
		}
	}
	return cells, nil
}

// Places returns the places of cells on each axis, in the order of the grid.
func (r *Recipe) Places(cells []Cell) map[string][]Place {
	places := map[string][]Place{}
	for _, c := range cells {
		for i, at := range c.At {
			if axis := r.Axes[i].Name; !slices.Contains(places[axis], at) {
				places[axis] = append(places[axis], at)
			}
		}
	}
	return places
}

func (r *Recipe) scale(full bool) Scale {
	if full {
		return r.Full
	}
	return r.Quick
}

// check reports mistakes of the recipe itself.
func (r *Recipe) check() error {
	names := []string{r.Name}
	for _, a := range r.Axes {
		names = append(names, a.Name)
	}
	for _, v := range r.Values {
		names = append(names, v.Name)
	}
	for i, n := range names {
		if !nameForm.MatchString(n) || slices.Contains(names[1:max(1, i)], n) {
			return fmt.Errorf("experiment: %s: name %q, want lower-case letters, digits, - and _, and no axis or value twice", r.Name, n)
		}
	}
	if len(r.Axes) == 0 || len(r.Values) == 0 || r.Points == nil {
		return fmt.Errorf("experiment: %s: want axes, values and points", r.Name)
	}
	var faults []error
	for _, p := range r.Published {
		_, known := r.Value(p.Value)
		for axis := range p.At {
			known = known && r.axis(axis) >= 0
		}
		if !known {
			faults = append(faults, fmt.Errorf("experiment: %s: published %s at %v: no such value or axis", r.Name, p.Value, p.At))
		}
	}
	return errors.Join(faults...)
}

// axis returns the place of an axis in the list, -1 where there is none.
func (r *Recipe) axis(name string) int {
	return slices.IndexFunc(r.Axes, func(a Axis) bool { return a.Name == name })
}

// Value returns the value of a name, false where the recipe has none.
func (r *Recipe) Value(name string) (Value, bool) {
	for _, v := range r.Values {
		if v.Name == name {
			return v, true
		}
	}
	return Value{}, false
}

// CheckResult reports numbers that the recipe does not announce or JSON cannot hold.
func (r *Recipe) CheckResult(result Result) error {
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	for n, v := range result.Values {
		if _, known := r.Value(n); !known {
			return fmt.Errorf("gives the value %q, which is not among those of the recipe", n)
		}
		if !finite(v) {
			return fmt.Errorf("gives %v for %s, want a finite number (leave out what is not defined)", v, n)
		}
	}
	for n, s := range result.Series {
		if len(s.X) != len(s.Y) || !all(s.X, finite) || !all(s.Y, finite) {
			return fmt.Errorf("gives the series %s of %d and %d numbers, want equally many finite ones", n, len(s.X), len(s.Y))
		}
	}
	return nil
}

func all(values []float64, holds func(float64) bool) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return !holds(v) })
}
