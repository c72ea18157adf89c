package basin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"basin/dataset"
	"basin/dataset/fetch"
	"basin/dataset/table"
	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// Open opens the data that the settings name, split into training and test samples as
// they say. where says in which places to look; which columns a table has, TestShare, Split and Seed
// are those of the settings.
func Open(ctx context.Context, s settings.Settings, where fetch.Options) (*dataset.Data, error) {
	where.Label, where.TestShare, where.Split, where.Seed = s.Data.Label, s.Data.TestShare, s.Data.Split, s.Seed
	where.Drop, where.Only, where.ID, where.Sheet = s.Data.Drop, s.Data.Columns, s.Data.ID, s.Data.Sheet
	where.Limit = limitOf(s)
	if where.TestShare == 0 {
		where.TestShare = -1 // none
	}
	d, err := fetch.Open(ctx, s.Data.Set, where)
	if err != nil || d.Validation == nil {
		return d, err
	}
	note := "%s: %d validation samples of its own are not read: with data.validation above 0 they are held out in place of a share"
	if s.Data.Validation > 0 {
		note = "%s: %d validation samples of its own are held out, in place of a share of the training samples"
	}
	d.Train.Notes = append(slices.Clip(d.Train.Notes), fmt.Sprintf(note, s.Data.Set, d.Validation.Count()))
	return d, nil
}

// limitOf returns the bytes that the values of a table may take.
func limitOf(s settings.Settings) int64 { return int64(s.Data.Limit * (1 << 30)) }

// Task is what there is to learn: samples as the networks of some settings read them.
type Task struct {
	// Settings of the networks and of their learning.
	Settings settings.Settings
	// Encoder is fitted to the training samples.
	Encoder *dataset.Encoder
	// LabelNames has a name for each class.
	LabelNames []string
	// Shape is that of an input of the network: of a raw sample, {P} for a projection to P
	// signs, or {D} for the D numbers that the columns of a table become.
	Shape []int
	// Columns are those of the table that is learned; nil for images.
	Columns *table.Columns
	// Training are the samples to learn, Held those to measure on; Held is nil where there
	// are none. Split names Held: "validation", "test" or "".
	Training, Held *dataset.Samples
	Split          string
	// Notes say, a line each, what the preprocessing assumes of these samples: what it puts
	// in place of missing values, and which categories it does not know.
	Notes []string

	learned, measured  *dataset.Set // Training and Held before they were encoded
	hash, measuredHash string       // see Fingerprint
	hashes             []uint64     // see rows
}

// Fingerprint returns a text that other training samples do not have; "" of a task that
// [Prepare] did not make. Cost: one pass over them at the first call.
func (t *Task) Fingerprint() string {
	if t.hash == "" && t.learned != nil {
		t.hash = t.learned.Fingerprint()
	}
	return t.hash
}

// heldFingerprint is the fingerprint of the samples to measure on, "none" without any.
func (t *Task) heldFingerprint() string {
	switch {
	case t.measured == nil:
		return "none"
	case t.measuredHash == "":
		t.measuredHash = t.measured.Fingerprint()
	}
	return t.measuredHash
}

// Limit bounds the samples of a task; those taken are spread evenly over all.
type Limit struct {
	// Training and Held are the most samples to learn and to measure on; 0 takes all.
	Training, Held int
}

// Prepare divides data into what is learned and what is measured, fits the preprocessing
// to all training samples, takes as many of both parts as the limit says, and encodes them.
// With a validation share the held out samples are the validation samples of the data, or
// where it has none that share of the training samples; else they are the test samples.
// Their classes are matched by name: one that is not among those of the training samples is
// an error. Settings are those of a run that [settings.Settings.Validate] takes. This is the
// one way from settings and data to samples.
func Prepare(s settings.Settings, d *dataset.Data, limit Limit) (*Task, error) {
	return prepare(s, d, limit, func(t *Task) (*dataset.Encoder, error) { return s.Preprocess.Fit(t.learned) })
}

