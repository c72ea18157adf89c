package table

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// column reads the values of a column b between two others; categories by their names.
func column(t *testing.T, cells []string, c Choice) (*Table, []string, error) {
	t.Helper()
	text := "a,b,kind\n"
	for i, cell := range cells {
		text += fmt.Sprintf("%d.5,%s,%s\n", i, cell, []string{"x", "y"}[i%2])
	}
	table, err := read(text, c)
	if err != nil {
		return nil, nil, err
	}
	var values []string
	for i := range cells {
		at := table.Features*i + 1
		switch {
		case table.Doubles == nil:
			values = append(values, fmt.Sprint(table.Floats[at]))
		case math.IsNaN(table.Doubles[at]) || table.Columns[1].Kind != Category:
			values = append(values, fmt.Sprint(table.Doubles[at]))
		default:
			values = append(values, table.Columns[1].Categories[int(table.Doubles[at])])
		}
	}
	return table, values, nil
}

func TestCellsTellTheKindOfTheirColumn(t *testing.T) {
	for name, c := range map[string]struct {
		cells, want string
		kind        Kind
		missing     int
	}{
		"numbers":           {"1 2.5 -3", "1 2.5 -3", Number, 0},
		"missing first":     {"? NA 2.5", "NaN NaN 2.5", Number, 2},
		"every mark":        {"? . NA N/A #N/A <NA> NaN nan null NULL n/a 1", "NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN 1", Number, 11},
		"nothing":           {"? ? ?", "NaN NaN NaN", Number, 3},
		"booleans":          {"True false TRUE", "1 0 1", Boolean, 0},
		"missing boolean":   {"? false TRUE", "NaN 0 1", Boolean, 1},
		"booleans, numbers": {"True 0 7", "1 0 7", Number, 0},
		"numbers, booleans": {"7 True false", "7 1 0", Number, 0},
		"not booleans":      {"True false maybe True", "True false maybe True", Category, 0},
		"texts":             {"red green blue red", "red green blue red", Category, 0},
		"missing text":      {"red ? red", "red NaN red", Category, 1},
		"days":              {"1970-01-02 1969-12-31 2024-02-29", "1 -1 19782", Date, 0},
		"days with slashes": {"1970/01/02 2024/02/29", "1 19782", Date, 0},
		"times":             {"1970-01-02T12:00 1970-01-01T06:00:00Z 1970-01-01T06:00:00+06:00", "1.5 0.25 0", Date, 0},
		"fractions":         {"1970-01-01T00:00:00.5 1970-01-02", fmt.Sprint(.5/86400) + " 1", Date, 0},
		"months":            {"1970-01 1970-02", "0 31", Date, 0},
		"of the day":        {"06:00 18:00:00", "0.25 0.75", Time, 0},
		"missing day":       {"1970-01-02 NA", "1 NaN", Date, 1},
	} {
		t.Run(name, func(t *testing.T) {
			table, values, err := column(t, strings.Fields(c.cells), Choice{Label: "kind"})
			if err != nil {
				t.Fatal(err)
			}
			if got := table.Columns[1]; strings.Join(values, " ") != c.want || got.Kind != c.kind || got.Missing != c.missing {
				t.Errorf("%s, %d missing: %q, want %s, %d missing: %s", got.Kind, got.Missing, values, c.kind, c.missing, c.want)
			}
			if !slices.IsSorted(table.Columns[1].Categories) {
				t.Errorf("categories %q, want them ascending", table.Columns[1].Categories)
			}
		})
	}
}

func TestColumnsOfNoKindAreRefused(t *testing.T) {
	many := func(count, each int) string {
		var cells []string
		for i := range count * each {
			cells = append(cells, fmt.Sprintf("t%d", i%count))
		}
		return strings.Join(cells, " ")
	}
	for name, c := range map[string]struct {
		cells string
		line  int
		want  string
	}{
		"a text among numbers": {"1 2 two 3", 4, `"two", want a number`},
		"a number among texts": {"red green 3 red", 4, `"3" is a number, but other cells of the column are texts`},
		"infinite":             {"1 inf", 3, "want a finite number"},
		"too large":            {"1 1e39", 3, "does not fit"},
		"a text among dates":   {"2024-01-01 soon", 3, `"soon", want a date as in the lines before`},
		"a time among dates":   {"2024-01-01 12:00", 3, "want a date"},
		"a date among times":   {"12:00 2024-01-01", 3, "want a time"},
		"no such day":          {"2024-01-01 2024-02-30", 3, "want a date"},
		"a date among texts":   {"red 2024-01-01 blue", 3, `"2024-01-01" is a date or a time`},
		"a date among truths":  {"true 2024-01-01", 3, "is a date or a time"},
		"truths in two ways":   {"maybe True TRUE", 2, `"True" and "TRUE" among other texts`},
		"two ways first":       {"True TRUE maybe", 4, `"True" and "TRUE" among other texts`},
		"percents":             {"50% 60%", 2, `"50%", want a number as in -1234.5`},
		"a sign of typography": {"−1 −2 3", 2, `"−1", want a number as in`},
		"thousands":            {"1'000 2'000 700 800", 2, `"1'000", want a number as in`},
		"a half":               {"1 1/2", 3, `"1/2", want a number as in`},
		"a sheet's error":      {"1 #DIV/0!", 3, `"#DIV/0!" is an error of the spreadsheet`},
		"an error first":       {"#REF! red", 2, "is an error of the spreadsheet"},
		"days first":           {"31.12.2024 01.01.2024", 2, "is the day or the month first?"},
		"names":                {many(30, 1), 2, "30 different texts in 30 cells"},
		"too many":             {many(257, 3), 2, "257 different texts, want at most 256"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := column(t, strings.Fields(c.cells), Choice{Label: "kind"})
			var cell *CellError
			if !errors.As(err, &cell) || cell.Line != c.line || cell.Column != "b" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want line %d, %s", err, c.line, c.want)
			}
		})
	}
}

