package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"basin"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"basin/internal/inspect"
	"basin/train"
)

// epochLine is a line of the log: what an epoch gave and how long it took.
type epochLine struct {
	Epoch  int `json:"epoch"`
	Epochs int `json:"epochs"`
	// Seconds since the command began to train; a resumed run begins again at 0.
	Seconds       float64 `json:"seconds"`
	SamplesPerS   float64 `json:"samples_per_s"`
	SecondsLeft   float64 `json:"seconds_left"`
	TrainAccuracy float64 `json:"training_accuracy"`
	// The shares are over the training samples, while they were learned.
	UnstableShare   float64 `json:"unstable_share"`
	FlipShare       float64 `json:"flip_share"`
	FixedPointShare float64 `json:"fixed_point_share"`
	CycleShare      float64 `json:"cycle_share"`
	Period2Share    float64 `json:"period_2_share"`
	// MajorityShare is the accuracy of always saying the most common class of the held out
	// samples, of the training samples where there are none.
	MajorityShare float64 `json:"majority_share"`
	// Split is "validation" or "test", with the measures on it; absent for neither.
	Split               string   `json:"split,omitempty"`
	Accuracy            *float64 `json:"accuracy,omitempty"`
	HeldFixedPointShare *float64 `json:"held_fixed_point_share,omitempty"`
	HeldCycleShare      *float64 `json:"held_cycle_share,omitempty"`
	// Readout is "ridge" in the line of the pass that solved for the readout, which took so
	// many seconds: its training accuracy is that of the local readout in the states of
	// predictions. Absent in the lines of epochs.
	Readout        string  `json:"readout,omitempty"`
	ReadoutSeconds float64 `json:"readout_seconds,omitempty"`
}

// reporter tells of a training run: a line per epoch, a bar where there is a
// terminal, a log. The time that it and the checkpoints take does not count as
// learning. Where one of them cannot be written, it says so once and goes on without it.
type reporter struct {
	talk io.Writer
	// warnings are written where nothing else is wanted, too.
	warnings io.Writer
	bar      *progressbar.ProgressBar // nil without a terminal
	log      *json.Encoder            // nil without a log
	epoch    int64                    // training samples of an epoch
	begin    time.Time
	seen     int64         // samples of the epoch under way
	fresh    int64         // those of them that this command saw
	learn    time.Duration // time for the fresh ones
	test     time.Duration // time of the last evaluation
	redraw   time.Time     // when the bar was last drawn
	solving  time.Time     // when the pass of a closed-form readout began
	// columns of the lines, by rank: one that had no room does not come back.
	columns int
	// majority is the share of the most common class, for the log.
	majority float64
}

// redrawEvery bounds how often the bar is drawn.
const redrawEvery = 100 * time.Millisecond

// newReporter reports on a run over samples training samples per epoch that
// continues from the given state.
func newReporter(talk io.Writer, quiet bool, log io.Writer, samples int, from train.State, epochs int) *reporter {
	r := &reporter{talk: talk, warnings: talk, columns: allColumns, epoch: int64(samples), begin: time.Now(), seen: from.Tally.Samples}
	if quiet {
		r.talk = io.Discard
	} else if isTerminal(talk) {
		r.bar = newBar(talk, int64(samples)*int64(epochs))
	}
	if log != nil {
		r.log = json.NewEncoder(log)
	}
	return r
}

// progress takes in one report of the trainer.
func (r *reporter) progress(p basin.Progress) error {
	if p.Readout != nil {
		r.readout(p.Progress)
		return nil
	}
	if p.EpochDone {
		r.test = p.Took
		r.epochDone(p.Progress)
		return nil
	}
	samples := p.State.Tally.Samples
	r.fresh += samples - r.seen
	r.seen = samples
	r.learn += p.Took
	if now := time.Now(); r.bar != nil && now.Sub(r.redraw) >= redrawEvery {
		r.redraw = now
		r.bar.Describe(fmt.Sprintf("epoch %d/%d %6.0f samples/s %s left", p.State.Epoch+1, p.Epochs, r.rate(), r.remaining(p.Progress)))
		r.talked(r.bar.Set64(int64(p.State.Epoch)*r.epoch + samples))
	}
	return nil
}

