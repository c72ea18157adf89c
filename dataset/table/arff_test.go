package table

import (
	"errors"
	"strings"
	"testing"
)

const weather = `% made by hand
@RELATION 'the weather'

@attribute 'out look' {sunny, 'over cast', rain}
@ATTRIBUTE temperature REAL
@attribute day date "yyyy-MM-dd HH:mm"
@attribute level {0,1,2}
@attribute note string
@attribute play {yes,no}

@data
sunny, 85.5, "1970-01-02 12:00", 0, 'it''s', no
% a comment
'over cast',?,"1970-01-01 00:00",2,plain,yes
rain,70,?,?,"a, b",yes
`

func TestARFF(t *testing.T) {
	table, err := read(strings.Replace(weather, "'it''s'", `'it\'s'`, 1), Choice{})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, table, nil, want{"2 85.5 1.5 0 1 0 NaN 0 1 2 1 70 NaN NaN 0", "no yes yes", ""})
	names := strings.Join(table.Memory().Features, "|")
	if names != "out look|temperature|day|level|note" || table.Kinds() != "1 number, 1 date, 3 categories (values of each: out look 3, level 2, note 3)" {
		t.Errorf("%s; %s", names, table.Kinds())
	}
	if got := table.Columns[4].Categories; strings.Join(got, "|") != "a, b|it's|plain" || table.Lines[1] != 14 {
		t.Errorf("%q, lines %v", got, table.Lines)
	}
}

func TestARFFSaysWhereItIsWrong(t *testing.T) {
	head := "@relation r\n@attribute a numeric\n@attribute k {x,y}\n@data\n"
	for text, want := range map[string]string{
		"@relation r\n@attribute a numeric\n":               "no @data",
		"@relation r\n@data\n1\n":                           "line 2: @data, but no @attribute",
		"@relation r\n@attribute a complex\n@data\n":        `line 2: attribute "a": type "complex", want numeric`,
		"@relation r\n@attribute a {x,y\n@data\n":           "a { that is not closed",
		"@relation r\n@attribute a {x,'y}\n@data\n":         "a quotation mark that is not closed",
		"@relation r\n@attribute a date 'EEE MMM'\n@data\n": `date format "EEE MMM"`,
		"@relation r\n@attributes a numeric\n@data\n":       `line 2: "@attributes", want @relation, @attribute or @data`,
		head + "1,x\n2,z\n":                                 `line 6, column 2: "z" is none of the values`,
		head + "1,x\nb,y\n":                                 `line 6, column 1: "b", want a number`,
		head + "1,x\n1,x,y\n":                               "line 6: 3 columns, want 2",
		head + "1,'x\n":                                     "line 5, column 2: a quotation mark that is not closed",
		head + "'1'x,y\n":                                   "after a quoted cell, want a comma",
		head + "1,?\n":                                      `"?" is a missing value, want a label`,
		"@relation r\n@attribute d date\n@attribute k {x}\n@data\n1.1.2024,x\n": "want a date as its attribute says",
	} {
		if _, err := read(text, Choice{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	var foreign *ForeignError
	if _, err := read(head+"{0 1, 1 x}\n", Choice{}); !errors.As(err, &foreign) || !strings.Contains(foreign.Convert, "SparseToNonSparse") {
		t.Errorf("sparse: %v", err)
	}
}

func FuzzReadARFF(f *testing.F) {
	f.Add(weather)
	f.Add("@relation r\n@attribute a numeric\n@attribute k {x,y}\n@data\n1,x\n")
	f.Add("@attribute d date 'dd/MM/yyyy'\n@attribute k {'x'}\n@data\n'01/02/2024','x'\n")
	f.Fuzz(func(t *testing.T, text string) { sound(t, text) })
}

// sound reads a text and holds what every table promises.
func sound(t *testing.T, text string) {
	table, err := read(text, Choice{})
	if err != nil {
		return
	}
	if len(table.Bytes)+len(table.Floats)+len(table.Doubles) != len(table.Lines)*table.Features || table.Memory().Validate() != nil {
		t.Fatalf("%+v", table)
	}
}
