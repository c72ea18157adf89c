package table

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"basin/dataset/internal/packed"
)

// IsExcel says that an archive with these files is a workbook of Excel (.xlsx).
func IsExcel(names []string) bool { return slices.Contains(names, "xl/workbook.xml") }

// ReadExcel reads a sheet of a workbook of Excel (.xlsx): the one that c.Sheet names, else the
// first that is not empty, as [Read] reads a table of text. Dates and times are what their
// formats say.
func ReadExcel(archive *zip.Reader, c Choice, most int64) (*Table, error) {
	b := &workbook{files: map[string]*zip.File{}, most: most}
	for _, f := range archive.File {
		b.files[f.Name] = f
	}
	s, f, err := b.open(c)
	if err != nil {
		return nil, fmt.Errorf("excel: %w", err)
	}
	defer s.Close()
	t, err := readSource(s, f, c, most)
	if err != nil {
		return nil, fmt.Errorf("sheet %q, %w", excerpt(s.name), err)
	}
	t.Notes = append(t.Notes, s.mergedNote()...)
	return t, nil
}

// workbook is a file of Excel.
type workbook struct {
	files  map[string]*zip.File
	most   int64
	sheets []sheetName
	from04 bool // dates count from 1904
	texts  []string
	dates  []dateForm // of each cell format
}

// sheetName says where the cells of a sheet are.
type sheetName struct{ name, file string }

// open reads what all sheets share, and begins with the chosen one.
func (b *workbook) open(c Choice) (*sheet, form, error) {
	f := form{separator: ','}
	for _, read := range []func() error{b.readSheets, b.readTexts, b.readStyles} {
		if err := read(); err != nil {
			return nil, f, err
		}
	}
	var chosen *sheet
	var others []string
	for _, at := range b.chosen(c) {
		if chosen != nil && c.Sheet != "" {
			break
		}
		s, err := b.newSheet(at)
		switch {
		case err != nil && chosen == nil:
			return nil, f, fmt.Errorf("sheet %q: %w", excerpt(at.name), err)
		case err != nil:
			others = append(others, at.name)
		case len(s.ahead) == 0:
			s.Close()
		case chosen == nil:
			chosen = s
		default:
			others = append(others, at.name)
			s.Close()
		}
	}
	if chosen != nil {
		if err := chosen.titled(); err != nil {
			chosen.Close()
			return nil, f, fmt.Errorf("sheet %q: %w", excerpt(chosen.name), err)
		}
	}
	switch {
	case chosen == nil && c.Sheet != "":
		return nil, f, fmt.Errorf("no sheet %q that has cells, want one of %s", excerpt(c.Sheet), listedNames(b.names()))
	case chosen == nil:
		return nil, f, errors.New("no sheet has cells")
	case others != nil:
		f.notes = []Note{{
			Text: fmt.Sprintf("sheet %q is read, not %s", excerpt(chosen.name), listedNames(others)),
			Hint: "data.sheet names the sheet to read",
		}}
	}
	f.sheet, f.first = true, chosen.first
	return chosen, f, nil
}

func (b *workbook) names() []string {
	var names []string
	for _, s := range b.sheets {
		names = append(names, s.name)
	}
	return names
}

// chosen returns the sheets to look at: the one that was asked for, or all. What a model reads
// may lie in another sheet than what it has learned.
func (b *workbook) chosen(c Choice) []sheetName {
	if c.Sheet == "" {
		return b.sheets
	}
	at := slices.IndexFunc(b.sheets, func(s sheetName) bool { return s.name == c.Sheet })
	if number, err := strconv.Atoi(c.Sheet); at < 0 && err == nil {
		at = number - 1
	}
	switch {
	case at >= 0 && at < len(b.sheets):
		return b.sheets[at : at+1]
	case c.Model != nil || c.Features > 0:
		return b.sheets
	}
	return nil
}

// part opens a file of the workbook; nil where there is none.
func (b *workbook) part(name string) (*elements, io.Closer, error) {
	f := b.files[strings.TrimPrefix(name, "/")]
	if f == nil {
		return nil, nil, nil
	}
	content, err := f.Open()
	if err != nil {
		return nil, nil, err
	}
	bounded := packed.Bounded(content, int64(f.CompressedSize64))
	return newElements(bounded), content, nil
}

