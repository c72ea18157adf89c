package table

// source gives the lines of a table, whatever its format.
type source interface {
	// next returns the cells of the next line, which are valid until the next call; io.EOF
	// at the end.
	next() ([]string, error)
	// at returns the number of that line in the file, from 1.
	at() int
}

// form is what a format says of a table; the zero value, but for its separator, says nothing.
type form struct {
	// separator stands between cells: where it is no comma, numbers may have decimal ones.
	separator rune
	// names are those of the columns, nil where the first line may have them.
	names []string
	// nameless says that the first line has none, and label first that it begins with the
	// label.
	nameless, labelFirst bool
	// kinds of the columns, "" for what the cells tell; nil for all.
	kinds []Kind
	// unread says of columns that they can be left out or passed through alone, and why; nil
	// for none. index has the columns that are an index of rows, and no label unless named.
	unread map[int]error
	index  map[int]bool
	// sheet says that the cells are those of a sheet of Excel, in which the table begins
	// with column first, counted from 0.
	sheet bool
	first int
	// notes are what was assumed.
	notes []Note
}
