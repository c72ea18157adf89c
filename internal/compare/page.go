package compare

import (
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"io"
	"slices"

	"basin/internal/figure"
	"basin/internal/paired"
)

//go:embed page.html
var pageText string

var pageTemplate = figure.Page("page", pageText)

// drawing is a figure of the page.
type drawing struct {
	SVG     template.HTML
	Caption string
}

// Page writes one HTML file, without references to others: the verdict, figures, the table, and
// what was run. command is the line that repeats it, set names the data.
func (r *Report) Page(w io.Writer, set, command string) error {
	page := struct {
		Set, Command string
		Verdict      []string
		Drawings     []drawing
		Head         []string
		Rows         [][]string
		Methods      [][2]string
		Several      bool
		Facts        string
	}{Set: set, Command: command, Verdict: r.Verdict(), Several: len(r.Rows[0].Results) > 1}
	page.Head, page.Rows = r.Text()
	for _, row := range r.Rows {
		if row.Method == Network {
			page.Methods = append(page.Methods, [2]string{row.Name(), "network of binary neurons with the settings of the preset"})
		}
	}
	for _, m := range r.Setup.Methods {
		if slices.ContainsFunc(r.Rows, func(row *Row) bool { return row.Method == m.Name }) {
			page.Methods = append(page.Methods, [2]string{m.Name, m.About})
		}
	}
	seeds := fmt.Sprintf("seed %d", r.Setup.Presets[0].Settings.Seed)
	if count := len(r.Rows[0].Results); count > 1 {
		seeds = fmt.Sprintf("%d seeds from %d on", count, r.Setup.Presets[0].Settings.Seed)
	}
	page.Facts = fmt.Sprintf("%d samples learned, %d %s samples measured, %s. With each seed", r.Training, r.Held, r.Split, seeds)
	for _, d := range r.figures() {
		if d.Empty() {
			continue
		}
		svg, err := d.Render("svg")
		if err != nil {
			return err
		}
		page.Drawings = append(page.Drawings, drawing{figure.Element(svg), d.caption})
	}
	return pageTemplate.Execute(w, page)
}

// captioned is a figure with what stands below it.
type captioned struct {
	figure.Figure
	caption string
}

// figures returns those of the page.
func (r *Report) figures() []captioned {
	accuracy := captioned{figure.Figure{Title: "Accuracy", Y: "accuracy, %", Percent: true}, "Means over the seeds; bars are intervals of 95 % by Student's t over the seeds, wider where each seed draws its samples."}
	points := figure.Curve{Points: true}
	for i, row := range r.Rows {
		word := row.Method
		if row.Method == Network && len(r.Setup.Presets) > 1 {
			word = row.Preset
		}
		if i%2 > 0 {
			word = " " + word // a line lower, beside its neighbours
		}
		accuracy.Words = append(accuracy.Words, word)
		half, _ := paired.Difference{Deviation: row.Deviation, Count: len(row.Results), Ratio: r.ratio()}.Half()
		points.X, points.Y, points.Errors = append(points.X, float64(i)), append(points.Y, row.Accuracy), append(points.Errors, half)
	}
	accuracy.Curves = []figure.Curve{points}
	over := func(title, x string, of func(*Row) float64) captioned {
		f := captioned{figure.Figure{Title: title, X: x, Y: "accuracy, %", Percent: true, LogX: true}, "Further to the left costs less, further up is better. What costs nothing has no place on the axis."}
		for _, row := range r.Rows {
			f.Curves = append(f.Curves, figure.Curve{Label: row.Name(), Points: true, X: []float64{of(row)}, Y: []float64{row.Accuracy}})
		}
		return f
	}
	return []captioned{
		accuracy,
		over("Accuracy and what was learned", "parameters", func(row *Row) float64 { return row.Parameters }),
		over("Accuracy and what a prediction takes", "synaptic operations of a prediction", func(row *Row) float64 { return row.Operations }),
	}
}
