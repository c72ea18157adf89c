package tune

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"basin"

	"basin/dataset/fetch"
	"basin/internal/experiment"
	"basin/settings"
)

// flowers writes a table of three classes into a folder of its own, training and test part apart,
// and returns the folder. rename, if not nil, changes the labels of the test part.
func flowers(t *testing.T, rename func(label string) string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "flowers")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var parts [2]strings.Builder
	for i := range 90 {
		label := []string{"red", "green", "blue"}[i%3]
		if i == 0 || i == 60 {
			fmt.Fprintln(&parts[i/60], "a,b,label")
		}
		if i >= 60 && rename != nil {
			label = rename(label)
		}
		x := float64(i)
		fmt.Fprintf(&parts[i/60], "%.3f,%.3f,%s\n", float64(i%3)+0.8*math.Sin(7*x), math.Cos(3*x)+float64(i%2), label)
	}
	for k, name := range []string{"train.csv", "test.csv"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(parts[k].String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// small are options of a search that takes a second.
func small(t *testing.T, data string) Options {
	t.Helper()
	s, err := settings.LoadPreset("table")
	if err == nil {
		err = settings.Set(&s, []string{"network.modules.0.neurons=12", "network.modules.0.recurrent.density=0.2", "learning.epochs=9", "data.validation=0.25"})
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Data.Set = data
	return Options{Base: s, Preset: "table", Trials: 9, Seeds: 2, Run: experiment.Options{Workers: 2}}
}

// searched runs a search to its end.
func searched(t *testing.T, dir string, o Options) *Outcome {
	t.Helper()
	out, err := Search(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if !out.Whole || out.Done != out.Cells {
		t.Fatalf("%d of %d cells, whole %v", out.Done, out.Cells, out.Whole)
	}
	return out
}

// told is all of an outcome that does not depend on time.
func told(t *testing.T, o *Outcome) string {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	best, err := settings.Marshal(o.Settings())
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + string(best)
}

func TestWinnerIsTheSameForAllWorkersAndInterruptions(t *testing.T) {
	data := flowers(t, nil)
	want := told(t, searched(t, t.TempDir(), small(t, data)))
	one := small(t, data)
	one.Run.Workers = 1
	if got := told(t, searched(t, t.TempDir(), one)); got != want {
		t.Errorf("with one worker:\n%s\nwith two:\n%s", got, want)
	}
	dir := t.TempDir()
	for round := 0; ; round++ {
		ctx, stop := context.WithCancel(t.Context())
		o, ended := small(t, data), 0
		o.Run.Workers = 1 + round%3
		o.Run.Observe = func(p experiment.Progress) {
			if p.Finished != nil {
				if ended++; ended == 4 {
					stop()
				}
			}
		}
		out, err := Search(ctx, dir, o)
		stop()
		if err == nil {
			if got := told(t, out); got != want {
				t.Errorf("after %d interruptions:\n%s\nwithout:\n%s", round, got, want)
			}
			if round < 4 {
				t.Errorf("interrupted %d times, want 4 or more", round)
			}
			break
		}
		if !errors.Is(err, context.Canceled) || out == nil || out.Whole {
			t.Fatalf("round %d: %v, %+v", round, err, out)
		}
		if names, err := out.Write("command"); names != nil || err != nil {
			t.Fatalf("a search that is not whole wrote %v, %v", names, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "under-way")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("trainings stay behind the search: %v", err)
	}
}

// What the test part holds makes no difference to the search, not even where it cannot be read
// by a network: that is found at the end.
func TestTestPartIsNotLookedAtBeforeTheEnd(t *testing.T) {
	known := searched(t, t.TempDir(), small(t, flowers(t, nil)))
	turned := searched(t, t.TempDir(), small(t, flowers(t, func(label string) string {
		return map[string]string{"red": "green", "green": "blue", "blue": "red"}[label]
	})))
	if !reflect.DeepEqual(known.Best, turned.Best) || known.Test == nil || turned.Test == nil || *known.Test == *turned.Test {
		t.Errorf("with other test labels: %+v, test %v, want %+v and another test accuracy than %v", turned.Best, turned.Test, known.Best, known.Test)
	}
	o := small(t, flowers(t, nil))
	o.Base.Preprocess.Missing = "error"
	test := filepath.Join(o.Base.Data.Set, "test.csv")
	text, err := os.ReadFile(test)
	if err == nil {
		err = os.WriteFile(test, append(text, "1.5,,red\n"...), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := Search(t.Context(), t.TempDir(), o)
	if err == nil || out == nil {
		t.Fatalf("%v, %+v, want the value that the test part lacks, at the end", err, out)
	}
	if out.Done != out.Cells-1 || out.Done < 9+3+2*3 {
		t.Errorf("%d of %d cells before the test part, want all but one", out.Done, out.Cells)
	}
}

// The test accuracy is that of `basin train` with the settings that the search writes.
func TestTestAccuracyIsThatOfTheWinnersModel(t *testing.T) {
	o, dir := small(t, flowers(t, nil)), t.TempDir()
	out := searched(t, dir, o)
	names, err := out.Write("basin tune flowers")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, BestFile))
	if err != nil {
		t.Fatal(err)
	}
	s, err := settings.Load(BestFile, text, settings.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	data, err := basin.Open(t.Context(), s, fetch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	model, err := basin.Train(t.Context(), s, data, basin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := model.Evaluate(t.Context(), data.Test, 2)
	if err != nil || out.Test == nil || e.Accuracy() != *out.Test {
		t.Errorf("the model has %v, the search says %v (%v)", e.Accuracy(), out.Test, err)
	}
	for _, name := range []string{BestFile, TriedFile, experiment.ReportFile, experiment.TableFile} {
		if !strings.Contains(fmt.Sprint(names), name) {
			t.Errorf("%s is not among %v", name, names)
		}
	}
	tried, err := os.ReadFile(filepath.Join(dir, TriedFile))
	if err != nil || bytes.Count(tried, []byte("\n")) != 10 {
		t.Errorf("%v, %d lines of %s, want the head and 9 trials:\n%s", err, bytes.Count(tried, []byte("\n")), TriedFile, tried)
	}
	page, err := os.ReadFile(filepath.Join(dir, experiment.ReportFile))
	if err != nil || !bytes.Contains(page, []byte("the best first")) || bytes.Contains(page, []byte("Not complete")) {
		t.Errorf("%v, the report lacks a table, or says that the search is not complete", err)
	}
}

func TestFolderOfAnotherSearchIsRefused(t *testing.T) {
	data, dir := flowers(t, nil), t.TempDir()
	searched(t, dir, small(t, data))
	for what, change := range map[string]func(o *Options){
		"other settings":      func(o *Options) { o.Base.Learning.Batch = 5 },
		"another number":      func(o *Options) { o.Trials = 4 },
		"other data":          func(o *Options) { o.Base.Data.Set = data },
		"not the plan of":     func(*Options) {},
		"no validation":       func(o *Options) { o.Base.Data.Validation = 0 },
		"learning.epochs is ": func(o *Options) { o.Base.Learning.Epochs = 0 },
	} {
		t.Run(what, func(t *testing.T) {
			o := small(t, data)
			change(&o)
			path := filepath.Join(dir, PlanFile)
			plan, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			defer os.WriteFile(path, plan, 0o644)
			switch what {
			case "other data":
				plan := bytes.Replace(plan, []byte(`"data": "`), []byte(`"data": "0`), 1)
				err = os.WriteFile(path, plan, 0o644)
			case "not the plan of":
				err = os.WriteFile(path, []byte(`{"trials": 3, "rungs": []}`), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Search(t.Context(), dir, o); err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("%v, want %q", err, what)
			}
		})
	}
}

// What others wrote under the names of a search is not overwritten.
func TestFilesOfOthersAreRefused(t *testing.T) {
	data := flowers(t, nil)
	for _, name := range []string{BestFile, TriedFile, experiment.ReportFile, experiment.TableFile, experiment.CellsFile} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Search(t.Context(), dir, small(t, data)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// A plan that is made for a time is kept, whatever time is named later.
func TestPlanOfATimeStays(t *testing.T) {
	dir := t.TempDir()
	o := small(t, flowers(t, nil))
	o.Trials, o.Time = 0, 2*time.Second
	stop := errors.New("enough")
	var plan Plan
	o.Planned = func(p Plan, _ *basin.Task, found bool) error {
		plan = p
		if found {
			t.Error("the plan was there")
		}
		return stop
	}
	if _, err := Search(t.Context(), dir, o); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	o.Time = time.Hour
	o.Planned = func(p Plan, _ *basin.Task, found bool) error {
		if !found || !reflect.DeepEqual(p, plan) {
			t.Errorf("found %v, %+v, want %+v", found, p, plan)
		}
		return stop
	}
	if _, err := Search(t.Context(), dir, o); !errors.Is(err, stop) {
		t.Fatal(err)
	}
}

// A cell can be asked for elsewhere: its task has a JSON form that gives the same cell.
func TestCellsGoThroughJSON(t *testing.T) {
	o := small(t, "some.csv")
	s := &search{options: o, trials: []start{{"base", o.Base}}}
	kinds, err := Recipe().Kinds()
	if err != nil {
		t.Fatal(err)
	}
	cells, err := recipe([]experiment.Point{{At: []experiment.Place{experiment.Number(3), experiment.Number(5)}, Task: s.task(o.Base, 5)}}).Cells(false, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range cells {
		got, err := Recipe().Cell(want.Request(), kinds)
		if err != nil || got.Key != want.Key || !reflect.DeepEqual(got.Task, want.Task) {
			t.Errorf("%v: %+v, want %+v", err, got.Task, want.Task)
		}
	}
}

// Equal trials go on in their order, the base always does, and what has no value is last.
func TestWhoGoesOn(t *testing.T) {
	at := func(number int, mean float64) standing {
		return standing{number: number, accuracy: experiment.Statistic{Mean: mean}}
	}
	ranked := []standing{at(4, 0.9), at(1, 0.8), at(3, 0.8), at(0, 0.2), at(2, -1)}
	for count, want := range map[int][]int{1: {0}, 2: {0, 4}, 3: {0, 1, 4}, 4: {0, 1, 3, 4}, 5: {0, 1, 2, 3, 4}} {
		if got := goOn(ranked, count); !reflect.DeepEqual(got, want) {
			t.Errorf("%d go on: %v, want %v", count, got, want)
		}
	}
}

// A training that does not stay finite is behind all others and stops nothing.
func TestTrainingThatOverflowsIsLast(t *testing.T) {
	o := small(t, flowers(t, nil))
	s := &search{options: o, dir: t.TempDir(), plan: Plan{Trials: 2, Epochs: 9, Rungs: []Rung{{9, 2, 2}}}}
	o.Run.Data = &experiment.Data{}
	s.options = o
	wild := clone(o.Base)
	if err := settings.Set(&wild, []string{"readout.rate=3e38", "readout.kappa=3e38"}); err != nil {
		t.Fatal(err)
	}
	s.space = space{Base: o.Base, Shape: []int{2}, Classes: 3, Samples: 90, Epochs: 9}
	s.trials = []start{{"base", o.Base}, {"wild", wild}}
	out, err := s.compute(t.Context(), []experiment.Point{s.point(1, s.plan.Rungs[0], 0), s.point(0, s.plan.Rungs[0], 0)}, 2)
	if err != nil {
		t.Fatal(err)
	}
	ranked := s.compare(out)
	if ranked[0].number != 0 || ranked[1].number != 1 || ranked[1].accuracy.Mean != -1 {
		t.Errorf("%+v, want trial 0, then 1 with -1", ranked)
	}
}

// A search over images learns stacks of shared windows, and its folder says so.
func TestSearchOverImages(t *testing.T) {
	s, err := settings.LoadPreset("digits")
	if err == nil {
		err = settings.Set(&s, []string{"network.modules.0.neurons=50", "learning.epochs=2", "data.validation=0.5"})
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out := searched(t, dir, Options{Base: s, Preset: "digits", Trials: 5, Seeds: 2, Run: experiment.Options{Workers: 2}})
	if _, err := out.Write("basin tune digits"); err != nil {
		t.Fatal(err)
	}
	tried, err := os.ReadFile(filepath.Join(dir, TriedFile))
	if err != nil || !strings.Contains(string(tried), "network.links") {
		t.Fatalf("%v: no stack in\n%s", err, tried)
	}
}
