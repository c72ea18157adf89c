package experiment

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"basin"

	"basin/checkpoint"
	"basin/network"
)

// memory keeps states in a map.
type memory struct {
	mutex  sync.Mutex
	states map[string][]byte
	stored int
}

func (m *memory) Load(key string) ([]byte, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.states[key], nil
}

func (m *memory) Store(key string, state []byte) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.states[key] = state
	m.stored++
	return nil
}

func (m *memory) Drop(begin string) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for key := range m.states {
		if strings.HasPrefix(key, begin) {
			delete(m.states, key)
		}
	}
	return nil
}

// small is a training of 3 epochs of 4 mini-batches.
func small(t testing.TB, set ...string) Training {
	t.Helper()
	training, err := NewTraining("digits", append([]string{"network.modules.0.neurons=20", "learning.epochs=3", "learning.batch=10"}, set...)...)
	if err != nil {
		t.Fatal(err)
	}
	training.Samples, training.Held = 40, 20
	return training
}

// fileOf returns the model file of a network.
func fileOf(t interface{ Fatal(...any) }, dir string, task *basin.Task, n *network.Network) []byte {
	path := filepath.Join(dir, "model")
	err := checkpoint.Save(path, modelOf(task, n))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A training that is interrupted again and again, wherever it is, ends as one that is not.
func TestInterruptedTrainingGoesOnToTheSameNetwork(t *testing.T) {
	data := &Data{}
	for name, set := range map[string][]string{
		"local": nil, "averaging, decay": {"readout.averaging=0.01", "learning.input.decay=0.001"},
		"solved readout": {"readout.method=ridge"}, "noise": {"preprocess.noise=0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			training := small(t, set...)
			task, err := data.Task(t.Context(), training.Seeded(1), training.limit())
			if err != nil {
				t.Fatal(err)
			}
			looks := func(n *network.Network, r *Result) error {
				r.AddAt(len(r.Series[TrainingAccuracy].X), "looked", float64(len(r.Series[TrainingAccuracy].Y)))
				return nil
			}
			n, want, err := Learn(t.Context(), &Bench{Seed: 1}, task, looks)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			file := fileOf(t, dir, task, n)
			for trial := range uint64(8) { // each has files on the disk
				draws := rand.New(rand.NewPCG(trial, 0))
				states := &memory{states: map[string][]byte{}}
				for round := 0; ; round++ {
					ctx, cancel := context.WithCancel(context.Background())
					steps := 1 + draws.IntN(9)
					bench := &Bench{Seed: 1, cell: "c", states: states, progress: func(float64) {
						if steps--; steps == 0 {
							cancel()
						}
					}}
					l := lesson{task: task, observe: looks, until: 3, key: "c-1", every: stateEvery}
					again, got, err := l.learn(ctx, bench)
					cancel()
					if err == nil {
						if !reflect.DeepEqual(got, want) {
							t.Fatalf("after %d rounds: %v, want %v", round, got, want)
						}
						if !bytes.Equal(fileOf(t, dir, task, again), file) {
							t.Fatalf("after %d rounds another network", round)
						}
						break
					}
					if !errors.Is(err, context.Canceled) {
						t.Fatal(err)
					}
					if round > 20 {
						t.Fatal("it does not go on")
					}
				}
			}
		})
	}
}

func TestTrainingInStagesIsTheTrainingInOne(t *testing.T) {
	data, training := &Data{}, small(t, "learning.epochs=4", "learning.input.rate={start: 1, end: 0.1, shape: cosine}")
	task, err := data.Task(t.Context(), training.Seeded(2), training.limit())
	if err != nil {
		t.Fatal(err)
	}
	_, want, err := Learn(t.Context(), &Bench{Seed: 2}, task, nil)
	if err != nil {
		t.Fatal(err)
	}
	bench := &Bench{Seed: 2, states: &memory{states: map[string][]byte{}}}
	var got Result
	for _, until := range []int{1, 1, 3, 4} {
		if _, got, err = LearnUntil(t.Context(), bench, task, "trial", until); err != nil {
			t.Fatal(err)
		}
		if epochs := len(got.Series[Accuracy].X); epochs != until {
			t.Fatalf("%d epochs, want %d", epochs, until)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, _, err := LearnUntil(t.Context(), bench, task, "trial", 2); err == nil || !strings.Contains(err.Error(), "beyond the end of epoch 2") {
		t.Errorf("back to epoch 2: %v", err)
	}
}

// What is kept of another training, or damaged, is not gone on with.
func TestDamagedStateIsLeftAlone(t *testing.T) {
	data, training := &Data{}, small(t)
	task, err := data.Task(t.Context(), training.Seeded(1), training.limit())
	if err != nil {
		t.Fatal(err)
	}
	states := &memory{states: map[string][]byte{}}
	bench := &Bench{Seed: 1, states: states}
	_, want, err := LearnUntil(t.Context(), bench, task, "a", 3)
	if err != nil {
		t.Fatal(err)
	}
	whole := states.states["a"]
	for length := 0; length < len(whole); length += 1 + len(whole)/50 {
		if k, err := unpack(whole[:length]); err == nil {
			t.Fatalf("%d of %d bytes were read: %+v", length, len(whole), k.state)
		}
	}
	states.states["a"] = whole[:len(whole)/2]
	if _, got, err := LearnUntil(t.Context(), bench, task, "a", 3); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("with a half state: %v, %v", got, err)
	}
	other, err := data.Task(t.Context(), training.Seeded(1), (Training{Samples: 30, Held: 20}).limit())
	if err != nil {
		t.Fatal(err)
	}
	states.states["a"] = whole
	if _, got, err := LearnUntil(t.Context(), bench, other, "a", 3); err != nil || reflect.DeepEqual(got, want) {
		t.Errorf("of other samples: %v, %v", got, err)
	}
}

func TestStatesInAFolder(t *testing.T) {
	dir := t.TempDir()
	s := inFolder(dir)
	if state, err := s.Load("a-1"); state != nil || err != nil {
		t.Fatalf("nothing is kept: %q, %v", state, err)
	}
	for _, key := range []string{"a-1", "a-2", "b-1"} {
		if err := s.Store(key, []byte(key)); err != nil {
			t.Fatal(err)
		}
	}
	if state, err := s.Load("a-2"); string(state) != "a-2" || err != nil {
		t.Fatalf("%q, %v", state, err)
	}
	for _, begin := range []string{"a", "nothing", "b"} {
		if err := s.Drop(begin); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, statesFolder)); !os.IsNotExist(err) {
		t.Errorf("the folder of nothing stays: %v", err)
	}
}

// What a killed process was writing goes with the state.
func TestDropTakesWhatWasBeingWritten(t *testing.T) {
	dir := t.TempDir()
	states := StatesOf(dir)
	for _, key := range []string{"one-1", "two-1"} {
		if err := states.Store(key, []byte("state")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, statesFolder, ".one-100012345678901234567"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := states.Drop("one-"); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(dir, statesFolder))
	if err != nil || len(left) != 1 || left[0].Name() != "two-1" {
		t.Errorf("%v, %v left, want two-1", err, left)
	}
}
