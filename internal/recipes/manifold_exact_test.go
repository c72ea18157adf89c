package recipes

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"

	"basin/internal/experiment"
	"basin/theory"
)

// rowOf computes a cell and makes it the row of a table.
func rowOf(t *testing.T, c censusOf, seed uint64) (*experiment.Table, experiment.Row) {
	t.Helper()
	result, err := c.Run(context.Background(), &experiment.Bench{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	r := manifoldExact()
	if err := r.CheckResult(result); err != nil {
		t.Fatal(err)
	}
	at := []experiment.Place{experiment.Number(float64(c.Modules)), experiment.Number(float64(c.Neurons)), experiment.Number(c.SelfCoupling), experiment.Number(c.Lambda)}
	out := &experiment.Outcome{
		Recipe: r, Seeds: 1, Cells: []experiment.Cell{{Point: experiment.Point{At: at}, Key: "one"}},
		Records: map[string]experiment.Record{"one": {Values: result.Values, Series: result.Series}},
	}
	table := out.Table()
	return table, table.Rows[0]
}

// Counts, neighbours and what lies around a typical fixed point within five standard
// errors of the exact averages; the formulas 20 % off are refused. Seed 1, 3000 draws.
func TestCellsOfTheCensusMeetTheory(t *testing.T) {
	skipIfShort(t)
	for _, c := range []censusOf{
		{Modules: 1, Neurons: 10, SelfCoupling: 0.4, Draws: 3000, Starts: 2},
		{Modules: 2, Neurons: 10, Lambda: 0.8, Draws: 3000, Starts: 2},
		{Modules: 2, Neurons: 8, SelfCoupling: 0.3, Lambda: 0.5, Draws: 3000, Starts: 2},
	} {
		table, row := rowOf(t, c, 1)
		kind := kindOf(table, row)
		chain, n := kind.Chain(), kind.Neurons
		count, err := chain.FixedPoints(n)
		if err != nil {
			t.Fatal(err)
		}
		near, err := kind.Neighbours(t.Context(), nearby)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]float64{"count": count.Value, "typical": near} {
			got, sigma := row.Values[name].Mean, standardError(row, name)
			if !(math.Abs(got-want) <= 5*sigma) || math.Abs(got-1.2*want) <= 5*sigma || math.Abs(got-0.8*want) <= 5*sigma {
				t.Errorf("%+v: %s is %v +- %v, want %v, and not what is 20 %% off", c, name, got, sigma, want)
			}
		}
		if c.Modules > 1 {
			continue
		}
		around := row.Series["typical"]
		for k := range around.X {
			want, err := chain.Module.Around(n, k)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(around.Y[k]-want.Value) > 0.15*want.Value {
				t.Errorf("%+v: %v around a typical one at distance %d, want %v", c, around.Y[k], k, want.Value)
			}
		}
		// The histogram against the normal distribution cut off at zero. A bin has the
		// share 0.06 of 300,000 neurons at most: 1 % is many of its standard errors.
		sigma := math.Sqrt(1 - 1/float64(n))
		m, err := theory.Ensemble{SelfCoupling: c.SelfCoupling / sigma}.FixedPointMargins()
		if err != nil {
			t.Fatal(err)
		}
		margins := row.Series["typical_margins"]
		for k, x := range margins.X {
			if want := m.Density(x/sigma) / sigma; math.Abs(margins.Y[k]-want) > 0.02 {
				t.Errorf("%+v: density %v at margin %v, want %v", c, margins.Y[k], x, want)
			}
		}
	}
}

// Starts: with a large self-coupling each is a fixed point, and all states are neighbours.
func TestCellOfFrozenStates(t *testing.T) {
	_, row := rowOf(t, censusOf{Modules: 1, Neurons: 6, SelfCoupling: 20, Draws: 3, Starts: 40}, 1)
	for name, want := range map[string]float64{
		"count": 64, "count_spread": 0, "none": 0, "typical": 6 + 15, "reached": 6 + 15, "typical_alone": 0, "reached_alone": 0,
		"rest_parallel": 1, "rest_sequential": 1, "largest": 1,
	} {
		if got, ok := row.Values[name]; !ok || got.Mean != want {
			t.Errorf("%s is %v (%v), want %v", name, got.Mean, ok, want)
		}
	}
	_, empty := rowOf(t, censusOf{Modules: 1, Neurons: 6, SelfCoupling: -20, Draws: 3, Starts: 40}, 1)
	if _, ok := empty.Values["typical"]; ok || empty.Values["none"].Mean != 1 || empty.Values["rest_sequential"].Mean != 0 {
		t.Errorf("values %v without any fixed point", empty.Values)
	}
}

func TestCellsDependOnTaskAndSeed(t *testing.T) {
	c := censusOf{Modules: 2, Neurons: 8, SelfCoupling: 0.3, Lambda: 0.5, Draws: 10, Starts: 20}
	_, one := rowOf(t, c, 1)
	if _, again := rowOf(t, c, 1); !reflect.DeepEqual(one, again) {
		t.Error("one cell gave two results")
	}
	if _, other := rowOf(t, c, 2); reflect.DeepEqual(one, other) {
		t.Error("two seeds gave one result")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Run(ctx, &experiment.Bench{Seed: 1}); err != context.Canceled {
		t.Errorf("error %v of a cancelled cell", err)
	}
}

// A small grid gives all figures, and findings that name its numbers.
func TestManifoldReport(t *testing.T) {
	skipIfShort(t)
	r := manifoldExact()
	r.Points = func(bool) ([]experiment.Point, error) {
		points, err := manifoldPoints(false)
		var small []experiment.Point
		for _, p := range points {
			c := p.Task.(censusOf)
			if c.Draws = 12; c.Neurons == planeNeurons && c.SelfCoupling > 0 { // the plane is there, with few draws
				c.Draws = 2
			}
			if c.Neurons <= 12 || c.Neurons == planeNeurons && c.Modules == 2 {
				p.Task = c
				small = append(small, p)
			}
		}
		return small, err
	}
	dir := t.TempDir()
	out, err := experiment.Run(context.Background(), r, dir, experiment.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := out.Write(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"exponent", "size", "lambda", "around", "neighbours", "rest", "components", "plane", "margins"} {
		if !strings.Contains(strings.Join(files, " "), name+".svg") {
			t.Errorf("no figure %s among %v", name, files)
		}
	}
	found := strings.Join(r.Findings(out.Table()), "\n")
	for _, want := range []string{
		"held to its exact average at", "the self-coupling J_D = 0.3 alone", "at N = 12; exact there 0.2199, for many neurons 0.2117",
		"lambda = 1 between 2 modules alone", "a typical fixed point and a reached one have", "sequential sweeps bring",
		"the share of fixed points in the largest component at distance 2 goes from", "within 1 - q = 0.1638 (J_D = 0.1) or 0.0265 (J_D = 0.3) of a typical one. At N = 12 these are 0.98 and 0.16 neurons", "What cannot be said",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("findings without %q:\n%s", want, found)
		}
	}
	if len(r.Findings(&experiment.Table{Recipe: r})) != 0 {
		t.Error("findings without a row")
	}
}
