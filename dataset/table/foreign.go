package table

import (
	"bytes"
	"fmt"
	"regexp"
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

var (
	libsvm = regexp.MustCompile(`^[^\s,;:]+([ \t]+[0-9]+:[^\s,;:]+)+\s*$`)
	arff   = regexp.MustCompile(`(?im)^@(relation|attribute)\s`)
)

// Foreign returns a [*ForeignError] for the beginning of a file in a format that is known and
// not read; nil for anything else.
func Foreign(head []byte) error {
	for _, f := range []struct{ magic, format, reader string }{
		{"PAR1", "a Parquet file", "read_parquet"},
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
	line, _, _ := strings.Cut(text, "\n")
	switch {
	case arff.MatchString(text):
		return &ForeignError{"an ARFF file", `as a table: python -c "import pandas, scipy.io.arff as a; pandas.DataFrame(a.loadarff('IN')[0]).to_csv('OUT.csv', index=False)", or save it as CSV with Weka`}
	case libsvm.MatchString(strings.TrimSpace(line)):
		return &ForeignError{"a LIBSVM file (INDEX:VALUE)", `as a table: python -c "import numpy, sklearn.datasets as d; x, y = d.load_svmlight_file('IN'); numpy.savetxt('OUT.csv', numpy.c_[x.toarray(), y], '%g', ',')"`}
	case strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[{") || strings.HasPrefix(text, "[["):
		return &ForeignError{"a JSON file", fmt.Sprintf(byPandas, "read_json")}
	case strings.HasPrefix(strings.ToLower(text), "<!doctype") || strings.HasPrefix(text, "<html") || strings.HasPrefix(text, "<?xml"):
		return &ForeignError{"a web page or XML, perhaps in place of a download", "a table is needed, such as CSV"}
	}
	return nil
}

// ForeignZip does the same for a ZIP archive with these files.
func ForeignZip(names []string) error {
	for _, name := range names {
		switch {
		case strings.HasSuffix(name, ".npy"):
			return nil
		case strings.HasPrefix(name, "xl/"):
			return &ForeignError{"an Excel workbook (.xlsx)", fmt.Sprintf(byPandas, "read_excel") + ", or save it as CSV"}
		case name == "content.xml":
			return &ForeignError{"an OpenDocument file", "save it as CSV"}
		}
	}
	if len(names) == 0 {
		return nil
	}
	return &ForeignError{fmt.Sprintf("a ZIP archive of %d files, such as %q", len(names), excerpt(names[0])), "unzip FILE"}
}
