package compare

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"

	"gonum.org/v1/gonum/stat"

	"basin"

	"basin/dataset"
	"basin/internal/paired"
)

// Report sums up what was learned.
type Report struct {
	// Setup is what was compared.
	Setup Setup
	// Rows has the networks, then the methods.
	Rows []*Row
	// Drawn says that each seed draws the samples to measure on anew.
	Drawn bool
	// Unfinished counts trainings that an error or an interruption left out.
	Unfinished int
	// Training and Held count the samples learned and measured, Split names the latter.
	Training, Held int
	Split          string
	// MajorityLabel is the class that most training samples have, Unbalanced says that these
	// are more than half: learners are then compared by the balanced accuracy.
	MajorityLabel string
	Unbalanced    bool
}

// Row sums up the results of one learner over the seeds: means, and the standard deviation of
// the accuracy, 0 for one seed.
type Row struct {
	Method, Preset, Title string
	// Results are those finished, by ascending seed.
	Results []*Result

	Accuracy, Deviation, Balanced       float64
	Parameters, Operations, Accumulates float64
	MemoryBytes, ModelBytes             float64
	TrainSeconds, PredictPerS           float64
	// Against is the contrast to the first network, of no meaning for it.
	Against Contrast
}

// Name is the method, with the preset of a network.
func (r *Row) Name() string {
	if r.Preset == "" {
		return r.Method
	}
	return r.Method + " (" + r.Preset + ")"
}

// measured notes what a task has to learn and to measure on.
func (r *Report) measured(task *basin.Task) {
	r.Training, r.Held, r.Split = task.Training.Count(), task.Held.Count(), task.Split
	class, share := dataset.Majority(dataset.ClassCounts(task.Training.Labels, len(task.LabelNames)))
	r.MajorityLabel, r.Unbalanced = task.LabelNames[class], share > 0.5
}

// sum fills in the means; rows without results are left out.
func (r *Report) sum() {
	var rows []*Row
	for _, row := range r.Rows {
		if len(row.Results) == 0 {
			continue
		}
		rows = append(rows, row)
		var accuracies []float64
		count := float64(len(row.Results))
		for _, one := range row.Results {
			accuracies = append(accuracies, one.Accuracy)
			row.Balanced += one.BalancedAccuracy / count
			row.Parameters += float64(one.Parameters) / count
			row.Operations += one.Operations / count
			row.Accumulates += one.Accumulates / count
			row.MemoryBytes += float64(one.MemoryBytes) / count
			row.ModelBytes += float64(one.ModelBytes) / count
			row.TrainSeconds += one.TrainSeconds / count
			row.PredictPerS += one.PredictPerS / count
		}
		row.Accuracy, row.Deviation = meanAndDeviation(accuracies)
		row.Against = r.contrast(row, rows[0])
	}
	r.Rows = rows
}

// meanAndDeviation returns the mean and the standard deviation of a sample, which is 0 for one
// value.
func meanAndDeviation(values []float64) (mean, deviation float64) {
	if mean, deviation = stat.MeanStdDev(values, nil); len(values) < 2 {
		deviation = 0
	}
	return mean, deviation
}

// scores returns the accuracy, and the mean over the classes that are there or are said of the
// share of their samples that is right, as `basin eval` has it.
func scores(said, labels []int, classes int) (accuracy, balanced float64) {
	right, e := 0, basin.Evaluation{Classes: make([]basin.ClassScore, classes)}
	for i, label := range labels {
		e.Classes[label].Samples++
		e.Classes[said[i]].Predicted++
		if said[i] == label {
			e.Classes[label].Correct++
			right++
		}
	}
	return float64(right) / float64(len(labels)), e.Macro().Recall
}

// Text returns the table as people read it: head and rows.
func (r *Report) Text() (head []string, rows [][]string) {
	several := len(r.Rows[0].Results) > 1
	head = []string{"method", "accuracy"}
	if r.Unbalanced {
		head = append(head, "balanced")
	}
	against := "difference"
	if r.Unbalanced {
		against = "its difference"
	}
	if several {
		against += " (95 %)"
	}
	head = append(head, against, "McNemar", "parameters", "memory", "file", "train", "predict", "operations")
	for i, row := range r.Rows {
		accuracy := percent(row.Accuracy)
		if len(row.Results) > 1 {
			accuracy += fmt.Sprintf(" ± %.2f", 100*row.Deviation)
		}
		line := []string{row.Name(), accuracy}
		if r.Unbalanced {
			line = append(line, percent(row.Balanced))
		}
		difference, p := "", ""
		if i > 0 {
			difference, p = row.Against.Difference.Points(2), fmt.Sprintf("p %.2g", row.Against.P)
		}
		file := "-"
		if row.Method == Network {
			file = bytes(row.ModelBytes)
		}
		rows = append(rows, append(line, difference, p, number(row.Parameters), bytes(row.MemoryBytes), file,
			seconds(row.TrainSeconds), number(row.PredictPerS)+"/s", number(row.Operations)))
	}
	return head, rows
}

// percent writes a share.
func percent(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) }

// number writes a count with three digits or more.
func number(x float64) string {
	switch {
	case x >= 1e6:
		return fmt.Sprintf("%.3gM", math.Round(x/1e4)/100)
	case x >= 1e4:
		return fmt.Sprintf("%.0fk", x/1e3)
	}
	return fmt.Sprintf("%.0f", x)
}

// seconds writes a time.
func seconds(x float64) string {
	switch {
	case x < 0.01:
		return "< 0.01 s"
	case x < 10:
		return fmt.Sprintf("%.2g s", x)
	}
	return fmt.Sprintf("%.0f s", x)
}

// bytes writes a size.
func bytes(x float64) string {
	switch {
	case x >= 1<<20:
		return fmt.Sprintf("%.1f MiB", x/(1<<20))
	case x >= 1<<10:
		return fmt.Sprintf("%.1f KiB", x/(1<<10))
	}
	return fmt.Sprintf("%.0f bytes", x)
}

// WriteCSV writes the results, a line each, under the names that they have in JSON.
func (r *Report) WriteCSV(w io.Writer) error {
	lines := csv.NewWriter(w)
	_ = lines.Write([]string{ // an error stays until the end
		"method", "preset", "seed", "accuracy", "balanced_accuracy", "parameters", "train_seconds", "predict_per_s", "synaptic_operations",
		"accumulates", "memory_bytes", "model_bytes", "choice", "difference", "mcnemar_p", "training_samples", "held_samples", "split", "quick",
	})
	float := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	optional := func(x *float64) string {
		if x == nil {
			return ""
		}
		return float(*x)
	}
	for _, row := range r.Rows {
		for _, o := range row.Results {
			_ = lines.Write([]string{
				o.Method, o.Preset, strconv.FormatUint(o.Seed, 10), float(o.Accuracy), float(o.BalancedAccuracy), strconv.FormatInt(o.Parameters, 10),
				float(o.TrainSeconds), float(o.PredictPerS), float(o.Operations), float(o.Accumulates),
				strconv.FormatInt(o.MemoryBytes, 10), strconv.FormatInt(o.ModelBytes, 10), o.Choice, optional(o.Difference), optional(o.McNemar),
				strconv.Itoa(o.TrainingSamples), strconv.Itoa(o.HeldSamples), o.Split, strconv.FormatBool(o.Quick),
			})
		}
	}
	lines.Flush()
	return lines.Error()
}

// against compares a result with another of the same seed.
func (o *Result) against(first *Result) {
	one, other := apart(o, first)
	difference, p := o.Accuracy-first.Accuracy, paired.McNemar(one, other)
	o.Difference, o.McNemar = &difference, &p
}
