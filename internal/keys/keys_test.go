package keys

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
)

// course is a value of two parts.
type course struct{ From, To float64 }

func (c course) Misfit(r Row) string {
	if wrong := r.Misfit(c.From); wrong != "" {
		return wrong
	}
	return r.Misfit(c.To)
}

type order string

type part struct {
	Share  float64 `yaml:"share"`
	Count  int     `yaml:"count,omitempty"`
	Order  order   `yaml:"order"`
	Course course  `yaml:"course"`
	Hidden float64
}

type whole struct {
	Seed  uint64     `yaml:"seed"`
	Parts []part     `yaml:"parts"`
	Pair  [2]float64 `yaml:"pair"`
	Free  float64    `yaml:"free"`
}

var wholeRows = append(Section("parts", "the parts",
	Row{Key: "*.share", High: 1},
	Row{Key: "*.count", High: 8, Zero: "no part"},
	Row{Key: "*.order", Choices: Names[order]("up", "down"), Optional: true},
	Row{Key: "*.course", High: None},
), Row{Key: "seed", Low: 3, High: None}, Row{Key: "pair", High: 1, Above: true})

func TestCheckReportsEveryValueOutOfItsRange(t *testing.T) {
	w := whole{
		Seed:  2,
		Parts: []part{{Share: 1, Order: "up"}, {Share: 1.5, Count: 9, Order: "left", Course: course{1, -2}, Hidden: -1}, {Share: math.NaN(), Count: -1}},
		Pair:  [2]float64{0.5, 0},
		Free:  -9, // no row
	}
	m := Check(w, wholeRows)
	m.Report("parts.1.share", "is also wrong together with others")
	m.Report("pair", "is also wrong as a list")
	m.Report("parts", "are three")
	m.Add("more", errors.Join(Problem{"a", "is 1"}, fmt.Errorf("it: %w", Problem{"b", "is 2"}), errors.New("all is lost")))
	m.Add("more", nil)
	want := []string{
		"seed: is 2, want at least 3",
		"parts.1.share: is 1.5, want a number from 0 to 1",
		"parts.1.count: is 9, want 1 to 8, or 0 for no part",
		`parts.1.order: is "left", want "up" or "down"`,
		"parts.1.course: is -2, want a number of at least 0",
		"parts.2.share: is NaN, want a number from 0 to 1",
		"parts.2.count: is -1, want 1 to 8, or 0 for no part",
		"pair.1: is 0, want a number above 0 and at most 1",
		"parts: are three",
		"more.a: is 1",
		"more.b: is 2",
		"more: all is lost",
	}
	var got []string
	for _, err := range Parts(m.Err()) {
		got = append(got, err.Error())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if err := Check(whole{Seed: 3, Pair: [2]float64{1, 1}}, wholeRows).Err(); err != nil {
		t.Errorf("a struct without mistakes: %v", err)
	}
}

func TestRowsSayWhatTheyWant(t *testing.T) {
	for _, c := range []struct {
		row         Row
		value       any
		wrong, span string
	}{
		{Row{High: 1}, 1.0, "", "0 to 1"},
		{Row{High: 1}, -0.5, "is -0.5, want a number from 0 to 1", "0 to 1"},
		{Row{High: None}, -0.5, "is -0.5, want a number of at least 0", "at least 0"},
		{Row{High: None}, 1e60, "is 1e+60, want a number from 0 to 3.40282e+38", "at least 0"},
		{Row{Low: -None, High: None}, math.Inf(-1), "is -Inf, want a number from -3.40282e+38 to 3.40282e+38", ""},
		{Row{High: None, Above: true}, 0.0, "is 0, want a number above 0", "above 0"},
		{Row{High: None, Above: true}, 1e60, "is 1e+60, want a number above 0 and at most 3.40282e+38", "above 0"},
		{Row{High: 1, Above: true}, 2.0, "is 2, want a number above 0 and at most 1", "above 0, at most 1"},
		{Row{Low: 1, High: 1 << 24}, 0, "is 0, want 1 to 16777216", "1 to 16777216"},
		{Row{Low: 1, High: None}, 0, "is 0, want at least 1", "at least 1"},
		{Row{High: None}, uint64(math.MaxUint64), "", "at least 0"},
		{Row{}, "any text", "", "0 to 0"},
		{Row{Choices: []string{"a", "b", "c"}}, "", `is "", want "a", "b" or "c"`, "0 to 0"},
		{Row{}, true, "", "0 to 0"},
	} {
		if got := c.row.Misfit(c.value); got != c.wrong {
			t.Errorf("%+v: the value %v %q, want %q", c.row, c.value, got, c.wrong)
		}
		if got := c.row.Range(); got != c.span {
			t.Errorf("%+v: range %q, want %q", c.row, got, c.span)
		}
	}
	if got := Or([]string{"a"}) + Or(nil); got != "a" {
		t.Errorf("one alternative and none read %q", got)
	}
}
