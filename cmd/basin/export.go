package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"basin/checkpoint"
	"basin/interchange"
	"basin/internal/files"
	"basin/internal/spelling"
)

// form is one that a model can be written in for other programs.
type form struct {
	name, about, ending string
	write               func(io.Writer, *checkpoint.Model) error
}

var forms = []form{
	{"onnx", "the whole prediction as an ONNX graph, from raw values to logits", "onnx", interchange.ONNX},
	{"npz", "arrays for NumPy", "npz", interchange.NPZ},
	{"c", "C99 of integers, for microcontrollers", "c", interchange.C},
	{"go", "Go without imports, of integers", "go", nil}, // --package
}

func formNames() []string {
	var names []string
	for _, f := range forms {
		names = append(names, f.name)
	}
	return names
}

// exporting is what basin export prints.
type exporting struct {
	Model string `json:"model"`
	To    string `json:"to"`
	Out   string `json:"out"`
	// Bytes of the file that was written.
	Bytes int64 `json:"bytes"`
}

func newExport() *cobra.Command {
	var to, out, name string
	var asJSON bool
	long := `Export writes a trained model, also one of integers, in a form that other programs
read, to MODEL with the ending of the form, or --out. No file is ever overwritten.

`
	for _, f := range forms {
		long += fmt.Sprintf("  --to %-5s %s\n", f.name, f.about)
	}
	cmd := &cobra.Command{
		Use:   "export MODEL --to FORM",
		Short: "Write a model in a form that other programs read",
		Long: long + `
What a form cannot hold, such as sweeps in a random order, is refused with the reason.
Source code (c, go) is of models of integers, which "basin quantise" makes, and gives
their classes and logits bit for bit. The first lines of the file say how it is called.`,
		Example: `  basin export mnist.safetensors --to onnx
  basin export mnist.safetensors --to npz --out arrays.npz --json
  basin export mnist-8bit.safetensors --to c
  basin export mnist-8bit.safetensors --to go --out digits/digits.go --package digits`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeFiles("safetensors"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := formOf(to)
			if err != nil {
				return err
			}
			if f.name == "go" {
				f.write = func(w io.Writer, m *checkpoint.Model) error { return interchange.Go(w, m, name) }
			} else if cmd.Flags().Changed("package") {
				return usagef("--package %s of --to %s: only go has packages", name, f.name)
			}
			if out == "" {
				out = strings.TrimSuffix(args[0], ".safetensors") + "." + f.ending
			}
			if err := isFree("model", "out", out); err != nil {
				return err
			}
			model, err := readModel(args[0])
			if err != nil {
				return err
			}
			err = files.Replace(out, func(w io.Writer) error { return f.write(w, &model.Model) })
			switch {
			case errors.Is(err, interchange.ErrReal) && model.Columns != nil:
				err = withHint(err, "a model of a table cannot be rounded to integers: --to npz has its arrays, --to onnx its prediction where all columns are numbers")
			case errors.Is(err, interchange.ErrReal):
				err = withHint(err, "`basin quantise %s` makes one of integers", word(args[0]))
			}
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			e := exporting{Model: args[0], To: f.name, Out: out, Bytes: fileSize(out)}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), e)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "file   %s, %s: %s\n", e.Out, size(e.Bytes), f.about)
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&to, "to", "t", "", "`form` of the file: "+strings.Join(formNames(), ", "))
	flags.StringVarP(&out, "out", "o", "", "`file` to write (default MODEL with the ending of the form)")
	flags.StringVar(&name, "package", interchange.DefaultPackage, "`name` of the package of --to go")
	flags.BoolVar(&asJSON, "json", false, "print one JSON object")
	var described []cobra.Completion
	for _, f := range forms {
		described = append(described, cobra.CompletionWithDesc(f.name, f.about))
	}
	complete(cmd, "to", cobra.FixedCompletions(described, cobra.ShellCompDirectiveNoFileComp))
	complete(cmd, "out", completeFiles())
	complete(cmd, "package", cobra.NoFileCompletions)
	return cmd
}

// formOf returns the form of a name.
func formOf(name string) (form, error) {
	at := slices.IndexFunc(forms, func(f form) bool { return f.name == name })
	if at >= 0 {
		return forms[at], nil
	}
	if name == "" {
		return form{}, withHint(usageError{errors.New("export needs --to: the form of the file")}, "forms: %s", strings.Join(formNames(), ", "))
	}
	err := usagef("--to %q, want %s", name, strings.Join(formNames(), ", "))
	if near := spelling.Nearest(name, formNames()); near != "" {
		return form{}, withHint(err, "did you mean --to %s?", near)
	}
	return form{}, err
}
