package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"basin/dataset/fetch"
	"basin/internal/experiment"
)

// runOn computes a recipe on a cluster and returns what was said.
func runOn(t testing.TB, ctx context.Context, c *Cluster, r *experiment.Recipe, dir string) (out *experiment.Outcome, said func() string, err error) {
	t.Helper()
	var mutex sync.Mutex
	var lines []string
	out, err = experiment.Run(ctx, r, dir, elsewhere(c, r, func(line string) {
		mutex.Lock()
		defer mutex.Unlock()
		lines = append(lines, line)
	}))
	return out, func() string {
		mutex.Lock()
		defer mutex.Unlock()
		return strings.Join(lines, "\n")
	}, err
}

// A cell that fails ends the run with the error that it has on one machine, and its worker goes on.
func TestFailedCellEndsTheRun(t *testing.T) {
	for kind, text := range map[int]string{-1: "a coin without sides", -2: "panic: a coin on its edge"} {
		bad, mended := coins(6, func(i int, t *throws) {
			if i == 3 {
				t.Count = kind
			}
		}), coins(6, nil)
		c := within(t, hasty)
		staff(t, 1, Worker{Cluster: c, Find: finder(mended), Version: "v1", Cells: 1, Cache: t.TempDir()})
		dir := t.TempDir()
		_, _, err := runOn(t, t.Context(), c, bad, dir)
		if err == nil || !strings.Contains(err.Error(), text) || !strings.Contains(err.Error(), "number 3") {
			t.Errorf("%v, want %s", err, text)
		}
		if out, _, err := runOn(t, t.Context(), c, mended, dir); err != nil || out.Done() != 12 {
			t.Errorf("after it was mended: %d cells, %v", out.Done(), err)
		}
	}
}

