package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"basin/dataset"
	"basin/dataset/fetch"
)

func newData() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "data",
		Short: "List, fetch, inspect and draw data sets",
		Long: `Data deals with the data sets that have a name, and with files of your own: tables
(CSV, Excel, Parquet, ARFF, LIBSVM), NPY, NPZ, IDX, images (PNG, JPEG, GIF, BMP, TIFF,
WebP) and folders with one sub-folder of images per class.`,
		Example: `  basin data list
  basin data get mnist
  basin data inspect people.csv
  basin data preview mnist --set preprocess.augment.rotation=10`,
		Args: noSuchCommand,
		RunE: showHelp,
	}
	cmd.AddCommand(newDataList(), newDataGet(), newDataInspect(), newDataPreview())
	return cmd
}

// knownRow is a line of basin data list.
type knownRow struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Train   int    `json:"train"`
	Test    int    `json:"test"`
	Shape   []int  `json:"shape"`
	Classes int    `json:"classes"`
	Licence string `json:"licence"`
	Source  string `json:"source"`
}

func newDataList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the data sets that have a name",
		Long: `List prints name, size, shape, classes, terms and title of the data sets that basin finds
by name.`,
		Example: "  basin data list --json",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var rows []knownRow
			for _, k := range fetch.List() {
				rows = append(rows, knownRow{k.Name, k.Title, k.Train, k.Test, k.Shape, k.Classes, k.Licence, k.Source})
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), rows)
			}
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "name\ttraining\ttest\tshape\tclasses\tlicence\ttitle")
			for _, r := range rows {
				fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%d\t%s\t%s\n", r.Name, r.Train, r.Test, dataset.ShapeText(r.Shape), r.Classes, r.Licence, r.Title)
			}
			return table.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return cmd
}

func newDataGet() *cobra.Command {
	var where dataFlags
	cmd := &cobra.Command{
		Use:     "get NAME",
		Aliases: []string{"fetch"},
		Short:   "Fetch a data set and check its files",
		Long: `Get makes sure that the files of a data set are on this machine, downloads them where
they are not, checks them and prints the folder they are in. The licence of the data
set is printed to the standard error.`,
		Example: `  basin data get mnist
  basin data get fashion-mnist --data /srv/data --offline`,
		Args:              arguments(1, 1),
		ValidArgsFunction: cobra.FixedCompletions(knownSets(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := where.check(cmd); err != nil {
				return err
			}
			dir, err := fetch.Get(cmd.Context(), args[0], where.options(cmd))
			if err != nil {
				return hintSet(err)
			}
			for _, k := range fetch.List() {
				if k.Name == args[0] {
					fmt.Fprintf(cmd.ErrOrStderr(), "%s, from %s; licence: %s\n", k.Title, k.Source, k.Licence)
				}
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), dir)
			return err
		},
	}
	where.add(cmd)
	return cmd
}

// setReport is what basin data inspect prints of one split.
type setReport struct {
	Split   string     `json:"split"`
	Samples int        `json:"samples"`
	Shape   []int      `json:"shape"`
	Stored  string     `json:"stored"`
	Least   float64    `json:"least"`
	Mean    float64    `json:"mean"`
	Largest float64    `json:"largest"`
	Classes []classSum `json:"classes,omitempty"`
	// Columns are those of a table, as it was read.
	Columns []columnSum `json:"columns,omitempty"`
	set     *dataset.Set
}

// columnSum is what is printed of a column of a table: kind and range of a feature, or what
// else it is and why.
type columnSum struct {
	Name    string  `json:"name,omitempty"`
	Role    string  `json:"role"`
	Why     string  `json:"why,omitempty"`
	Kind    string  `json:"kind,omitempty"`
	Least   float64 `json:"least"`
	Largest float64 `json:"largest"`
	// Categories counts those of texts, Missing the cells without a value.
	Categories int `json:"categories,omitempty"`
	Missing    int `json:"missing,omitempty"`
}

type classSum struct {
	Label   string  `json:"label"`
	Samples int     `json:"samples"`
	Share   float64 `json:"share"`
}

