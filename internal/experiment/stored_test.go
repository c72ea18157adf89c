package experiment

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is read from a folder is what its run has computed, at every moment.
func TestStoredIsTheOutcomeOfTheRun(t *testing.T) {
	for _, o := range []Options{{}, {Seeds: 2}, {Seeds: 4, Full: true}} {
		dir := t.TempDir()
		r := coins(nil)
		quick := r.Points
		r.Points = func(full bool) ([]Point, error) {
			points, err := quick(full)
			if !full {
				points = points[:4]
			}
			return points, err
		}
		run, err := Run(context.Background(), r, dir, o)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, CellsFile))
		if err != nil {
			t.Fatal(err)
		}
		records, err := ReadRecords("cells", bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		stored, err := Stored(r, records)
		if err != nil {
			t.Fatal(err)
		}
		if stored.Full != o.Full || stored.Seeds != run.Seeds || stored.Done() != run.Done() || len(stored.Cells) != len(run.Cells) || stored.Other != 0 {
			t.Errorf("%+v: full %v, %d seeds, %d of %d cells, want %d seeds, %d cells", o, stored.Full, stored.Seeds, stored.Done(), len(stored.Cells), run.Seeds, run.Done())
		}
		if got, want := csvOf(t, stored), csvOf(t, run); got != want {
			t.Errorf("%+v: got\n%swant\n%s", o, got, want)
		}
		begun, err := ReadRecords("cells", bytes.NewReader(text[:len(text)-3]))
		if err != nil || len(begun) != len(records)-1 {
			t.Errorf("%+v: a line without end: %d records, want %d; %v", o, len(begun), len(records)-1, err)
		}
	}
}

func TestReadRecordsRefusesWhatIsNone(t *testing.T) {
	for text, says := range map[string]string{
		"a\n":                                "cells:1: not the record of a cell",
		`{"recipe":"a","key":"b"}` + "\n7\n": "cells:2: not the record of a cell",
		`{"recipe":"a","key":"b"}` + "\n" + `{"recipe":"b","key":"b"}` + "\n": "cells:2: a cell of b among those of a",
	} {
		if _, err := ReadRecords("cells", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}
