package online

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"basin/internal/files"
)

// format of the folder; a program refuses folders of a later one.
const format = 1

// recent is the number of samples of the running accuracy, and mostPeriods that of the history:
// where it is full, pairs of neighbours become one.
const (
	recent      = 1000
	mostPeriods = 512
)

// state is the content of state.json.
type state struct {
	Format     int      `json:"format"`
	Generation int      `json:"generation"` // the number of the model and the log that count
	Origin     string   `json:"origin"`     // SHA-256 of the model file that it all began with
	Samples    int64    `json:"samples"`    // learned since, without those that a way back took away
	Right      string   `json:"right"`      // of the last samples: 1 predicted rightly before it was learned, 0 not
	History    []Period `json:"history"`
}

// Period is a stretch of the history: what was learned between two checkpoints, or an event.
type Period struct {
	// From and To are the times of the first and the last sample, in seconds since 1970.
	From int64 `json:"from"`
	To   int64 `json:"to"`
	// Samples learned, mini-batches, and samples that were predicted rightly just before.
	Samples int64 `json:"samples"`
	Batches int64 `json:"batches"`
	Correct int64 `json:"correct"`
	// Unstable counts pairs of a neuron and a sample that had something to learn, of Pairs.
	Unstable int64 `json:"unstable"`
	Pairs    int64 `json:"pairs"`
	// Event says what happened instead: a snapshot, a way back.
	Event string `json:"event,omitempty"`
}

func (p *Period) add(q Period) {
	if p.Batches == 0 {
		p.From = q.From
	}
	p.To = q.To
	p.Samples += q.Samples
	p.Batches += q.Batches
	p.Correct += q.Correct
	p.Unstable += q.Unstable
	p.Pairs += q.Pairs
}

// append adds a period and keeps the history short.
func (s *state) append(p Period) {
	s.History = append(s.History, p)
	if len(s.History) <= mostPeriods {
		return
	}
	var short []Period
	for i := 0; i < len(s.History); i++ {
		p := s.History[i]
		if i+1 < len(s.History) && p.Event == "" && s.History[i+1].Event == "" {
			i++
			p.add(s.History[i])
		}
		short = append(short, p)
	}
	s.History = short[max(0, len(short)-mostPeriods):] // events alone may be many
}

// count notes whether a sample was predicted rightly before it was learned.
func (s *state) count(right bool) {
	bit := "0"
	if right {
		bit = "1"
	}
	s.Right += bit
	if len(s.Right) > recent {
		s.Right = s.Right[len(s.Right)-recent:]
	}
}

// accuracy returns the share of the last samples that were predicted rightly, and their number.
func (s *state) accuracy() (share float64, samples int) {
	if len(s.Right) == 0 {
		return 0, 0
	}
	return float64(strings.Count(s.Right, "1")) / float64(len(s.Right)), len(s.Right)
}

// folder is the folder of a model that goes on learning.
type folder string

func (f folder) statePath() string { return filepath.Join(string(f), "state.json") }
func (f folder) lock() string      { return filepath.Join(string(f), "lock") }
func (f folder) model(n int) string {
	return filepath.Join(string(f), fmt.Sprintf("model-%d.safetensors", n))
}

func (f folder) log(n int) string         { return filepath.Join(string(f), fmt.Sprintf("log-%d", n)) }
func (f folder) snapshots() string        { return filepath.Join(string(f), "snapshots") }
func (f folder) snapshot(n string) string { return filepath.Join(f.snapshots(), n+".safetensors") }
func (f folder) knownOf(n string) string  { return filepath.Join(f.snapshots(), n+".json") }

// read returns the state; an error of [os.ErrNotExist] where there is none yet.
func (f folder) read() (state, error) {
	var s state
	content, err := os.ReadFile(f.statePath())
	if err != nil {
		return s, err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&s); err != nil {
		return s, fmt.Errorf("%s: %w", f.statePath(), err)
	}
	if s.Format < 1 || s.Format > format {
		return s, fmt.Errorf("%s: format %d, and this program knows formats up to %d", f.statePath(), s.Format, format)
	}
	if s.Generation < 1 {
		return s, fmt.Errorf("%s: generation %d, want at least 1", f.statePath(), s.Generation)
	}
	return s, nil
}

func (f folder) write(s state) error {
	content, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return files.Write(f.statePath(), append(content, '\n'))
}

var generationName = regexp.MustCompile(`^(?:model-([0-9]+)\.safetensors|log-([0-9]+)(?:\.cut)?)$`)

// temporaryName is that of a file which a crash left unfinished: see [files.Replace].
var temporaryName = regexp.MustCompile(`^\..*[0-9]{20}$`)

// tidy removes what a crash may have left: models and logs of other generations, and files that
// were not finished. What was cut from a log stays. The lock is held, so nobody else writes here.
func (f folder) tidy(generation int) {
	for _, dir := range []string{string(f), f.snapshots()} {
		entries, _ := os.ReadDir(dir) // what cannot be read can be tidied the next time
		for _, e := range entries {
			if temporaryName.MatchString(e.Name()) {
				_ = os.Remove(filepath.Join(dir, e.Name()))
			}
		}
	}
	entries, _ := os.ReadDir(string(f))
	for _, e := range entries {
		match := generationName.FindStringSubmatch(e.Name())
		if match == nil || strings.HasSuffix(e.Name(), ".cut") {
			continue
		}
		if n, err := strconv.Atoi(match[1] + match[2]); err == nil && n != generation {
			_ = os.Remove(filepath.Join(string(f), e.Name()))
		}
	}
}

// Snapshot is a model that was kept under a name.
type Snapshot struct {
	Name string `json:"name"`
	// Time when it was made, in seconds since 1970.
	Time int64 `json:"time"`
	// Samples that it had learned since the model file.
	Samples int64 `json:"samples"`
	// Accuracy of the last Of samples before they were learned.
	Accuracy float64 `json:"accuracy"`
	Of       int     `json:"of"`

	// Right is that of the state: the running accuracy goes back with the model.
	Right string `json:"right,omitempty"`
}

var snapshotName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// checkName reports names that would not do as those of files.
func checkName(name string) error {
	if !snapshotName.MatchString(name) {
		return &NameError{fmt.Sprintf("a snapshot called %q: want 1 to 64 letters, digits, dots, lines and underscores, a letter or digit first", name)}
	}
	return nil
}

// list returns the snapshots, the oldest first.
func (f folder) list() ([]Snapshot, error) {
	entries, err := os.ReadDir(f.snapshots())
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []Snapshot
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || checkName(name) != nil {
			continue
		}
		if _, err := os.Stat(f.snapshot(name)); err != nil {
			continue // a crash came between the two files
		}
		content, err := os.ReadFile(f.knownOf(name))
		if err != nil {
			return nil, err
		}
		s := Snapshot{}
		if err := json.Unmarshal(content, &s); err != nil {
			return nil, fmt.Errorf("%s: %w", f.knownOf(name), err)
		}
		s.Name = name
		found = append(found, s)
	}
	slices.SortStableFunc(found, func(a, b Snapshot) int {
		if a.Time != b.Time {
			return int(min(1, max(-1, a.Time-b.Time)))
		}
		return strings.Compare(a.Name, b.Name)
	})
	return found, nil
}

// digest returns the SHA-256 of a file.
func digest(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
