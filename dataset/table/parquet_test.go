package table

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

func readParquet(t *testing.T, name string, c Choice) (*Table, error) {
	t.Helper()
	data, err := os.ReadFile("../internal/parquet/testdata/" + name + ".parquet")
	if err != nil {
		t.Fatal(err)
	}
	return ReadParquet(bytes.NewReader(data), int64(len(data)), c, 1<<20)
}

func TestParquet(t *testing.T) {
	table, err := readParquet(t, "snappy", Choice{})
	if err != nil {
		t.Fatal(err)
	}
	if got := table.Kinds(); got != "6 numbers, 2 booleans, 2 dates, 1 time, 2 categories (values of each: town 2, cat 2)" || !table.Named || table.Lines[3] != 4 {
		t.Errorf("%s, lines %v", got, table.Lines)
	}
	// The third row: age, count, big and small, three dates that are missing, member, maybe, town, cat, f32, money.
	holds(t, &Table{Doubles: table.Doubles[26:39], Texts: table.Texts}, nil, want{"31.25 3 3 3 NaN NaN NaN 1 0 1 0 0.3 -3.5", "", ""})
	for _, name := range []string{"v2", "pages", "zstd"} {
		other, err := readParquet(t, name, Choice{Model: table.Memory()})
		if err != nil {
			t.Fatal(err)
		}
		holds(t, &Table{Doubles: other.Doubles[26:39]}, nil, want{"31.25 3 3 3 NaN NaN NaN 1 0 1 0 0.3 -3.5", "", ""})
	}
	table, err = readParquet(t, "index", Choice{Only: []string{"age", "town"}})
	if err != nil || table.Features != 2 || table.Texts[0] != "low" || !strings.Contains(table.Notes[0].Text, `"__index_level_0__" is passed over`) {
		t.Errorf("%+v, %v", table, err)
	}
	var foreign *ForeignError
	if _, err := readParquet(t, "brotli", Choice{}); !errors.As(err, &foreign) || !strings.Contains(foreign.Convert, "read_parquet") {
		t.Error(err)
	}
	if _, err := readParquet(t, "list", Choice{}); err == nil || !strings.HasPrefix(err.Error(), `parquet: column "a" holds lists`) {
		t.Error(err)
	}
}

// named.parquet has the columns a and label, decimals 0.00 and 1.00, and the index of pandas
// that is called patient, which is stored last.
func TestParquetOfPandas(t *testing.T) {
	table, err := readParquet(t, "named", Choice{})
	holds(t, table, err, want{"1.5 2.5 3.5 4.5", "0.00 1.00 0.00 1.00", `column "patient" is passed over`})
	for name, c := range map[string]Choice{
		"id":    {ID: "patient"},
		"drop":  {Drop: []string{"patient"}},
		"model": {Model: &Columns{Features: []string{"a"}, Label: "patient", Cells: 2, Place: 1}},
		"label": {Label: "patient", Drop: []string{"label"}},
	} {
		table, err := readParquet(t, "named", c)
		if err != nil || len(table.Columns) != 3 || table.Features != 1 {
			t.Errorf("%s: %+v, %v", name, table, err)
			continue
		}
		if label := table.Texts[1]; name == "drop" && table.Columns[2].Role != LeftOut || label != map[string]string{"id": "1.00", "drop": "1.00", "model": "p2", "label": "p2"}[name] {
			t.Errorf("%s: label %q, %+v", name, label, table.Columns)
		}
	}
}