// A second result of a cell is compared with the first.
func TestResultsThatDifferEndTheRun(t *testing.T) {
	c := within(t, hasty)
	r := coins(1, nil)
	cells, err := r.Cells(false, 1)
	if err != nil {
		t.Fatal(err)
	}
	record, err := cells[0].Compute(t.Context(), experiment.Means{Version: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	first := records{ctx: t.Context(), cluster: c, version: "v1", worker: "one"}
	second := records{ctx: t.Context(), cluster: c, version: "v1", worker: "two"}
	if err := errors.Join(first.Add(record), second.Add(record)); err != nil {
		t.Fatal(err)
	}
	record.Seconds++
	if err := second.Add(record); err != nil {
		t.Fatalf("another time: %v", err)
	}
	record.Values = map[string]float64{"heads": 2}
	if err := second.Add(record); !errors.Is(err, errDiffer) || !strings.Contains(err.Error(), "by one") || !strings.Contains(err.Error(), "by two") {
		t.Errorf("another result: %v", err)
	}
}

// A run that is cancelled takes its cells out of the queue and ends those under way.
func TestCancelledRunWithdrawsItsCells(t *testing.T) {
	c := within(t, hasty)
	r := coins(20, func(_ int, t *throws) { t.Pause = 60_000 })
	staff(t, 1, Worker{Cluster: c, Find: finder(r), Version: "v1", Cells: 2, Cache: t.TempDir()})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for {
			if v, err := c.Look(t.Context()); err != nil || v.UnderWay == 2 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		cancel()
	}()
	if _, _, err := runOn(t, ctx, c, r, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for {
		v, err := c.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if v.Waiting+v.UnderWay+len(v.Runs) == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// A training whose worker is stopped goes on at another one.
func TestStoppedTrainingGoesOnElsewhere(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: it trains for seconds")
	}
	long := &experiment.Recipe{
		Name: "long", Title: "Long", Question: "?", Method: ".", Axes: []experiment.Axis{{Name: "at", Title: "at"}}, Values: experiment.TrainingValues(),
		Quick: experiment.Scale{Seeds: 1}, Full: experiment.Scale{Seeds: 1},
		Points: func(bool) ([]experiment.Point, error) {
			task, err := experiment.NewTraining("digits", "network.modules.0.neurons=2000", "learning.epochs=50")
			return []experiment.Point{{At: []experiment.Place{experiment.Number(0)}, Task: task}}, err
		},
	}
	want := folderOf(t, long, experiment.Options{Version: "v1", Data: &experiment.Data{}})
	c := within(t, hasty)
	var stopped atomic.Int32
	go func() {
		for patience := 1300 * time.Millisecond; ; patience += patience / 2 { // the last comes to the end, on a slow machine too
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			err := Worker{Cluster: c, Find: finder(long), Version: "v1", Cells: 1, Cache: t.TempDir()}.Run(ctx)
			cancel()
			stopped.Add(1)
			if t.Context().Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
				return
			}
		}
	}()
	same(t, folderOf(t, long, elsewhere(c, long, nil)), want)
	if stopped.Load() == 0 {
		t.Error("no worker was stopped: the training is too short for this test")
	}
	// Nothing is left of it.
	for {
		list, err := c.objects.List(t.Context())
		if errors.Is(err, jetstream.ErrNoObjectsFound) || err == nil && len(list) == 0 {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Cells go to workers that have their memory, and whoever waits is told why.
func TestCellsWaitForAWorkerThatFits(t *testing.T) {
	c := within(t, hasty)
	r := coins(4, func(i int, t *throws) {
		if i == 0 {
			t.Needs = 3 << 30
		}
	})
	small := Worker{Cluster: c, Find: finder(r), Version: "v1", Cells: 2, Memory: 1 << 30, Cache: t.TempDir()}
	large := small
	large.Memory = 4 << 30
	staff(t, 1, small)
	other := small
	other.Version = "v2"
	refused := make(chan error, 1)
	heard := make(chan string, 100)
	done := make(chan error, 1)
	go func() {
		_, err := experiment.Run(t.Context(), r, t.TempDir(), elsewhere(c, r, func(line string) { heard <- line }))
		done <- err
	}()
	line := <-heard
	if want := "no worker has the 4096 MiB of memory that some cells take: they wait until one comes"; line != want {
		t.Errorf("said %q, want %q", line, want)
	}
	go func() { refused <- other.Run(t.Context()) }()
	var version *VersionError
	if err := <-refused; !errors.As(err, &version) || version.Ours != "v2" || !slices.Equal(version.Theirs, []string{"v1"}) {
		t.Errorf("another version: %v", err)
	}
	staff(t, 1, large)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestClassesHoldWhatTheyAreOf(t *testing.T) {
	for _, memory := range []int64{0, 1, LeastMemory, LeastMemory + 1, 2 * LeastMemory, 2*LeastMemory + 1, 1 << 30, 1<<30 + 1, 100 << 30} {
		class := classOf(memory)
		if most := int64(LeastMemory) << class; memory > most || class > 0 && memory <= most/2 {
			t.Errorf("%d bytes are of class %d, up to %d", memory, class, most)
		}
	}
}

// A message for another program version is another cell.
func TestUnknownCellsAreRefused(t *testing.T) {
	k := &working{Worker: Worker{Find: finder(coins(1, nil))}, recipes: map[string]*known{}}
	cells, err := coins(1, nil).Cells(false, 1)
	if err != nil {
		t.Fatal(err)
	}
	good := cells[0].Request()
	if cell, err := k.understand(good); err != nil || cell.Key != good.Key {
		t.Fatalf("%+v, %v", cell, err)
	}
	for name, change := range map[string]func(*experiment.Request){
		"recipe": func(q *experiment.Request) { q.Recipe = "dice" },
		"seed":   func(q *experiment.Request) { q.Seed = 9 },
		"task":   func(q *experiment.Request) { q.Task = []byte(`{"count":11,"number":0}`) },
		"more":   func(q *experiment.Request) { q.Task = []byte(`{"count":10,"number":0,"sides":3}`) },
		"none":   func(q *experiment.Request) { q.Task = []byte(`null`) },
		"place":  func(q *experiment.Request) { q.At = nil },
	} {
		q := good
		if change(&q); func() bool { _, err := k.understand(q); return err == nil }() {
			t.Errorf("another %s was taken", name)
		}
	}
}

// A data set on the machine of the run reaches workers that have none, and nothing else does.
func TestDataSetsTravel(t *testing.T) {
	c := within(t, hasty)
	c.alone = false
	home := t.TempDir()
	table := filepath.Join(home, "people.csv")
	var text strings.Builder
	text.WriteString("a,b,class\n")
	for i := range 60 {
		fmt.Fprintf(&text, "%d,%d,%s\n", i, i*i%17, []string{"yes", "no"}[i%2])
	}
	if err := os.WriteFile(table, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &experiment.Recipe{
		Name: "table", Title: "Table", Question: "?", Method: ".", Axes: []experiment.Axis{{Name: "at", Title: "at"}}, Values: experiment.TrainingValues(),
		Quick: experiment.Scale{Seeds: 2}, Full: experiment.Scale{Seeds: 2},
		Points: func(bool) ([]experiment.Point, error) {
			task, err := experiment.NewTraining("table", "data.set="+table, "learning.epochs=2", "network.modules.0.neurons=20")
			return []experiment.Point{{At: []experiment.Place{experiment.Number(0)}, Task: task}}, err
		},
	}
	want := folderOf(t, r, experiment.Options{Version: "v1", Data: &experiment.Data{}})
	cache := t.TempDir()
	k := &working{Worker: Worker{Cluster: c, Version: "v1", Cache: cache}}
	staff(t, 2, Worker{Cluster: c, Find: finder(r), Version: "v1", Cells: 1, Cache: cache})
	same(t, folderOf(t, r, elsewhere(c, r, nil)), want)
	if entries, err := os.ReadDir(cache); err != nil || len(entries) != 1 {
		t.Errorf("the cache has %v, %v", entries, err)
	}
	if path, err := k.find(t.Context(), "/etc/passwd"); err == nil || !strings.Contains(err.Error(), "no run has sent it") {
		t.Errorf("a path of the worker: %s, %v", path, err)
	}
	// Contents that are not those announced are not taken.
	sent, err := c.send(t.Context(), fetch.Files{Dir: home, Names: []string{"people.csv"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.objects.PutBytes(t.Context(), sent.object(), []byte("no archive")); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	if path, err := c.receive(contextFor(t, time.Second), sent, empty); err == nil {
		t.Errorf("a damaged set was taken: %s", path)
	}
	if entries, _ := os.ReadDir(empty); len(entries) != 0 {
		t.Errorf("it left %v", entries)
	}
}

func contextFor(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
