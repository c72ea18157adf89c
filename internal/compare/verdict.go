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
)

// Verdict says in words what came out, an item each: what to take, and which learners are more
// accurate than the first network, as good, not told apart from it, and less accurate. It follows
// from the contrasts and the bytes in memory alone.
func (r *Report) Verdict() []string {
	first := r.Rows[0]
	said := []string{r.opening()}
	if text := r.besideMajority(); text != "" {
		said = append(said, text)
	}
	var taken *Row
	if len(r.Rows) > 1 {
		var text string
		taken, text = r.advice()
		said = append(said, text)
	}
	lists := map[string][]string{}
	for _, row := range r.Rows[1:] {
		if row != taken && row.Method != majorityName {
			how := row.beside()
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

// beside says how a learner stands beside the first network.
func (row *Row) beside() string {
	half, ok := row.Against.Difference.Half()
	switch {
	case row.Against.Verdict == paired.Wins:
		return better
	case row.Against.Verdict == paired.Loses:
		return worse
	case ok && math.Abs(row.Against.Difference.Mean)+half <= near:
		return equal
	}
	return unknown
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
	return fmt.Sprintf("%s (%s) has %s of %d %s samples right, %s.", first.Title, first.Preset, percent(first.Accuracy), r.Held, r.Split, seeds)
}

// besideMajority says who is no better than always saying one class.
func (r *Report) besideMajority() string {
	var majority *Row
	for _, row := range r.Rows {
		if row.Method == majorityName {
			majority = row
		}
	}
	if majority == nil {
		return ""
	}
	var none []string
	for _, row := range r.Rows {
		if row != majority && r.contrast(row, majority).Verdict != paired.Wins {
			none = append(none, row.Title)
		}
	}
	always := fmt.Sprintf("always saying %q, which has %s right", r.MajorityLabel, percent(majority.Accuracy))
	switch len(none) {
	case 0:
		return ""
	case len(r.Rows) - 1:
		return "Nothing here is shown to be better than " + always + ": the inputs do not tell the classes apart, or the samples are too few."
	}
	return "Not shown to be better than " + always + ": " + strings.Join(none, ", ") + "."
}

// advice says what to take: the smallest of those that are not told apart from the most accurate.
func (r *Report) advice() (*Row, string) {
	first, best := r.Rows[0], r.Rows[0]
	for _, row := range r.Rows[1:] {
		if row.Accuracy > best.Accuracy {
			best = row
		}
	}
	take := best
	for _, row := range r.Rows {
		if row.MemoryBytes < take.MemoryBytes && r.contrast(best, row).Verdict != paired.Wins {
			take = row
		}
	}
	why := "the most accurate here, and nothing smaller comes near"
	if take != best {
		why = fmt.Sprintf("the smallest that is not told apart from the most accurate, %s with %s", best.Title, percent(best.Accuracy))
	}
	if take == first {
		return take, fmt.Sprintf("On these data take %s: %s.", take.Title, why)
	}
	return take, fmt.Sprintf("On these data %s is %s %s (%s points) and %s: take it, it is %s.", take.Title, take.beside(), first.Title,
		take.Against.Difference.Points(2), sizes(take, first), why)
}

// worth says how far all this goes.
func (r *Report) worth() string {
	var text strings.Builder
	if r.Setup.Quick {
		fmt.Fprintf(&text, "Quick: at most %d samples were learned and %d measured, and learners in epochs were shown at most %d, repeats counted; more may change the order. ", QuickTraining, QuickHeld, QuickShown)
	}
	switch {
	case len(r.Rows[0].Results) == 1:
		text.WriteString("With one seed there are no intervals: another may say something else. ")
	case r.Drawn:
		text.WriteString("Intervals are of 95 % over the seeds, wider since most samples are drawn again. ")
	default:
		text.WriteString("Intervals are of 95 % over the seeds. ")
	}
	fmt.Fprintf(&text, "More or less accurate is what intervals and McNemar's test (p < %g) both bear out, as good what an interval keeps within %.0f points. Sizes are bytes in memory.", unlikely, 100*near)
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
