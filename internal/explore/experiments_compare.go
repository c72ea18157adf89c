package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"basin/internal/experiment"
	"basin/internal/paired"

	"gonum.org/v1/gonum/stat"
)

// comparison holds one folder against another.
type comparison struct {
	One   summary `json:"one"`
	Other summary `json:"other"`
	// Values are those that cells of both give, of which Value is compared; none where the
	// recipes differ.
	Values []experiment.Value `json:"values"`
	Value  experiment.Value   `json:"value"`
	Axes   []string           `json:"axes"`
	Points []comparedPoint    `json:"points"`
	// Settings are what differs in what was computed, at points that both have.
	Settings []differing `json:"settings"`
}

// comparedPoint is a point of the grid that one of both has computed.
type comparedPoint struct {
	At    []string `json:"at"`
	One   measure  `json:"one"`
	Other measure  `json:"other"`
	// Common counts the seeds that both have, over which Difference is the mean of one less the
	// other, with the half of its interval of 95 %; null where there is none.
	Common     int      `json:"common"`
	Difference *float64 `json:"difference"`
	Half       *float64 `json:"half"`
	// Verdict says on which side of 0 the interval lies: above, below or open.
	Verdict string `json:"verdict"`
}

// measure is a value over the seeds of a point; null means none.
type measure struct {
	Mean  *float64 `json:"mean"`
	Seeds int      `json:"seeds"`
}

// differing is a setting that differs. Where it is not the same at all points, the texts say so.
type differing struct {
	Name  string `json:"name"`
	One   string `json:"one"`
	Other string `json:"other"`
}

// mostSettings bounds the settings that are listed.
const mostSettings = 60

// compareFolders compares two folders.
func (e *Explorer) compareFolders(ctx context.Context, q struct {
	One   string `json:"one"`
	Other string `json:"other"`
	// Value is compared; "" is the first.
	Value string `json:"value"`
},
) (*comparison, error) {
	one, first, err := e.outcome(ctx, q.One)
	if err != nil {
		return nil, err
	}
	other, second, err := e.outcome(ctx, q.Other)
	if err != nil {
		return nil, err
	}
	c := &comparison{One: summaryOf(one, first), Other: summaryOf(other, second), Values: []experiment.Value{}, Points: []comparedPoint{}, Settings: []differing{}}
	recipe := first.outcome.Recipe
	if recipe.Name != second.outcome.Recipe.Name {
		return c, nil
	}
	for _, a := range recipe.Axes {
		c.Axes = append(c.Axes, a.Title)
	}
	pairs := pairsOf(first.outcome, second.outcome)
	c.Values = slices.DeleteFunc(slices.Clone(recipe.Values), func(v experiment.Value) bool {
		return !slices.ContainsFunc(pairs, func(p *pair) bool { return p.gives(0, v.Name) && p.gives(1, v.Name) })
	})
	if len(c.Values) == 0 {
		return c, nil
	}
	c.Value = c.Values[0]
	if q.Value != "" {
		i := slices.IndexFunc(c.Values, func(v experiment.Value) bool { return v.Name == q.Value })
		if i < 0 {
			return nil, mistakef("no point of both folders has a value %q", q.Value)
		}
		c.Value = c.Values[i]
	}
	for _, p := range pairs {
		c.Points = append(c.Points, p.compare(c.Value.Name))
	}
	c.Settings = differences(pairs)
	return c, nil
}

// pair is a point with the records of both folders by seed.
type pair struct {
	at      []string
	records [2]map[uint64]experiment.Record
}

// pairsOf returns the points that one of two outcomes has computed: those of the first in the
// order of its grid, then further ones of the second.
func pairsOf(outcomes ...*experiment.Outcome) []*pair {
	var list []*pair
	known := map[string]*pair{}
	for k, o := range outcomes {
		for _, cell := range o.Cells {
			record, done := o.Records[cell.Key]
			if !done {
				continue
			}
			key := fmt.Sprintf("%q", cell.At)
			p := known[key]
			if p == nil {
				p = &pair{}
				for _, at := range cell.At {
					p.at = append(p.at, at.String())
				}
				p.records[0], p.records[1] = map[uint64]experiment.Record{}, map[uint64]experiment.Record{}
				known[key], list = p, append(list, p)
			}
			p.records[k][cell.Seed] = record
		}
	}
	return list
}

