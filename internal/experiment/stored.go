package experiment

import (
	"fmt"
	"io"
	"reflect"
)

// ReadRecords reads the finished cells of a file that path names in errors. It writes nothing,
// so that a run may append to the file meanwhile: a line that has no end yet is left out. It
// reports a file of something else, and cells of several recipes.
func ReadRecords(path string, text io.Reader) ([]Record, error) {
	var records []Record
	_, _, err := readRecords(path, text, func(number int, record Record) error {
		if len(records) > 0 && record.Recipe != records[0].Recipe {
			return fmt.Errorf("experiment: %s:%d: a cell of %s among those of %s", path, number, record.Recipe, records[0].Recipe)
		}
		records = append(records, record)
		return nil
	})
	return records, err
}

// Stored returns the outcome that records are of. They do not say which grid was asked for: it
// is taken to be the one, quick or full, that more of them belong to, quick where it is as many,
// with as many seeds as they have. It has no workers and no elapsed time.
func Stored(r *Recipe, records []Record) (*Outcome, error) {
	var best *Outcome
	for _, full := range []bool{false, true} {
		cells, err := r.Cells(full, seedsOf(records, max(r.scale(full).Seeds, len(records))))
		if err != nil {
			return nil, err
		}
		o := &Outcome{Recipe: r, Full: full, Seeds: len(cells) / countPoints(cells), Cells: cells, Records: map[string]Record{}}
		done := r.byKey(records, kinds(cells))
		for _, c := range cells {
			if record, found := done[c.Key]; found {
				o.Records[c.Key] = record
			}
		}
		o.Kept, o.Other = len(o.Records), len(records)-len(o.Records)
		if best == nil || o.Kept > best.Kept {
			best = o
		}
		if o.Other == 0 {
			break
		}
	}
	return best, nil
}

// seedsOf returns the largest seed of records up to some number, at least 1.
func seedsOf(records []Record, most int) int {
	seeds := 1
	for _, record := range records {
		if record.Seed <= uint64(most) {
			seeds = max(seeds, int(record.Seed))
		}
	}
	return seeds
}

// byKey returns records by the key that their cells have today.
func (r *Recipe) byKey(records []Record, kinds []reflect.Type) map[string]Record {
	done := map[string]Record{}
	for _, record := range records {
		for _, kind := range kinds {
			if cell, ok := r.today(record, kind); ok {
				done[cell.Key] = record
				break
			}
		}
	}
	return done
}
