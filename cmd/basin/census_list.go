package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"basin/dynamics"
	"basin/manifold/census"
	"basin/network"
)

// listStarts is the number of starts whose ends are counted; a network with fewer states
// starts from each of them.
const listStarts = 1 << 14

// listed are the fixed points of one network.
type listed struct {
	Neurons int    `json:"neurons"`
	Seed    uint64 `json:"seed"`
	// Starts says how many there were, AllStates that they were all states.
	Starts    int  `json:"starts"`
	AllStates bool `json:"all_states"`
	Distance  int  `json:"distance"`
	// Unsettled are the shares of starts that end in none of the fixed points.
	UnsettledParallel   float64       `json:"unsettled_parallel"`
	UnsettledSequential float64       `json:"unsettled_sequential"`
	FixedPoints         []listedPoint `json:"fixed_points"`
}

// listedPoint is one fixed point.
type listedPoint struct {
	// State has a + or - for each neuron, module after module.
	State          string  `json:"state"`
	SmallestMargin float64 `json:"smallest_margin"`
	MeanMargin     float64 `json:"mean_margin"`
	// Around counts fixed points by Hamming distance 0..N; Neighbours those within
	// the distance, itself not counted.
	Around     []int64 `json:"around"`
	Neighbours int64   `json:"neighbours"`
	Component  int     `json:"component"`
	// Shares of the starts that end here.
	Parallel   float64 `json:"basin_parallel"`
	Sequential float64 `json:"basin_sequential"`
}

func (f *censusFlags) printList(cmd *cobra.Command) error {
	n, err := network.Draw(f.spec(), []int{1}, 2, f.seed)
	if err != nil {
		return err
	}
	r, err := census.Take(cmd.Context(), n, f.x(), census.Options{Margin: f.margin, Workers: f.workers})
	if err != nil {
		return err
	}
	l, err := f.describe(cmd.Context(), r)
	if err != nil {
		return err
	}
	switch f.format {
	case "json":
		return printJSON(cmd.OutOrStdout(), l)
	case "csv":
		return l.printCSV(cmd.OutOrStdout())
	}
	return l.print(cmd.OutOrStdout())
}

// describe looks at every fixed point.
func (f *censusFlags) describe(ctx context.Context, r *census.Result) (*listed, error) {
	l := &listed{Neurons: r.Neurons, Seed: f.seed, Distance: f.distance, FixedPoints: make([]listedPoint, len(r.FixedPoints))}
	components, err := r.Components(ctx, f.distance)
	if err != nil {
		return nil, err
	}
	starts := census.RandomStates(r.Neurons, listStarts, f.seed)
	if l.AllStates = 1<<r.Neurons <= listStarts; l.AllStates {
		starts = starts[:0]
		for s := range census.State(1) << r.Neurons {
			starts = append(starts, s)
		}
	}
	l.Starts = len(starts)
	share := 1 / float64(len(starts))
	for _, order := range []dynamics.Order{dynamics.Parallel, dynamics.Sequential} {
		ends, err := r.Reach(ctx, starts, census.BasinOptions{Order: order, Seed: f.seed, Workers: f.workers})
		if err != nil {
			return nil, err
		}
		for _, end := range ends {
			basin := &l.UnsettledParallel
			if order == dynamics.Sequential {
				basin = &l.UnsettledSequential
			}
			if end != census.Unsettled {
				p := &l.FixedPoints[end]
				basin = &p.Parallel
				if order == dynamics.Sequential {
					basin = &p.Sequential
				}
			}
			*basin += share
		}
	}
	for k := range l.FixedPoints {
		p := &l.FixedPoints[k]
		p.State = signsOf(r.FixedPoints[k], r.Neurons)
		margins := r.Margins(k)
		p.SmallestMargin = slices.Min(margins)
		for _, margin := range margins {
			p.MeanMargin += margin / float64(r.Neurons)
		}
		p.Around, p.Component = r.Around(k), components.Of[k]+1
		for _, count := range p.Around[1 : f.distance+1] {
			p.Neighbours += count
		}
	}
	return l, nil
}

func signsOf(s census.State, neurons int) string {
	var text strings.Builder
	for i := range neurons {
		if s.Spin(i) > 0 {
			text.WriteByte('+')
		} else {
			text.WriteByte('-')
		}
	}
	return text.String()
}

func (l *listed) print(w io.Writer) error {
	of := fmt.Sprintf("%d random starts", l.Starts)
	if l.AllStates {
		of = fmt.Sprintf("all %d states as starts", l.Starts)
	}
	fmt.Fprintf(w, "%s of the network of seed %d; basins: shares of %s\n\n", counted(len(l.FixedPoints), "fixed point"), l.Seed, of)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "state\tleast margin\tmean margin\tneighbours (distance %d)\tcomponent\tparallel\tsequential\t\n", l.Distance)
	for _, p := range l.FixedPoints {
		fmt.Fprintf(table, "%s\t%.3g\t%.3f\t%d\t%d\t%.4f\t%.4f\t\n", p.State, p.SmallestMargin, p.MeanMargin, p.Neighbours, p.Component, p.Parallel, p.Sequential)
	}
	fmt.Fprintf(table, "none\t\t\t\t\t%.4f\t%.4f\t\n", l.UnsettledParallel, l.UnsettledSequential)
	return table.Flush()
}

func (l *listed) printCSV(w io.Writer) error {
	lines := csv.NewWriter(w)
	rows := [][]string{{"state", "smallest_margin", "mean_margin", "neighbours", "component", "basin_parallel", "basin_sequential"}}
	for _, p := range l.FixedPoints {
		rows = append(rows, []string{
			p.State, value(p.SmallestMargin).exact(), value(p.MeanMargin).exact(), strconv.FormatInt(p.Neighbours, 10), strconv.Itoa(p.Component),
			value(p.Parallel).exact(), value(p.Sequential).exact(),
		})
	}
	return lines.WriteAll(rows)
}