// readout tells of the pass that solves for the readout.
func (r *reporter) readout(p train.Progress) {
	if r.solving.IsZero() {
		r.solving = time.Now()
	}
	if !p.EpochDone {
		if now := time.Now(); r.bar != nil && now.Sub(r.redraw) >= redrawEvery {
			r.redraw = now
			text := fmt.Sprintf("readout: states of %d of %d samples", p.Readout.Done, p.Readout.Samples)
			if p.Readout.Done == p.Readout.Samples {
				text = "readout: solving, " + percent(p.Readout.Solved)
			}
			r.bar.Describe(text)
			r.talked(r.bar.RenderBlank())
		}
		return
	}
	n := len(p.State.History)
	line := r.line(p)
	line.Readout, line.ReadoutSeconds = string(p.State.History[n-1].Readout), time.Since(r.solving).Seconds()
	text := fmt.Sprintf("readout %s", line.Readout)
	if line.Accuracy != nil {
		text += fmt.Sprintf("  %s %s", line.Split, percent(*line.Accuracy))
		if n > 1 {
			text += ", local " + percent(p.State.History[n-2].Held.Accuracy())
		}
	}
	r.say(fmt.Sprintf("%s  %d states  %.1f s", text, p.Readout.Samples, line.ReadoutSeconds), line)
}

// say ends the bar for a line for people and one of the log.
func (r *reporter) say(text string, line epochLine) {
	if r.bar != nil {
		r.talked(r.bar.Clear())
	}
	_, err := fmt.Fprintln(r.talk, text)
	r.talked(err)
	if r.log == nil {
		return
	}
	if err := r.log.Encode(line); err != nil {
		printWarning(r.warnings, fmt.Errorf("the log ends before epoch %d, the run goes on: %w", line.Epoch, err))
		r.log = nil
	}
}

// talked ends the talk where it cannot be written.
func (r *reporter) talked(err error) {
	if err != nil {
		printWarning(r.talk, fmt.Errorf("no more progress is shown: %w", err)) // it may get through
		r.talk, r.bar = io.Discard, nil
	}
}

func (r *reporter) epochDone(p train.Progress) {
	line := r.line(p)
	r.seen = 0
	left := r.remaining(p)
	line.SecondsLeft = left.Seconds()
	r.fresh, r.learn = 0, 0
	var text string
	text, r.columns = line.text(left, terminalWidth(r.talk), r.columns)
	r.say(text, line)
}

// line returns the last record for the log.
func (r *reporter) line(p train.Progress) epochLine {
	record := p.State.History[len(p.State.History)-1]
	line := epochLine{
		Epoch: record.Epoch, Epochs: p.Epochs,
		Seconds: time.Since(r.begin).Seconds(), SamplesPerS: r.rate(),
		TrainAccuracy:   record.Training.Accuracy(),
		UnstableShare:   record.Training.UnstableShare(),
		FlipShare:       record.Training.FlipShare(),
		FixedPointShare: record.Training.FixedPointShare(),
		CycleShare:      record.Training.CycleShare(),
		Period2Share:    inspect.Period2Share(record.Training),
		Split:           record.Split,
		MajorityShare:   r.majority,
	}
	if record.Split != "" {
		accuracy, fixed, cycles := record.Held.Accuracy(), record.Held.FixedPointShare(), record.Held.CycleShare()
		line.Accuracy, line.HeldFixedPointShare, line.HeldCycleShare = &accuracy, &fixed, &cycles
	}
	return line
}

// allColumns is the highest rank of a column of an epoch's line.
const allColumns = 7

