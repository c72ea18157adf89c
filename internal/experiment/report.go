package experiment

import (
	"bytes"
	_ "embed" // the report's template
	"fmt"
	"html/template"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"basin/internal/figure"
	"basin/internal/files"
	"basin/settings"
)

// The files that [Outcome.Write] makes, beside two for each figure and one for each
// preset.
const (
	TableFile  = "table.csv"
	ReportFile = "report.html"
)

// Write writes what an outcome shows into the folder: the table, each figure as SVG and
// PNG, the settings of the presets that were used, and the report, one file without
// references to others. Files of the same names are replaced. command is the line that
// repeats the run. It returns the names of the files.
func (o *Outcome) Write(dir, command string) ([]string, error) {
	t := o.Table()
	w := folder{dir: dir}
	var text bytes.Buffer
	if err := t.WriteCSV(&text); err != nil {
		return nil, err
	}
	w.write(TableFile, text.Bytes())
	page := o.page(t, command)
	for _, f := range o.Recipe.figures(t) {
		svg, err := f.Render("svg")
		if err != nil {
			return nil, err
		}
		png, err := f.Render("png")
		if err != nil {
			return nil, err
		}
		w.write(f.Name+".svg", svg)
		w.write(f.Name+".png", png)
		page.Figures = append(page.Figures, pageFigure{Title: f.Title, Caption: f.Caption, SVG: figure.Element(svg)})
	}
	for _, preset := range o.presets() {
		s, err := settings.LoadPreset(preset)
		if err != nil {
			return nil, err
		}
		yaml, err := settings.Marshal(s)
		if err != nil {
			return nil, err
		}
		w.write(preset+".yaml", yaml)
	}
	text.Reset()
	if err := reportTemplate.Execute(&text, page); err != nil {
		return nil, fmt.Errorf("experiment: report: %w", err)
	}
	w.write(ReportFile, text.Bytes())
	return w.names, w.err
}

// folder writes files until one fails.
type folder struct {
	dir   string
	names []string
	err   error
}

func (w *folder) write(name string, content []byte) {
	if w.err != nil {
		return
	}
	if err := files.Write(filepath.Join(w.dir, name), content); err != nil {
		w.err = fmt.Errorf("experiment: %w", err)
		return
	}
	w.names = append(w.names, name)
}

// figures returns the figures that have something to show.
func (r *Recipe) figures(t *Table) []Figure {
	if r.Figures == nil {
		return nil
	}
	return slices.DeleteFunc(r.Figures(t), func(f Figure) bool { return f.Empty() })
}

// presets returns the presets that cells are made from, sorted.
func (o *Outcome) presets() []string {
	var names []string
	for _, c := range o.Cells {
		if based, ok := c.Task.(Based); ok {
			if preset, _ := based.Base(); !slices.Contains(names, preset) {
				names = append(names, preset)
			}
		}
	}
	slices.Sort(names)
	return names
}

// CoreTime returns the time that the finished cells took on one core each.
func (o *Outcome) CoreTime() time.Duration {
	seconds := 0.0
	for _, c := range o.Cells {
		seconds += o.Records[c.Key].Seconds
	}
	return time.Duration(seconds * float64(time.Second))
}

// where says where the cells of a run were computed.
func (o *Outcome) where() string {
	if o.Workers == 0 {
		return "on a cluster"
	}
	return fmt.Sprintf("%d at once", o.Workers)
}

// versions returns the versions that computed the finished cells.
func (o *Outcome) versions() []string {
	var names []string
	for _, c := range o.Cells {
		if record, done := o.Records[c.Key]; done && !slices.Contains(names, record.Version) {
			names = append(names, record.Version)
		}
	}
	slices.Sort(names)
	return names
}

//go:embed report.html
var reportText string

var reportTemplate = figure.Page("report", reportText)

// page is what the report shows.
type page struct {
	Recipe      *Recipe
	Command     string
	Facts       []fact
	Findings    []string
	Figures     []pageFigure
	Head        []string
	Rows        [][]string
	Tables      []TextTable
	Comparison  []compared
	Done, Total int
	Deviations  bool
	CellsFile   string
}

type fact struct{ Name, Text string }

type pageFigure struct {
	Title, Caption string
	SVG            template.HTML
}

// compared is a published number beside ours.
type compared struct{ What, Of, Theirs, Ours, Source string }

