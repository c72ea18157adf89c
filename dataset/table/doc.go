// Package table reads tables of text: one sample per line, its values in columns.
//
// [Read] finds out how the cells are separated (dialect.go), which line is a header and
// which column is the label or numbers the rows (layout.go), and gives the values, the
// labels and what was assumed on the way ([Note]). A [Choice] overrides each of these.
// [Columns] is what a model remembers of the table that it has learned: other tables are
// brought to it by name, or by place where there are no names (match.go).
//
// What is no table is named for what it is ([Foreign]). Every error says line and column.
package table
