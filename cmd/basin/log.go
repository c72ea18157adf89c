package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"basin"

	"basin/train"
)

// logStart is how every line of a log starts.
const logStart = `{"epoch":`

// openLog opens the log of a run that goes on from a state: what it has of later epochs, which
// will be learned again, or of a readout, which will be solved for again, and a line that was not written to its end are
// cut off. A file that is not a log is left alone; nil without a name.
func openLog(name string, from train.State) (*os.File, error) {
	if name == "" {
		return nil, nil
	}
	end := int64(0)
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		if end, err = endOfEpochs(name, from); err != nil {
			return nil, err
		}
	}
	log, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	if info, err := log.Stat(); err == nil && info.Mode().IsRegular() {
		if err := log.Truncate(end); err != nil {
			_ = log.Close()
			return nil, fmt.Errorf("log: %w", err)
		}
	}
	return log, nil
}

// endOfEpochs returns where in a log the first line of a later epoch, or one that is torn,
// begins.
func endOfEpochs(name string, from train.State) (end int64, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, fmt.Errorf("log: %w", err)
	}
	defer file.Close()
	lines := bufio.NewReader(file)
	if head, err := lines.Peek(len(logStart)); len(head) > 0 && !strings.HasPrefix(logStart, string(head)) {
		return 0, withHint(fmt.Errorf("%s is there and is not a log of `basin train`, so it is not overwritten", name), "--log FILE writes another file")
	} else if err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("log: %w", err)
	}
	for {
		text, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("log: %w", err)
		}
		var line epochLine
		if err != nil || json.Unmarshal(text, &line) != nil || line.Epoch > from.Epoch || line.Readout == "" && line.Epoch < 1 || line.Readout != "" && len(from.History) == from.Epoch {
			return end, nil
		}
		end += int64(len(text))
	}
}

// checkLog refuses a log that is one of the files of the model, by whatever name.
func (f *trainFlags) checkLog() error {
	if f.log == "" {
		return nil
	}
	for what, name := range map[string]string{"model file": f.out, "checkpoint": basin.CheckpointOf(f.out), "lock": basin.LockOf(f.out)} {
		if sameFile(f.log, name) {
			return withHint(usagef("--log %s is the %s of this run", f.log, what), "--log FILE writes another file")
		}
	}
	return nil
}

// sameFile reports whether two names are, or would be, those of one file.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if second, other := os.Stat(b); err == nil && other == nil {
		return os.SameFile(first, second)
	}
	return target(a) == target(b)
}

// target follows the links of a name whose file may not be there yet.
func target(name string) string {
	for range 10 { // links may lead in a circle
		next, err := os.Readlink(name)
		if err != nil {
			break
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(name), next)
		}
		name = next
	}
	if whole, err := filepath.Abs(name); err == nil {
		name = whole
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil {
		name = filepath.Join(folder, filepath.Base(name))
	}
	return name
}
