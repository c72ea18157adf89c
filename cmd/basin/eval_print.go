package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"basin/internal/figure"
)

// widestConfusion is the largest number of classes whose matrix is printed as text.
const widestConfusion = 26

func (e *evaluation) print(w io.Writer) error {
	fmt.Fprintf(w, "accuracy      %s (%d of %d samples of %s)\n", percent(e.Accuracy), e.Correct, e.Samples, e.Data)
	if e.Views > 1 {
		fmt.Fprintf(w, "views         %d of each sample\n", e.Views)
	}
	fmt.Fprintf(w, "majority      %s are %q\n", percent(e.MajorityShare), e.Majority)
	fmt.Fprintf(w, "fixed points  %s\n\n", percent(e.FixedPointShare))
	optional := func(share *float64) string {
		if share == nil {
			return "-"
		}
		return percent(*share)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "class\tsamples\tshare\trecall\tprecision\tF1\t")
	for _, c := range e.Classes {
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t\n", c.Label, c.Samples, percent(c.Share), optional(c.Recall), optional(c.Precision), optional(c.F1))
	}
	fmt.Fprintf(table, "all, macro mean\t%d\t\t%s\t%s\t%s\t\n", e.Samples, percent(e.Macro.Recall), percent(e.Macro.Precision), percent(e.Macro.F1))
	if err := table.Flush(); err != nil {
		return err
	}
	if e.Operations != nil {
		fmt.Fprintln(w)
		if err := printOperations(w, e.Operations); err != nil {
			return err
		}
	}
	if len(e.Classes) > widestConfusion {
		_, err := fmt.Fprintf(w, "\nThe confusion matrix has %d classes: --json prints it.\n", len(e.Classes))
		return err
	}
	fmt.Fprint(w, "\nconfusion: a row per true class, a column per predicted class\n")
	table = tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := strings.Builder{}
	for _, c := range e.Classes {
		head.WriteString("\t" + c.Label)
	}
	fmt.Fprintf(table, "%s\t\n", head.String())
	for c, row := range e.Confusion {
		fmt.Fprint(table, e.Classes[c].Label)
		for _, n := range row {
			fmt.Fprintf(table, "\t%d", n)
		}
		fmt.Fprintln(table, "\t")
	}
	return table.Flush()
}

// figure draws the confusion matrix: the first true class on top, each row in shares of
// its class.
func (e *evaluation) figure() figure.Figure {
	plane := figure.Plane{}
	const across = 80 // letters that have room below the matrix
	for _, c := range e.Classes {
		plane.Y = append(plane.Y, cut(c.Label, 24))
		plane.X = append(plane.X, cut(c.Label, max(3, across/len(e.Classes))))
	}
	slices.Reverse(plane.Y)
	for c, row := range slices.Backward(e.Confusion) {
		line := make([]float64, len(row))
		for k, n := range row {
			line[k] = math.NaN() // a class without samples is a gap
			if e.Classes[c].Samples > 0 {
				line[k] = float64(n) / float64(e.Classes[c].Samples)
			}
		}
		plane.Z = append(plane.Z, line)
	}
	return figure.Figure{
		Title: fmt.Sprintf("Confusion on %s: %s right, majority %s", e.Data, percent(e.Accuracy), percent(e.MajorityShare)),
		X:     "predicted class", Y: "true class, % of its samples", Percent: true, Plane: &plane,
	}
}

// cut shortens a text to so many letters.
func cut(text string, letters int) string {
	runes := []rune(text)
	if len(runes) <= letters {
		return text
	}
	return string(runes[:letters-1]) + "…"
}
