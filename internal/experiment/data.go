package experiment

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"basin"

	"basin/dataset"
	"basin/dataset/fetch"
	"basin/settings"
)

// Data opens and encodes data sets, each once for all cells that use it, and keeps them
// until it is dropped. It is safe for use by several goroutines. The zero value looks in
// the usual places.
type Data struct {
	// Options say where to look; Label, TestShare and Seed are taken from the settings.
	Options fetch.Options
	// Find, if not nil, says where the files of a set are that is not part of the program: a
	// path in place of one that settings name, or the folder of a known set.
	Find func(ctx context.Context, set string) (path string, err error)

	mutex   sync.Mutex
	sets    map[string]*once[*dataset.Data]
	encoded map[string]*once[*basin.Task]
}

// once is a value that is made by the first who asks for it.
type once[T any] struct {
	sync.Once
	value T
	err   error
}

// Open returns the data set that the settings name, split as they say. Nobody writes to it.
func (d *Data) Open(ctx context.Context, s settings.Settings) (*dataset.Data, error) {
	key := s.Data.Set
	if !isKnown(key) { // known sets have a test set of their own
		key = fmt.Sprint(s.Data.Set, s.Data.Label, s.Data.Drop, s.Data.Columns, s.Data.ID, s.Data.Sheet, s.Data.TestShare, s.Data.Split, s.Seed)
	}
	return share(d, &d.sets, key, func() (*dataset.Data, error) {
		where := d.Options
		if d.Find != nil && key != embedded {
			path, err := d.Find(ctx, s.Data.Set)
			if err != nil {
				return nil, err
			}
			if where.Offline = true; isKnown(s.Data.Set) {
				where.Dir = path
			} else {
				s.Data.Set = path
			}
		}
		return basin.Open(ctx, s, where)
	})
}

// embedded is the set that is part of the program.
const embedded = "digits"

// Reading is a task that reads a data set.
type Reading interface {
	// Reads returns the settings that say which; false for a task that makes its samples itself.
	Reads() (s settings.Settings, reads bool)
}

// Sets returns the names of the data sets that the tasks of cells read, sorted, but for the
// one that is part of the program.
func Sets(cells []Cell) []string {
	names := map[string]bool{}
	for _, c := range cells {
		if task, ok := c.Task.(Reading); ok {
			if s, reads := task.Reads(); reads {
				names[s.Data.Set] = true
			}
		}
	}
	delete(names, embedded)
	return slices.Sorted(maps.Keys(names))
}

func isKnown(set string) bool {
	return slices.ContainsFunc(fetch.List(), func(k fetch.Known) bool { return k.Name == set })
}

// Task returns what there is to learn by the settings: see [basin.Prepare]. Nobody writes to
// its samples, which cells share.
func (d *Data) Task(ctx context.Context, s settings.Settings, limit basin.Limit) (*basin.Task, error) {
	return d.Divided(ctx, s, s.Seed, limit)
}

// Divided is Task of data that a seed of its own divides into training and test samples, so that
// runs of several seeds have one test part. The seed of the settings still draws which training
// samples are held out for validation.
func (d *Data) Divided(ctx context.Context, s settings.Settings, seed uint64, limit basin.Limit) (*basin.Task, error) {
	key, err := json.Marshal([]any{s.Data, s.Preprocess, s.Seed, seed, limit})
	if s.Data.Validation == 0 && isKnown(s.Data.Set) { // then the seeds draw nothing
		key, err = json.Marshal([]any{s.Data, s.Preprocess, limit})
	}
	if err != nil {
		return nil, fmt.Errorf("experiment: %w", err)
	}
	task, err := share(d, &d.encoded, string(key), func() (*basin.Task, error) {
		whole := s
		whole.Seed = seed
		data, err := d.Open(ctx, whole)
		if err != nil {
			return nil, err
		}
		return basin.Prepare(s, data, limit)
	})
	if err != nil {
		return nil, err
	}
	own := *task // of the same samples, for other networks
	own.Settings = s
	return &own, nil
}

// share returns the value of a key, made by the first who asks. A failure is not kept.
func share[T any](d *Data, values *map[string]*once[T], key string, make func() (T, error)) (T, error) {
	d.mutex.Lock()
	if *values == nil {
		*values = map[string]*once[T]{}
	}
	o := (*values)[key]
	if o == nil {
		o = &once[T]{}
		(*values)[key] = o
	}
	d.mutex.Unlock()
	o.Do(func() { o.value, o.err = make() })
	if o.err != nil {
		d.mutex.Lock()
		delete(*values, key)
		d.mutex.Unlock()
	}
	return o.value, o.err
}
