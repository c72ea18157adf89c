package compare

import (
	"fmt"
	"math"
	"strings"

	"basin/internal/paired"
)

const (
	// alike is the ratio of two sizes below which they pass for the same.
	alike = 1.5
	// near is the difference within which an interval has to stay for two learners to be as
	// good as each other.
	near = 0.02
	// fewest is how many samples are measured at least before learners are compared in words.
	fewest = 10
)

// Verdict says in words what came out, an item each: what to take, and which learners are more
// accurate than the first network, as good, not told apart from it, and less accurate. It follows
// from the contrasts and the bytes in memory alone.
func (r *Report) Verdict() []string {
	first := r.Rows[0]
	said := []string{r.opening()}
	if r.Held < fewest {
		return append(said, fmt.Sprintf("Samples to measure on are too few to compare learners: want %d or more.", fewest))
	}
	none := r.unproven()
	nothing := len(none) > 0 && len(none) == len(r.Rows)-1 // is shown to be better
	if len(none) > 0 {
		said = append(said, r.besideMajority(none, nothing))
	}
	var taken *Row
	if len(r.Rows) > 1 && !nothing {
		var text string
		taken, text = r.advice()
		said = append(said, text)
	}
	lists := map[string][]string{}
	for _, row := range r.Rows[1:] {
		if row != taken && row.Method != majorityName {
			how := r.beside(row)
			lists[how] = append(lists[how], fmt.Sprintf("%s (%s points, %s)", row.Title, row.Against.Difference.Points(2), sizes(row, first)))
		}
	}
	for _, how := range []string{better, equal, unknown, worse} {
		if list := lists[how]; len(list) > 0 {
			said = append(said, strings.ToUpper(how[:1])+how[1:]+" "+first.Title+": "+strings.Join(list, "; ")+".")
		}
	}
	return append(said, r.worth())
}

// How a learner stands beside the first network.
const (
	better  = "more accurate than"
	equal   = "as good as"
	unknown = "not told apart from"
	worse   = "less accurate than"
)

// beside says how a learner stands beside the first network. One is as good only where a single
// sample is worth less than what counts as near.
func (r *Report) beside(row *Row) string {
	half, ok := row.Against.Difference.Half()
	switch {
	case row.Against.Verdict == paired.Wins:
		return better
	case row.Against.Verdict == paired.Loses:
		return worse
	case ok && math.Abs(row.Against.Difference.Mean)+half <= near && 1/float64(r.Held) <= near:
		return equal
	}
	return unknown
}

// score is what learners are compared by: the accuracy, or where one class has more than half of
// the samples the balanced accuracy.
func (r *Report) score(row *Row) float64 {
	if r.Unbalanced {
		return row.Balanced
	}
	return row.Accuracy
}

// right writes the score of a row.
func (r *Report) right(row *Row) string {
	if r.Unbalanced {
		return "a balanced accuracy of " + percent(row.Balanced)
	}
	return percent(row.Accuracy)
}

// opening says what was measured.
func (r *Report) opening() string {
	first, seeds := r.Rows[0], "with one seed"
	if count := len(first.Results); count > 1 {
		same := "the same for each"
		if r.Drawn {
			same = "drawn anew for each"
		}
		seeds = fmt.Sprintf("over %d seeds, %s", count, same)
	}
	unfinished := ""
	if r.Unfinished > 0 {
		unfinished = fmt.Sprintf("Not finished: %d trainings are missing. ", r.Unfinished)
	}
	name := first.Title
	if len(r.Setup.Presets) == 1 {
		name = fmt.Sprintf("%s (%s)", name, first.Preset)
	}
	text := fmt.Sprintf("%s%s has %s of %d %s samples right, %s.", unfinished, name, percent(first.Accuracy), r.Held, r.Split, seeds)
	if r.Unbalanced {
		text += fmt.Sprintf(" More than half of the samples are %q, so learners are compared by the balanced accuracy, the mean over the classes of the share that is right: here %s.", r.MajorityLabel, percent(first.Balanced))
	}
	return text
}

// majority returns the row of the majority class, nil where it is not there.
func (r *Report) majority() *Row {
	for _, row := range r.Rows {
		if row.Method == majorityName {
			return row
		}
	}
	return nil
}

