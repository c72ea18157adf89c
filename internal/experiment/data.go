package experiment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

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

	mutex   sync.Mutex
	sets    map[string]*once[*dataset.Data]
	encoded map[string]*once[*Encoded]
}

// Encoded are the samples of some settings as networks read them. Nobody writes to
// them.
type Encoded struct {
	// Training are learned, Held measured; Held is nil where there is nothing to measure
	// on. Split names Held: "validation" or "test".
	Training, Held *dataset.Samples
	Split          string
	// Shape is that of an input, Classes the number of classes.
	Shape   []int
	Classes int
}

// once is a value that is made by the first who asks for it.
type once[T any] struct {
	sync.Once
	value T
	err   error
}

// Open returns the data set that the settings name, split as they say.
func (d *Data) Open(ctx context.Context, s settings.Data, seed uint64) (*dataset.Data, error) {
	o := d.Options
	o.Label, o.TestShare, o.Seed = s.Label, s.TestShare, seed
	if o.TestShare == 0 {
		o.TestShare = -1
	}
	key := s.Set
	if !isKnown(s.Set) { // known sets have a test set of their own
		key = fmt.Sprint(s.Set, s.Label, s.TestShare, seed)
	}
	return share(d, &d.sets, key, func() (*dataset.Data, error) { return fetch.Open(ctx, s.Set, o) })
}

func isKnown(set string) bool {
	return slices.ContainsFunc(fetch.List(), func(k fetch.Known) bool { return k.Name == set })
}

// Encode returns the samples that the settings learn and measure: the validation
// samples where the settings hold some out, else the test samples. Of each part at most
// the given number is taken, spread evenly over it, and all where the number is 0.
func (d *Data) Encode(ctx context.Context, s settings.Settings, training, held int) (*Encoded, error) {
	key, err := json.Marshal([]any{s.Data, s.Preprocess, s.Seed, training, held})
	if s.Data.Validation == 0 && isKnown(s.Data.Set) { // then the seed draws nothing
		key, err = json.Marshal([]any{s.Data, s.Preprocess, training, held})
	}
	if err != nil {
		return nil, fmt.Errorf("experiment: %w", err)
	}
	return share(d, &d.encoded, string(key), func() (*Encoded, error) {
		data, err := d.Open(ctx, s.Data, s.Seed)
		if err != nil {
			return nil, err
		}
		return encode(s, data, training, held)
	})
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

// encode divides data as the settings say and encodes the parts.
func encode(s settings.Settings, data *dataset.Data, training, held int) (*Encoded, error) {
	if data.Train.Labels == nil {
		return nil, fmt.Errorf("experiment: %s: no labels to learn from", s.Data.Set)
	}
	e := &Encoded{Shape: data.Train.Shape, Classes: data.Train.Classes()}
	learned, measured := data.Train, data.Test
	switch {
	case s.Data.Validation > 0:
		e.Split = "validation"
		var err error
		if learned, measured, err = dataset.Holdout(data.Train, s.Data.Validation, s.Seed); err != nil {
			return nil, err
		}
	case measured != nil:
		e.Split = "test"
	}
	encoder, err := s.Preprocess.Fit(learned)
	if err != nil {
		return nil, err
	}
	if s.Preprocess.Projection > 0 {
		e.Shape = []int{s.Preprocess.Projection}
	}
	if e.Training, err = samples(encoder, learned, training); err != nil || measured == nil {
		return e, err
	}
	e.Held, err = samples(encoder, measured, held)
	return e, err
}

// samples encodes at most count samples of a set, all for 0.
func samples(encoder *dataset.Encoder, set *dataset.Set, count int) (*dataset.Samples, error) {
	if total := set.Count(); count > 0 && count < total {
		indices := make([]int, count)
		for i := range indices {
			indices[i] = i * total / count
		}
		set = set.Subset(indices)
	}
	inputs, err := encoder.Encode(set)
	if err != nil {
		return nil, err
	}
	return &dataset.Samples{Inputs: inputs, Labels: set.Labels}, nil
}
