package main

import (
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"basin/internal/spelling"
)

// output are the flags that say how a table is written and drawn.
type output struct{ format, plot string }

// printed is a result that output writes. Its JSON form is that of the value itself.
type printed interface {
	print(w io.Writer) error
	printCSV(w io.Writer) error
}

func (o *output) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&o.format, "format", "f", "text", "`form` of the output: text, json or csv")
	cmd.Flags().StringVar(&o.plot, "plot", "", "draw into this SVG or PNG `file` too")
	complete(cmd, "format", cobra.FixedCompletions(predictFormats, cobra.ShellCompDirectiveNoFileComp))
	complete(cmd, "plot", completeFiles("svg", "png"))
}

func (o *output) check() error {
	if slices.Contains(predictFormats, o.format) {
		return checkPlot(o.plot)
	}
	err := usagef("--format %q, want text, json or csv", o.format)
	if near := spelling.Nearest(o.format, predictFormats); near != "" {
		err = withHint(err, "did you mean --format %s?", near)
	}
	return errors.Join(err, checkPlot(o.plot))
}

// write writes a result in the form that was asked for. If a drawing was, draw makes it
// first.
func (o *output) write(w io.Writer, p printed, draw func(file string) error) error {
	if o.plot != "" {
		if err := draw(o.plot); err != nil {
			return err
		}
	}
	switch o.format {
	case "json":
		return printJSON(w, p)
	case "csv":
		return p.printCSV(w)
	}
	return p.print(w)
}
