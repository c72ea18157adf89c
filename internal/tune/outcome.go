package tune

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"basin/internal/experiment"
	"basin/internal/files"
	"basin/internal/paired"
	"basin/settings"
)

// The files that [Outcome.Write] makes beside those of the report.
const (
	BestFile  = "best.yaml"
	TriedFile = "tried.csv"
)

// Outcome is what a search has found.
type Outcome struct {
	Plan Plan `json:"plan"`
	// Base and Best are trial 0 and the winner on the validation samples of the last rung; Best
	// is Base where no trial is better.
	Base Standing `json:"base"`
	Best Standing `json:"best"`
	// Difference of both over the seeds, with half of its interval of 95 %, and what it says.
	Difference float64 `json:"difference"`
	Half       float64 `json:"half,omitempty"`
	// Test is the accuracy of the winner on the test samples after it has learned all training
	// samples, nil where there are none.
	Test *float64 `json:"test,omitempty"`
	// Verdict says in sentences what to make of it.
	Verdict []string `json:"verdict"`
	// Done and Cells count what is computed, and what is to be so far.
	Done  int `json:"done"`
	Cells int `json:"cells"`
	// Whole says that nothing is missing.
	Whole bool `json:"-"`

	search *search
}

// Standing is how a trial did on the last rung.
type Standing struct {
	Trial int `json:"trial"`
	// From is the start that the trial was drawn from, Changes what differs from the base.
	From    string   `json:"from"`
	Changes []string `json:"changes"`
	// Accuracy on validation samples over the seeds.
	Accuracy experiment.Statistic `json:"accuracy"`
	Error    float64              `json:"standard_error"`
}

// result sums up what is computed. Only a search whose last rung is done has a winner.
func (s *search) result() *Outcome {
	o := &Outcome{Plan: s.plan, search: s}
	if s.outcome == nil {
		return o
	}
	o.Done, o.Cells = s.outcome.Done(), len(s.outcome.Cells)
	last := s.outcome.Cells[len(s.outcome.Cells)-1]
	test, finished := s.outcome.Records[last.Key]
	if finished = finished && last.At[1] == experiment.Word(testPlace); !finished {
		return o
	}
	o.Whole = true
	if accuracy, measured := test.Values[TestAccuracy]; measured {
		o.Test = &accuracy
	}
	best, base := s.winner(), s.baseStanding()
	o.Best, o.Base = s.standingOf(best), s.standingOf(base)
	d := s.difference(s.standing[0], base)
	o.Verdict = o.verdict(s.standing[0].number, d)
	if best.number != 0 {
		o.Difference = d.Mean
		o.Half, _ = d.Half()
	}
	return o
}

// winner returns the first trial of the last rung, if it is likely to be ahead of the base; else
// the base, which is simpler.
func (s *search) winner() standing {
	first, base := s.standing[0], s.baseStanding()
	if s.difference(first, base).Likely() {
		return first
	}
	return base
}

// baseStanding returns how the base did on the last rung.
func (s *search) baseStanding() standing {
	return s.standing[slices.IndexFunc(s.standing, func(st standing) bool { return st.number == 0 })]
}

func (s *search) standingOf(st standing) Standing {
	return Standing{Trial: st.number, From: s.trials[st.number].Name, Changes: s.changes(st.number), Accuracy: st.accuracy, Error: st.accuracy.Error()}
}

// difference of two trials over the seeds, each of which draws validation samples anew.
func (s *search) difference(one, other standing) paired.Difference {
	var list []float64
	for seed := uint64(1); ; seed++ {
		a, has := one.bySeed[seed]
		b, both := other.bySeed[seed]
		if !has || !both {
			break
		}
		list = append(list, a-b)
	}
	d := paired.Difference{Count: len(list), Ratio: s.ratio}
	for _, x := range list {
		d.Mean += x / float64(len(list))
	}
	squares := 0.0
	for _, x := range list {
		squares += (x - d.Mean) * (x - d.Mean)
	}
	d.Deviation = math.Sqrt(squares / float64(max(1, len(list)-1)))
	return d
}

