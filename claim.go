package basin

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"basin/internal/files"
)

// RunningError says that another run is to write a model file.
type RunningError struct {
	// Model is the file.
	Model string
	// Process is the number of the process that runs, 0 where that is not known.
	Process int
}

// Error names the file and the process.
func (e *RunningError) Error() string {
	if e.Process == 0 {
		return e.Model + ": another process is training it"
	}
	return fmt.Sprintf("%s: process %d is training it", e.Model, e.Process)
}

// LockOf returns the name of the file that is locked while a run is to write a model file.
func LockOf(model string) string { return model + ".lock" }

// Claim keeps other runs, of this process too, from a model file and its checkpoint until
// release is called or the process dies, and removes what runs that died left behind of
// them. [Train] and [Run.Train] claim their Options.Out by themselves, unless it says that
// the caller did. Whoever has more to do between reading the checkpoint and training, such
// as to open a log, claims it before all that. Errors are a [*RunningError], and those of a
// folder that cannot be written.
func Claim(model string) (release func(), err error) {
	if _, err := os.Lstat(CheckpointOf(model)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, unwritable(model, err) // too long a name, for one
	}
	release, err = files.Lock(LockOf(model))
	var locked *files.LockedError
	switch {
	case errors.As(err, &locked):
		return nil, &RunningError{model, locked.Process}
	case err != nil:
		return nil, unwritable(model, err)
	}
	if err := errors.Join(files.Clean(model), files.Clean(CheckpointOf(model))); err != nil {
		release()
		return nil, unwritable(model, err)
	}
	return release, nil
}

// unwritable says why a model file cannot be written, without naming another file.
func unwritable(model string, err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return fmt.Errorf("the model cannot be written to %s: %w", model, err)
}
