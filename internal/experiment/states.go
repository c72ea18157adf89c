package experiment

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"basin"

	"basin/checkpoint"
	"basin/internal/files"
	"basin/network"
	"basin/train"
)

// States keeps trainings under way, so that a cell that is interrupted goes on where it was.
// Keys begin with that of the cell and hold letters, digits and hyphens. Methods are safe for
// use by several goroutines.
type States interface {
	// Load returns what is kept under a key, nil where nothing is.
	Load(key string) ([]byte, error)
	// Store replaces what is kept under a key.
	Store(key string, state []byte) error
	// Drop forgets what is kept under keys that begin with a text.
	Drop(begin string) error
}

// statesFolder is the folder, within that of a run, of the trainings under way.
const statesFolder = "under-way"

// StatesOf returns what a run in a folder keeps there, for whoever gives keys of their own to
// [LearnUntil] and has to drop them.
func StatesOf(dir string) States { return inFolder(dir) }

// inFolder returns the states that are files in a folder of a run's folder.
func inFolder(dir string) States { return stateFiles{filepath.Join(dir, statesFolder)} }

type stateFiles struct{ dir string }

func (f stateFiles) Load(key string) ([]byte, error) {
	state, err := os.ReadFile(filepath.Join(f.dir, key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return state, err
}

func (f stateFiles) Store(key string, state []byte) error {
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return err
	}
	return files.Write(filepath.Join(f.dir, key), state)
}

func (f stateFiles) Drop(begin string) error {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	left := 0
	for _, e := range entries {
		if !strings.HasPrefix(strings.TrimPrefix(e.Name(), "."), begin) { // with a dot: what a killed process was writing
			left++
			continue
		}
		err = errors.Join(err, os.Remove(filepath.Join(f.dir, e.Name())))
	}
	if left == 0 && err == nil {
		_ = os.Remove(f.dir) // it refuses where another cell has begun
	}
	return err
}

// kept is a training under way: what a cell has of it so far, and where it stands.
type kept struct {
	result Result
	model  *checkpoint.Model
	state  train.State
}

// pack writes a training under way.
func (k kept) pack() (text []byte, err error) {
	dir, err := os.MkdirTemp("", "basin-state-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "state")
	if err := checkpoint.SaveTraining(path, k.model, k.state); err != nil {
		return nil, err
	}
	model, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	result, err := json.Marshal(k.result)
	if err != nil {
		return nil, err
	}
	text = binary.LittleEndian.AppendUint64(nil, uint64(len(result)))
	return append(append(text, result...), model...), nil
}

// unpack reads what pack wrote.
func unpack(text []byte) (k kept, err error) {
	if len(text) < 8 {
		return k, fmt.Errorf("%d bytes, not a training under way", len(text))
	}
	length := binary.LittleEndian.Uint64(text)
	if text = text[8:]; length > uint64(len(text)) {
		return k, fmt.Errorf("a result of %d bytes, and %d are there", length, len(text))
	}
	decoder := json.NewDecoder(bytes.NewReader(text[:length]))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&k.result); err != nil {
		return k, err
	}
	dir, err := os.MkdirTemp("", "basin-state-*")
	if err != nil {
		return k, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "state")
	if err := os.WriteFile(path, text[length:], 0o600); err != nil {
		return k, err
	}
	k.model, k.state, err = checkpoint.LoadTraining(path)
	return k, err
}

// modelOf is what is kept of a task's network.
func modelOf(task *basin.Task, n *network.Network) *checkpoint.Model {
	return &checkpoint.Model{Settings: task.Settings, Network: n, Encoder: task.Encoder, LabelNames: task.LabelNames, Columns: task.Columns}
}
