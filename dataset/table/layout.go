package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// layout gives every column its role, as far as the first lines tell it.
func (t *reader) layout() (err error) {
	if t.choice.ID != "" {
		t.id, err = find(t.columns, t.named, t.choice.ID)
		switch {
		case err == nil:
			t.columns[t.id].Role, t.columns[t.id].Why = ID, "passed through"
		case t.choice.Model == nil:
			return fmt.Errorf("id: %w", err)
		default: // what the model passed through need not be in other tables
			t.id = -1
			t.note("--id names another one", "no column is named %q, which the model passes through: it stays empty", excerpt(t.choice.ID))
		}
	}
	if t.choice.Model != nil {
		if err = t.toModel(); err != nil {
			return err
		}
		t.findBlank()
		if t.label >= 0 {
			t.keep(t.label)
		}
		return nil
	}
	t.findBlank()
	if err := t.selected(); err != nil {
		return err
	}
	if t.choice.Features == 0 && len(t.choice.Only) == 0 {
		t.findIndex()
	}
	if err := t.findLabel(); err != nil {
		return err
	}
	if err := t.unique(); err != nil {
		return err
	}
	features := 0
	for column, c := range t.columns {
		if column == t.label || c.Role != Feature {
			continue
		}
		features++
		if column != t.index && column != t.rival {
			t.order = append(t.order, column)
		}
	}
	if t.spare {
		features++
	}
	if features == 0 {
		text := fmt.Sprintf("line 1: %d columns, want at least one beside the label", len(t.columns))
		if len(t.columns) == 1 {
			text += "; no comma, semicolon, tab, | or space separates cells"
		}
		return errors.New(text)
	}
	for _, column := range []int{t.label, t.index, t.rival} {
		if column >= 0 {
			t.keep(column)
		}
	}
	return nil
}

// unique refuses two columns of one name that are to be learned, since a model finds them by it.
func (t *reader) unique() error {
	seen := map[string]int{}
	for at, c := range t.columns {
		if c.Name == "" || c.Role != Feature {
			continue
		}
		if first, known := seen[c.Name]; known {
			return errTwice(t.columns, first, at, fmt.Sprintf("rename one, or leave one out, as data.drop=[\"%d\"] does", at+1))
		}
		seen[c.Name] = at
	}
	return nil
}

// findBlank leaves out columns at the end that separators at the ends of lines make. One that a model
// reads, or that is passed through, may be empty in the first lines alone.
func (t *reader) findBlank() {
	for at := len(t.columns) - 1; at > 0 && len(t.ahead) > 0 && at != t.label && at != t.id && !slices.Contains(t.order, at); at-- {
		filled := func(r row) bool { return len(r.cells) == len(t.columns) && strings.TrimSpace(r.cells[at]) != "" }
		if t.columns[at].Name != "" || slices.ContainsFunc(t.ahead, filled) || !slices.ContainsFunc(t.ahead, func(r row) bool { return len(r.cells) == len(t.columns) }) {
			return
		}
		// Without a header a last column that is always empty may be a label that is missing.
		if !t.named && len(t.ahead) < 2 {
			return
		}
		if t.columns[at].Role == Feature {
			t.columns[at].Role, t.columns[at].Why = LeftOut, "empty"
		}
		t.blank++
	}
}

// selected leaves out what the settings say.
func (t *reader) selected() error {
	for _, key := range t.choice.Drop {
		at, err := find(t.columns, t.named, key)
		if err != nil {
			return fmt.Errorf("drop: %w", err)
		}
		t.columns[at].Role, t.columns[at].Why = LeftOut, "dropped"
	}
	if len(t.choice.Only) == 0 {
		return nil
	}
	only := map[int]bool{}
	for _, key := range t.choice.Only {
		at, err := find(t.columns, t.named, key)
		if err != nil {
			return fmt.Errorf("columns: %w", err)
		}
		only[at] = true
	}
	if t.choice.Label != none {
		at, err := t.defaultLabel()
		if err != nil {
			return err
		}
		only[at] = true
	}
	for at := range t.columns {
		if !only[at] && t.columns[at].Role == Feature {
			t.columns[at].Role, t.columns[at].Why = LeftOut, "not among the columns to read"
		}
	}
	return nil
}

