// Package table reads tables: one sample per line, its values in columns.
//
// [Read] reads text. It finds out how the cells are separated (dialect.go), or that the file is
// of ARFF or LIBSVM (arff.go, libsvm.go); which line is a header, and which column is the label
// or numbers the rows (layout.go); what the cells of every other column are (cells.go, date.go,
// [Kind]); and gives the values, the labels and what was assumed on the way ([Note]). A
// [Choice] overrides each of these. [ReadExcel] and [ReadParquet] do the same for files that
// are no text (excel.go, sheet.go, parquet.go). Each format is a source of lines (source.go).
//
// [Columns] is what a model remembers of the table that it has learned: other tables are
// brought to it by name, or by place where there are no names (match.go).
//
// What is no table is named for what it is ([Foreign]). Every error says line and column.
package table
