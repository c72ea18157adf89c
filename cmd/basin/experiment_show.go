package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"basin/internal/experiment"
	"basin/internal/recipes"
)

func newExperimentList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the recipes",
		Long: `List prints the recipes with the size of their grids and about how long they take on the
processors that are here.`,
		Example: "  basin experiment list\n  basin experiment list --json",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var list []*recipeReport
			for _, r := range recipes.All() {
				report, err := newRecipeReport(r)
				if err != nil {
					return err
				}
				list = append(list, report)
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), list)
			}
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "recipe\tquick\tfull\tquestion")
			for _, r := range list {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.Name, r.Quick.text(), r.Full.text(), r.Title)
			}
			return table.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	return cmd
}

func newExperimentShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Show what a recipe asks, computes and compares with",
		Long: `Show prints the question of a recipe, the grids and the settings that the cells are made
from, the published numbers that the report compares with, and about how long it takes
on the processors that are here.`,
		Example:           "  basin experiment show lambda",
		Args:              arguments(1, 1),
		ValidArgsFunction: completeRecipes,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := recipes.Find(args[0])
			var unknown recipes.UnknownError
			if errors.As(err, &unknown) {
				err = usageError{err}
				if unknown.Near != "" {
					return withHint(err, "did you mean `basin experiment show %s`?", unknown.Near)
				}
				return withHint(err, "`basin experiment list` lists the recipes")
			}
			if err != nil {
				return err
			}
			report, err := newRecipeReport(r)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), report)
			}
			return report.print(cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func completeRecipes(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, r := range recipes.All() {
		if len(args) == 0 {
			names = append(names, cobra.CompletionWithDesc(r.Name, r.Title))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// recipeReport is what basin experiment show prints.
type recipeReport struct {
	Name      string                 `json:"name"`
	Title     string                 `json:"title"`
	Question  string                 `json:"question"`
	Method    string                 `json:"method"`
	Axes      []experiment.Axis      `json:"axes"`
	Values    []experiment.Value     `json:"values"`
	Quick     gridReport             `json:"quick"`
	Full      gridReport             `json:"full"`
	Published []experiment.Published `json:"published"`
}

// gridReport is one grid of a recipe.
type gridReport struct {
	Cells       int     `json:"cells"`
	Seeds       int     `json:"seeds"`
	CoreSeconds float64 `json:"core_seconds"`
	// Places of the grid on each axis.
	Places map[string][]experiment.Place `json:"places"`
	// Example is what the first cell computes.
	Example any `json:"example"`
}

func newRecipeReport(r *experiment.Recipe) (*recipeReport, error) {
	report := &recipeReport{
		Name: r.Name, Title: r.Title, Question: r.Question, Method: r.Method,
		Axes: r.Axes, Values: r.Values, Published: r.Published,
	}
	for _, grid := range []struct {
		report *gridReport
		scale  experiment.Scale
		full   bool
	}{{&report.Quick, r.Quick, false}, {&report.Full, r.Full, true}} {
		cells, err := r.Cells(grid.full, 0)
		if err != nil {
			return nil, err
		}
		*grid.report = gridReport{
			Cells: len(cells), Seeds: grid.scale.Seeds, CoreSeconds: grid.scale.Cost.Seconds(),
			Places: r.Places(cells), Example: cells[0].Task,
		}
	}
	return report, nil
}

// text says how large a grid is and how long it takes here.
func (g gridReport) text() string {
	return fmt.Sprintf("%s, %s", counted(g.Cells, "cell"), g.time())
}

// time estimates how long the grid takes on the processors that are here.
func (g gridReport) time() string {
	minutes := g.CoreSeconds / 60 / float64(min(g.Cells, runtime.GOMAXPROCS(0)))
	switch {
	case minutes < 1.5:
		return "a minute"
	case minutes < 90:
		return fmt.Sprintf("%.0f minutes", minutes)
	case minutes < 48*60:
		return fmt.Sprintf("%.0f hours", minutes/60)
	}
	return fmt.Sprintf("%.0f days", minutes/60/24)
}

func (r *recipeReport) print(w io.Writer) error {
	fmt.Fprintf(w, "%s: %s\n\n%s\n\n%s\n\n", r.Name, r.Title, wrapped(r.Question), wrapped(r.Method))
	for _, grid := range []struct {
		flag string
		gridReport
	}{{"--quick", r.Quick}, {"--full", r.Full}} {
		fmt.Fprintf(w, "%s: %s with %s each, about %s here\n", grid.flag, counted(grid.Cells, "cell"), counted(grid.Seeds, "seed"), grid.time())
		for _, axis := range r.Axes {
			var places []string
			for _, at := range grid.Places[axis.Name] {
				places = append(places, at.String())
			}
			fmt.Fprintf(w, "  %s (%s): %s\n", axis.Title, axis.Name, strings.Join(places, ", "))
		}
	}
	if t, ok := r.Full.Example.(experiment.Based); ok {
		preset, set := t.Base()
		fmt.Fprintf(w, "\nsettings of the first cell: preset %s with\n", preset)
		for _, assignment := range set {
			fmt.Fprintf(w, "  %s\n", assignment)
		}
	}
	if len(r.Published) > 0 {
		fmt.Fprintln(w, "\npublished")
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, p := range r.Published {
			fmt.Fprintf(table, "  %s\t%s\t%s\n", p.Of, publishedText(r, p), p.Source)
		}
		return table.Flush()
	}
	return nil
}

func publishedText(r *recipeReport, p experiment.Published) string {
	var text strings.Builder
	for _, v := range r.Values {
		if v.Name == p.Value {
			fmt.Fprintf(&text, "%s %s", v.Title, v.Text(p.Low))
			if p.High != p.Low {
				fmt.Fprintf(&text, " to %s", v.Text(p.High))
			}
		}
	}
	for _, axis := range r.Axes {
		if at, given := p.At[axis.Name]; given {
			fmt.Fprintf(&text, ", %s %s", axis.Title, at)
		}
	}
	return text.String()
}

// textWidth is where long texts are broken.
const textWidth = 88

// wrapped breaks a paragraph into lines, but not before a per cent sign.
func wrapped(text string) string {
	var out strings.Builder
	length := 0
	words := strings.Fields(strings.ReplaceAll(text, " %", "\x00%"))
	for _, word := range words {
		word = strings.ReplaceAll(word, "\x00", " ")
		runes := len([]rune(word))
		switch {
		case length == 0:
		case length+1+runes > textWidth:
			out.WriteByte('\n')
			length = 0
		default:
			out.WriteByte(' ')
			length++
		}
		out.WriteString(word)
		length += runes
	}
	return out.String()
}