// each calls visit with every element of a file of the workbook that begins.
func (b *workbook) each(name string, visit func(d *elements, e xml.StartElement) error) error {
	d, content, err := b.part(name)
	if d == nil || err != nil {
		return err
	}
	defer content.Close()
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if e, begins := token.(xml.StartElement); begins {
			if err := visit(d, e); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
}

// readSheets finds the sheets in their order.
func (b *workbook) readSheets() error {
	targets := map[string]string{}
	err := b.each("xl/_rels/workbook.xml.rels", func(_ *elements, e xml.StartElement) error {
		if target := attributeOf(e, "Target"); e.Name.Local == "Relationship" {
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[attributeOf(e, "Id")] = strings.TrimPrefix(target, "/")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.each("xl/workbook.xml", func(_ *elements, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			set := attributeOf(e, "date1904")
			b.from04 = set == "1" || set == "true"
		case "sheet":
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" {
					b.sheets = append(b.sheets, sheetName{attributeOf(e, "name"), targets[a.Value]})
				}
			}
		}
		return nil
	})
}

// readTexts reads the texts that cells share.
func (b *workbook) readTexts() error {
	size := int64(0)
	return b.each("xl/sharedStrings.xml", func(d *elements, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := textOf(d)
		if size += int64(len(text)) + 16; size > b.most {
			return tooMuch(b.most)
		}
		b.texts = append(b.texts, text)
		return err
	})
}

// textOf joins the texts of an element that has begun, without those of how they are spoken.
func textOf(d *elements) (string, error) {
	text, depth, inside, spoken := strings.Builder{}, 1, 0, 0
	for depth > 0 {
		token, err := d.Token()
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.StartElement:
			depth++
			if e.Name.Local == "t" {
				inside++
			}
			if e.Name.Local == "rPh" {
				spoken++
			}
		case xml.EndElement:
			depth--
			if e.Name.Local == "t" {
				inside--
			}
			if e.Name.Local == "rPh" {
				spoken--
			}
		case xml.CharData:
			if inside > 0 && spoken == 0 {
				text.Write(e)
			}
		}
	}
	return text.String(), nil
}

// dateForm says what the format of a cell shows of a number.
type dateForm uint8

const (
	notDate dateForm = iota
	isDate
	isClock
)

// readStyles finds the formats that show dates.
func (b *workbook) readStyles() error {
	codes, inside := map[int]string{}, false
	return b.each("xl/styles.xml", func(_ *elements, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			if id, err := strconv.Atoi(attributeOf(e, "numFmtId")); err == nil {
				codes[id] = attributeOf(e, "formatCode")
			}
		case "cellXfs":
			inside = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			inside = false
		case "xf":
			if id, err := strconv.Atoi(attributeOf(e, "numFmtId")); inside {
				if err != nil {
					id = 0
				}
				b.dates = append(b.dates, dateFormOf(id, codes[id]))
			}
		}
		return nil
	})
}

// dateFormOf says whether a format shows dates, by its number or, for one of the user, its
// code.
func dateFormOf(id int, code string) dateForm {
	if code == "" {
		switch {
		case id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id >= 50 && id <= 58:
			return isDate
		case id >= 18 && id <= 21 || id >= 32 && id <= 36 || id == 45 || id == 47:
			return isClock
		}
		return notDate
	}
	day, clock := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == ';': // what follows is for negative numbers
			i = len(code)
		case code[i] == '"':
			if end := strings.IndexByte(code[i+1:], '"'); end >= 0 {
				i += end + 1
			}
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			i++
		case code[i] == '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return notDate
			}
			if strings.Trim(strings.ToLower(code[i+1:i+end]), "hms") == "" {
				return notDate // a span of time, which is a number of days
			}
			i += end
		case c == 'y' || c == 'd':
			day = true
		case c == 'h' || c == 's':
			clock = true
		case c == 'g' && strings.HasPrefix(strings.ToLower(code[i:]), "general"):
			return notDate
		}
	}
	switch {
	case day || !clock && strings.ContainsAny(code, "mM") && !strings.ContainsAny(code, "0#?"):
		return isDate
	case clock:
		return isClock
	}
	return notDate
}

// written returns a number that a format shows as a date in ISO 8601. Excel has a 29 February
// of 1900, so that days before March count from another one.
func (b *workbook) written(text string, shown dateForm) string {
	v, err := strconv.ParseFloat(text, 64)
	if shown == notDate || err != nil || v < 0 || v > 2958466 { // the year 9999
		return text
	}
	day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case b.from04:
		day = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case v < 60:
		day = day.AddDate(0, 0, 1)
	}
	whole, part := math.Modf(v)
	clock := time.Duration(math.Round(part*86400*1000)) * time.Millisecond
	if shown == isClock && whole == 0 {
		return time.Time{}.Add(clock).Format("15:04:05.999")
	}
	return isoDate(day.AddDate(0, 0, int(whole)).Add(clock))
}