// gives says whether a cell of one side gives a value.
func (p *pair) gives(side int, value string) bool {
	for _, record := range p.records[side] {
		if _, ok := record.Values[value]; ok {
			return true
		}
	}
	return false
}

// compare compares a value.
func (p *pair) compare(value string) comparedPoint {
	c := comparedPoint{At: p.at, One: p.mean(0, value), Other: p.mean(1, value), Verdict: "open"}
	var differences []float64
	for _, seed := range slices.Sorted(maps.Keys(p.records[0])) {
		one, ok := p.records[0][seed].Values[value]
		other, also := p.records[1][seed].Values[value]
		if ok && also {
			differences = append(differences, one-other)
		}
	}
	if c.Common = len(differences); c.Common == 0 {
		return c
	}
	d := paired.Difference{Mean: stat.Mean(differences, nil), Count: c.Common}
	c.Difference = &d.Mean
	if c.Common < 2 {
		return c
	}
	d.Deviation = stat.StdDev(differences, nil)
	if half, ok := d.Half(); ok {
		c.Half = &half
	}
	c.Verdict = map[paired.Verdict]string{paired.Wins: "above", paired.Loses: "below", paired.Open: "open"}[d.Judge()]
	return c
}

// mean returns the mean of a value over the seeds of one side.
func (p *pair) mean(side int, value string) measure {
	var given []float64
	for _, seed := range slices.Sorted(maps.Keys(p.records[side])) {
		if number, ok := p.records[side][seed].Values[value]; ok {
			given = append(given, number)
		}
	}
	if len(given) == 0 {
		return measure{}
	}
	mean := stat.Mean(given, nil)
	return measure{Mean: &mean, Seeds: len(given)}
}

// differences lists what differs in the tasks of points that both sides have.
func differences(pairs []*pair) []differing {
	found := map[string]*differing{}
	for _, p := range pairs {
		if len(p.records[0]) == 0 || len(p.records[1]) == 0 {
			continue
		}
		one, other := flat(p.task(0)), flat(p.task(1))
		for name := range union(one, other) {
			if one[name] == other[name] {
				continue
			}
			known := found[name]
			if known == nil {
				found[name] = &differing{name, one[name], other[name]}
				continue
			}
			if known.One != one[name] {
				known.One = "differs from point to point"
			}
			if known.Other != other[name] {
				known.Other = "differs from point to point"
			}
		}
	}
	list := []differing{}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if len(list) < mostSettings {
			list = append(list, *found[name])
		}
	}
	return list
}

// task returns what one side computed, of its smallest seed.
func (p *pair) task(side int) json.RawMessage {
	return p.records[side][slices.Min(slices.Collect(maps.Keys(p.records[side])))].Task
}

func union(one, other map[string]string) map[string]bool {
	names := map[string]bool{}
	for name := range one {
		names[name] = true
	}
	for name := range other {
		names[name] = true
	}
	return names
}

// flat writes the parts of a JSON value by their names: modules.0.neurons.
func flat(text json.RawMessage) map[string]string {
	parts := map[string]string{}
	var into func(name string, value any)
	into = func(name string, value any) {
		below := func(part string, value any) {
			if name != "" {
				part = name + "." + part
			}
			into(part, value)
		}
		switch v := value.(type) {
		case map[string]any:
			for key, inner := range v {
				below(key, inner)
			}
		case []any:
			for i, inner := range v {
				below(fmt.Sprint(i), inner)
			}
		default:
			parts[name] = fmt.Sprint(v)
		}
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&value) == nil {
		into("", value)
	}
	return parts
}
