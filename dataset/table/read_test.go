package table

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	units "unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"
)

func read(text string, c Choice) (*Table, error) {
	return Read(bufio.NewReaderSize(strings.NewReader(text), 1<<16), c, 1<<30)
}

// want is what a test expects: values and labels as texts.
type want struct {
	values, labels, said string
}

func holds(t *testing.T, table *Table, err error, w want) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var labels []string
	for _, n := range table.Labels {
		labels = append(labels, table.Texts[n])
	}
	values := fmt.Sprint(table.Bytes)
	if table.Bytes == nil {
		values = fmt.Sprint(table.Floats)
	}
	if table.Doubles != nil {
		values = fmt.Sprint(table.Doubles)
	}
	if values != "["+w.values+"]" || strings.Join(labels, " ") != w.labels {
		t.Errorf("values %s of %d features, labels %q, want [%s] and %s", values, table.Features, labels, w.values, w.labels)
	}
	var said []string
	for _, n := range table.Notes {
		said = append(said, n.Text)
	}
	if !strings.Contains(strings.Join(said, "\n"), w.said) || w.said == "" && said != nil {
		t.Errorf("said %q, want %q", said, w.said)
	}
}

func TestDialects(t *testing.T) {
	wide := func(text string) string { // UTF-16, little end first
		var b strings.Builder
		for _, u := range units.Encode([]rune(text)) {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
		return b.String()
	}
	latin, err := charmap.Windows1252.NewEncoder().String("a,b,k\n1,2,grün\n3,4,weiß\n")
	if err != nil {
		t.Fatal(err)
	}
	plain := "a,b,k\n1,2,x\n3,4,y\n"
	for name, c := range map[string]struct {
		text string
		want want
	}{
		"comma":                {plain, want{"1 2 3 4", "x y", ""}},
		"semicolon":            {"a;b;k\n1;2;x\n3;4;y\n", want{"1 2 3 4", "x y", ""}},
		"pipe":                 {"1|2|x\n3|4|y\n", want{"1 2 3 4", "x y", ""}},
		"spaces":               {"  1   2 x\n 3 4  \"y y\"\n", want{"1 2 3 4", "x y y", ""}},
		"spaces and tabs":      {"1 \t2 x\n3 4\ty\n", want{"1 2 3 4", "x y", ""}},
		"comma and space":      {"1, 2, x\n3, 4, y\n", want{"1 2 3 4", "x y", ""}},
		"decimal commas":       {"1,5;2,5;x\n3,5;4,5;y\n", want{"1.5 2.5 3.5 4.5", "x y", "commas"}},
		"one decimal comma":    {"1,5;x\n3,5;y\n", want{"1.5 3.5", "x y", "commas"}},
		"decimals by tab":      {"1,5\t2\tx\n3,5\t4\ty\n", want{"1.5 2 3.5 4", "x y", "commas"}},
		"semicolon in a label": {"1,2,x;1\n3,4,y;2\n", want{"1 2 3 4", "x;1 y;2", ""}},
		"comma in a label":     {"1;2;x,a\n3;4;y,b\n", want{"1 2 3 4", "x,a y,b", ""}},
		"quoted separators":    {"1,2,\"x,1\"\n3,4,\"y\"\n", want{"1 2 3 4", "x,1 y", ""}},
		"carriage returns":     {strings.ReplaceAll(plain, "\n", "\r"), want{"1 2 3 4", "x y", ""}},
		"both ends":            {strings.ReplaceAll(plain, "\n", "\r\n"), want{"1 2 3 4", "x y", ""}},
		"UTF-16 marked":        {wide("\ufeff" + plain), want{"1 2 3 4", "x y", ""}},
		"UTF-16":               {wide(plain), want{"1 2 3 4", "x y", ""}},
		"UTF-8 marked":         {"\ufeff" + plain, want{"1 2 3 4", "x y", ""}},
		"Latin-1":              {latin, want{"1 2 3 4", "grün weiß", "Windows-1252"}},
		"sep":                  {"sep=;\na;b;k\n1;2;x\n3;4;y\n", want{"1 2 3 4", "x y", ""}},
		"comments":             {"# made by me, today\n#\n1,2,x\n3,4,y\n", want{"1 2 3 4", "x y", "2 lines of comments"}},
		"marks in samples":     {"c,b,k\n#f00,2,x\n%0,4,y\n#f00,4,y\n%0,4,y\n", want{"0 2 1 4 0 4 1 4", "x y y y", ""}},
		"marks alone":          {"#f00,2,x\n#0f0,4,y\n#f00,4,y\n#0f0,4,y\n", want{"1 2 0 4 1 4 0 4", "x y y y", ""}},
		"mark first":           {"#f00,2,x\nred,4,y\n#f00,4,y\nred,4,y\n", want{"0 2 1 4 0 4 1 4", "x y y y", ""}},
		"header below words":   {"# made by me\n# a b k\n1 2 x\n3 4 y\n", want{"1 2 3 4", "x y", "1 line of comments"}},
		"spaces in cells":      {"home town,k\nLos Angeles,low\nNew York,high\nLos Angeles,low\n", want{"0 1 0", "low high low", ""}},
		"spaces below a word":  {"text,k\nred car,x\nblue car,z\nred car,z\n", want{"1 0 1", "x z z", ""}},
		"times in cells":       {"when,k\n2024-01-01 12:00,x\n2024-01-02 00:00,z\n", want{"19723.5 19724", "x z", ""}},
		"pipes in cells":       {"a,k\nx|y,x\nz|y,z\nx|y,x\n", want{"0 1 0", "x z x", ""}},
		"pipes in all cells":   {"a|b,k\nx|y,x\nz|y,z\nx|y,x\n", want{"0 1 0", "x z x", ""}},
		"half decimal comma":   {"size;weight;k\n1,5;heavy;x\n2,5;light;z\n", want{"1.5 0 2.5 1", "x z", "commas"}},
		"same without header":  {"1,5;heavy;x\n2,5;light;z\n", want{"1.5 0 2.5 1", "x z", "commas"}},
		"same by tab":          {"size\tweight\tk\n1,5\theavy\tx\n2,5\tlight\tz\n", want{"1.5 0 2.5 1", "x z", "commas"}},
		"same by pipe":         {"size|weight|k\n1,5|heavy|x\n2,5|light|z\n", want{"1.5 0 2.5 1", "x z", "commas"}},
		"same in UTF-16":       {wide("size;weight;k\n1,5;heavy;x\n2,5;light;z\n"), want{"1.5 0 2.5 1", "x z", "commas"}},
		"header as comment":    {"# a,b,k\n1,2,x\n3,4,y\n", want{"1 2 3 4", "x y", ""}},
		"trailing":             {"a,b,k,\n1,2,x,\n3,4,y,\n", want{"1 2 3 4", "x y", ""}},
		"trailing, no header":  {"1;2;x;;\n3;4;y;;\n", want{"1 2 3 4", "x y", ""}},
		"truths":               {"a,b,k\n1,True,x\n3,FALSE,y\n", want{"1 1 3 0", "x y", "true and false"}},
		"R, by commas":         {"\"\",\"a\",\"b\",\"k\"\n\"1\",1,\"r\",\"x\"\n\"2\",3,\"s\",\"y\"\n", want{"1 0 3 1", "x y", "left out"}},
		"R":                    {"\"a\" \"b\" \"k\"\n\"1\" 1 2 \"x\"\n\"2\" 3 4 \"y\"\n", want{"1 2 3 4", "x y", "left out"}},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := read(c.text, Choice{})
			holds(t, table, err, c.want)
		})
	}
}

