package table

import (
	"strings"
	"testing"
)

// Cells without a value name their place as Excel does, and columns left out may have them.
func TestExcelCellsWithoutValue(t *testing.T) {
	head := `<row r="1"><c r="B1" t="str"><v>a</v></c><c r="C1" t="str"><v>b</v></c><c r="D1" t="str"><v>k</v></c></row>`
	line := func(b, k string) string {
		return `<row r="2"><c r="B2"><v>1</v></c><c r="C2"` + b + `</c><c r="D2"` + k + `</c></row>` +
			`<row r="3"><c r="B3"><v>1</v></c><c r="C3"><v>2.5</v></c><c r="D3" t="str"><v>x</v></c></row>`
	}
	const x = ` t="str"><v>x</v>`
	for name, c := range map[string]struct{ rows, want string }{
		"error":            {head + line(` t="e"><v>#REF!</v>`, x), `line 2, column 2 (cell C2): "#REF!" is an error of the spreadsheet`},
		"error of a label": {head + line(`><v>1</v>`, ` t="e"><v>#DIV/0!</v>`), `line 2, column 3 (cell D2): "#DIV/0!" is an error`},
		"formula":          {head + line(`><f>1+1</f>`, x), "line 2, column 2 (cell C2): a formula whose value the file does not have"},
		"openpyxl":         {head + line(`><f>1+1</f><v></v>`, x), "(cell C2): a formula whose value"},
		"formula of label": {head + line(`><v>1</v>`, `><f>1+1</f>`), "(cell D2): a formula whose value"},
		"formula of name":  {strings.Replace(head, ` t="str"><v>k</v>`, `><f>A1</f>`, 1) + line(`><v>1</v>`, x), "line 1, column 3 (cell D1): a formula whose value"},
	} {
		if _, err := readExcel(workbookOf(t, c.rows, nil, ""), Choice{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	for name, b := range map[string]string{"error": ` t="e"><v>#REF!</v>`, "formula": `><f>1+1</f>`} {
		table, err := readExcel(workbookOf(t, head+line(b, x), nil, ""), Choice{Drop: []string{"b"}})
		if err != nil || table.Features != 1 {
			t.Errorf("%s left out: %v", name, err)
		}
	}
	table, err := readExcel(workbookOf(t, head+line(` t="str"><f>T(1)</f><v></v>`, x), nil, ""), Choice{})
	if err != nil || table.Columns[1].Missing != 1 {
		t.Errorf("a formula of an empty text: %+v, %v", table, err)
	}
}

func TestExcelSaysThatCellsAreMerged(t *testing.T) {
	rows := `<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>1.5</v></c><c t="s"><v>0</v></c></row><row><c/><c t="s"><v>1</v></c></row>` +
		`</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells><sheetData>`
	table, err := readExcel(workbookOf(t, rows, []string{"a", "k"}, ""), Choice{})
	holds(t, table, err, want{"1.5 NaN", "a k", `sheet "first" has merged cells (1), such as A2:A3`})
}

func TestLetters(t *testing.T) {
	for column, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", mostCells - 1: "XFD"} {
		if got := letters(column); got != want {
			t.Errorf("%d: %s, want %s", column, got, want)
		}
	}
}

// Columns of bytes may be left out or passed through.
func TestParquetColumnsOfBytes(t *testing.T) {
	for _, name := range []string{"uuid", "binary"} {
		_, err := readParquet(t, name, Choice{})
		if err == nil || !strings.Contains(err.Error(), "which are not read") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, hint, _ := strings.Cut(err.Error(), "data.drop=[")
		column, _, _ := strings.Cut(hint, "]")
		for how, c := range map[string]Choice{"dropped": {Drop: []string{column}}, "passed through": {ID: column}} {
			table, err := readParquet(t, name, c)
			if err != nil || how == "passed through" && len(table.IDs[0]) < 6 {
				t.Errorf("%s %s: %v", name, how, err)
			}
		}
	}
}

// The index of pandas, which is stored last, is no label unless it is called so.
func TestIndexAmongColumnsIsNoLabel(t *testing.T) {
	table, err := readParquet(t, "named", Choice{Only: []string{"a", "patient"}, Drop: []string{"label"}})
	if err != nil || table.Label < 0 || table.Columns[table.Label].Name != "a" {
		t.Errorf("%+v, %v", table, err)
	}
}

// A first line with numbers is a header where the lines below tell.
func TestNamesAmongNumbers(t *testing.T) {
	for name, c := range map[string]struct {
		text, said string
		named      bool
	}{
		"years":         {"city,2022,2023,risk\nBonn,1.5,2.5,low\nUlm,3,4,high\nBonn,5,7,high\n", "its numbers are like names", true},
		"a year":        {"city,2022,risk\nBonn,1,low\nUlm,4,high\n", "its numbers are like names", true},
		"text above":    {"age,2,income,risk\n30,1,2.5,a\n31,1,2.5,b\n", "a text above numbers", true},
		"empty":         {",y\n1.5,a\n2.5,b\n3.5,a\n", "its other cells are empty", true},
		"index, year":   {",2022,y\n0,1.5,a\n1,2.5,b\n2,3.5,a\n", "its numbers are like names", true},
		"years below":   {"Bonn,2022,new\nUlm,2021,low\nKiel,2020,low\nUlm,2019,high\n", "though no other line has its label", false},
		"a rare class":  {"5.1,3.5,rare\n4.9,3.0,a\n4.7,3.2,b\n4.6,3.1,a\n", `read as a sample, though no other line has its label "rare"`, false},
		"a usual class": {"5.1,3.5,a\n4.9,3.0,a\n4.7,3.2,b\n", "", false},
		"texts recur":   {"Bonn,2022,rare\nBonn,1,low\nUlm,2,high\nUlm,2,low\n", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := read(c.text, Choice{})
			if err != nil {
				t.Fatal(err)
			}
			said := ""
			for _, note := range table.Notes {
				said += note.Text
			}
			if table.Named != c.named || !strings.Contains(said, c.said) || c.said == "" && strings.Contains(said, "line 1") {
				t.Errorf("header %v, said %q, want %v, %q", table.Named, said, c.named, c.said)
			}
		})
	}
}

func TestForeignTextsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"<table border=1><tr>": "(HTML)",
		"<!DOCTYPE html>":      "(HTML)",
		"<HTML><body>":         "(HTML)",
		"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>": "XML of Excel 2003",
		"{\"a\": 1}\n{\"a\": 2}\n": "lines=True",
		"{\"a\": {\"0\": 1}}":      "read_json('IN').to_csv",
	} {
		if err := Foreign([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
