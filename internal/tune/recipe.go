package tune

import (
	"fmt"
	"strconv"
	"strings"

	"basin/internal/experiment"
	"basin/settings"
)

// The axes of the recipe, and the place on the second of the cell that sees the test samples.
const (
	trialAxis = "trial"
	rungAxis  = "epochs"
	testPlace = "test"
)

// Recipe returns the recipe of searches without their points: one that stands for them all has
// the type of their tasks.
func Recipe() *experiment.Recipe {
	return &experiment.Recipe{
		Name:     "tune",
		Title:    "Settings searched for on one set of data",
		Question: "Which settings have the best accuracy on validation samples of these data?",
		Method: "Settings are drawn around those that are known to be good, trained for a ninth of the epochs, and compared on validation samples; " +
			"the best third goes on to a third of the epochs, and the best third of those to the end. Trial 0 is the base, and stays. The winner learns all " +
			"training samples, validation samples among them, and is measured on the test samples once.",
		Axes: []experiment.Axis{{Name: trialAxis, Title: "trial"}, {Name: rungAxis, Title: "epochs"}},
		Values: append(experiment.TrainingValues(),
			experiment.Value{Name: TestAccuracy, Title: "test accuracy", Share: true}),
		Points: func(bool) ([]experiment.Point, error) {
			return []experiment.Point{{At: []experiment.Place{experiment.Number(0), experiment.Number(1)}, Task: Trial{}}}, nil
		},
	}
}

// recipe returns the recipe with points.
func recipe(points []experiment.Point) *experiment.Recipe {
	r := Recipe()
	r.Points = func(bool) ([]experiment.Point, error) { return points, nil }
	return r
}

// task returns the task of settings.
func (s *search) task(with settings.Settings, until int) Trial {
	t := Trial{Training: experiment.Training{Preset: s.options.Preset, Settings: with}, Division: s.options.Base.Seed, Until: until}
	if preset, err := settings.LoadPreset(t.Preset); err == nil {
		t.Set = settings.Changes(t.Settings, preset)
	}
	return t
}

// point returns the point of a trial on a rung, with the epochs that it trains there.
func (s *search) point(number int, rung Rung, before int) experiment.Point {
	return experiment.Point{
		At:   []experiment.Place{experiment.Number(float64(number)), experiment.Number(float64(rung.Epochs))},
		Task: s.task(s.trials[number].Settings, rung.Epochs),
		Cost: s.space.effort(s.trials[number].Settings).of(rung.Epochs - before),
	}
}

// testPoint returns the point at which the winner learns all training samples.
func (s *search) testPoint(number int) experiment.Point {
	final := s.final(number)
	t := s.task(final, final.Learning.Epochs)
	return experiment.Point{At: []experiment.Place{experiment.Number(float64(number)), experiment.Word(testPlace)}, Task: t}
}

// final returns the settings of a trial as `basin train` is to take them: with the epochs of the
// base, also where the search had time for fewer, and without validation samples. The running mean
// of the readout then goes over as many epochs more.
func (s *search) final(number int) settings.Settings {
	final, epochs := clone(s.trials[number].Settings), s.options.Base.Learning.Epochs
	final.Data.Validation = 0
	if number > 0 && epochs > s.plan.Epochs {
		final.Readout.Averaging = round2(final.Readout.Averaging * float64(s.plan.Epochs) / float64(epochs))
	}
	final.Learning.Epochs = epochs
	return final
}

// changes writes what a trial changes of the base.
func (s *search) changes(number int) []string {
	return append([]string{}, settings.Changes(s.trials[number].Settings, s.trials[0].Settings)...)
}

// tables shows the trials of the last rung, the best first, with their settings.
func (s *search) tables(*experiment.Table) []experiment.TextTable {
	t := experiment.TextTable{Title: "Settings of the last rung, the best first", Head: []string{"trial", "from", "validation accuracy ± standard error", "what differs from the base"}}
	for _, row := range s.standing {
		text := "nothing"
		if changes := s.changes(row.number); len(changes) > 0 {
			text = strings.Join(changes, " ")
		}
		t.Rows = append(t.Rows, []string{strconv.Itoa(row.number), s.trials[row.number].Name, fmt.Sprintf("%.2f %% ± %.2f", 100*row.accuracy.Mean, 100*row.accuracy.Error()), text})
	}
	return []experiment.TextTable{t}
}
