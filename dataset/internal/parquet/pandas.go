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
	}
	for _, pair := range metadata {
		if m, _ := pair.(message); m.text(1) == "pandas" {
			_ = json.Unmarshal([]byte(m.text(2)), &said) // a hint: without it all are columns
		}
	}
	for i := range f.columns {
		c := &f.columns[i]
		c.Index = strings.HasPrefix(c.Name, indexPrefix) || slices.ContainsFunc(said.Index, func(name any) bool { return name == c.Name })
	}
}