// prepare is Prepare with an encoder that another function gives for what is learned.
func prepare(s settings.Settings, d *dataset.Data, limit Limit, encoder func(*Task) (*dataset.Encoder, error)) (*Task, error) {
	if d == nil || d.Train == nil || d.Train.Labels == nil {
		return nil, fmt.Errorf("%s: no labels to learn from", s.Data.Set)
	}
	t := &Task{Settings: s, learned: d.Train, LabelNames: d.Train.LabelNames, Shape: d.Train.Shape}
	if d.Train.Table != nil {
		t.Columns = d.Train.Table.Memory()
	}
	held := d.Test
	if s.Learning.Best && s.Data.Validation == 0 {
		return nil, errors.New("learning.best chooses an epoch by its accuracy on validation samples: want data.validation above 0")
	}
	switch {
	case s.Data.Validation > 0 && d.Validation != nil:
		t.Split, held = "validation", d.Validation
	case s.Data.Validation > 0:
		t.Split = "validation"
		var err error
		if t.learned, held, err = dataset.Holdout(d.Train, s.Data.Validation, s.Data.Split, s.Seed); err != nil {
			return nil, err
		}
	case held != nil:
		t.Split = "test"
	}
	if t.learned.Uniform() {
		return nil, fmt.Errorf("%s: all %d samples to learn are equal: nothing tells their classes apart", s.Data.Set, t.learned.Count())
	}
	var err error
	if t.Encoder, err = encoder(t); err != nil {
		return nil, err
	}
	if dim := t.Encoder.Dim(); s.Preprocess.Projection > 0 || dim != t.Encoder.Features {
		t.Shape = []int{dim}
	}
	for _, note := range t.Encoder.Notes(t.learned) {
		t.Notes = append(t.Notes, "training samples: "+note)
	}
	for _, note := range t.Encoder.Notes(held) {
		t.Notes = append(t.Notes, t.Split+" samples: "+note)
	}
	return t, t.encode(held, limit)
}

// encode turns both parts into inputs.
func (t *Task) encode(held *dataset.Set, limit Limit) (err error) {
	t.learned = spread(t.learned, limit.Training)
	if t.Training, err = t.Encoder.Samples(t.learned); err != nil || held == nil {
		return err
	}
	if t.measured, err = t.named(held); err != nil {
		return err
	}
	t.measured = spread(t.measured, limit.Held)
	t.Held, err = t.Encoder.Samples(t.measured)
	return err
}

// Encode returns more labelled samples as the networks of the task read them, such as the
// test samples of a task that holds out validation samples. A class that the training samples
// do not have is an error.
func (t *Task) Encode(s *dataset.Set) (*dataset.Samples, error) {
	s, err := t.named(s)
	if err != nil {
		return nil, err
	}
	return t.Encoder.Samples(s)
}

// named returns a set with the classes of the training samples.
func (t *Task) named(s *dataset.Set) (*dataset.Set, error) {
	if s == nil || slices.Equal(s.LabelNames, t.LabelNames) {
		return s, nil
	}
	named := *s
	return &named, named.Relabel(t.LabelNames)
}

// spread takes at most count samples of a set, evenly, or all for 0.
func spread(s *dataset.Set, count int) *dataset.Set {
	total := s.Count()
	if count <= 0 || count >= total {
		return s
	}
	indices := make([]int, count)
	for i := range indices {
		indices[i] = i * total / count
	}
	return s.Subset(indices)
}

// Draw draws the network that the settings describe for the task. Errors are those of
// [protocol.Draw], and that of fewer than two classes.
func (t *Task) Draw() (*network.Network, error) {
	if len(t.LabelNames) < 2 {
		return nil, fmt.Errorf("%s: %w", t.Settings.Data.Set, &OneClassError{t.LabelNames})
	}
	return protocol.Draw(t.Settings.Protocol(), t.Settings.Network, t.Shape, len(t.LabelNames), t.Training, t.Training.Count())
}

// OneClassError says that all training samples have one label.
type OneClassError struct {
	// LabelNames has the one label.
	LabelNames []string
}

// Error names the label.
func (e *OneClassError) Error() string {
	return fmt.Sprintf("every training sample has the label %q, want at least two classes", e.LabelNames)
}
