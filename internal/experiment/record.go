package experiment

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"sync"
)

// Record is one finished cell, a line of cells.jsonl.
type Record struct {
	Recipe string `json:"recipe"`
	// Key is a hash of the recipe's name, places, seed and task, as they were when the
	// cell was computed.
	Key string `json:"key"`
	// At are the places by axis.
	At   map[string]Place `json:"at"`
	Seed uint64           `json:"seed"`
	// Values and Series are those of the [Result].
	Values map[string]float64 `json:"values"`
	Series map[string]Series  `json:"series,omitempty"`
	// Seconds is how long the cell took on one core.
	Seconds float64 `json:"seconds"`
	// Version of the program that computed the cell.
	Version string `json:"version"`
	// Task is the JSON form of what was computed.
	Task json.RawMessage `json:"task"`
}

// identify returns the JSON form of a point's task and the key of its cell.
func (r *Recipe) identify(p Point, seed uint64) (task []byte, key string, err error) {
	if task, err = json.Marshal(p.Task); err != nil {
		return nil, "", fmt.Errorf("experiment: %s: task at %v: %w", r.Name, p.At, err)
	}
	whole, err := json.Marshal(struct {
		Recipe string
		At     []Place
		Seed   uint64
		Task   json.RawMessage
	}{r.Name, p.At, seed, task})
	if err != nil {
		return nil, "", fmt.Errorf("experiment: %s: point %v: %w", r.Name, p.At, err)
	}
	sum := sha256.Sum256(whole)
	return task, hex.EncodeToString(sum[:12]), nil
}

// today returns the cell of a record as it is today, if it has a task of a kind.
// What a stored task lacks, because it did not exist when the cell was computed, is what an
// empty JSON object makes of it: the default of a setting. A task that has more than the kind
// knows is not of it.
func (r *Recipe) today(record Record, kind reflect.Type) (cell Cell, ok bool) {
	if len(record.At) != len(r.Axes) {
		return cell, false
	}
	cell = Cell{Seed: record.Seed, recipe: r}
	for _, a := range r.Axes {
		place, given := record.At[a.Name]
		if !given {
			return cell, false
		}
		cell.At = append(cell.At, place)
	}
	task := reflect.New(kind)
	if err := json.Unmarshal(record.Task, task.Interface()); err != nil {
		return cell, false
	}
	cell.Task = task.Elem().Interface().(Task)
	var err error
	if cell.task, cell.Key, err = r.identify(cell.Point, record.Seed); err != nil {
		return cell, false
	}
	var known, stored any
	err = errors.Join(json.Unmarshal(cell.task, &known), json.Unmarshal(record.Task, &stored))
	return cell, err == nil && hasKeys(known, stored)
}

// hasKeys says whether a JSON value has all keys that another one has.
func hasKeys(known, stored any) bool {
	switch s := stored.(type) {
	case map[string]any:
		k, _ := known.(map[string]any)
		for name, value := range s {
			if inner, has := k[name]; !has || !hasKeys(inner, value) {
				return false
			}
		}
	case []any:
		k, _ := known.([]any)
		for i, value := range s {
			if i >= len(k) || !hasKeys(k[i], value) {
				return false
			}
		}
	}
	return true
}

// longestRecord bounds the bytes of a line, its end included.
const longestRecord = 16 << 20

// Records are where finished cells are kept.
type Records interface {
	// Add keeps the record of a cell. It is kept for good when Add returns, and counts once.
	// Add is safe for use by several goroutines.
	Add(Record) error
}

// log is the file of records. Lines are only ever appended, so that an interruption
// costs at most the line under way.
type log struct {
	mutex sync.Mutex
	file  *os.File
	// size of the file, up to the end of its last line.
	size int64
	// fresh says that the file was made here.
	fresh bool
	// done are the records by the key that their cells have today. Those of other grids
	// stay in the file and are of no use here.
	done map[string]Record
	// strange is the number of records whose tasks are of no kind that the recipe has.
	strange int
}