func newDataInspect() *cobra.Command {
	var where dataFlags
	var asJSON bool
	var label string
	cmd := &cobra.Command{
		Use:   "inspect NAME-or-PATH",
		Short: "Show what a data set or file holds, as basin reads it",
		Long: `Inspect reads a data set by name, or a file or folder, and prints for its training,
validation and test samples: number, shape, range of the values, classes and samples per
class; for a table also which column is the label and why, and kind and range of the
others. A file without a test set of its own is shown whole.`,
		Example: `  basin data inspect digits
  basin data inspect people.csv --label class --json`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeSetAt(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := where.check(cmd); err != nil {
				return err
			}
			o := where.options(cmd)
			o.Label, o.TestShare = label, -1
			data, err := openSet(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			printNotes(cmd.ErrOrStderr(), data.Notes())
			if data.Train.Uniform() {
				printWarning(cmd.ErrOrStderr(), fmt.Errorf("%s: all %d samples are equal: nothing can be learned from them", args[0], data.Train.Count()))
			}
			printDoubts(cmd.ErrOrStderr(), data.Train)
			reports := []setReport{newSetReport("training", data.Train)}
			if data.Validation != nil {
				reports = append(reports, newSetReport("validation", data.Validation))
			}
			if data.Test != nil {
				reports = append(reports, newSetReport("test", data.Test))
			}
			if len(reports) == 1 {
				reports[0].Split = "all"
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), struct {
					Name   string      `json:"name"`
					Source string      `json:"source"`
					Splits []setReport `json:"splits"`
					Notes  []string    `json:"notes,omitempty"`
				}{args[0], data.Source, reports, data.Notes()})
			}
			return printSets(cmd.OutOrStdout(), data.Source, reports)
		},
	}
	where.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	addLabel(cmd, &label)
	return cmd
}

func newSetReport(split string, set *dataset.Set) setReport {
	r := setReport{Split: split, Samples: set.Count(), Shape: set.Shape, Stored: "float32"}
	switch {
	case set.Bytes != nil:
		r.Stored = "uint8"
		r.Least, r.Mean, r.Largest = span(set.Bytes)
	case set.Doubles != nil:
		r.Stored = "float64"
	default:
		r.Least, r.Mean, r.Largest = span(set.Floats)
	}
	for c, count := range set.Counts() {
		r.Classes = append(r.Classes, classSum{set.LabelNames[c], count, float64(count) / float64(max(1, set.Count()))})
	}
	r.Columns, r.set = newColumns(set), set
	return r
}

// span returns the least value, the mean and the largest value.
func span[T uint8 | float32](values []T) (least, mean, largest float64) {
	if len(values) == 0 {
		return 0, 0, 0
	}
	low, high, sum := values[0], values[0], 0.0
	for _, v := range values {
		low, high = min(low, v), max(high, v)
		sum += float64(v)
	}
	return float64(low), sum / float64(len(values)), float64(high)
}

func printSets(w io.Writer, source string, reports []setReport) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "source\t%s\n", source)
	for _, r := range reports {
		text := fmt.Sprintf("%d samples of %s, %s", r.Samples, dataset.ShapeText(r.Shape), r.Stored)
		if r.set.Doubles == nil { // else the columns differ in kind
			text += fmt.Sprintf(" from %.6g to %.6g, mean %.4g", r.Least, r.Largest, r.Mean)
		}
		fmt.Fprintf(table, "%s\t%s\n", r.Split, text)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if err := printColumns(w, reports[0]); err != nil {
		return err
	}
	for _, r := range reports {
		if len(r.Classes) == 0 {
			fmt.Fprintf(w, "\n%s: no labels\n", r.Split)
			continue
		}
		fmt.Fprintf(w, "\n%s: %s\n", r.Split, classes(len(r.Classes)))
		for _, c := range r.Classes {
			fmt.Fprintf(table, "  %s\t%d\t%s\n", c.Label, c.Samples, percent(c.Share))
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	return nil
}
