package table

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// ForeignError says that a file is in a format that is not read.
type ForeignError struct {
	// Format names it.
	Format string
	// Convert is a way to make a table of it.
	Convert string
}

// Error names the format and the way.
func (e *ForeignError) Error() string {
	return fmt.Sprintf("%s, which is not read; %s", e.Format, e.Convert)
}

const byPandas = `as a table: python -c "import pandas; pandas.%s('IN').to_csv('OUT.csv', index=False)"`

// Foreign returns a [*ForeignError] for the beginning of a file in a format that is known and
// not read; nil for anything else.
func Foreign(head []byte) error {
	for _, f := range []struct{ magic, format, reader string }{
		{"ARROW1", "a Feather file", "read_feather"},
		{"\xd0\xcf\x11\xe0", "an Excel file (.xls)", "read_excel"},
		{"\x89HDF", "an HDF5 file", "read_hdf"},
		{"\x80\x04\x95", "a pickle of Python", "read_pickle"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return &ForeignError{f.format, fmt.Sprintf(byPandas, f.reader)}
		}
	}
	for _, f := range []struct{ magic, format, convert string }{
		{"BZh", "compressed with bzip2", "bunzip2 FILE"},
		{"\xfd7zXZ", "compressed with xz", "unxz FILE"},
		{"\x28\xb5\x2f\xfd", "compressed with Zstandard", "unzstd FILE"},
		{"7z\xbc\xaf", "a 7z archive", "7z x FILE"},
		{"Rar!", "a RAR archive", "unrar x FILE"},
		{"SQLite format 3", "an SQLite database", `sqlite3 -csv -header FILE "select * from TABLE" > OUT.csv`},
		{"MATLAB 5", "a MATLAB file", "writematrix of MATLAB or numpy.savetxt after scipy.io.loadmat writes a table"},
		{"%PDF", "a PDF document", "a table is needed, such as CSV"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return &ForeignError{f.format, f.convert}
		}
	}
	text := strings.TrimSpace(string(head))
	switch {
	case isJSONLines(text):
		return &ForeignError{"a JSON file of one object a line", `as a table: python -c "import pandas; pandas.read_json('IN', lines=True).to_csv('OUT.csv', index=False)"`}
	case strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[{") || strings.HasPrefix(text, "[["):
		return &ForeignError{"a JSON file", fmt.Sprintf(byPandas, "read_json")}
	}
	text = strings.ToLower(strings.TrimPrefix(text, "\ufeff"))
	for _, begin := range []string{"<!doctype", "<html", "<head", "<table", "<style", "<meta"} {
		if strings.HasPrefix(text, begin) {
			return &ForeignError{"a web page (HTML), as some programs save tables under the name .xls, or perhaps one in place of a download", htmlTable}
		}
	}
	switch {
	case strings.HasPrefix(text, "<?xml") && strings.Contains(text, "<html"):
		return &ForeignError{"a web page (HTML), as some programs save tables under the name .xls, or perhaps one in place of a download", htmlTable}
	case strings.HasPrefix(text, "<?xml") && strings.Contains(text, "spreadsheet"):
		return &ForeignError{"a spreadsheet in XML of Excel 2003", "open it and save it as .xlsx or CSV"}
	case strings.HasPrefix(text, "<?xml"):
		return &ForeignError{"an XML file", "a table is needed, such as CSV"}
	}
	return nil
}

const htmlTable = `open it and save its table as .xlsx or CSV, or: python -c "import pandas; pandas.read_html('IN')[0].to_csv('OUT.csv', index=False)"`

// isJSONLines says whether a text begins with an object of JSON that ends with its line, and
// another one follows.
func isJSONLines(text string) bool {
	first, rest, more := strings.Cut(text, "\n")
	return more && strings.HasPrefix(first, "{") && json.Valid([]byte(first)) && strings.HasPrefix(strings.TrimSpace(rest), "{")
}

// ForeignZip returns a [*ForeignError] for a ZIP archive with these files.
func ForeignZip(names []string) error {
	switch {
	case slices.Contains(names, "content.xml"):
		return &ForeignError{"an OpenDocument file", "save it as CSV"}
	case slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, "xl/") }):
		return &ForeignError{"an Excel workbook of another form (.xlsb)", "save it as .xlsx or CSV"}
	}
	return &ForeignError{fmt.Sprintf("a ZIP archive of %d files, such as %q", len(names), excerpt(names[0])), "unzip FILE, and name the one to read"}
}
