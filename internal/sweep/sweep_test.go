package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"basin/internal/experiment"
	"basin/internal/random"
)

// hasty is the patience of tests.
var hasty = patience{acknowledge: 2 * time.Second, look: 500 * time.Millisecond, announce: 200 * time.Millisecond}

// throws is a task without data: the share of heads in some throws of a coin.
type throws struct {
	Count  int   `json:"count"`
	Number int   `json:"number"`
	Big    int   `json:"big,omitempty"` // numbers in a series
	Needs  int64 `json:"needs,omitempty"`
	Pause  int   `json:"pause,omitempty"` // milliseconds
}

func (t throws) Memory() int64 { return t.Needs }

func (t throws) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	if err := ctx.Err(); err != nil {
		return experiment.Result{}, err
	}
	select {
	case <-ctx.Done():
		return experiment.Result{}, ctx.Err()
	case <-time.After(time.Duration(t.Pause) * time.Millisecond):
	}
	switch t.Count {
	case -1:
		return experiment.Result{}, errors.New("a coin without sides")
	case -2:
		panic("a coin on its edge")
	}
	draws := random.New(b.Seed, random.Noise, uint64(t.Number))
	heads := 0.0
	for range t.Count {
		heads += float64(draws.Uint64() & 1)
	}
	b.Progress(0.5)
	r := experiment.Result{Values: map[string]float64{"heads": heads / float64(max(1, t.Count))}}
	if t.Big > 0 {
		s := experiment.Series{X: make([]float64, t.Big), Y: make([]float64, t.Big)}
		for i := range s.X {
			s.X[i], s.Y[i] = float64(i), draws.Float64()
		}
		r.Series = map[string]experiment.Series{"line": s}
	}
	return r, nil
}

// coins is a recipe of some points.
func coins(points int, change func(i int, t *throws)) *experiment.Recipe {
	return &experiment.Recipe{
		Name: "coins", Title: "Heads", Question: "Heads?", Method: "Throws.",
		Axes: []experiment.Axis{{Name: "number", Title: "number"}}, Values: []experiment.Value{{Name: "heads", Title: "heads"}},
		Quick: experiment.Scale{Seeds: 2}, Full: experiment.Scale{Seeds: 2},
		Points: func(bool) (list []experiment.Point, err error) {
			for i := range points {
				t := throws{Count: 10 + i%7, Number: i}
				if change != nil {
					change(i, &t)
				}
				list = append(list, experiment.Point{At: []experiment.Place{experiment.Number(float64(i))}, Task: t, Cost: 1})
			}
			return list, nil
		},
		Figures: func(t *experiment.Table) []experiment.Figure {
			return []experiment.Figure{{Name: "heads", Title: "Heads", X: "number", Y: "heads", Curves: t.Curves("number", "heads", "")}}
		},
	}
}

// lessons is a recipe of short trainings.
func lessons(t testing.TB) *experiment.Recipe {
	t.Helper()
	return &experiment.Recipe{
		Name: "lessons", Title: "Lessons", Question: "Accuracy?", Method: "Trainings.",
		Axes: []experiment.Axis{{Name: "neurons", Title: "neurons"}}, Values: experiment.TrainingValues(),
		Quick: experiment.Scale{Seeds: 2}, Full: experiment.Scale{Seeds: 2},
		Points: func(bool) (list []experiment.Point, err error) {
			for _, n := range []int{20, 30} {
				task, err := experiment.NewTraining("digits", fmt.Sprintf("network.modules.0.neurons=%d", n), "learning.epochs=2")
				if err != nil {
					return nil, err
				}
				task.Samples, task.Held = 100, 50
				list = append(list, experiment.Point{At: []experiment.Place{experiment.Number(float64(n))}, Task: task, Cost: 1})
			}
			return list, nil
		},
	}
}

// within starts a server within the process.
func within(t testing.TB, p patience) *Cluster {
	t.Helper()
	c, _, err := start(t.Context(), "", "test", p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// staff starts workers and returns what dismisses them.
func staff(t testing.TB, count int, w Worker) (dismiss func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range count {
		group.Go(func() {
			if err := w.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	dismiss = sync.OnceFunc(func() { cancel(); group.Wait() })
	t.Cleanup(dismiss)
	return dismiss
}

func finder(recipes ...*experiment.Recipe) func(string) *experiment.Recipe {
	return func(name string) *experiment.Recipe {
		i := slices.IndexFunc(recipes, func(r *experiment.Recipe) bool { return r.Name == name })
		if i < 0 {
			return nil
		}
		return recipes[i]
	}
}

func elsewhere(c *Cluster, r *experiment.Recipe, say func(string)) experiment.Options {
	return experiment.Options{Version: "v1", Data: &experiment.Data{}, Elsewhere: func(ctx context.Context, cells []experiment.Cell, tell func(string, float64, *experiment.Record) error) error {
		return c.Compute(ctx, Run{Recipe: r.Name, Version: "v1", Say: say}, cells, tell)
	}}
}

// What takes time, or tells where a run was computed.
var timely = regexp.MustCompile(`"seconds":[^,]*|(?s)<tr><td>Time on one core.*?<tr><td>Version`)

// folderOf computes a recipe and returns the files of its folder, but for times; lines of cells are sorted.
func folderOf(t testing.TB, r *experiment.Recipe, o experiment.Options) map[string]string {
	t.Helper()
	dir := t.TempDir()
	out, err := experiment.Run(t.Context(), r, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return filesOf(t, out, dir)
}

func filesOf(t testing.TB, out *experiment.Outcome, dir string) map[string]string {
	t.Helper()
	if _, err := out.Write(dir, "basin experiment"); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(timely.ReplaceAllString(string(text), ""), "\n")
		if e.Name() == experiment.CellsFile {
			slices.Sort(lines)
		}
		all[e.Name()] = strings.Join(lines, "\n")
	}
	return all
}

func same(t testing.TB, got, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s differs: %.300q\nwant %.300q", name, got[name], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

func TestClusterComputesWhatOneMachineDoes(t *testing.T) {
	points := 40
	if testing.Short() {
		points = 10
	}
	for _, r := range []*experiment.Recipe{
		coins(points, func(i int, t *throws) {
			if i == 7 {
				t.Big = 40_000 // more than a message holds
			}
		}),
		lessons(t),
	} {
		t.Run(r.Name, func(t *testing.T) {
			want := folderOf(t, r, experiment.Options{Version: "v1", Data: &experiment.Data{}, Workers: 2})
			c := within(t, hasty)
			dismiss := staff(t, 3, Worker{Cluster: c, Find: finder(r), Version: "v1", Cells: 2, Cache: t.TempDir()})
			same(t, folderOf(t, r, elsewhere(c, r, nil)), want)
			dismiss()
			// Another run of the same cells takes the records that are there: there is no worker any more.
			same(t, folderOf(t, r, elsewhere(c, r, nil)), want)
			v, err := c.Look(t.Context())
			if text, _ := json.Marshal(v); err != nil || string(text) != `{"runs":[],"workers":[],"waiting":0,"under_way":0}` {
				t.Errorf("after the end: %s, %v", text, err)
			}
		})
	}
}