// What a model knows of its columns decides between separators.
func TestModelDecidesBetweenSeparators(t *testing.T) {
	text := &Columns{Cells: 2, Place: 1, Label: "k", Features: []string{"home town"}, Kinds: []Kind{Category}}
	mixed := &Columns{Cells: 3, Place: 2, Label: "k", Features: []string{"size", "weight"}, Kinds: []Kind{Number, Category}}
	for name, c := range map[string]struct {
		text  string
		model *Columns
		want  want
	}{
		"one column":         {"home town\nLos Angeles\nNew York\nLos Angeles\n", text, want{"0 1 0", "", ""}},
		"one without header": {"Los Angeles\nNew York\n", &Columns{Cells: 2, Place: 1, Kinds: []Kind{Category}}, want{"0 1", "", ""}},
		"one below a word":   {"text\nred car\nblue car\n", &Columns{Cells: 2, Place: 1, Features: []string{"text"}, Kinds: []Kind{Category}}, want{"1 0", "", ""}},
		"one of numbers":     {"1 x\n2 y\n", &Columns{Cells: 2, Place: 1}, want{"1 2", "x y", ""}},
		"decimal commas":     {"size;weight\n1,5;heavy\n2,5;light\n", mixed, want{"1.5 0 2.5 1", "", "commas"}},
		"with labels":        {"size;weight;k\n1,5;heavy;x\n", mixed, want{"1.5 0", "x", "commas"}},
		"without a header":   {"1,5;heavy\n2,5;light\n", &Columns{Cells: 3, Place: 2, Kinds: []Kind{Number, Category}}, want{"1.5 0 2.5 1", "", "commas"}},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := read(c.text, Choice{Model: c.model})
			holds(t, table, err, c.want)
		})
	}
}