// All columns that cannot be read are named at once.
func TestAllUnreadableColumnsAreNamed(t *testing.T) {
	text := "name,age,note,sex,died\n"
	for i := range 30 {
		text += fmt.Sprintf("n%d,%d,free text %d,%s,%d\n", i, 20+i%7, i, []string{"m", "f"}[i%2], i%3/2)
	}
	var cell *CellError
	if _, err := read(text, Choice{}); !errors.As(err, &cell) || cell.Column != "name" || !slices.Equal(cell.Also, []string{"note"}) {
		t.Fatal(err)
	}
	table, err := read(text, Choice{Drop: []string{"name", "note"}})
	if err != nil || table.Kinds() != "1 number, 1 category (values of each: sex 2)" {
		t.Errorf("%q, %v", table.Kinds(), err)
	}
}

// A table without a header, all of whose cells are texts, begins with a sample.
func TestATableOfTextsMayHaveNoHeader(t *testing.T) {
	text := ""
	for i := range 12 {
		text += []string{"x,s,n,e", "b,s,w,p", "x,y,n,e"}[i%3] + "\n"
	}
	for header, lines := range map[string]int{"": 12, "cap,surface,colour,class\n": 12} {
		table, err := read(header+text, Choice{})
		if err != nil || len(table.Lines) != lines || table.Named != (header != "") || table.Features != 3 {
			t.Errorf("%q: %d lines, %v", header, len(table.Lines), err)
		}
	}
}

// Large numbers that differ little, dates and what is missing stay numbers of 64 bits; other
// numbers do not need them.
func TestNumbersStayAsFineAsTheyMatter(t *testing.T) {
	for cells, fine := range map[string]bool{
		"0.1 0.2 0.3": false, "0.1 0.1 0.1": false, "1e9 1000000001 1000000002": true, "-3.4e38 1e-8 2e-8": false, "16777216 16777217 1": false,
		"1700000000.25 1700000000.5": true, "1 ? 2": true,
	} {
		table, _, err := column(t, strings.Fields(cells), Choice{Label: "kind"})
		if err != nil || (table.Doubles != nil) != fine {
			t.Errorf("%s: %v, %v, want %v", cells, table, err, fine)
		}
	}
}

// What a model has learned says the kinds of columns, also where the cells of a table tell
// something else.
func TestAModelSaysTheKindsOfColumns(t *testing.T) {
	trained, _, err := column(t, strings.Fields("red green red 2-3"), Choice{Label: "kind"})
	if err != nil {
		t.Fatal(err)
	}
	model := trained.Memory()
	if err := model.Validate(); err != nil || !slices.Equal(model.Kinds, []Kind{Number, Category}) {
		t.Fatalf("%+v, %v", model, err)
	}
	_, values, err := column(t, strings.Fields("7 2024-01-01 true red ?"), Choice{Model: model})
	if err != nil || strings.Join(values, " ") != "7 2024-01-01 true red NaN" {
		t.Errorf("%q, %v", values, err)
	}
	model.Kinds = nil
	if _, _, err := column(t, []string{"1", "red"}, Choice{Model: model}); err == nil || !strings.Contains(err.Error(), `line 3, column 2: "red", want a number`) {
		t.Error(err)
	}
	model.Kinds = []Kind{Number, Date}
	if _, _, err := column(t, []string{"1"}, Choice{Model: model}); err == nil || !strings.Contains(err.Error(), "want a date") {
		t.Error(err)
	}
}

