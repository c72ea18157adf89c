package parquet

import (
	"encoding/json"
	"slices"
	"strings"
)

// indexPrefix begins the names of columns of an index that has none.
const indexPrefix = "__index_level_"

// readPandas takes what pandas says of the columns from the metadata of a file.
//
// Source: https://pandas.pydata.org/docs/development/developer.html.
func (f *File) readPandas(metadata []any) {
	var said struct {
		// Index has the name of a column for each level of the index, or an object where
		// the rows are counted.
		Index []any `json:"index_columns"`
		// Columns say the type of NumPy, such as timedelta64[ns].
		Columns []struct {
			Name any    `json:"field_name"`
			Type string `json:"numpy_type"`
		} `json:"columns"`
	}
	for _, pair := range metadata {
		if m, _ := pair.(message); m.text(1) == "pandas" {
			_ = json.Unmarshal([]byte(m.text(2)), &said) // a hint: without it all are columns
		}
	}
	for i := range f.columns {
		c := &f.columns[i]
		for _, of := range said.Columns {
			if of.Name == c.Name && strings.HasPrefix(of.Type, "timedelta64") {
				c.Unit = unitOfSpans(of.Type)
			}
		}
		c.Index = strings.HasPrefix(c.Name, indexPrefix) || slices.ContainsFunc(said.Index, func(name any) bool { return name == c.Name })
	}
}

// unitOfSpans returns the unit in a type such as timedelta64[ms].
func unitOfSpans(of string) string {
	for short, unit := range map[string]string{"[s]": "seconds", "[ms]": "milliseconds", "[us]": "microseconds", "[ns]": "nanoseconds"} {
		if strings.HasSuffix(of, short) {
			return unit
		}
	}
	return "a unit that the file does not say"
}
