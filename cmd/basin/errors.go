package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"basin/internal/spelling"
)

// usageError is a command line that is not understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, values ...any) error { return usageError{fmt.Errorf(format, values...)} }

// interrupted is the end of a command that a signal asked for.
type interrupted string

func (e interrupted) Error() string { return string(e) }

func (e interrupted) Is(target error) bool { return target == context.Canceled }

// hintedError is an error with advice, which is printed below it.
type hintedError struct {
	error
	hint string
}

func (e hintedError) Unwrap() error { return e.error }

// withHint adds a line of advice to err.
func withHint(err error, format string, values ...any) error {
	return hintedError{err, fmt.Sprintf(format, values...)}
}

// printError writes every error joined in err as a line "basin: error: ..." and then
// the hints as lines "hint: ...". Further lines of one error are indented.
func printError(w io.Writer, err error) { printAs(w, "error", err) }

// printWarning writes err like an error, and the command goes on.
func printWarning(w io.Writer, err error) { printAs(w, "warning", err) }

// printNotes writes what was passed over or assumed while data were read.
func printNotes(w io.Writer, notes []string) {
	for _, note := range notes {
		printAs(w, "note", errors.New(note))
	}
}

func printAs(w io.Writer, kind string, err error) {
	hints, parts := collectHints(err), split(err)
	for _, part := range parts[:min(mostErrors, len(parts))] {
		text := readable(visible(strings.TrimRight(withoutCalls(part), "\n")))
		fmt.Fprintf(w, "basin: %s: %s\n", kind, strings.ReplaceAll(text, "\n", "\n  "))
	}
	if more := len(parts) - mostErrors; more > 0 {
		fmt.Fprintf(w, "basin: %s: and %d more\n", kind, more)
	}
	for _, hint := range hints[:min(mostErrors, len(hints))] {
		fmt.Fprintf(w, "hint: %s\n", readable(visible(hint)))
	}
}

// withoutCalls returns the text of an error without the names of system calls: a path is
// named once, and what the system says of it.
func withoutCalls(err error) string {
	text := err.Error()
	visit(err, func(err error) {
		if e, ok := err.(*fs.PathError); ok {
			plain := fmt.Sprintf("%s: %v", e.Path, e.Err)
			text = strings.ReplaceAll(text, e.Path+": "+e.Error(), plain)
			text = strings.ReplaceAll(text, e.Error(), plain)
		}
	})
	return text
}

// visit calls see for err and all that it wraps, the innermost first.
func visit(err error, see func(error)) {
	switch e := err.(type) {
	case nil:
		return
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			visit(part, see)
		}
	case interface{ Unwrap() error }:
		visit(e.Unwrap(), see)
	}
	see(err)
}

// split returns the errors that are joined in err, looking through hints and usage.
func split(err error) []error {
	switch e := err.(type) {
	case hintedError:
		return split(e.error)
	case usageError:
		return split(e.error)
	case interface{ Unwrap() []error }:
		var parts []error
		for _, part := range e.Unwrap() {
			parts = append(parts, split(part)...)
		}
		// An error that says more than its parts, as fmt.Errorf with two %w does.
		if joined := errors.Join(e.Unwrap()...); joined == nil || joined.Error() != err.Error() {
			return []error{err}
		}
		return parts
	}
	return []error{err}
}

// collectHints returns the hints in err, the outermost last, each once.
func collectHints(err error) []string {
	var hints []string
	seen := map[string]bool{}
	visit(err, func(err error) {
		if h, ok := err.(hintedError); ok && !seen[h.hint] {
			seen[h.hint] = true
			hints = append(hints, h.hint)
		}
	})
	return hints
}

// flagError turns a mistake in the flags into a usage error, with the nearest flag
// for an unknown one and what is wanted for a value that does not fit.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		err = valueError(invalid)
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, f.Name)
			}
		})
		if near := spelling.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			err = withHint(err, "did you mean --%s?", near)
		}
	}
	return usageError{withHint(err, "`%s --help` lists flags and examples", cmd.CommandPath())}
}

// valueError says what the value of a flag should be.
func valueError(e *pflag.InvalidValueError) error {
	flag := e.GetFlag()
	want, known := map[string]string{
		"bool": "true or false", "int": "a whole number", "uint64": "a whole number of at least 0",
		"float64": "a number", "float64Slice": "numbers with commas between them",
	}[flag.Value.Type()]
	switch {
	case !known:
		return e
	case errors.Is(e, strconv.ErrRange):
		want += " that is not as large"
	}
	return fmt.Errorf("--%s %q, want %s", flag.Name, e.GetValue(), want)
}

// arguments checks the number of arguments; most below 0 is no bound.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		want := fmt.Sprintf("%d", least)
		switch {
		case most < 0:
			want = fmt.Sprintf("at least %d", least)
		case most > least:
			want = fmt.Sprintf("%d to %d", least, most)
		}
		got := "none"
		if len(args) > 0 {
			got = fmt.Sprintf("%d: %q", len(args), args)
		}
		return withHint(usagef("number of arguments of `%s`: got %s, want %s", cmd.CommandPath(), got, want), "usage: %s", cmd.UseLine())
	}
}

// noSuchCommand is the check of a command that only holds other commands: any
// argument is the name of one that does not exist.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	err := usagef("unknown command %q for `%s`", args[0], cmd.CommandPath())
	if near := spelling.Nearest(args[0], names); near != "" {
		return withHint(err, "did you mean `%s %s`?", cmd.CommandPath(), near)
	}
	return withHint(err, "commands of `%s`: %s", cmd.CommandPath(), strings.Join(names, ", "))
}
