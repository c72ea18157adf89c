package recipes

import (
	"fmt"
	"strings"

	"basin/internal/experiment"
)

// symmetryRows returns the rows of the places that are kept.
func symmetryRows(t *experiment.Table, keep func(name string) bool) *experiment.Table {
	some := &experiment.Table{Recipe: t.Recipe}
	for _, row := range t.Rows {
		if keep(row.At[0].String()) {
			some.Rows = append(some.Rows, row)
		}
	}
	return some
}

// Which places a figure shows.
func asInPreset(name string) bool { return !strings.Contains(name, ", ") }

func ofTheModel(name string) bool {
	return strings.HasPrefix(name, symmetryRules()[0].name) && !followedLong(name)
}
func followedLong(name string) bool { return strings.HasSuffix(name, symmetryLongName) }

func symmetryFigures(t *experiment.Table) []experiment.Figure {
	preset, model, long := symmetryRows(t, asInPreset), symmetryRows(t, ofTheModel), symmetryRows(t, followedLong)
	changed := symmetryRows(t, func(name string) bool { return !asInPreset(name) && !ofTheModel(name) && !followedLong(name) })
	return []experiment.Figure{
		experiment.OverWords(preset, experiment.Figure{
			Name: "accuracy", Title: "Accuracy by rule", Y: "accuracy, %", Percent: true,
			Caption: "Test accuracy after the last epoch. Bars are standard deviations over seeds.",
		}, experiment.Accuracy),
		experiment.OverEpochs(preset, experiment.Figure{
			Name: "symmetry", Title: "Symmetry of the couplings while they learn", Y: "correlation of J_ij and J_ji",
			Caption: "Degree of symmetry after each epoch, mean over seeds.",
		}, symmetryOf),
		experiment.OverEpochs(preset, experiment.Figure{
			Name: "learning", Title: "Accuracy while the couplings learn", Y: "accuracy, %", Percent: true,
			Caption: "Test accuracy after each epoch, mean over seeds.",
		}, experiment.Accuracy),
		experiment.OverEpochs(model, experiment.Figure{
			Name: "conditions", Title: "Symmetry that the model's rule makes by itself", Y: "correlation of J_ij and J_ji",
			Caption: "Degree of symmetry after each epoch from an asymmetric start, with and without self-coupling and free phase. Mean over seeds.",
		}, symmetryOf),
		experiment.OverWords(changed, experiment.Figure{
			Name: "accuracy-conditions", Title: "Accuracy without self-coupling, without free phase", Y: "accuracy, %", Percent: true,
			Caption: "Test accuracy after the last epoch of the other rules. Bars are standard deviations over seeds.",
		}, experiment.Accuracy),
		experiment.OverEpochs(long, experiment.Figure{
			Name: "long", Title: "Symmetry over 300 epochs", Y: "correlation of J_ij and J_ji",
			Caption: "Degree of symmetry under the model's rule from an asymmetric and from a symmetric start. Mean over seeds.",
		}, symmetryOf),
	}
}

func symmetryFindings(t *experiment.Table) []string {
	var found []string
	for _, row := range t.Rows {
		a, s := row.Values[experiment.Accuracy], row.Values[symmetryOf]
		text := fmt.Sprintf("%s: accuracy %s, symmetry of J at the end %.3f", row.At[0], experiment.Percent(a.Mean), s.Mean)
		if course := row.Series[symmetryOf]; followedLong(row.At[0].String()) && len(course.Y) > 30 {
			text += fmt.Sprintf(", after 30 epochs %.3f", course.Y[29])
		}
		found = append(found, text+".")
	}
	return append(found, symmetryMeeting(symmetryRows(t, followedLong))...)
}

// symmetryMeeting says how far apart the two starts end.
func symmetryMeeting(t *experiment.Table) []string {
	rules := symmetryRules()
	var found []string
	for _, condition := range symmetryConditions() {
		end := func(rule symmetryRule) (experiment.Statistic, bool) {
			rows := t.Where("rule", experiment.Word(rule.name+condition.name+symmetryLongName)).Rows
			if len(rows) == 0 {
				return experiment.Statistic{}, false
			}
			s, ok := rows[0].Values[symmetryOf]
			return s, ok
		}
		a, some := end(rules[0])
		b, both := end(rules[1])
		if some && both {
			found = append(found, fmt.Sprintf("After %d epochs%s couplings that began independent have the symmetry %.3f ± %.3f, those that began symmetric %.3f ± %.3f.",
				symmetryLong, condition.name, a.Mean, a.Deviation, b.Mean, b.Deviation))
		}
	}
	return found
}
