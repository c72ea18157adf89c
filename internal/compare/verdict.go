package compare

import (
	"fmt"
	"math"
	"strings"

	"basin/internal/paired"
)

// alike is the ratio of two sizes below which they pass for the same.
const alike = 1.5

// Verdict says in words what came out, a sentence or two each: what to take, what is more
// accurate than the first network, as good, and less accurate, and how much that is worth. It
// follows from the contrasts and the bytes in memory alone.
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
	var better, smaller, others, worse []string
	for _, row := range r.Rows[1:] {
		if row == taken || row.Method == majorityName {
			continue
		}
		text := fmt.Sprintf("%s (%s points, %s)", row.Title, row.Against.Difference.Points(2), sizes(row, first))
		switch {
		case row.Against.Verdict == paired.Wins:
			better = append(better, text)
		case row.Against.Verdict == paired.Loses:
			worse = append(worse, text)
		case first.MemoryBytes >= alike*row.MemoryBytes:
			smaller = append(smaller, text)
		default:
			others = append(others, text)
		}
	}
	for _, list := range []struct {
		head  string
		texts []string
	}{
		{"More accurate than " + first.Title, better},
		{"As good, as far as these samples tell, and smaller", smaller},
		{"As good, as far as these samples tell, and not smaller", others},
		{"Less accurate", worse},
	} {
		if len(list.texts) > 0 {
			said = append(said, list.head+": "+strings.Join(list.texts, "; ")+".")
		}
	}
	return append(said, r.worth())
}

// opening says what was measured.
func (r *Report) opening() string {
	first := r.Rows[0]
	same := "the same"
	if r.Drawn {
		same = "drawn anew"
	}
	seeds := "with one seed"
	if count := len(first.Results); count > 1 {
		seeds = fmt.Sprintf("over %d seeds, %s for each", count, same)
	}
	return fmt.Sprintf("%s (preset %s) has %s of %d %s samples right, %s.", first.Title, first.Preset, percent(first.Accuracy), r.Held, r.Split, seeds)
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
	switch {
	case len(none) == 0:
		return ""
	case len(none) == len(r.Rows)-1:
		return "Nothing here is better than " + always + ": the inputs do not tell the classes apart, or the samples are too few to show it."
	}
	return "No better than " + always + ": " + strings.Join(none, ", ") + "."
}

// advice says what to take: the smallest of those that are as good as the most accurate.
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
	beside := "and the most accurate"
	if take != best {
		beside = fmt.Sprintf("and as good as the most accurate, %s (%s)", best.Title, percent(best.Accuracy))
	}
	if take == first {
		return take, fmt.Sprintf("Take %s: the smallest of those that are as good, %s.", take.Title, beside)
	}
	how := "as good as"
	if take.Against.Verdict == paired.Wins {
		how = "better than"
	}
	if take == best {
		beside = ""
	} else if best == first {
		beside = ", which is the most accurate"
	} else {
		beside = ", " + beside
	}
	return take, fmt.Sprintf("On these data %s is %s %s (%s points) and %s%s.", take.Title, how, first.Title, take.Against.Difference.Points(2), sizes(take, first), beside)
}

// worth says how far all this goes.
func (r *Report) worth() string {
	var text strings.Builder
	if r.Setup.Quick {
		fmt.Fprintf(&text, "Quick: at most %d samples were learned, %d measured, in %d epochs at most; more may change the order. ", QuickTraining, QuickHeld, QuickEpochs)
	}
	switch {
	case len(r.Rows[0].Results) == 1:
		text.WriteString("One seed: that another would say the same is not shown. ")
	case r.Drawn:
		text.WriteString("Intervals are of 95 % over the seeds, wider for samples that are drawn again. ")
	default:
		text.WriteString("Intervals are of 95 % over the seeds. ")
	}
	fmt.Fprintf(&text, "Better and less accurate are only what both the seeds and McNemar's test (p < %g) bear out; chance passes both about once in twenty, or less.", unlikely)
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
