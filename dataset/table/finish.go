package table

import (
	"errors"
	"fmt"
	"slices"
)

// finish decides what only all lines tell, and returns the table.
func (t *reader) finish() (*Table, error) {
	t.judgeIndex()
	t.judgeLabel()
	if t.spare {
		t.judgeSpare()
	}
	for column := range t.columns {
		if column == t.label {
			t.columns[column].Role = Label
		}
	}
	if t.choice.Model == nil {
		if err := t.merge(); err != nil {
			return nil, err
		}
	}
	if err := t.settle(); err != nil {
		return nil, err
	}
	t.noteNumbers()
	if t.comma {
		t.note("", "commas in numbers are read as decimal points")
	}
	out := &Table{Bytes: t.bytes, Features: len(t.order), IDs: t.ids, Lines: t.at}
	switch {
	case t.fine:
		if t.floats == nil { // missing cells would be no bytes
			t.widen()
		}
		out.Doubles = t.floats
	case t.floats != nil:
		out.Floats = make([]float32, len(t.floats))
		for i, v := range t.floats {
			out.Floats[i] = float32(v)
		}
		t.floats = nil
	}
	if err := t.labels(out); err != nil {
		return nil, err
	}
	out.Info = Info{Columns: t.columns, Order: t.order, Label: t.label, Named: t.named, Notes: t.notes}
	return out, nil
}

// judgeIndex leaves out a first column that numbers the rows, and says so.
func (t *reader) judgeIndex() {
	if t.index < 0 {
		return
	}
	const enough = 10 // lines, for a column whose name does not say that it counts
	k, c := t.kept[t.index], &t.columns[t.index]
	word := slices.Contains(indexWords, lower(c.Name)) && t.named
	switch {
	case k.counts() && (word || k.fromOne() && !t.named && len(k.rows) >= enough):
		c.Role, c.Why = LeftOut, "it numbers the rows"
		t.note("data.columns lists the columns to read", "%s is left out: it numbers the rows", called(t.columns, t.index))
	case len(k.rows) >= enough && len(k.texts) == len(k.rows) && (word || k.counts()):
		t.note(fmt.Sprintf("data.drop=[%s] leaves it out", setting(t.columns, t.index)), "%s is read as a feature, but every line has another value in it, as row numbers have", called(t.columns, t.index))
	}
}

// judgeLabel chooses between the last column and the first, where nothing names the label.
func (t *reader) judgeLabel() {
	if t.rival < 0 || t.columns[t.rival].Role != Feature {
		return
	}
	separator := t.form.separator
	first, last := t.kept[t.rival], t.kept[t.label]
	firstNumbers, _ := first.numbers(separator)
	lastNumbers, _ := last.numbers(separator)
	const most = .9 // share of one label
	usual := last.likeLabel(separator)
	uneven := last.commonest() >= most && first.commonest() < most
	switch {
	case !lastNumbers || !first.likeLabel(separator) || t.named && (firstNumbers || usual) || first.truths():
		return
	case !firstNumbers:
	case !usual || uneven && t.pixels():
	case uneven:
		t.note("data.label=1 takes the first column", "the labels are taken from %s; %.0f %% of them are %q, and column %d could be the label as well",
			called(t.columns, t.label), 100*last.commonest(), excerpt(last.commonText()), t.rival+1)
		return
	default:
		return
	}
	t.columns[t.label].Why, t.columns[t.rival].Why = "", "it looks like a label, the last column does not"
	t.note(fmt.Sprintf("data.label=%d takes the last column", t.label+1), "the labels are taken from %s: it has %d different values, as labels have", called(t.columns, t.rival), len(first.texts))
	t.label = t.rival
}

// pixels says whether the values look like those of images: many bytes.
func (t *reader) pixels() bool { return t.floats == nil && len(t.order) >= 14 }

// judgeSpare decides by its first line whether the last column is a label that is optional.
func (t *reader) judgeSpare() {
	if _, err := parse(t.kept[t.label].texts[0], t.form.separator); err != nil && len(t.columns) > 1 {
		return
	}
	t.label = -1
}

// merge puts the values of columns that were kept aside, and are features, among the others.
func (t *reader) merge() error {
	var order []int
	for column, c := range t.columns {
		if c.Role == Feature {
			order = append(order, column)
		}
	}
	if len(order) == len(t.order) {
		return nil
	}
	if len(order) == 0 {
		return errors.New("line 1: no column is left to read")
	}
	values := map[int][]float64{} // of columns that were kept aside
	for column, c := range t.columns {
		k := t.kept[column]
		if c.Role != Feature || k == nil {
			continue
		}
		t.cells[column] = t.newCells(column, -1)
		for i, n := range k.rows {
			v, err := t.value(column, k.texts[n], t.at[i])
			if err != nil {
				return err
			}
			if t.floats == nil && (t.cells[column].kind == Category || !isByte(v)) {
				t.widen()
			}
			values[column] = append(values[column], v)
		}
	}
	if size := int64(len(t.at)) * int64(len(order)); size > t.most || t.floats != nil && 8*size > t.most {
		return tooMuch(t.most)
	}
	if t.floats == nil {
		t.bytes = merged(t, t.bytes, order, values)
	} else {
		t.floats = merged(t, t.floats, order, values)
	}
	t.order = order
	return nil
}

func merged[T uint8 | float64](t *reader, have []T, order []int, values map[int][]float64) []T {
	all := make([]T, 0, len(t.at)*len(order))
	for i := range t.at {
		for _, column := range order {
			if v, aside := values[column]; aside {
				all = append(all, T(v[i]))
				continue
			}
			all = append(all, have[0])
			have = have[1:]
		}
	}
	return all
}

// labels takes the labels out of their column. A label that is missing is an error, but where
// all are and the label is optional.
func (t *reader) labels(out *Table) error {
	if t.label < 0 {
		return nil
	}
	k := t.kept[t.label]
	optional := t.choice.Model != nil || t.choice.Features > 0
	if optional && !slices.ContainsFunc(k.texts, func(text string) bool { return !missing(text) }) {
		t.label = -1
		return nil
	}
	for i, text := range k.texts {
		switch err := broken(text); {
		case err != nil:
			return fmt.Errorf("%s: %w", t.place(k.lines[i], t.label), err)
		case text == "":
			return fmt.Errorf("%s: no label", t.place(k.lines[i], t.label))
		case missing(text):
			return fmt.Errorf("%s: %q is a missing value, want a label", t.place(k.lines[i], t.label), text)
		}
		out.Texts = append(out.Texts, t.legible(text))
	}
	out.Labels = make([]int, len(k.rows))
	for i, n := range k.rows {
		out.Labels[i] = int(n)
	}
	return nil
}