// Categories that are read in any order of the lines give the same values.
func TestCategoriesDoNotDependOnTheOrderOfLines(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		cells := rapid.SliceOfN(rapid.SampledFrom([]string{"red", "green", "blue", "?"}), 4, 30).Draw(r, "cells")
		cells = append(cells, "red")
		_, values, err := column(t, cells, Choice{Label: "kind"})
		if err != nil {
			r.Fatal(err)
		}
		for i, cell := range cells {
			if want := strings.Replace(cell, "?", "NaN", 1); values[i] != want {
				r.Fatalf("%q: %q", cells, values)
			}
		}
	})
}

// A column of categories whose cells are all missing has no category, whoever says that it has.
func TestCategoriesMayAllBeMissing(t *testing.T) {
	model := &Columns{Cells: 3, Place: 2, Label: "k", Features: []string{"c", "a"}, Kinds: []Kind{Category, Number}}
	for name, c := range map[string]struct {
		text   string
		choice Choice
	}{
		"by a model": {"c,a\n,1\nNA,2\n", Choice{Model: model}},
		"by ARFF":    {"@relation r\n@attribute c {r,g}\n@attribute a numeric\n@attribute k {x,z}\n@data\n?,1,x\n?,2,z\n", Choice{}},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := read(c.text, c.choice)
			if err != nil {
				t.Fatal(err)
			}
			if got := table.Columns[0]; got.Kind != Category || got.Missing != 2 || got.Categories != nil || fmt.Sprint(table.Doubles) != "[NaN 1 NaN 2]" {
				t.Errorf("%+v, values %v, want a category without texts and 2 missing cells", got, table.Doubles)
			}
		})
	}
}

// What is read otherwise than it may be meant is said.
func TestDoubtfulCellsAreSaid(t *testing.T) {
	for name, c := range map[string]struct{ cells, want string }{
		"zeros":       {"007 12 008", `column 2, "b": "007" is read as the number 7; 2 cells have zeros before a number`},
		"long":        {"9007199254740993 1", `"9007199254740993" is read as 9007199254740992`},
		"fractions":   {"1/2 1/4", `"1/2" is read as a text`},
		"some like":   {"50% none all none", `"50%" is read as a text`},
		"truths":      {"maybe true", "true and false are read as texts"},
		"truth first": {"true maybe", "true and false are read as texts"},
		"zones":       {"2024-01-01T00:00:00Z 2024-01-01", "1 dates have a time zone, 1 have none"},
		"other zones": {"2024-01-01T00:00:00+02:00 2024-01-01T00:00:00-0330", "2 dates of other time zones are converted to UTC"},
		"one zone":    {"2024-01-01T00:00:00Z 2024-01-01T00:00:00+00:00", ""},
		"plain":       {"0 0.5 -0.5 9007199254740992", ""},
	} {
		t.Run(name, func(t *testing.T) {
			table, _, err := column(t, strings.Fields(c.cells), Choice{Label: "kind"})
			if err != nil {
				t.Fatal(err)
			}
			said := ""
			for _, note := range table.Notes {
				said += note.Text
			}
			if !strings.Contains(said, c.want) || c.want == "" && said != "" {
				t.Errorf("said %q, want %q", said, c.want)
			}
		})
	}
}

// A model takes in a column what it has learned there.
func TestModelKeepsKindsOfColumns(t *testing.T) {
	model := func(kind Kind) *Columns {
		return &Columns{Features: []string{"a", "b"}, Label: "kind", Cells: 3, Place: 2, Kinds: []Kind{Number, kind}}
	}
	for name, c := range map[string]struct {
		kind        Kind
		cells, want string // the values, or an error
	}{
		"a time":    {Date, "14:30", `line 2, column 2: "14:30", want a date as the model has learned`},
		"a date":    {Time, "06:00 2024-01-01", `line 3, column 2: "2024-01-01", want a time of the day`},
		"dates":     {Date, "1970-01-02 NA", "1 NaN"},
		"times":     {Time, "06:00", "0.25"},
		"a seven":   {Boolean, "true 7", `line 3, column 2: "7", want true or false, or 1 or 0`},
		"a word":    {Boolean, "yes", "want true or false"},
		"booleans":  {Boolean, "TRUE 0 1 false", "1 0 1 0"},
		"any texts": {Category, "50% 3 2024-01-01 true TRUE", "50% 3 2024-01-01 true TRUE"},
	} {
		t.Run(name, func(t *testing.T) {
			_, values, err := column(t, strings.Fields(c.cells), Choice{Model: model(c.kind)})
			if got := strings.Join(values, " "); got != c.want && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%q, %v, want %s", got, err, c.want)
			}
		})
	}
}

// One row does not tell that its values differ little from those that were learned.
func TestModelReads64Bits(t *testing.T) {
	table, err := read("a,kind\n1000000001,x\n", Choice{Model: &Columns{Features: []string{"a"}, Label: "kind", Cells: 2, Place: 1}})
	if err != nil || len(table.Doubles) != 1 || table.Doubles[0] != 1000000001 {
		t.Errorf("%+v, %v", table, err)
	}
}
