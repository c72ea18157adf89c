package checkpoint

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"basin/dataset"
	"basin/dataset/table"
	"basin/network"
	"basin/settings"
	"basin/train"
)

// ErrNotModel says that a file is not a Basin model at all, or is damaged beyond
// telling.
var ErrNotModel = errors.New("not a Basin model")

// ErrNoTrainingState says that a file holds a model but no training run to resume.
var ErrNoTrainingState = errors.New("no training state: the file holds a finished model, use a checkpoint written during training")

// Model is a network with all that a prediction needs. Every field but LabelNames,
// Columns, History, TrainingRows and Version is required.
type Model struct {
	// Network holds the couplings. Its Spec equals Settings.Network.
	Network *network.Network
	// Settings of the training run.
	Settings settings.Settings
	// Encoder turns raw samples into the network's inputs.
	Encoder *dataset.Encoder
	// LabelNames has one name per class, or is empty. Names are kept as UTF-8;
	// bytes that are not become U+FFFD.
	LabelNames []string
	// Columns are those of the table that it learned; nil for images, and for the models of
	// programs that did not keep them.
	Columns *table.Columns
	// History has one record per epoch, by ascending epoch; empty before training.
	History []train.EpochRecord
	// TrainingRows are the hashes ([dataset.Set.RowHashes]) of the rows that were learned,
	// ascending, repeats included; empty where that is not known.
	TrainingRows []uint64
	// Learned is the number of mini-batches that the network has learned beside those of
	// History: of an epoch that is not complete, or of a stream after the run.
	Learned int
	// Version of the program that wrote the file; free text.
	Version string
}

// Names returns the names of the classes, their numbers where the model has no names.
func (m *Model) Names() []string {
	if len(m.LabelNames) > 0 {
		return slices.Clone(m.LabelNames)
	}
	names := make([]string, m.Network.Classes)
	for c := range names {
		names[c] = strconv.Itoa(c)
	}
	return names
}

// Save writes m to the file path, with the scales of the blocks multiplied into their
// values. It replaces an existing file in one step, keeping its permissions (a symbolic
// link is replaced, not followed); on an error the old file stays as it was. It does
// not change m, and refuses one that [Load] would refuse: invalid settings, a network
// that does not fit them, a value that is not finite. Cost: O(couplings) time, a few
// megabytes of memory.
func Save(path string, m *Model) error { return save(path, m, nil) }

// SaveTraining writes m and the state s of its training run to the file path, like
// [Save] but with the stored values and scales as they are. The history written is
// s.History; m.History is not used.
func SaveTraining(path string, m *Model, s train.State) error {
	if m == nil {
		return save(path, nil, &s)
	}
	withHistory := *m
	withHistory.History = s.History
	return save(path, &withHistory, &s)
}

// Load reads the model in the file path. From a file of [SaveTraining] it gives the
// model as it was then, the same that Save would have written. The scale of every
// block is one. Errors name the file, the place in it, what was found and what was
// wanted; a file of another kind gives [ErrNotModel].
func Load(path string) (*Model, error) {
	l, err := open(path, read)
	if err != nil {
		return nil, err
	}
	if err := l.fold(); err != nil {
		return nil, fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	if l.state != nil {
		l.model.Learned = l.state.Batch
	}
	return l.model, nil
}

// LoadTraining reads the model and the training state in the file path, which
// [SaveTraining] wrote: stored values and scales as they were. Errors are those of
// [Load], and [ErrNoTrainingState] for a file of [Save].
func LoadTraining(path string) (*Model, train.State, error) {
	l, err := open(path, read)
	if err != nil {
		return nil, train.State{}, err
	}
	if l.state == nil {
		return nil, train.State{}, fmt.Errorf("checkpoint: %s: %w", path, ErrNoTrainingState)
	}
	return l.model, *l.state, nil
}

// Copy returns what [Load] would read from the file that [Save] would write, and shares nothing
// with m. Errors are those of [Save] but for the file. Cost: O(couplings) time and, for a
// while, twice the memory of the copy.
func Copy(m *Model) (*Model, error) {
	header, b, err := prepare(m, nil)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	var text bytes.Buffer
	if err := write(&text, header, b, true); err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	l, err := read(bytes.NewReader(text.Bytes()), int64(text.Len()))
	if err == nil {
		err = l.fold()
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	return l.model, nil
}

// CanSave reports what [Save] would refuse, without writing: before long work, that its
// outcome will fit into a file. The values are not looked at.
func CanSave(m *Model) error {
	if _, _, err := outlined(m, nil); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// Size returns the bytes of the file that [Save] would write, without writing it. Errors are
// those of [CanSave].
func Size(m *Model) (int64, error) {
	header, b, err := outlined(m, nil)
	if err != nil {
		return 0, fmt.Errorf("checkpoint: %w", err)
	}
	size := int64(len(header))
	for _, t := range b.tensors {
		size += t.bytes()
	}
	for _, t := range b.texts {
		size += int64(len(t.content))
	}
	return size, nil
}

// Check reports whether the file path is one of [Save] or [SaveTraining] by its header
// alone: what it says of the model, and which values the file has to hold. The values are
// not read, and may be damaged. Errors are those of [Load].
func Check(path string) error {
	_, err := open(path, readHead)
	return err
}
