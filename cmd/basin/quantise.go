package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"basin"
	"basin/dataset"
	"basin/network"
)

// quantising is what basin quantise prints.
type quantising struct {
	Model string `json:"model"`
	Out   string `json:"out"`
	Bits  int    `json:"bits"`
	// Bytes of the files, before and after.
	BytesBefore int64 `json:"bytes_before"`
	Bytes       int64 `json:"bytes"`
	// Largest is the end of the values that the model reads, from 0 on; 0 where it reads signs.
	Largest float32     `json:"largest,omitempty"`
	Check   *comparison `json:"check,omitempty"`
}

// comparison says how two models do on the same labelled samples.
type comparison struct {
	Data    string `json:"data"`
	Samples int    `json:"samples"`
	// Learned counts those that the model has learned.
	Learned int `json:"learned,omitempty"`
	// Agreement is the share of the samples for which both say the same, Before and After their
	// accuracies.
	Agreement float64 `json:"agreement"`
	Before    float64 `json:"accuracy_before"`
	After     float64 `json:"accuracy"`
}

func newQuantise() *cobra.Command {
	var where dataFlags
	var bits, workers int
	var out, check string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "quantise MODEL",
		Short: "Make a model of small integers from a trained one",
		Long: `Quantise rounds the couplings of a trained model to integers of a few bits, for each
neuron in a unit of its own, and writes them to another file, of a third of the
size or less: MODEL-8bit.safetensors beside it, or --out. No file is ever overwritten.

The new model predicts as any other, faster, and exactly: sums of integers have no
rounding, so that every machine gives the same states and logits. It cannot learn. It
reads images, and arrays, as bytes: the share that a value has of the largest, times 255,
rounded; or the signs of a random projection (preprocess.projection). Models of tables
are refused: their columns have no common largest value; so are those of values below 0.

--check predicts labelled samples with both models and prints how often they agree,
and the accuracy of each.`,
		Example: `  basin quantise mnist.safetensors
  basin quantise mnist.safetensors --bits 4 --check mnist
  basin quantise digits.safetensors --bits 6 --out small.safetensors --check digits`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeFiles("safetensors"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				out = fmt.Sprintf("%s-%dbit.safetensors", strings.TrimSuffix(args[0], ".safetensors"), bits)
			}
			if err := errors.Join(where.check(cmd), isFree("model", "out", out)); err != nil {
				return err
			}
			model, err := readModel(args[0])
			if err != nil {
				return err
			}
			small, err := model.Quantise(bits)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			q := quantising{Model: args[0], Out: out, Bits: bits}
			if small.Encoder.Bytes {
				q.Largest = small.Encoder.Divisor
			}
			if check != "" {
				set, err := evaluationSet(cmd, model, []string{args[0], check}, where, "", false)
				if err != nil {
					return err
				}
				if q.Check, err = agreement(cmd.Context(), model, small, set, workers); err != nil {
					return err
				}
				if n := q.Check.Learned; n > 0 {
					printWarning(cmd.ErrOrStderr(), hasLearned(n, set))
				}
			}
			if err := small.Save(out); err != nil {
				return err
			}
			q.BytesBefore, q.Bytes = fileSize(args[0]), fileSize(out)
			if asJSON {
				return printJSON(cmd.OutOrStdout(), q)
			}
			return q.print(cmd.OutOrStdout())
		},
	}
	where.add(cmd)
	flags := cmd.Flags()
	flags.IntVarP(&bits, "bits", "b", 8, "`bits` of a coupling, its sign among them")
	flags.StringVarP(&out, "out", "o", "", "model `file` to write (default MODEL-8bit.safetensors, or as many bits)")
	flags.StringVar(&check, "check", "", "compare both models on this `data`: the name of a data set, or a path")
	flags.BoolVar(&asJSON, "json", false, "print one JSON object")
	flags.IntVarP(&workers, "workers", "w", 0, "goroutines that predict; 0 takes one per processor")
	between(cmd, network.FewestBits, network.MostBits, "bits")
	between(cmd, 0, mostWorkers, "workers")
	complete(cmd, "bits", cobra.FixedCompletions([]cobra.Completion{"8", "6", "4"}, cobra.ShellCompDirectiveNoFileComp))
	complete(cmd, "workers", cobra.NoFileCompletions)
	complete(cmd, "out", completeFiles("safetensors"))
	complete(cmd, "check", completeSetAt(1))
	return cmd
}

// isFree reports a file to write, that of a flag if it names one, that is there already, or whose
// folder is not.
func isFree(what, flag, path string) error {
	if path == "" {
		return nil
	}
	if err := hasFolder(what, path); err != nil {
		return err
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return err
		}
		return withHint(fmt.Errorf("%s is there already: nothing is overwritten", path), "--%s names another file", flag)
	}
	return nil
}

// fileSize returns the bytes of a file, 0 where nobody knows.
func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// agreement predicts labelled samples with two models.
func agreement(ctx context.Context, before, after *basin.Model, set *dataset.Set, workers int) (*comparison, error) {
	named := *set
	if err := named.Relabel(before.Names()); err != nil {
		return nil, err
	}
	c := &comparison{Data: set.Name, Samples: set.Count()}
	for _, seen := range before.Seen(set) {
		if seen {
			c.Learned++
		}
	}
	labels, agree, right := make([]string, set.Count()), 0, [2]int{}
	truth := func(i int) string { return named.LabelNames[named.Labels[i]] }
	err := before.Predict(ctx, set, workers, func(i int, p basin.Prediction) error {
		if labels[i] = p.Label; p.Label == truth(i) {
			right[0]++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = after.Predict(ctx, set, workers, func(i int, p basin.Prediction) error {
		if p.Label == labels[i] {
			agree++
		}
		if p.Label == truth(i) {
			right[1]++
		}
		return nil
	})
	share := func(n int) float64 { return float64(n) / float64(max(1, set.Count())) }
	c.Agreement, c.Before, c.After = share(agree), share(right[0]), share(right[1])
	return c, err
}

func (q *quantising) print(w io.Writer) error {
	fmt.Fprintf(w, "model      %s, integers of %d bits\n", q.Out, q.Bits)
	fmt.Fprintf(w, "file       %s, before %s: a factor of %.1f\n", size(q.Bytes), size(q.BytesBefore), float64(q.BytesBefore)/float64(max(1, q.Bytes)))
	if q.Largest > 0 {
		fmt.Fprintf(w, "reads      values from 0 to %.6g: others are refused, and cut by exported programs\n", q.Largest)
	}
	if c := q.Check; c != nil {
		fmt.Fprintf(w, "accuracy   %s, before %s (%d samples of %s)\n", percent(c.After), percent(c.Before), c.Samples, c.Data)
		fmt.Fprintf(w, "agreement  %s\n", percent(c.Agreement))
	}
	_, err := fmt.Fprintf(w, "predict    basin predict %s FILE\n", word(q.Out))
	return err
}
