package main

import (
	"fmt"
	"io"
	"math"
	"sort"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"basin/dataset"
)

// addLabel adds the flag that names the label column of a table.
func addLabel(cmd *cobra.Command, label *string) {
	cmd.Flags().StringVar(label, "label", "", "`column` of a table that holds the label: a name, a number from 1, or none (default one called label, class or target, else the last)")
	complete(cmd, "label", cobra.NoFileCompletions)
}

// printDoubts warns of labels that hardly are classes.
func printDoubts(w io.Writer, set *dataset.Set) {
	const hint = "--label names the column of the labels; a measurement is learned as a few classes, such as low and high"
	lone := set.Lone()
	switch {
	case set.NumbersAsLabels():
		printWarning(w, withHint(fmt.Errorf("%s: the labels are %d different numbers: they look like measurements, and each becomes a class of its own",
			set.Name, set.Classes()), hint))
	case len(lone) >= 10 && 2*len(lone) > set.Classes():
		printWarning(w, withHint(fmt.Errorf("%s: %d of %d classes have one sample each: they look like names or measurements, not classes",
			set.Name, len(lone), set.Classes()), hint))
	case len(lone) > 0 && set.Count() > 5*set.Classes():
		printWarning(w, fmt.Errorf("%s: %s with one sample, which is in one part of the data only: %s",
			set.Name, classes(len(lone)), quoted(lone)))
	}
	if sample, feature, v, ok := set.Huge(); ok && set.Table != nil {
		printWarning(w, fmt.Errorf("%s: %s, %s: %.8g is read as a value; it looks like a mark for one that is missing",
			set.Name, set.Place(sample), columnName(set, set.Table.Order[feature]), v))
	}
	if a, b, ok := set.Alike(); ok {
		printWarning(w, fmt.Errorf("%s: %q and %q are two classes that differ in case alone", set.Name, a, b))
	}
}

// newColumns describes the columns of a table; nil for what is none.
func newColumns(set *dataset.Set) []columnSum {
	if set.Table == nil {
		return nil
	}
	columns := make([]columnSum, len(set.Table.Columns))
	for at, c := range set.Table.Columns {
		columns[at] = columnSum{Name: c.Name, Role: string(c.Role), Why: c.Why}
	}
	ranges := set.Ranges()
	for k, at := range set.Table.Order {
		r := ranges[k]
		columns[at].Kind, columns[at].Least, columns[at].Largest = r.Kind, r.Least, r.Largest
		columns[at].Categories, columns[at].Missing = r.Categories, r.Missing
	}
	return columns
}

// mostColumns is the number of columns that are printed as text.
const mostColumns = 24

// printColumns prints the columns of a table; of many features the first, and all others.
func printColumns(w io.Writer, r setReport) error {
	if len(r.Columns) == 0 {
		return nil
	}
	header := "no header"
	if r.set.Table.Named {
		header = "line 1 is a header"
	}
	fmt.Fprintf(w, "\n%d columns, %s\n", len(r.Columns), header)
	if kinds := r.set.Table.Kinds(); kinds != "" {
		fmt.Fprintf(w, "  %s\n", kinds)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	features := 0
	for at, c := range r.Columns {
		if c.Kind != "" {
			if features++; features > mostColumns {
				continue
			}
			fmt.Fprintf(table, "  %d\t%s\t%s\t%s\n", at+1, c.Name, c.Role, c.text())
			continue
		}
		fmt.Fprintf(table, "  %d\t%s\t%s\t%s\n", at+1, c.Name, c.Role, c.Why)
	}
	if features > mostColumns {
		fmt.Fprintf(table, "  and %d more features: --json shows them\n", features-mostColumns)
	}
	return table.Flush()
}

// text says kind and range of a feature, and how many cells are missing.
func (c columnSum) text() string {
	text := fmt.Sprintf("%s from %.6g to %.6g", c.Kind, c.Least, c.Largest)
	day := func(days float64) string {
		whole := math.Floor(days)
		return time.Unix(0, 0).UTC().AddDate(0, 0, int(whole)).Add(time.Duration((days - whole) * float64(24*time.Hour))).Format("2006-01-02 15:04")
	}
	switch c.Kind {
	case "missing":
		return "every cell is missing"
	case "categories":
		text = counted(c.Categories, "value")
	case "dates":
		text = fmt.Sprintf("dates from %s to %s", day(c.Least), day(c.Largest))
	case "times":
		text = fmt.Sprintf("times of the day from %s to %s", day(c.Least)[11:], day(c.Largest)[11:])
	}
	if c.Missing > 0 {
		text += fmt.Sprintf(", %d missing", c.Missing)
	}
	return text
}

// kindsLine says what the columns of a table are, where not all are numbers.
func kindsLine(set *dataset.Set) string {
	if set.Table == nil || set.Table.Kinds() == "" {
		return ""
	}
	return "columns: " + set.Table.Kinds()
}

func classes(n int) string {
	if n == 1 {
		return "1 class"
	}
	return fmt.Sprintf("%d classes", n)
}

// labelLine says which column is the label, why, and what share each class has.
func labelLine(set *dataset.Set) string {
	info := set.Table
	if info == nil || info.Label < 0 {
		return ""
	}
	text := strings.Builder{}
	fmt.Fprintf(&text, "label: %s", columnName(set, info.Label))
	if why := info.Columns[info.Label].Why; why != "" {
		fmt.Fprintf(&text, " (%s)", why)
	}
	fmt.Fprintf(&text, "; %s: %s", classes(set.Classes()), shares(set))
	return text.String()
}

func columnName(set *dataset.Set, at int) string {
	if name := set.Table.Columns[at].Name; name != "" {
		return fmt.Sprintf("column %d, %q", at+1, name)
	}
	return fmt.Sprintf("column %d", at+1)
}

// shares writes the shares of the classes, the largest first.
func shares(set *dataset.Set) string {
	const most = 6
	counts := set.Counts()
	order := make([]int, len(counts))
	for class := range order {
		order[class] = class
	}
	sort.SliceStable(order, func(a, b int) bool { return counts[order[a]] > counts[order[b]] })
	var parts []string
	for _, class := range order[:min(most, len(order))] {
		parts = append(parts, fmt.Sprintf("%s %.3g %%", set.LabelNames[class], 100*float64(counts[class])/float64(max(1, set.Count()))))
	}
	if len(order) > most {
		parts = append(parts, "...")
	}
	return strings.Join(parts, ", ")
}
