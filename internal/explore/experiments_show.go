package explore

import (
	"context"
	"slices"

	"basin/internal/experiment"
)

// shown is what the room shows of one folder.
type shown struct {
	summary
	// Same says that nothing changed since the stamp of the question; the rest is missing.
	Same     bool   `json:"same"`
	Question string `json:"question"`
	Method   string `json:"method"`
	// Axes have all places that rows lie at, so that one can choose among them.
	Axes     []axis                 `json:"axes"`
	Findings []string               `json:"findings"`
	Head     []string               `json:"head"`
	Rows     [][]string             `json:"rows"`
	Tables   []experiment.TextTable `json:"tables"`
	Figures  []drawing              `json:"figures"`
}

// axis is an axis with the places that there are.
type axis struct {
	Name   string   `json:"name"`
	Title  string   `json:"title"`
	Places []string `json:"places"`
}

// drawing is a figure of a report.
type drawing struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Caption string `json:"caption"`
	SVG     string `json:"svg"`
}

// places say which rows to take: by the name of an axis the text of a place.
type places map[string]string

// of returns the rows of a table at the places.
func (p places) of(t *experiment.Table) (*experiment.Table, error) {
	for name, text := range p {
		known := t.Places(name)
		i := slices.IndexFunc(known, func(at experiment.Place) bool { return at.String() == text })
		if i < 0 {
			return nil, mistakef("no row is at %q of %q", text, name)
		}
		t = t.Where(name, known[i])
	}
	return t, nil
}

// showFolder shows the report of a folder as far as it is computed.
func (e *Explorer) showFolder(ctx context.Context, q struct {
	Folder string `json:"folder"`
	Where  places `json:"where"`
	// Stamp is that of the summary that the page has; "" for none.
	Stamp string `json:"stamp"`
},
) (*shown, error) {
	f, s, err := e.outcome(ctx, q.Folder)
	if err != nil {
		return nil, err
	}
	a := &shown{summary: summaryOf(f, s), Same: s.stamp == q.Stamp}
	if a.Same {
		return a, nil
	}
	recipe, table := s.outcome.Recipe, s.outcome.Table()
	a.Question, a.Method = recipe.Question, recipe.Method
	for _, x := range recipe.Axes {
		with := axis{Name: x.Name, Title: x.Title, Places: []string{}}
		for _, at := range table.Places(x.Name) {
			with.Places = append(with.Places, at.String())
		}
		a.Axes = append(a.Axes, with)
	}
	if table, err = q.Where.of(table); err != nil {
		return nil, err
	}
	if recipe.Findings != nil {
		a.Findings = recipe.Findings(table)
	}
	a.Head, a.Rows = table.Text()
	a.Tables = table.Further()
	if published := table.Comparison(); len(published.Rows) > 0 {
		a.Tables = append(a.Tables, published)
	}
	a.Figures, err = drawings(ctx, table)
	return a, err
}

// drawings draws the figures of a report that have something to show.
func drawings(ctx context.Context, t *experiment.Table) ([]drawing, error) {
	list := []drawing{}
	if t.Recipe.Figures == nil {
		return list, nil
	}
	for _, f := range t.Recipe.Figures(t) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if f.Empty() {
			continue
		}
		svg, err := f.Render("svg")
		if err != nil {
			return nil, err
		}
		list = append(list, drawing{Name: f.Name, Title: f.Title, Caption: f.Caption, SVG: string(svg)})
	}
	return list, nil
}