// A name that two columns have finds neither.
func TestColumnsOfOneNameAreRefused(t *testing.T) {
	model := &Columns{Cells: 3, Place: 2, Label: "k", Features: []string{"a", "b"}}
	for name, c := range map[string]struct {
		header string
		choice Choice
		want   string // "" for none
	}{
		"features":            {"a,a,b,k", Choice{}, `columns 1 and 2 are both named "a": rename one, or leave one out, as data.drop=["2"] does`},
		"label":               {"a,b,k,k", Choice{}, `columns 3 and 4 are both named "k"`},
		"label by name":       {"a,b,k,k", Choice{Label: "k"}, `columns 3 and 4 are both named "k": give the number`},
		"dropped by name":     {"a,a,b,k", Choice{Drop: []string{"a"}}, `columns 1 and 2 are both named "a": give the number`},
		"dropped by number":   {"a,a,b,k", Choice{Drop: []string{"2"}}, ""},
		"model's feature":     {"a,a,b,k", Choice{Model: model}, `columns 1 and 2 are both named "a"`},
		"model's label":       {"a,b,k,k", Choice{Model: model}, `columns 3 and 4 are both named "k": name the label by its number`},
		"asked of a model":    {"a,b,k,k", Choice{Model: model, Label: "k"}, `columns 3 and 4 are both named "k"`},
		"number with a model": {"a,b,k,k", Choice{Model: model, Label: "4"}, ""},
		"strange to a model":  {"a,b,c,c", Choice{Model: model}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(c.header+"\n1,2,3,4\n5,6,7,8\n1,6,7,8\n", c.choice)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), "line 1: "+c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// A line with the mark of a comment among samples is a sample, and refused where it does not fit.
func TestCommentsAmongSamplesAreRefused(t *testing.T) {
	for _, text := range []string{"1,2,x\n# half\n3,4,y\n", "1 2 x\n# this half\n3 4 y\n", "a,b,k\n# half\n3,4,y\n"} {
		if _, err := read(text, Choice{}); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v, want line 2 refused", text, err)
		}
	}
}

// A table is read alike with any separator, line ends and spelling of its numbers.
func TestDialectsGiveOneTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns, count := rapid.IntRange(1, 5).Draw(t, "columns"), rapid.IntRange(3, 20).Draw(t, "lines")
		separator := rapid.SampledFrom([]string{",", ";", "\t", "|", " "}).Draw(t, "separator")
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "end")
		decimal := "."
		if separator != "," && rapid.Bool().Draw(t, "comma") {
			decimal = ","
		}
		var text strings.Builder
		var values []float32
		for range count {
			for range columns {
				v := rapid.IntRange(-99, 99).Draw(t, "value")
				values = append(values, float32(v)+.5)
				cell := fmt.Sprintf("%.1f", float32(v)+.5)
				text.WriteString(strings.Replace(cell, ".", decimal, 1) + separator)
			}
			text.WriteString(rapid.SampledFrom([]string{"red", "green"}).Draw(t, "label") + end)
		}
		table, err := read(text.String(), Choice{})
		if err != nil || !slices.Equal(table.Floats, values) || table.Texts == nil {
			t.Fatalf("%q: %+v, %v, want %v", text.String(), table, err, values)
		}
	})
}

// lines writes a table of 12 lines: each line is made from its number.
func lines12(header string, line func(i int) string) string {
	text := header
	for i := range 12 {
		text += line(i) + "\n"
	}
	return text
}

