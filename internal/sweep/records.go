package sweep

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/nats-io/nats.go/jetstream"

	"basin/internal/experiment"
)

// records is the bucket of the records of one recipe and version.
type records struct {
	ctx     context.Context
	cluster *Cluster
	version string
	worker  string // who computes
}

var _ experiment.Records = records{}

// A record's key is doneKey, version, recipe and cell; of a cell that failed it is failedKey.
const (
	doneKey   = "done"
	failedKey = "failed"
)

func recordKey(kind, version, recipe, cell string) string {
	return kind + "." + token(version) + "." + recipe + "." + cell
}

// stored is what stands in the bucket.
type stored struct {
	Worker string `json:"worker"`
	// Record is that of the cell; where it is too long for a message, Object names it.
	Record *experiment.Record `json:"record,omitempty"`
	Object string             `json:"object,omitempty"`
	// Error says why a cell failed.
	Error string `json:"error,omitempty"`
}

// Add keeps a record, if its cell has none. It reports one that differs from the record that is
// there.
func (r records) Add(record experiment.Record) error {
	text, err := json.Marshal(stored{Worker: r.worker, Record: &record})
	if err != nil {
		return err
	}
	if most := r.cluster.connection.MaxPayload() - 1024; int64(len(text)) > most {
		if text, err = r.aside(record); err != nil {
			return err
		}
	}
	key := recordKey(doneKey, r.version, record.Recipe, record.Key)
	err = r.cluster.again(r.ctx, func() error {
		_, err := r.cluster.records.Create(r.ctx, key, text)
		return err
	})
	if !errors.Is(err, jetstream.ErrKeyExists) {
		return err
	}
	first, worker, err := r.get(record.Recipe, record.Key)
	if err != nil || first == nil {
		return err
	}
	if !sameNumbers(*first, record) {
		return fmt.Errorf("%w: %v by %s, %v by %s", errDiffer, first.Values, worker, record.Values, r.worker)
	}
	return nil
}

// errDiffer is a cell with two results.
var errDiffer = errors.New("two workers have different results of one cell: a machine that computes wrongly, or a program that was changed")

// sameNumbers says whether two records of a cell have the same result.
func sameNumbers(a, b experiment.Record) bool {
	return reflect.DeepEqual(a.Values, b.Values) && len(a.Series) == len(b.Series) && (len(a.Series) == 0 || reflect.DeepEqual(a.Series, b.Series))
}

// aside puts a long record into the object store.
func (r records) aside(record experiment.Record) ([]byte, error) {
	text, err := json.Marshal(record)
	if err != nil {
		return nil, err
	}
	name := "record." + token(r.version) + "." + record.Key + "." + token(string(text))
	err = r.cluster.again(r.ctx, func() error {
		_, err := r.cluster.objects.PutBytes(r.ctx, name, text)
		return err
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(stored{Worker: r.worker, Object: name})
}

// fail says that a cell cannot be computed.
func (r records) fail(recipe, cell string, fault error) error {
	text, err := json.Marshal(stored{Worker: r.worker, Error: fault.Error()})
	if err != nil {
		return err
	}
	return r.cluster.again(r.ctx, func() error {
		_, err := r.cluster.records.Put(r.ctx, recordKey(failedKey, r.version, recipe, cell), text)
		return err
	})
}

// get returns the record of a cell and who computed it; nil where there is none.
func (r records) get(recipe, cell string) (record *experiment.Record, worker string, err error) {
	var entry jetstream.KeyValueEntry
	err = r.cluster.again(r.ctx, func() (err error) {
		entry, err = r.cluster.records.Get(r.ctx, recordKey(doneKey, r.version, recipe, cell))
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			entry, err = nil, nil
		}
		return err
	})
	if err != nil || entry == nil {
		return nil, "", err
	}
	s, err := r.read(entry.Value())
	return s.Record, s.Worker, err
}

// read reads what stands in the bucket.
func (r records) read(value []byte) (s stored, err error) {
	decoder := json.NewDecoder(bytes.NewReader(value))
	if err := decoder.Decode(&s); err != nil {
		return s, fmt.Errorf("sweep: a record that is none: %w", err)
	}
	if s.Object == "" {
		return s, nil
	}
	var text []byte
	err = r.cluster.again(r.ctx, func() (err error) {
		text, err = r.cluster.objects.GetBytes(r.ctx, s.Object)
		return err
	})
	if err != nil {
		return s, fmt.Errorf("sweep: %s: %w", s.Object, err)
	}
	s.Record = &experiment.Record{}
	return s, json.Unmarshal(text, s.Record)
}
