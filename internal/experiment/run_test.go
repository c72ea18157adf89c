package experiment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"basin/internal/random"
)

// throws is a task without data: the share of heads in some throws of a coin.
type throws struct {
	Count int     `json:"count"`
	Bias  float64 `json:"bias"`
	// stop is called before every cell, and what it returns ends the cell.
	stop func() error
}

func (t throws) Run(ctx context.Context, b *Bench) (Result, error) {
	if t.stop != nil {
		if err := t.stop(); err != nil {
			return Result{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	draws := random.New(b.Seed, random.Noise, uint64(t.Count))
	heads := 0.0
	for range t.Count {
		if draws.Float64() < t.Bias {
			heads++
		}
	}
	b.Progress(0.5)
	share := heads / float64(t.Count)
	return Result{
		Values: map[string]float64{"heads": share},
		Series: map[string]Series{"sides": {X: []float64{0, 1}, Y: []float64{1 - share, share}}},
	}, nil
}

// coins is a recipe of 6 points with 3 seeds.
func coins(stop func() error) *Recipe {
	return &Recipe{
		Name: "coins", Title: "Heads of a coin", Question: "Is a < b & \"b\" > a?", Method: "Throws.",
		Axes:   []Axis{{"bias", "bias"}, {"kind", "kind"}},
		Values: []Value{{Name: "heads", Title: "heads", Share: true}, {Name: "never", Title: "never"}},
		Quick:  Scale{Seeds: 3}, Full: Scale{Seeds: 5},
		Points: func(full bool) ([]Point, error) {
			var points []Point
			for _, kind := range []string{"few", "many"} {
				for _, bias := range []float64{0.25, 0.5, 1} {
					t := throws{Count: 10, Bias: bias, stop: stop}
					if kind == "many" {
						t.Count = 1000
					}
					points = append(points, Point{At: []Place{Number(bias), Word(kind)}, Task: t, Cost: float64(t.Count)})
				}
			}
			return points, nil
		},
		Published: []Published{
			{Of: "theory", At: map[string]Place{"bias": Number(0.5)}, Value: "heads", Low: 0.5, High: 0.5, Source: "exact"},
			{Of: "theory", At: map[string]Place{"bias": Number(3)}, Value: "heads", Low: 0.1, High: 0.2, Source: "nowhere"},
		},
		Figures: func(t *Table) []Figure {
			return []Figure{
				{
					Name: "heads", Title: "Heads", X: "bias", Y: "heads, %", Percent: true, Caption: "A curve & a < sign.",
					Curves: append(t.Curves("bias", "heads", "kind"), t.PublishedCurves("bias", "heads")...),
				},
				{Name: "plane", Title: "Heads, %", X: "bias", Y: "kind", Percent: true, Plane: t.Plane("bias", "kind", "heads")},
				{Name: "nothing", Curves: t.Curves("bias", "never", "kind")},
			}
		},
		Findings: func(t *Table) []string { return t.BestOf("heads", "bias", "Of all") },
	}
}

func csvOf(t *testing.T, o *Outcome) string {
	t.Helper()
	var text bytes.Buffer
	if err := o.Table().WriteCSV(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestInterruptedRunGoesOnToTheSameTable(t *testing.T) {
	whole, err := Run(context.Background(), coins(nil), t.TempDir(), Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if whole.Done() != 18 || whole.Kept != 0 {
		t.Fatalf("%d cells done and %d kept, want 18 and 0", whole.Done(), whole.Kept)
	}
	want := csvOf(t, whole)

	dir := t.TempDir()
	var begun atomic.Int32
	for round := 0; ; round++ {
		ctx, cancel := context.WithCancel(context.Background())
		limit := begun.Load() + 5
		out, err := Run(ctx, coins(func() error {
			if begun.Add(1) > limit {
				cancel()
			}
			return nil
		}), dir, Options{Workers: 3})
		cancel()
		if err == nil {
			if got := csvOf(t, out); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if out.Kept == 0 || round < 2 {
				t.Errorf("%d cells kept after %d interruptions, want some", out.Kept, round)
			}
			return
		}
		if !errors.Is(err, context.Canceled) || round > 10 {
			t.Fatalf("round %d: %v", round, err)
		}
	}
}

func TestFinishedCellsAreNotComputedAgain(t *testing.T) {
	dir := t.TempDir()
	if _, err := Run(context.Background(), coins(nil), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	never := func() error { t.Error("a finished cell was computed"); return nil }
	out, err := Run(context.Background(), coins(never), dir, Options{Seeds: 2})
	if err != nil {
		t.Fatal(err)
	}
	if out.Kept != 12 || out.Other != 6 || out.Done() != 12 {
		t.Errorf("kept %d, other %d, done %d, want 12, 6, 12", out.Kept, out.Other, out.Done())
	}
}

func TestTornLineIsDoneAgain(t *testing.T) {
	dir := t.TempDir()
	first, err := Run(context.Background(), coins(nil), dir, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	want := csvOf(t, first)
	path := filepath.Join(dir, CellsFile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(text[:len(text)-1], '\n') + 1
	for _, cut := range []int{last + 1, last + 12, len(text) - 1, 5} {
		if err := os.WriteFile(path, text[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := Run(context.Background(), coins(nil), dir, Options{Workers: 1})
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if got := csvOf(t, out); got != want {
			t.Errorf("cut at %d: got\n%swant\n%s", cut, got, want)
		}
		if kept := bytes.Count(text[:cut], []byte("\n")); out.Kept != kept {
			t.Errorf("cut at %d: %d cells kept, want %d", cut, out.Kept, kept)
		}
	}
	again, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(again) {
		var record Record
		if err := json.Unmarshal(line, &record); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestFoldersOfSomethingElseAreLeftAlone(t *testing.T) {
	for text, want := range map[string]string{
		"notes":                              "not a file of cells",
		"{}\n":                               "cells.jsonl:1: not the record of a cell",
		`{"recipe":"size","key":"a"}` + "\n": "a cell of size, not of coins",
		`{"recipe":"coins","key":"a"}` + "\nx\n{": "cells.jsonl:2: not the record",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, CellsFile)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Run(context.Background(), coins(nil), dir, Options{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "another folder") {
			t.Errorf("%q: %v, want %q and advice", text, err, want)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%q became %q (%v)", text, got, err)
		}
	}
}

func TestFailingCellEndsTheRunAndKeepsTheOthers(t *testing.T) {
	dir, fault := t.TempDir(), errors.New("no luck")
	var begun atomic.Int32
	out, err := Run(context.Background(), coins(func() error {
		if begun.Add(1) == 8 {
			return fault
		}
		return nil
	}), dir, Options{Workers: 1})
	if !errors.Is(err, fault) || !strings.Contains(err.Error(), "cell at bias") {
		t.Fatalf("error %v, want the cell and its fault", err)
	}
	if out.Done() != 7 || begun.Load() != 8 {
		t.Errorf("%d cells done of %d begun, want 7 of 8", out.Done(), begun.Load())
	}
}

func TestRunThatFailsAtOnceLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	out, err := Run(context.Background(), coins(func() error { return errors.New("no data") }), dir, Options{Workers: 1})
	if err == nil || out.Done() != 0 {
		t.Fatalf("error %v, %d cells", err, out.Done())
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is there (%v)", err)
	}
}

// A run that ends before its first cell takes away what it made, and nothing else.
func TestRunThatFailsLeavesWhatOthersWrote(t *testing.T) {
	for _, name := range []string{"notes.txt", CellsFile + ".old", "figures"} {
		dir := filepath.Join(t.TempDir(), "new")
		_, err := Run(context.Background(), coins(func() error {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o644); err != nil {
				t.Error(err)
			}
			return errors.New("no data")
		}), dir, Options{Workers: 1})
		if err == nil {
			t.Fatal("no error")
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 1 || left[0].Name() != name {
			t.Errorf("%v, %v is left, want %s alone", left, err, name)
		}
	}
	dir := t.TempDir() // a file of cells that was there, though it is empty
	path := filepath.Join(dir, CellsFile)
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), coins(func() error { return errors.New("no data") }), dir, Options{}); err == nil {
		t.Fatal("no error")
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestTwoRunsDoNotShareAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	var tried atomic.Bool
	out, err := Run(context.Background(), coins(func() error {
		if tried.Swap(true) {
			return nil
		}
		want := fmt.Sprintf("process %d computes cells there", os.Getpid())
		if _, err := Run(context.Background(), coins(nil), dir, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a second run: error %v, want one that says %q", err, want)
		}
		return nil
	}), dir, Options{Workers: 1})
	if err != nil || out.Done() != 18 {
		t.Fatalf("the first run: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 || left[0].Name() != CellsFile {
		t.Errorf("%v is left, want %s", left, CellsFile)
	}
}

func TestProgressEndsAtTheWhole(t *testing.T) {
	var last Progress
	finished := 0
	_, err := Run(context.Background(), coins(nil), t.TempDir(), Options{Workers: runtime.NumCPU(), Observe: func(p Progress) {
		if p.Share < last.Share || p.Share > 1 || p.Done < last.Done {
			t.Errorf("progress went from %+v to %+v", last, p)
		}
		if last = p; p.Finished != nil {
			finished++
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if last.Done != 18 || last.Cells != 18 || finished != 18 || math.Abs(last.Share-1) > 1e-9 || last.Left > 1e6 {
		t.Errorf("at the end %+v after %d cells", last, finished)
	}
}