// verdict says what the accuracies mean. d is the difference of the first trial and the base.
func (o *Outcome) verdict(first int, d paired.Difference) []string {
	switch {
	case first == 0:
		return []string{fmt.Sprintf("No trial is better than the base, of %d: its settings stay.", o.Plan.Trials)}
	case o.Best.Trial == 0:
		return []string{fmt.Sprintf("The best other trial, %d, differs from the base by %s points on validation samples, over %s: no more than chance gives in one case of six, so that the settings of the base stay.",
			first, d.Points(2), seedsText(d.Count))}
	}
	text := fmt.Sprintf("Trial %d differs from the base by %s points on validation samples, over %s: ", o.Best.Trial, d.Points(2), seedsText(d.Count))
	switch _, interval := d.Half(); {
	case d.Judge() == paired.Wins:
		text += "more than chance, by the interval of 95 %."
	case interval:
		text += "the interval of 95 % has 0 in it, so that chance may be all of it."
	default:
		text += "chance may be all of it."
	}
	list := []string{text}
	if epochs := o.search.options.Base.Learning.Epochs; epochs > o.Plan.Epochs {
		list = append(list, fmt.Sprintf("The time was enough for %d of the base's %d epochs: the settings were chosen with fewer than %s has.", o.Plan.Epochs, epochs, BestFile))
	}
	return append(list, fmt.Sprintf("The best of %d trials is chosen for its accuracy, which is therefore too good by some of it: expect less of new samples.", o.Plan.Trials))
}

func seedsText(n int) string {
	if n == 1 {
		return "1 seed"
	}
	return fmt.Sprintf("%d seeds", n)
}

// Settings returns those of the winner as `basin train` takes them.
func (o *Outcome) Settings() settings.Settings { return o.search.final(o.Best.Trial) }

// Write writes the settings of the winner, what was tried, and the report into the folder, and
// returns the names of the files. command is the line that repeats the search. Of a search that is
// not whole it writes nothing.
func (o *Outcome) Write(command string) ([]string, error) {
	if !o.Whole {
		return nil, nil
	}
	text, err := settings.Marshal(o.Settings())
	if err != nil {
		return nil, fmt.Errorf("tune: %w", err)
	}
	dir := o.search.dir
	if err := files.Write(filepath.Join(dir, BestFile), text); err != nil {
		return nil, fmt.Errorf("tune: %w", err)
	}
	if err := files.Replace(filepath.Join(dir, TriedFile), o.writeTried); err != nil {
		return nil, fmt.Errorf("tune: %w", err)
	}
	names, err := o.search.outcome.Write(dir, command)
	return append([]string{BestFile, TriedFile}, names...), err
}

// writeTried writes a line for each trial on the last rung that it was on, with a JSON list of what
// it changes of the base.
func (o *Outcome) writeTried(w io.Writer) error {
	s := o.search
	rows := make([]experiment.Row, len(s.trials))
	seconds := make([]float64, len(s.trials))
	for _, row := range s.outcome.Table().Rows {
		if number, ok := row.At[0].Number(); ok && row.At[1] != experiment.Word(testPlace) {
			rows[int(number)] = row // later rungs come later
		}
	}
	for _, c := range s.outcome.Cells {
		if number, ok := c.At[0].Number(); ok {
			seconds[int(number)] += s.outcome.Records[c.Key].Seconds
		}
	}
	lines := csv.NewWriter(w)
	_ = lines.Write([]string{"trial", "from", "epochs", "seeds", "accuracy", "accuracy_sd", "seconds", "settings"}) // Error tells
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
	for i, row := range rows {
		accuracy, deviation := "", ""
		if a, ok := row.Values[experiment.Accuracy]; ok {
			accuracy = number(a.Mean)
			if a.N > 1 {
				deviation = number(a.Deviation)
			}
		}
		changes, err := json.Marshal(s.changes(i))
		if err != nil {
			return err
		}
		_ = lines.Write([]string{
			strconv.Itoa(i), s.trials[i].Name, row.At[1].String(), strconv.Itoa(row.Seeds), accuracy, deviation,
			strconv.FormatFloat(seconds[i], 'f', 2, 64), string(changes),
		})
	}
	lines.Flush()
	return lines.Error()
}