// openLog opens or makes the file of a recipe's records, whose tasks are of some kinds. A
// last line that was not written to its end is cut off. It reports a file of something else.
func openLog(path string, r *Recipe, kinds []reflect.Type) (*log, error) {
	_, err := os.Lstat(path)
	fresh := errors.Is(err, os.ErrNotExist)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	l := &log{file: file, fresh: fresh, done: map[string]Record{}}
	if err := l.read(path, r, kinds); err != nil {
		_ = file.Close()
		return nil, err
	}
	return l, nil
}

// read takes in the file.
func (l *log) read(path string, r *Recipe, kinds []reflect.Type) error {
	size, rest, err := readRecords(path, l.file, func(number int, record Record) error {
		if record.Recipe != r.Name {
			return fmt.Errorf("experiment: %s:%d: a cell of %s, not of %s: use another folder", path, number, record.Recipe, r.Name)
		}
		l.keep(record, r, kinds)
		return nil
	})
	if err != nil {
		return err
	}
	l.size = size
	return l.cut(path, rest)
}

// readRecords calls each with the records of a text and the numbers of their lines, line by line, so
// that no more than a line is held beside them. It returns the bytes of the lines and what
// stands behind the last end of a line.
func readRecords(path string, text io.Reader, each func(number int, record Record) error) (size int64, rest []byte, err error) {
	lines := bufio.NewReader(text)
	var line []byte
	for number := 1; ; number++ {
		line, err = readLine(lines, line[:0])
		switch {
		case errors.Is(err, io.EOF):
			return size, line, nil
		case errors.Is(err, errLong):
			return 0, nil, fmt.Errorf("experiment: %s:%d: more than %d MiB, not the record of a cell: remove the line, or use another folder", path, number, longestRecord>>20)
		case err != nil:
			return 0, nil, err
		}
		size += int64(len(line))
		if len(line) == 1 {
			continue
		}
		var record Record
		if err := json.Unmarshal(line, &record); err != nil || record.Key == "" {
			return 0, nil, fmt.Errorf("experiment: %s:%d: not the record of a cell: remove the line, or use another folder", path, number)
		}
		if err := each(number, record); err != nil {
			return 0, nil, err
		}
	}
}

// cut cuts off a last line that was not written to its end.
func (l *log) cut(path string, rest []byte) error {
	const begin = `{"recipe":`
	switch {
	case len(rest) == 0:
		return nil
	case l.size == 0 && !bytes.HasPrefix(rest, []byte(begin)) && !strings.HasPrefix(begin, string(rest)):
		return fmt.Errorf("experiment: %s: not a file of cells: use another folder", path)
	}
	return l.file.Truncate(l.size)
}

// errLong is the end of a line of more than longestRecord bytes.
var errLong = errors.New("a line without end")

// readLine appends a line to dst, its end included. The rest of the text after the last end is
// given with io.EOF.
func readLine(text *bufio.Reader, dst []byte) ([]byte, error) {
	for {
		part, err := text.ReadSlice('\n')
		if len(dst)+len(part) > longestRecord {
			return nil, errLong
		}
		dst = append(dst, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return dst, err
		}
	}
}

// keep takes in a record that is in the file.
func (l *log) keep(record Record, r *Recipe, kinds []reflect.Type) {
	for _, kind := range kinds {
		if cell, ok := r.today(record, kind); ok {
			l.done[cell.Key] = record
			return
		}
	}
	l.strange++
}

// Add writes the record of a finished cell to the disk.
func (l *log) Add(record Record) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if _, done := l.done[record.Key]; done {
		return nil
	}
	line, err := json.Marshal(record)
	if err != nil {
		return err
	}
	if line = append(line, '\n'); len(line) > longestRecord {
		return fmt.Errorf("experiment: %s: a cell of %d bytes, want at most %d MiB", record.Recipe, len(line), longestRecord>>20)
	}
	if _, err := l.file.Write(line); err != nil {
		// A part of a line would spoil the next one.
		return errors.Join(err, l.file.Truncate(l.size))
	}
	l.size += int64(len(line))
	l.done[record.Key] = record
	return l.file.Sync()
}

// close closes the file, and removes one that was made here and has no line.
func (l *log) close() error {
	err := l.file.Close()
	if l.fresh && l.size == 0 {
		err = errors.Join(err, os.Remove(l.file.Name()))
	}
	return err
}