func (o *Outcome) page(t *Table, command string) *page {
	p := &page{Recipe: o.Recipe, Command: command, Done: o.Done(), Total: len(o.Cells), Deviations: o.Seeds > 1, CellsFile: CellsFile}
	size := "quick"
	if o.Full {
		size = "full"
	}
	if o.Recipe.Quick != o.Recipe.Full {
		p.Facts = append(p.Facts, fact{"Size", size})
	}
	p.Facts = append(p.Facts, []fact{
		{"Seeds", strconv.Itoa(o.Seeds)},
		{"Cells", fmt.Sprintf("%d of %d", p.Done, p.Total)},
		{"Time on one core", roundTime(o.CoreTime()).String()},
		{"Wall time of the last command", fmt.Sprintf("%s, %d new cells, %s", roundTime(o.Elapsed), p.Done-o.Kept, o.where())},
		{"Version", strings.Join(o.versions(), ", ")},
	}...)
	if presets := o.presets(); len(presets) > 0 {
		p.Facts = append(p.Facts, fact{"Preset", strings.Join(presets, ", ")})
	}
	if o.Recipe.Findings != nil {
		p.Findings = o.Recipe.Findings(t)
	}
	p.Head, p.Rows = t.Text()
	p.Tables = t.Further()
	for _, published := range o.Recipe.Published {
		p.Comparison = append(p.Comparison, t.compare(published))
	}
	return p
}

// Text returns the table as people read it: head and rows. Values that no row has, and those
// aside, are left out.
func (t *Table) Text() (head []string, rows [][]string) {
	var values []Value
	for _, a := range t.Recipe.Axes {
		head = append(head, a.Title)
	}
	head = append(head, "seeds")
	for _, v := range t.Recipe.Values {
		if !v.Aside && slices.ContainsFunc(t.Rows, func(r Row) bool { _, ok := r.Values[v.Name]; return ok }) {
			values = append(values, v)
			head = append(head, v.Title)
		}
	}
	for _, row := range t.Rows {
		var line []string
		for _, at := range row.At {
			line = append(line, at.String())
		}
		line = append(line, strconv.Itoa(row.Seeds))
		for _, v := range values {
			s, ok := row.Values[v.Name]
			text := ""
			if ok {
				text = v.Text(s.Mean)
			}
			if s.N > 1 {
				text += " ± " + strings.TrimSuffix(v.Text(s.Deviation), " %")
			}
			line = append(line, text)
		}
		rows = append(rows, line)
	}
	return head, rows
}

// Further returns the tables of the recipe beside that of the points.
func (t *Table) Further() []TextTable {
	if t.Recipe.Tables == nil {
		return nil
	}
	return t.Recipe.Tables(t)
}

// Text writes a number of the value.
func (v Value) Text(number float64) string {
	if v.Share {
		return fmt.Sprintf("%.2f %%", 100*number)
	}
	return strconv.FormatFloat(number, 'g', 4, 64)
}

// Comparison returns the published numbers of the recipe beside those of the table; without rows
// where there are none.
func (t *Table) Comparison() TextTable {
	c := TextTable{Title: "Published numbers", Head: []string{"number", "of", "published", "here", "source"}, Rows: [][]string{}}
	for _, published := range t.Recipe.Published {
		p := t.compare(published)
		c.Rows = append(c.Rows, []string{p.What, p.Of, p.Theirs, p.Ours, p.Source})
	}
	return c
}

// compare puts our numbers beside a published one.
func (t *Table) compare(p Published) compared {
	v, _ := t.Recipe.Value(p.Value)
	c := compared{Of: p.Of, Source: p.Source, Theirs: v.Text(p.Low), Ours: "not computed"}
	if p.High != p.Low {
		c.Theirs += " to " + v.Text(p.High)
	}
	ours := t
	var where []string
	for _, a := range t.Recipe.Axes {
		if at, given := p.At[a.Name]; given {
			ours = ours.Where(a.Name, at)
			where = append(where, a.Title+" "+at.String())
		}
	}
	c.What = v.Title + " at " + strings.Join(where, ", ")
	low, high, seeds := math.Inf(1), math.Inf(-1), 0
	for _, row := range ours.Rows {
		if s, ok := row.Values[p.Value]; ok {
			low, high, seeds = min(low, s.Mean), max(high, s.Mean), s.N
			c.Ours = v.Text(s.Mean)
			if s.N > 1 {
				c.Ours += fmt.Sprintf(" ± %s (%d seeds)", strings.TrimSuffix(v.Text(s.Deviation), " %"), seeds)
			}
		}
	}
	if len(ours.Rows) > 1 && low < high {
		c.Ours = v.Text(low) + " to " + v.Text(high)
	}
	return c
}

func roundTime(d time.Duration) time.Duration {
	if d > 10*time.Second {
		return d.Round(time.Second)
	}
	return d.Round(10 * time.Millisecond)
}