func TestHeadersLabelsAndIndices(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	noise := func() string { return fmt.Sprintf("%d.%d", random.IntN(100), 1+random.IntN(9)) }
	class := func(i int) string { return []string{"red", "green", "blue"}[i%3] }
	pixels := func(int) string { return strings.Repeat("7,", 15) + "0" }
	for name, c := range map[string]struct {
		text            string
		choice          Choice
		named           bool
		features, label int
		said            string
	}{
		"pandas header": {lines12("0,1,2,3\n", func(i int) string { return noise() + "," + noise() + "," + noise() + "," + class(i) }), Choice{}, true, 3, 3, "counts the columns"},
		"wavelengths":   {lines12("1100,1102,1104,class\n", func(i int) string { return noise() + "," + noise() + "," + noise() + "," + class(i) }), Choice{}, true, 3, 3, "label column"},
		"years":         {lines12("id,2019,2020,2021,colour\n", func(i int) string { return fmt.Sprint(i*i) + ",1,2,4," + class(i) }), Choice{}, true, 4, 4, "step evenly"},
		"no header":     {lines12("", func(i int) string { return noise() + ",2," + class(i) }), Choice{}, false, 2, 2, ""},
		"windows": {
			lines12("", func(i int) string { return fmt.Sprintf("%d,%d,%d,%d,%s", i+9, i+10, i+11, i+12, class(i)) }),
			Choice{},
			false, 4, 4, "every line has another value",
		},
		"row numbers":      {lines12("", func(i int) string { return fmt.Sprintf("%d,%s,2,%s", i+1, noise(), class(i)) }), Choice{}, false, 2, 3, "it numbers the rows"},
		"named index":      {lines12("id,a,b,k\n", func(i int) string { return fmt.Sprintf("%d,%s,2,%s", i+100, noise(), class(i)) }), Choice{}, true, 2, 3, "it numbers the rows"},
		"index asked for":  {lines12("id,a,b,k\n", func(i int) string { return fmt.Sprintf("%d,%s,2,%s", i+100, noise(), class(i)) }), Choice{Only: []string{"id", "a"}}, true, 2, 3, ""},
		"other ids":        {lines12("id,a,b,k\n", func(i int) string { return fmt.Sprintf("%d,%s,2,%s", i*i+100, noise(), class(i)) }), Choice{}, true, 3, 3, "every line has another value"},
		"a time is read":   {lines12("time,a,b,k\n", func(i int) string { return fmt.Sprintf("%d,%s,2,%s", i+1, noise(), class(i)) }), Choice{}, true, 3, 3, "every line has another value"},
		"pandas index":     {lines12(",a,b,k\n", func(i int) string { return fmt.Sprintf("%d,%s,2,%s", i*7%12, noise(), class(i)) }), Choice{}, true, 2, 3, "it has no name"},
		"label first":      {lines12("", func(i int) string { return fmt.Sprint(i%3) + "," + pixels(i) }), Choice{}, false, 16, 0, "the labels are taken from column 1"},
		"text first":       {lines12("", func(i int) string { return class(i) + "," + noise() + "," + noise() }), Choice{}, false, 2, 0, "the labels are taken from column 1"},
		"text first, name": {lines12("k,a,b\n", func(i int) string { return class(i) + "," + noise() + "," + noise() }), Choice{}, true, 2, 0, `column 1, "k"`},
		"measured last":    {lines12("", func(i int) string { return fmt.Sprint(i%3) + "," + noise() + "," + noise() }), Choice{}, false, 2, 0, "the labels are taken from column 1"},
		"last is said":     {lines12("", func(i int) string { return fmt.Sprint(i%3) + "," + noise() + "," + noise() }), Choice{Label: "3"}, false, 2, 2, ""},
		"uneven last": {
			lines12("", func(i int) string { return fmt.Sprint(i%2) + "," + noise() + "," + fmt.Sprint(i/11) }),
			Choice{},
			false, 2, 2, "column 1 could be the label as well",
		},
		"truths first": {lines12("", func(i int) string { return fmt.Sprint(i%2 == 0) + "," + noise() + "," + fmt.Sprint(i%3) }), Choice{}, false, 2, 2, "true and false"},
		"dropped":      {lines12("a,b,k\n", func(i int) string { return noise() + ",none," + class(i) }), Choice{Drop: []string{"b"}}, true, 1, 2, ""},
		"id":           {lines12("who,b,k\n", func(i int) string { return "x,2," + class(i) }), Choice{ID: "who"}, true, 1, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := read(c.text, c.choice)
			if err != nil {
				t.Fatal(err)
			}
			if table.Named != c.named || table.Features != c.features || table.Label != c.label || len(table.Lines) != 12 {
				t.Errorf("header %v, %d features, label %d, %d lines, want %v, %d, %d, 12", table.Named, table.Features, table.Label, len(table.Lines), c.named, c.features, c.label)
			}
			said := fmt.Sprint(table.Notes)
			if !strings.Contains(said, c.said) || c.said == "" && len(table.Notes) > 0 {
				t.Errorf("said %s, want %q", said, c.said)
			}
		})
	}
}

