package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// unsaved is the text of a cell of Excel with a formula whose value was not saved. No text of
// a file is like it, as XML has no NUL.
const unsaved = "\x00formula"

// sheetErrors are what spreadsheets show in place of a value, but for #N/A, which is missing.
var sheetErrors = []string{
	"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!",
	"#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#GETTING_DATA", "#PYTHON!",
}

// broken says what is wrong with a cell that a spreadsheet could not compute; nil for others.
func broken(cell string) error {
	switch {
	case len(cell) < 5:
	case cell == unsaved:
		return errors.New("a formula whose value the file does not have: open the file in Excel or LibreOffice and save it there")
	case cell[0] == '#' && slices.Contains(sheetErrors, strings.ToUpper(cell)):
		return fmt.Errorf("%q is an error of the spreadsheet, not a value: mend it there, or empty the cell to have it missing", cell)
	}
	return nil
}

// place names a cell for messages, counted from 1, and in a sheet of Excel as that does.
func (t *reader) place(line, column int) string {
	text := fmt.Sprintf("line %d, column %d", line, column+1)
	if t.form.sheet {
		text += fmt.Sprintf(" (cell %s%d)", letters(t.form.first+column), line)
	}
	return text
}

// letters names a column counted from 0 as Excel does.
func letters(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// checkNames refuses names of columns that a spreadsheet could not compute.
func (t *reader) checkNames(line int) error {
	for column, c := range t.columns {
		if err := broken(c.Name); err != nil {
			return fmt.Errorf("%s: %w", t.place(line, column), err)
		}
	}
	return nil
}

// checkUnread refuses columns that can be left out or passed through alone, and are not.
func (t *reader) checkUnread() error {
	for column, c := range t.columns {
		if err := t.form.unread[column]; err != nil && (c.Role == Feature || c.Role == Label) {
			return fmt.Errorf("%s: %w; data.drop=[%s] leaves it out", called(t.columns, column), err, setting(t.columns, column))
		}
	}
	return nil
}
