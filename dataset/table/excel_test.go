package table

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func readExcel(book []byte, c Choice) (*Table, error) {
	archive, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return nil, err
	}
	return ReadExcel(archive, c, 1<<24)
}

// workbookOf makes a workbook of one sheet with these rows, texts and formats.
func workbookOf(t testing.TB, rows string, texts []string, formats string) []byte {
	t.Helper()
	shared := ""
	for _, text := range texts {
		shared += "<si><t>" + text + "</t></si>"
	}
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	for _, part := range [][2]string{
		{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="first" r:id="id1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="id1" Target="worksheets/sheet1.xml"/></Relationships>`},
		{"xl/sharedStrings.xml", "<sst>" + shared + "</sst>"},
		{"xl/styles.xml", "<styleSheet>" + formats + "</styleSheet>"},
		{"xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"},
	} {
		w, err := archive.Create(part[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(part[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// A workbook that openpyxl 3.1 wrote: row numbers, a number, dates, times, booleans and texts,
// some of them missing; and two more sheets.
func TestExcelReadsWhatOthersWrite(t *testing.T) {
	book, err := os.ReadFile("testdata/openpyxl.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	table, err := readExcel(book, Choice{})
	// 2024-01-01 is day 19723.
	holds(t, table, err, want{"20.5 19723 0.25 1 0 NaN 19724.5 0.7708333333333334 0 1 31 19782 0 1 NaN", "low high low", `sheet "people" is read, not "notes"`})
	if got := table.Kinds(); got != "1 number, 1 boolean, 1 date, 1 time, 1 category (values of each: town 2)" || table.Lines[0] != 2 {
		t.Errorf("%s, lines %v", got, table.Lines)
	}
	for _, sheet := range []string{"notes", "2"} {
		table, err = readExcel(book, Choice{Sheet: sheet})
		holds(t, table, err, want{"1 2", "a b", ""})
	}
	for _, sheet := range []string{"note", "0", "4", "empty"} {
		if _, err := readExcel(book, Choice{Sheet: sheet}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("no sheet %q that has cells, want one of", sheet)) {
			t.Errorf("%s: %v", sheet, err)
		}
	}
}

func TestExcelCells(t *testing.T) {
	for name, c := range map[string]struct {
		rows string
		want want
	}{
		"texts": {`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>1</v></c><c t="s"><v>0</v></c></row><row><c><v>2</v></c><c t="s"><v>1</v></c></row>`, want{"1 2", "a k", ""}},
		"gaps": {
			`<row r="3"><c r="B3" t="s"><v>0</v></c><c r="C3" t="inlineStr"><is><t>b</t></is></c><c r="D3" t="s"><v>1</v></c></row>` +
				`<row r="5"><c r="B5"><v>1.5</v></c><c r="D5" t="s"><v>0</v></c></row><row r="6"/><row r="7"><c r="B7"><v>2</v></c><c r="C7"><v>3</v></c><c r="D7" t="s"><v>1</v></c></row>`,
			want{"1.5 NaN 2 3", "a k", ""},
		},
		"formulas": {
			`<row><c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>spoken</t></rPh></is></c><c t="s"><v>1</v></c></row>` +
				`<row><c><f>1+1</f><v>2</v></c><c t="str"><f>x</f><v>yes</v></c></row><row><c t="e"><v>#N/A</v></c><c t="str"><v>no</v></c></row>`,
			want{"2 NaN", "yes no", ""},
		},
		"booleans": {`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c t="b"><v>1</v></c><c><v>7</v></c></row><row><c t="b"><v>0</v></c><c><v>8</v></c></row>`, want{"1 0", "7 8", "true and false"}},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := readExcel(workbookOf(t, c.rows, []string{"a", "k"}, ""), Choice{Label: ""})
			holds(t, table, err, c.want)
		})
	}
}

// Numbers are dates where their format shows some, counted as Excel does.
func TestExcelDates(t *testing.T) {
	for _, c := range []struct {
		id   int
		code string
		want dateForm
	}{
		{0, "", notDate},
		{14, "", isDate},
		{22, "", isDate},
		{20, "", isClock},
		{46, "", notDate},
		{164, "dd.mm.yyyy", isDate},
		{165, `yyyy"-"mm"-"dd;@`, isDate},
		{166, "[$-409]d-mmm-yy;@", isDate},
		{167, "mmm", isDate},
		{168, "h:mm AM/PM", isClock},
		{169, "[h]:mm:ss", notDate},
		{170, `0.00 "days"`, notDate},
		{171, "General", notDate},
		{172, "#,##0.00_d", notDate},
		{173, `[Red]0;[Blue]"yes"`, notDate},
		{174, "[", notDate},
	} {
		if got := dateFormOf(c.id, c.code); got != c.want {
			t.Errorf("format %d %q: %d, want %d", c.id, c.code, got, c.want)
		}
	}
	for _, c := range []struct {
		from04 bool
		text   string
		shown  dateForm
		want   string
	}{
		{false, "45292", isDate, "2024-01-01T00:00:00"},
		{false, "45292.75", isDate, "2024-01-01T18:00:00"},
		{false, "1", isDate, "1900-01-01T00:00:00"},
		{false, "59", isDate, "1900-02-28T00:00:00"},
		{false, "61", isDate, "1900-03-01T00:00:00"},
		{true, "43830", isDate, "2024-01-01T00:00:00"},
		{false, "0.25", isClock, "06:00:00"},
		{false, "45292.25", isClock, "2024-01-01T06:00:00"},
		{false, "45292", notDate, "45292"},
		{false, "-1", isDate, "-1"},
		{false, "1e300", isDate, "1e300"},
		{false, "soon", isDate, "soon"},
	} {
		b := &workbook{from04: c.from04}
		got := b.written(c.text, c.shown)
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
		if _, _, ok := parseDate(got); ok != (c.shown != notDate && c.want != c.text) {
			t.Errorf("%s is not read as a date", got)
		}
	}
	if _, _, ok := parseDate(isoDate(time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC))); !ok {
		t.Error("the last date is none")
	}
}

func TestExcelSaysWhereItIsWrong(t *testing.T) {
	header := `<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>`
	for rows, want := range map[string]string{
		"": "excel: no sheet has cells",
		header + `<row><c><v>1</v></c><c t="s"><v>7</v></c></row>`:                                            `excel: sheet "first": line 2: column 2: text number "7", want one of 2`,
		header + `<row><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>`:                                    `line 2: cell "A2" after 2 others, want ascending ones`,
		header + `<row><c r="ZZZZ2"><v>1</v></c></row>`:                                                       `line 2: cell "ZZZZ2", want a place such as B2`,
		header + `<row><c><v>1</v></c><c><v>1</v></c></row><row><c t="str"><v>x</v></c><c><v>1</v></c></row>`: `sheet "first", line 3, column 1 (cell A3): "x", want a number`,
		`<row><c t="s"><v>0</v></c></row><row><c><v>1</v></c><c><v>1</v></c><c><v>1</v></c></row>`:            "line 1: one cell, but the table has 3 columns: delete what stands above its header",
		header + `<row><c><v>1</v>`: "XML syntax error",
	} {
		_, err := readExcel(workbookOf(t, rows, []string{"a", "k"}, ""), Choice{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", rows, err, want)
		}
	}
}

// A cell that would fill the memory, and one that stands for billions, are refused.
func TestExcelIsBounded(t *testing.T) {
	for name, c := range map[string]struct{ rows, want string }{
		"one text":   {`<row><c t="str"><v>` + strings.Repeat("x", 17<<20), "more than 16777216 bytes without a tag"},
		"many cells": {strings.Repeat(`<row><c r="A1"><v>1.5</v></c><c r="XFD1"><v>1</v></c></row>`, 1000), "more than 16777216 bytes (0.0156 GiB) of values"},
		"depth":      {strings.Repeat("<a>", 1000), "elements in more than 100 others"},
	} {
		if _, err := readExcel(workbookOf(t, c.rows, nil, ""), Choice{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %.200v, want %s", name, err, c.want)
		}
	}
}

// Fuzzed are the sheet, the texts and the formats, not the archive around them.
func FuzzReadExcel(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2" s="1"><v>45292</v></c><c r="B2" t="inlineStr"><is><t>x</t></is></c></row>`,
		"a", `<numFmts><numFmt numFmtId="164" formatCode="dd.mm.yyyy"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs>`)
	f.Add(`<row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c><f>1+1</f><v>2</v></c></row>`, "a</t></si><si><r><t>b</t></r>", "")
	f.Fuzz(func(t *testing.T, rows, text, formats string) {
		table, err := readExcel(workbookOf(t, rows, []string{text, "k"}, formats), Choice{})
		if err != nil {
			return
		}
		if len(table.Bytes)+len(table.Floats)+len(table.Doubles) != len(table.Lines)*table.Features || table.Memory().Validate() != nil {
			t.Fatalf("%+v", table)
		}
	})
}