// indexWords are names of columns that number the rows.
var indexWords = []string{"", "index", "idx", "id", "row", "rowid", "row_id", "rowname", "rownames", "row_names", "row.names", "unnamed: 0", "nr", "no", "no."}

// findIndex finds the column that numbers the rows: it has no name, or it may count.
func (t *reader) findIndex() {
	if len(t.columns) < 3 || t.columns[0].Role != Feature {
		return
	}
	if t.named && t.columns[0].Name == "" {
		t.columns[0].Role, t.columns[0].Why = LeftOut, "it has no name"
		t.note("data.columns lists the columns to read", "column 1 is left out: it has no name, as row numbers have")
		return
	}
	if slices.Contains(indexWords, lower(t.columns[0].Name)) || t.counted(0) {
		t.index = 0 // the lines will tell
	}
}

// defaultLabel returns the label column that the settings or the header name, else the last.
func (t *reader) defaultLabel() (int, error) {
	if t.choice.Label != "" {
		at, err := find(t.columns, t.named, t.choice.Label)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line") {
				err = fmt.Errorf("label %w", err)
			}
			return -1, err
		}
		t.columns[at].Why = "as data.label says"
		return at, nil
	}
	if t.form.labelFirst {
		t.columns[0].Why = "the first one"
		return 0, nil
	}
	last := -1
	var words []int
	for at, c := range t.columns {
		if c.Role != Feature {
			continue
		}
		if !t.form.index[at] {
			last = at
		}
		if t.named && isLabelWord(c.Name) {
			words = append(words, at)
		}
	}
	if last < 0 {
		return -1, errors.New("line 1: no column is left for the label")
	}
	t.columns[last].Why = "the last one"
	if len(words) == 0 || slices.Contains(words, last) {
		return last, nil
	}
	at := words[0]
	if len(words) > 1 || t.isText(last) {
		return -1, fmt.Errorf("line 1: column %d is named %q, but the labels are taken from the last one, %q; name the label column",
			at+1, t.columns[at].Name, t.columns[last].Name)
	}
	t.columns[last].Why, t.columns[at].Why = "", "by its name"
	t.note(fmt.Sprintf("data.label=%s takes the last column", setting(t.columns, last)), "the labels are taken from %s, for its name", called(t.columns, at))
	return at, nil
}

// isText says whether no line of those that were looked at has a number in a column.
func (t *reader) isText(column int) bool {
	return !slices.ContainsFunc(t.ahead, func(r row) bool {
		if column >= len(r.cells) {
			return false
		}
		_, err := parse(r.cells[column], t.form.separator)
		return err == nil
	})
}

// findLabel finds the label column, and the one that may be it as well.
func (t *reader) findLabel() error {
	if t.choice.Label == none {
		return nil
	}
	at, err := t.defaultLabel()
	if err != nil {
		return err
	}
	if t.columns[at].Role == LeftOut || t.columns[at].Role == ID {
		return fmt.Errorf("%s is to be the label, and to be left out", called(t.columns, at))
	}
	t.label = at
	t.spare = t.choice.Features > 0 && len(t.columns) != t.choice.Features+1
	if t.index == at {
		t.index = -1
	}
	if t.choice.Label != "" || t.choice.Features > 0 || len(t.choice.Only) > 0 || t.columns[at].Why != "the last one" {
		return nil
	}
	for first, c := range t.columns {
		if c.Role == Feature && first != at {
			if _, whole := t.look(first).numbers(t.form.separator); whole || t.isText(first) {
				t.rival = first
			}
			break
		}
	}
	return nil
}
