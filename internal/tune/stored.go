package tune

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"basin/internal/experiment"
	"basin/internal/files"
	"basin/settings"
)

// PlanFile is the file in the folder of a search that holds its plan.
const PlanFile = "tune.json"

// stored is what the plan file holds: all that decides the result.
type stored struct {
	Plan
	// Wanted are the trials, epochs and seeds that were asked for, 0 where nothing was.
	Wanted wanted `json:"wanted"`
	// Data is the fingerprint of the training samples.
	Data string            `json:"data"`
	Base settings.Settings `json:"base"`
}

type wanted struct {
	Trials int `json:"trials"`
	Epochs int `json:"epochs"`
	Seeds  int `json:"seeds"`
}

// read takes the plan of a file, if there is one for the same search.
func (own *stored) read(path string) (found bool, err error) {
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		for _, name := range []string{experiment.CellsFile, BestFile, TriedFile, experiment.TableFile, experiment.ReportFile} {
			other := filepath.Join(filepath.Dir(path), name)
			if _, err := os.Lstat(other); err == nil {
				return false, fmt.Errorf("tune: %s is there without the plan of a search, %s: use another folder", other, PlanFile)
			}
		}
		return false, nil
	case err != nil:
		return false, fmt.Errorf("tune: %w", err)
	}
	var there stored
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&there); err != nil || !there.sound() {
		return false, fmt.Errorf("tune: %s: not the plan of a search: use another folder", path)
	}
	what, changes := "", settings.Changes(there.Base, own.Base)
	switch {
	case there.Wanted != own.Wanted:
		what = "another number of trials, epochs or seeds"
	case there.Data != own.Data:
		what = "other data"
	case len(changes) > 0:
		what = "other settings as its base, " + strings.Join(changes[:min(3, len(changes))], ", ")
	default:
		own.Plan = there.Plan
		return true, nil
	}
	return false, fmt.Errorf("tune: %s: the plan of a search with %s: use another folder", path, what)
}

// sound reports a plan that a search can compute.
func (own *stored) sound() bool {
	before := 0
	for _, r := range own.Rungs {
		if r.Epochs <= before || r.Trials < 1 || r.Seeds < 1 {
			return false
		}
		before = r.Epochs
	}
	return len(own.Rungs) > 0 && before == own.Epochs && own.Trials == own.Rungs[0].Trials && own.Trials <= 1_000_000
}

func (own *stored) write(path string) error {
	text, err := json.MarshalIndent(own, "", "  ")
	if err != nil {
		return fmt.Errorf("tune: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("tune: %w", err)
	}
	if err := files.Write(path, append(text, '\n')); err != nil {
		return fmt.Errorf("tune: %w", err)
	}
	return nil
}
