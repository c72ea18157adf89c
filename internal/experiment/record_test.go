package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeyChangesWithEverythingThatDecides(t *testing.T) {
	r := coins(nil)
	base := Point{At: []Place{Number(1), Word("few")}, Task: throws{Count: 10, Bias: 0.5}}
	keys := map[string]string{}
	for name, change := range map[string]func(p *Point, seed *uint64){
		"nothing": func(*Point, *uint64) {},
		"place":   func(p *Point, _ *uint64) { p.At = []Place{Number(2), Word("few")} },
		"word":    func(p *Point, _ *uint64) { p.At = []Place{Number(1), Word("many")} },
		"task":    func(p *Point, _ *uint64) { p.Task = throws{Count: 11, Bias: 0.5} },
		"seed":    func(_ *Point, seed *uint64) { *seed = 2 },
	} {
		p, seed := base, uint64(1)
		change(&p, &seed)
		_, key, err := r.identify(p, seed)
		if err != nil {
			t.Fatal(err)
		}
		if other, taken := keys[key]; taken {
			t.Errorf("%s and %s have one key", name, other)
		}
		keys[key] = name
	}
	same := base
	same.Cost = 7
	if _, key, _ := r.identify(same, 1); keys[key] != "nothing" {
		t.Error("the cost changes the key")
	}
}

// fair is a throw whose bias is one half where nothing else is said.
type fair struct{ throws }

func (f *fair) UnmarshalJSON(text []byte) error {
	f.Bias = 0.5
	return json.Unmarshal(text, &f.throws)
}

// A cell that was computed before the bias was a setting is one of a fair coin.
func TestRecordsOfOlderProgramsAreTaken(t *testing.T) {
	r := coins(nil)
	points, err := r.Points(false)
	if err != nil {
		t.Fatal(err)
	}
	for k := range points {
		points[k].Task = fair{points[k].Task.(throws)}
	}
	r.Points = func(bool) ([]Point, error) { return points, nil }
	for task, kept := range map[string]int{
		`{"count":10,"bias":0.5}`:             1,
		`{"count":10}`:                        1,
		`{"bias":0.5}`:                        0,
		`{"count":10,"bias":0.25}`:            0,
		`{"count":10,"bias":0.5,"thrower":0}`: 0,
		`{"count":"ten"}`:                     0,
		`[]`:                                  0,
	} {
		dir := t.TempDir()
		line := `{"recipe":"coins","key":"old","at":{"bias":0.5,"kind":"few"},"seed":2,"values":{"heads":0.3},"seconds":1,"version":"v0","task":` + task + "}\n"
		for _, text := range []string{line, strings.Replace(line, `"kind":"few"`, `"kind":"few","more":1`, 1), strings.Replace(line, `"kind"`, `"sort"`, 1)} {
			if err := os.WriteFile(filepath.Join(dir, CellsFile), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			out, err := Run(ended, r, dir, Options{})
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			want := kept
			if text != line {
				want = 0 // of other axes
			}
			if out.Kept != want || out.Done() != want || out.Other != 1-want {
				t.Errorf("%s: kept %d, done %d, other %d, want %d of 1", text, out.Kept, out.Done(), out.Other, want)
			}
		}
	}
}

// Lines are longer than any buffer, and the places in errors are theirs.
func TestLongLinesAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), CellsFile)
	long := `{"recipe":"coins","key":"a","version":"` + strings.Repeat("x", 1<<20) + `"}` + "\n"
	if err := os.WriteFile(path, []byte(long+"\n"+long+long[:100]), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := openLog(path, &Recipe{Name: "coins"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if l.strange != 2 || l.size != int64(2*len(long)+1) {
		t.Errorf("%d records in %d bytes, want 2 in %d", l.strange, l.size, 2*len(long)+1)
	}
	if err := l.Add(Record{Recipe: "coins", Key: "b", Version: strings.Repeat("x", longestRecord)}); err == nil || !strings.Contains(err.Error(), "at most 16 MiB") {
		t.Errorf("a record that cannot be read again: %v", err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != l.size {
		t.Errorf("the file has %d bytes (%v), want %d", info.Size(), err, l.size)
	}
}

// A file without line ends is not read into memory: this one is full of holes and has 64 GiB.
func TestLineWithoutEndIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), CellsFile)
	if err := os.WriteFile(path, []byte(`{"recipe":"coins","key":"a"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 64<<30); err != nil {
		t.Skip("no file of holes here: ", err)
	}
	if _, err := openLog(path, &Recipe{Name: "coins"}, nil); err == nil || !strings.Contains(err.Error(), "cells.jsonl:2: more than 16 MiB") {
		t.Errorf("%v, want the line and its bound", err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 64<<30 {
		t.Errorf("the file has %d bytes now (%v)", info.Size(), err)
	}
}
