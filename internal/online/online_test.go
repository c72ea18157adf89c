package online

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"basin"
	"basin/dataset"
	"basin/dataset/fetch"
	"basin/settings"
)

// trained is a small model of the digits, and the samples that it has not learned.
var trained = sync.OnceValues(func() (model []byte, rest *dataset.Set) {
	s := settings.Defaults()
	if err := settings.Set(&s, []string{"network.modules.0.neurons=60", "learning.epochs=1", "learning.batch=8"}); err != nil {
		panic(err)
	}
	data, err := fetchDigits(s)
	if err != nil {
		panic(err)
	}
	folder, err := os.MkdirTemp("", "online")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "m.safetensors")
	m, err := basin.Train(context.Background(), s, data, basin.Options{Workers: 1})
	if err == nil {
		err = m.Save(path)
	}
	if err != nil {
		panic(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return content, data.Test
})

func fetchDigits(s settings.Settings) (*dataset.Data, error) {
	return basin.Open(context.Background(), s, fetch.Options{Offline: true})
}

// place writes the trained model into a folder.
func place(t testing.TB, folder string) (path string) {
	t.Helper()
	model, _ := trained()
	path = filepath.Join(folder, "m.safetensors")
	if err := os.WriteFile(path, model, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// some returns count samples from a place on.
func some(from, count int) *dataset.Set {
	_, rest := trained()
	places := make([]int, count)
	for i := range places {
		places[i] = (from + i) % rest.Count()
	}
	return rest.Subset(places)
}

// bytesOf returns the file of a model.
func bytesOf(t testing.TB, m *basin.Model) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// abandon ends the goroutine as a crash would: without a checkpoint.
func (m *Model) abandon() {
	m.stopping.Do(func() {
		_ = m.do(context.Background(), &request{other: func() error { m.since = Period{}; return nil }})
		close(m.stop)
	})
	<-m.done
}

// twin learns what a model should have learned.
type twin struct {
	model *basin.Model
	size  int
}

func newTwin(t testing.TB, path string) *twin {
	t.Helper()
	m, err := basin.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return &twin{m, m.Settings.Learning.Batch}
}

func (w *twin) learn(t testing.TB, s *dataset.Set) {
	t.Helper()
	for places := range slices.Chunk(allOf(s), w.size) {
		if _, err := w.model.Learn(s.Subset(places)); err != nil {
			t.Fatal(err)
		}
	}
}

func allOf(s *dataset.Set) []int {
	places := make([]int, s.Count())
	for i := range places {
		places[i] = i
	}
	return places
}

// Whatever happens between, the model is the one that has learned what was acknowledged, in its
// order, bit for bit: after checkpoints, clean ends, crashes and last bytes that are missing.
func TestAModelIsWhatItHasLearned(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		folder, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		path := place(t, folder)
		w := newTwin(t, path)
		o := Options{Checkpoint: rapid.IntRange(1, 6).Draw(r, "checkpoint")}
		open := func() *Model {
			m, err := Open(path, o)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		m := open()
		defer func() { m.Close() }()
		samples := int64(0)
		for range rapid.IntRange(1, 8).Draw(r, "steps") {
			switch rapid.IntRange(0, 4).Draw(r, "what") {
			case 0:
				if err := m.Close(); err != nil {
					t.Fatal(err)
				}
				m = open()
			case 1:
				m.abandon()
				m = open()
			case 2: // a crash amid a write that nobody was told of
				m.abandon()
				f, err := frame([]entry{newEntry(some(0, 3), 1)})
				if err != nil {
					t.Fatal(err)
				}
				cut := rapid.IntRange(1, len(f)-1).Draw(r, "cut")
				if rapid.Bool().Draw(r, "zeros") { // of a file system that had only made the file longer
					f = make([]byte, len(f))
				}
				grow(t, m.folder.log(m.state.Generation), f[:cut])
				m = open()
				if len(m.Notes()) == 0 {
					t.Fatal("a log that was cut short is not said")
				}
			default:
				s := some(rapid.IntRange(0, 300).Draw(r, "from"), rapid.IntRange(1, 20).Draw(r, "count"))
				got, err := m.Learn(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				w.learn(t, s)
				samples += int64(s.Count())
				if got.Samples != s.Count() || got.Total != samples {
					t.Fatalf("learned %+v, want %d samples of %d", got, s.Count(), samples)
				}
			}
			if !bytes.Equal(bytesOf(t, m.Current()), bytesOf(t, w.model)) {
				t.Fatal("the model is not the one that has learned the same")
			}
			if s := m.Status(); s.Samples != samples || s.Of != int(min(recent, samples)) {
				t.Fatalf("status %+v, want %d samples", s, samples)
			}
		}
	})
}

func grow(t testing.TB, path string, by []byte) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Write(by); err != nil {
		t.Fatal(err)
	}
}

func TestSnapshotsAndTheWayBack(t *testing.T) {
	path := place(t, t.TempDir())
	clock := time.Unix(1_700_000_000, 0)
	o := Options{Snapshots: 2, Now: func() time.Time { clock = clock.Add(time.Second); return clock }}
	m, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string][]byte{}
	for k, name := range []string{"one", "two", "three"} {
		if _, err := m.Learn(t.Context(), some(10*k, 10)); err != nil {
			t.Fatal(err)
		}
		if err := m.Snapshot(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		kept[name] = bytesOf(t, m.Current())
	}
	var wrong *NameError
	for _, name := range []string{"three", "../escape", "", ".hidden", "a/b"} {
		if err := m.Snapshot(t.Context(), name); !errors.As(err, &wrong) {
			t.Errorf("snapshot %q: %v, want an error of the name", name, err)
		}
	}
	if err := m.RollBack(t.Context(), "one"); !errors.As(err, &wrong) {
		t.Errorf("back to a snapshot that had to go: %v", err)
	}
	list, err := m.Snapshots()
	if err != nil || len(list) != 2 || list[0].Name != "two" || list[0].Samples != 20 || list[1].Name != "three" {
		t.Fatalf("snapshots %+v, %v: want two and three", list, err)
	}
	if err := m.RollBack(t.Context(), "two"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // now, and after a crash
		if !bytes.Equal(bytesOf(t, m.Current()), kept["two"]) {
			t.Fatal("the model is not that of the snapshot")
		}
		if s := m.Status(); s.Samples != 20 {
			t.Errorf("%d samples after the way back, want 20", s.Samples)
		}
		m.abandon()
		if m, err = Open(path, o); err != nil {
			t.Fatal(err)
		}
	}
	history := m.History()
	if last := history[len(history)-1]; last.Event != "back to two" {
		t.Errorf("the history ends with %+v", last)
	}
	// It learns on from there as a twin does.
	w := newTwin(t, m.folder.snapshot("two"))
	if _, err := m.Learn(t.Context(), some(90, 9)); err != nil {
		t.Fatal(err)
	}
	w.learn(t, some(90, 9))
	if !bytes.Equal(bytesOf(t, m.Current()), bytesOf(t, w.model)) {
		t.Error("after the way back it learns otherwise")
	}
	m.Close()
}

// Many that learn and predict at once: all are answered, each sample is learned once, and the log
// gives the same model again.
func TestManyAtOnce(t *testing.T) {
	path := place(t, t.TempDir())
	m, err := Open(path, Options{Checkpoint: 7})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for k := range 8 {
		all.Go(func() {
			for i := range 5 {
				if _, err := m.Learn(t.Context(), some(20*k+i, 2)); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for i := range 20 {
				err := m.Current().Predict(t.Context(), some(k+i, 3), 1, func(int, basin.Prediction) error { return nil })
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if s := m.Status(); s.Samples != 80 || s.Batches != 40 {
		t.Errorf("status %+v, want 80 samples in 40 mini-batches", s)
	}
	var learned int64
	for _, p := range m.History() {
		learned += p.Samples
	}
	if learned != 80 {
		t.Errorf("the history has %d samples", learned)
	}
	want := bytesOf(t, m.Current())
	m.abandon()
	if m, err = Open(path, Options{}); err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if !bytes.Equal(bytesOf(t, m.Current()), want) {
		t.Error("the model of the folder is another one")
	}
}

func TestTheHistoryStaysShort(t *testing.T) {
	var s state
	for k := range 5000 {
		p := Period{From: int64(k), To: int64(k), Samples: 2, Batches: 1, Correct: 1}
		if k%1000 == 999 {
			p = Period{From: int64(k), To: int64(k), Event: "snapshot"}
		}
		s.append(p)
		if len(s.History) > mostPeriods {
			t.Fatalf("%d periods", len(s.History))
		}
	}
	var samples, events, at int64
	for _, p := range s.History {
		samples += p.Samples
		if p.Event != "" {
			events++
		}
		if p.From < at || p.To < p.From {
			t.Fatalf("from %d to %d after %d", p.From, p.To, at)
		}
		at = p.To
	}
	if samples != 2*4995 || events != 5 {
		t.Errorf("%d samples and %d events, want 9990 and 5", samples, events)
	}
}