// text is the line for people with the columns up to a rank. Where it is wider than width,
// those of the highest ranks are left out too; 0 has room for all. It returns the rank of
// the last one left.
func (l epochLine) text(left time.Duration, width, most int) (text string, rank int) {
	type column struct {
		text string
		rank int
	}
	columns := []column{{fmt.Sprintf("epoch %d/%d", l.Epoch, l.Epochs), 0}}
	add := func(rank int, format string, a ...any) {
		columns = append(columns, column{"  " + fmt.Sprintf(format, a...), rank})
	}
	if l.Accuracy != nil {
		add(0, "%s %s", l.Split, percent(*l.Accuracy))
	}
	add(1, "training %s", percent(l.TrainAccuracy))
	add(5, "unstable %s", percent(l.UnstableShare))
	add(6, "flips %s", percent(l.FlipShare))
	add(3, "fixed points %s", both(l.FixedPointShare, l.HeldFixedPointShare))
	if l.CycleShare > 0 || l.HeldCycleShare != nil && *l.HeldCycleShare > 0 {
		add(4, "cycles %s", both(l.CycleShare, l.HeldCycleShare))
	}
	add(allColumns, "%.0f samples/s", l.SamplesPerS)
	if l.Epoch < l.Epochs {
		add(2, "%s left", left)
	}
	for ; ; most-- {
		text = ""
		for _, c := range columns {
			if c.rank <= most {
				text += c.text
			}
		}
		if width == 0 || len(text) <= width || most == 0 {
			return text, most
		}
	}
}

// both writes the shares of training and of held out samples, if there are any.
func both(training float64, held *float64) string {
	if held == nil {
		return percent(training)
	}
	return percent(training) + " and " + percent(*held)
}

// rate returns the samples learned per second in the epoch under way.
func (r *reporter) rate() float64 {
	if r.learn <= 0 {
		return 0
	}
	return float64(r.fresh) / r.learn.Seconds()
}

// remaining estimates the time left from the pace of the epoch under way and the
// last evaluation.
func (r *reporter) remaining(p train.Progress) time.Duration {
	rate := r.rate()
	if rate == 0 {
		return 0
	}
	epochs := p.Epochs - p.State.Epoch
	samples := float64(int64(epochs)*r.epoch - r.seen)
	left := time.Duration(samples/rate*float64(time.Second)) + time.Duration(epochs)*r.test
	if left > time.Minute {
		return left.Round(time.Second)
	}
	return left.Round(time.Second / 10)
}

// end takes the bar away.
func (r *reporter) end() {
	if r.bar != nil {
		_ = r.bar.Clear()
	}
}

func newBar(w io.Writer, total int64) *progressbar.ProgressBar {
	return progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(24),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionClearOnFinish(),
	)
}

// isTerminal reports whether a stream is a terminal that can redraw a line.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) && os.Getenv("TERM") != "dumb"
}

// terminalWidth returns the columns of a terminal, 0 where the stream is none or does not
// say.
func terminalWidth(stream any) int {
	if !isTerminal(stream) {
		return 0
	}
	width, _, err := term.GetSize(int(stream.(*os.File).Fd()))
	if err != nil {
		return 0
	}
	return width
}

// fetchProgress returns an observer of downloads: a line per file and, on a
// terminal, a bar.
func fetchProgress(w io.Writer) func(file string, done, total int64) {
	current := ""
	var bar *progressbar.ProgressBar
	return func(file string, done, total int64) {
		if file != current {
			current, bar = file, nil
			fmt.Fprintf(w, "fetching %s\n", file)
			if isTerminal(w) {
				bar = newBar(w, total)
			}
		}
		if bar != nil {
			_ = bar.Set64(done)
		}
	}
}

// readingProgress returns an observer of folders of images that are read: on a terminal a
// bar for each.
func readingProgress(w io.Writer) func(folder string, done, total int) {
	if !isTerminal(w) {
		return nil
	}
	current := ""
	var bar *progressbar.ProgressBar
	return func(folder string, done, total int) {
		if folder != current {
			current, bar = folder, newBar(w, int64(total))
			bar.Describe("images of " + folder)
		}
		_ = bar.Set(done)
	}
}
