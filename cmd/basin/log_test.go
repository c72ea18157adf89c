package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"basin"
	"basin/train"
)

func TestALogIsCutToItsCheckpoint(t *testing.T) {
	const one, two, three = `{"epoch":1,"epochs":3}` + "\n", `{"epoch":2,"epochs":3}` + "\n", `{"epoch":3,"epochs":3}` + "\n"
	for _, c := range []struct {
		name, log string
		epochs    int
		want      string
	}{
		{"no line", "", 2, ""},
		{"no epoch", one + two, 0, ""},
		{"as many", one + two, 2, one + two},
		{"later ones", one + two + three, 1, one},
		{"fewer", two, 3, two},
		{"torn", one + two[:12], 2, one},
		{"torn in the first word", one + two[:3], 2, one},
		{"first line torn", one[:5], 2, ""},
		{"torn and gone on", one + two[:12] + three, 3, one},
		{"doubled by an older release", one + two + two + three, 2, one + two + two},
		{"no line feed", one + strings.TrimSuffix(two, "\n"), 2, one},
	} {
		path := filepath.Join(t.TempDir(), "log.jsonl")
		if err := os.WriteFile(path, []byte(c.log), 0o600); err != nil {
			t.Fatal(err)
		}
		log, err := openLog(path, train.State{Epoch: c.epochs, History: make([]train.EpochRecord, c.epochs)})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		_, err = log.WriteString("next")
		if err := errors.Join(err, log.Close()); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != c.want+"next" {
			t.Errorf("%s: the log is now %q, %v, want %q", c.name, got, err, c.want+"next")
		}
	}
}

func TestTheLogIsNoFileOfTheModel(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, to := range map[string]string{"link": "m", "chain": "link", "away": filepath.Join(dir, "m.checkpoint"), "here": "."} {
		if err := os.Symlink(to, name); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	for _, there := range []bool{false, true} {
		if there {
			if err := os.WriteFile("m", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Link("m", "hard"); err != nil {
				t.Skipf("no hard links here: %v", err)
			}
		}
		for log, want := range map[string]bool{
			"m": true, "./m": true, filepath.Join(dir, "m"): true, "here/m": true, "link": true, "chain": true, "away": true,
			"m.checkpoint": true, "m.lock": true, "hard": there, "log": false, "n/m": false, "": false,
		} {
			f := trainFlags{out: "m", log: log}
			if err := f.checkLog(); (err != nil) != want {
				t.Errorf("--log %q, a model there %t: error %v, want one: %t", log, there, err, want)
			}
		}
	}
}

// full is a disk without room.
type full struct{ writes int }

func (f *full) Write([]byte) (int, error) { f.writes++; return 0, errors.New("no space left") }

func TestAReporterThatCannotWriteSaysSoOnceAndGoesOn(t *testing.T) {
	epoch := func(n int) basin.Progress {
		return basin.Progress{Progress: train.Progress{EpochDone: true, Epochs: 3, State: train.State{Epoch: n, History: []train.EpochRecord{{Epoch: n}}}}}
	}
	var talk strings.Builder
	log := &full{}
	r := newReporter(&talk, true, log, 10, train.State{}, 3)
	for n := range 3 {
		if err := r.progress(epoch(n + 1)); err != nil {
			t.Fatal(err)
		}
	}
	if want := "basin: warning: the log ends before epoch 1, the run goes on: no space left\n"; talk.String() != want || log.writes != 1 {
		t.Errorf("it says %q after %d writes, want %q after 1", talk.String(), log.writes, want)
	}
	screen := &full{}
	r = newReporter(screen, false, nil, 10, train.State{}, 3)
	for n := range 3 {
		if err := r.progress(epoch(n + 1)); err != nil {
			t.Fatal(err)
		}
	}
	if screen.writes != 2 { // the line, and a warning that might have got through
		t.Errorf("%d writes, want 2", screen.writes)
	}
}
