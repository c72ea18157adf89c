package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"basin/internal/experiment"
)

// smallRecipe trains networks of two sizes on the digits.
func smallRecipe() *experiment.Recipe { return recipeOfEpochs("1") }

// recipeOfEpochs is a recipe of two trainings, the second of which has some epochs.
func recipeOfEpochs(epochs string) *experiment.Recipe {
	return &experiment.Recipe{
		Name: "small", Title: "Two sizes", Question: "Which?", Method: "Both.",
		Axes: []experiment.Axis{{Name: "neurons", Title: "N"}}, Values: experiment.TrainingValues(),
		Quick: experiment.Scale{Seeds: 1, Cost: time.Second}, Full: experiment.Scale{Seeds: 2, Cost: time.Second},
		Points: func(bool) ([]experiment.Point, error) {
			var points []experiment.Point
			for _, c := range [][2]string{{"20", "1"}, {"40", epochs}} {
				n := c[0]
				task, err := experiment.NewTraining("digits", "network.modules.0.neurons="+n, "learning.epochs="+c[1])
				if err != nil {
					return nil, err
				}
				task.Samples = 200
				points = append(points, experiment.Point{At: []experiment.Place{experiment.Word("N = " + n)}, Task: task})
			}
			return points, nil
		},
		Findings: func(t *experiment.Table) []string {
			return []string{strings.Repeat("word ", 30) + "end."}
		},
	}
}

// runRecipe runs the command of the small recipe.
func runRecipe(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := newRecipe(smallRecipe())
	var out, talk bytes.Buffer
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&talk)
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return out.String(), talk.String()
}

func TestExperimentWritesAndGoesOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	stdout, stderr := runRecipe(t, "--out", dir)
	for _, part := range []string{"Two sizes\n", "N = 20", "accuracy", "word word\nword", "2 cells, ", "report  " + filepath.Join(dir, "report.html")} {
		if !strings.Contains(stdout, part) {
			t.Errorf("standard output lacks %q:\n%s", part, stdout)
		}
	}
	if !strings.Contains(stderr, "2/2  N N = ") || !strings.Contains(stderr, " left\n") {
		t.Errorf("standard error lacks the second cell:\n%s", stderr)
	}
	if _, err := os.Stat(filepath.Join(dir, "report.html")); err != nil {
		t.Error(err)
	}
	stdout, stderr = runRecipe(t, "--out", dir, "--full", "--json")
	var report struct {
		Seeds int
		Cells int
		Files []string
		Rows  []struct {
			At     []string
			Seeds  int
			Values map[string]struct {
				Mean float64
				N    int
			}
		}
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("%v in\n%s", err, stdout)
	}
	if report.Seeds != 2 || report.Cells != 4 || len(report.Rows) != 2 || report.Rows[1].At[0] != "N = 40" || report.Rows[0].Values["accuracy"].N != 2 {
		t.Errorf("report %+v", report)
	}
	if !strings.HasPrefix(stderr, "goes on: 2 of 4 cells were there\n3/4 ") {
		t.Errorf("standard error of the second run:\n%s", stderr)
	}
}

// stopper calls stop when a line with a mark is written.
type stopper struct {
	mark string
	stop func()
}

func (s stopper) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte(s.mark)) {
		s.stop()
	}
	return len(text), nil
}

func TestInterruptedExperimentSaysHowToGoOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	ctx, cancel := context.WithCancel(t.Context())
	cmd := newRecipe(recipeOfEpochs("100000")) // its second cell is under way when the line of the first is there
	cmd.SetArgs([]string{"--out", dir, "-w", "1"})
	cmd.SetOut(io.Discard)
	cmd.SetErr(stopper{"1/2 ", cancel})
	err := cmd.ExecuteContext(ctx)
	if !errors.Is(err, context.Canceled) || err.Error() != "interrupted: 1 of 2 cells are done" {
		t.Fatalf("error %v, want an interruption after one cell", err)
	}
	if hints := collectHints(err); len(hints) != 1 || hints[0] != "the same command goes on" {
		t.Errorf("hints %q", hints)
	}
	if text := read(t, filepath.Join(dir, "report.html")); !bytes.Contains(text, []byte("1 of 2 cells")) {
		t.Error("the report does not say that it is not complete")
	}
	if _, stderr := runRecipe(t, "--out", dir); !strings.HasPrefix(stderr, "goes on: 1 of 2 cells were there\n2/2 ") {
		t.Errorf("standard error of the second run, whose second cell is short:\n%s", stderr)
	}
}

func TestWrappedKeepsWordsAndWidth(t *testing.T) {
	text := wrapped("a  bb\n" + strings.Repeat("x", 86) + " 5 % c")
	if want := "a bb\n" + strings.Repeat("x", 86) + "\n5 % c"; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
}