// unproven lists who is not shown to be better than always saying one class.
func (r *Report) unproven() (none []string) {
	majority := r.majority()
	for _, row := range r.Rows {
		if majority != nil && row != majority && r.contrast(row, majority).Verdict != paired.Wins {
			none = append(none, row.Title)
		}
	}
	return none
}

// besideMajority says who is not shown to be better than always saying one class: some, or nothing
// but that.
func (r *Report) besideMajority(none []string, nothing bool) string {
	always := fmt.Sprintf("always saying %q, which has %s right", r.MajorityLabel, percent(r.majority().Accuracy))
	if r.Unbalanced {
		always = fmt.Sprintf("always saying %q, with %s", r.MajorityLabel, r.right(r.majority()))
	}
	if nothing {
		return "Nothing here is shown to be better than " + always + ": the inputs do not tell the classes apart, or samples and seeds are too few to say."
	}
	return "Not shown to be better than " + always + ": " + strings.Join(none, ", ") + "."
}

// advice says what to take: the smallest of those that are not told apart from the most accurate.
func (r *Report) advice() (*Row, string) {
	first, best := r.Rows[0], r.Rows[0]
	for _, row := range r.Rows[1:] {
		if row.Method != majorityName && r.score(row) > r.score(best) {
			best = row
		}
	}
	take, smaller := best, false
	for _, row := range r.Rows {
		if row.Method == majorityName {
			continue
		}
		smaller = smaller || row.MemoryBytes < best.MemoryBytes
		if row.MemoryBytes < take.MemoryBytes && r.contrast(best, row).Verdict != paired.Wins {
			take = row
		}
	}
	why := "the most accurate here"
	switch {
	case take != best:
		why = fmt.Sprintf("the smallest that is not told apart from the most accurate, %s with %s", best.Title, r.right(best))
	case smaller:
		why += ", and nothing smaller comes near"
	}
	if take == first {
		return take, fmt.Sprintf("On these data take %s: %s.", take.Title, why)
	}
	how, should := r.beside(take), "take it, it is "+why
	if how == unknown || how == worse {
		should = "try it first, it is " + why + "; more samples and seeds may tell them apart"
	}
	return take, fmt.Sprintf("On these data %s is %s %s (%s points) and %s: %s.", take.Title, how, first.Title,
		take.Against.Difference.Points(2), sizes(take, first), should)
}

// worth says how far all this goes.
func (r *Report) worth() string {
	var text strings.Builder
	if r.Setup.Quick {
		fmt.Fprintf(&text, "Quick: at most %d samples were learned and %d measured, and learners in epochs were shown at most %d, repeats counted; more may change the order. ", QuickTraining, QuickHeld, QuickShown)
	}
	if r.Setup.Presets[0].Name == "plain" {
		text.WriteString("The preset plain is made for no data in particular: settings for these may do better. ")
	}
	switch {
	case len(r.Rows[0].Results) == 1:
		text.WriteString("With one seed there are no intervals: another may say something else. ")
	case r.Drawn:
		text.WriteString("Intervals are of 95 % over the seeds, wider since most samples are drawn again. ")
	default:
		text.WriteString("Intervals are of 95 % over the seeds. ")
	}
	agree := fmt.Sprintf("intervals and McNemar's test (p < %g) both bear out", unlikely)
	if r.Unbalanced {
		agree = "intervals bear out"
	}
	fmt.Fprintf(&text, "More or less accurate is what %s, as good what an interval keeps within %.0f points. Sizes are bytes in memory.", agree, 100*near)
	return text.String()
}

// sizes compares the memory of two learners.
func sizes(row, first *Row) string {
	ratio := first.MemoryBytes / math.Max(1, row.MemoryBytes)
	switch {
	case ratio >= alike:
		return times(ratio) + " times smaller"
	case ratio <= 1/alike:
		return times(1/ratio) + " times larger"
	}
	return "of the same size"
}

// times writes a factor with two digits.
func times(x float64) string {
	if x < 10 {
		return fmt.Sprintf("%.1f", x)
	}
	scale := math.Pow(10, math.Floor(math.Log10(x))-1)
	return fmt.Sprintf("%.0f", math.Round(x/scale)*scale)
}