func TestForeignFilesAreNamed(t *testing.T) {
	for head, word := range map[string]string{
		"ARROW1..": "Feather", "\xd0\xcf\x11\xe0..": "Excel", "SQLite format 3\x00": "SQLite", "{\"a\": 1}": "JSON", "[[1,2]]": "JSON",
		"<!DOCTYPE html>": "web page", "\xfd7zXZ\x00": "xz", "\x89HDF\r\n": "HDF5",
	} {
		var foreign *ForeignError
		if err := Foreign([]byte(head)); !errors.As(err, &foreign) || !strings.Contains(foreign.Format, word) || foreign.Convert == "" {
			t.Errorf("%q: %v, want %s", head, err, word)
		}
	}
	for _, head := range []string{"", "1,2,3\n", "12:30,1,x\n", "a b c\n", "@x,1\n"} {
		if err := Foreign([]byte(head)); err != nil {
			t.Errorf("%q: %v", head, err)
		}
	}
	if err := ForeignZip([]string{"xl/workbook.xml"}); err == nil || !strings.Contains(err.Error(), "Excel") {
		t.Error(err)
	}
	if err := ForeignZip([]string{"a.csv", "b.csv"}); err == nil || !strings.Contains(err.Error(), "2 files") {
		t.Error(err)
	}
}

// A line that names the separator may be all that there is, or all that was looked at.
func TestOnlyTheSeparatorIsNamed(t *testing.T) {
	for _, text := range []string{"sep=;", "sep=;\n", "sep=;\n\n"} {
		if table, err := read(text, Choice{}); err == nil || !strings.Contains(err.Error(), "empty") {
			t.Errorf("%q: %+v, %v, want an error that says it is empty", text, table, err)
		}
	}
	long := strings.Repeat("a", headSize)
	if table, err := read("sep=;\n"+long+";k\n1;x\n2;y\n", Choice{}); err != nil || table.Columns[0].Name != long || len(table.Lines) != 2 {
		t.Errorf("a header that is longer than what is looked at: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"sep=;", "a,b,k\n1,2,x\n", "1;2,5;x\n", "sep=|\n1|2\n", "\xff\xfea\x00,\x001\x00", "# a b\n1 2\n", "0,1,2,3\n5,6,7,8\n", "\"\",\"a\"\n\"1\",2\n"} {
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, model bool) {
		c := Choice{}
		if model {
			c.Model = &Columns{Cells: 3, Place: 1, Left: []int{0}, Features: []string{"a"}}
		}
		table, err := read(text, c)
		if err != nil {
			return
		}
		lines := len(table.Lines)
		if len(table.Bytes)+len(table.Floats)+len(table.Doubles) != lines*table.Features || table.Features != len(table.Order) || lines == 0 ||
			table.Labels != nil && len(table.Labels) != lines || table.IDs != nil {
			t.Fatalf("%+v", table)
		}
		if err := table.Memory().Validate(); err != nil {
			t.Fatal(err)
		}
	})
}

// numbersOf returns the values of a table as numbers of 64 bits, however they are stored.
func numbersOf(t *Table) []float64 {
	if t.Doubles != nil {
		return t.Doubles
	}
	values := make([]float64, 0, len(t.Bytes)+len(t.Floats))
	for _, b := range t.Bytes {
		values = append(values, float64(b))
	}
	for _, v := range t.Floats {
		values = append(values, float64(v))
	}
	return values
}
