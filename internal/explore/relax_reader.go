package explore

import (
	"context"
	"fmt"
	"strings"

	"basin"
	"basin/dataset"
	"basin/dataset/fetch"
	"basin/internal/random"
	"basin/settings"
)

// reader is what turns a choice of the room into what a network reads.
type reader struct {
	// shape is that of a raw sample, largest the value that is shown white.
	shape   []int
	largest float32
	encoder *dataset.Encoder
	// samples to choose from, as the encoder reads them, or nil; from says where they are
	// from, or why there are none. resized says that they are the digits in another size.
	samples *dataset.Set
	from    string
	names   []string
}

// drawable reports whether samples are images that one can draw.
func (r *reader) drawable() bool {
	return len(r.shape) >= 2 && r.shape[0] <= mostDrawingSide && r.shape[1] <= mostDrawingSide &&
		(len(r.shape) == 2 || r.shape[2] == 1 || r.shape[2] == 3)
}

// channels returns the values of a pixel.
func (r *reader) channels() int {
	if len(r.shape) < 3 {
		return 1
	}
	return r.shape[2]
}

// openDigits returns the reader of the embedded digits, preprocessed as by default.
func openDigits() (*reader, error) {
	d, err := dataset.Open(context.Background(), "digits", dataset.Options{})
	if err != nil {
		return nil, err
	}
	task, err := basin.Prepare(settings.Defaults(), d, basin.Limit{})
	if err != nil {
		return nil, err
	}
	return &reader{shape: d.Test.Shape, largest: whitest(d.Test), encoder: task.Encoder, samples: d.Test, from: "the embedded digits", names: task.LabelNames}, nil
}

// reads returns the reader of a model: with its own test samples where they can be opened
// without the network, with the digits in its size for other images, or with none.
func (e *Explorer) reads(ctx context.Context, m *basin.Model) *reader {
	e.reading.Lock()
	defer e.reading.Unlock()
	if e.reading.model == m {
		return e.reading.reader
	}
	r := &reader{shape: m.SampleShape(), largest: m.Encoder.Divisor, encoder: m.Encoder, names: m.Names()}
	data, err := basin.Open(ctx, m.Settings, fetch.Options{Offline: true})
	if ctx.Err() != nil {
		return r
	}
	if err == nil {
		r.samples, err = m.Match(firstOf(data.Test, data.Train))
	}
	switch {
	case err == nil:
		r.from = "the data set " + m.Settings.Data.Set
		r.largest = whitest(r.samples)
	case r.drawable():
		r.from = "the embedded digits, in the size of the model's images"
		if digits, err := e.digits(); err == nil {
			r.samples = resize(digits.samples, r.shape, r.largest)
		}
	default:
		r.from = fmt.Sprintf("%s cannot be opened here: %v", m.Settings.Data.Set, err)
	}
	e.reading.model, e.reading.reader = m, r
	return r
}

// whitest returns the value of a sample that is shown white.
func whitest(s *dataset.Set) float32 {
	if s.Maximum > 0 {
		return s.Maximum
	}
	if _, largest, _ := s.Range(); largest > 0 {
		return largest
	}
	return 1
}

// Warm opens the samples that rooms begin with, which takes a second for large sets, so that
// the first picture does not wait for them. It may be called while questions are answered.
func (e *Explorer) Warm(ctx context.Context) {
	_, _ = e.digits() // an error is that of whoever asks
	if m, _ := e.Model(); m != nil {
		e.reads(ctx, m)
	}
}

func firstOf(sets ...*dataset.Set) *dataset.Set {
	for _, s := range sets {
		if s != nil {
			return s
		}
	}
	return nil
}

// resize returns images of one channel in another shape, the values of the nearest pixels, from
// zero to the largest.
func resize(s *dataset.Set, shape []int, largest float32) *dataset.Set {
	height, width, channels := shape[0], shape[1], 1
	if len(shape) == 3 {
		channels = shape[2]
	}
	made := &dataset.Set{Name: s.Name, Shape: shape, Maximum: largest, Labels: s.Labels, LabelNames: s.LabelNames}
	most := whitest(s)
	for i := range s.Count() {
		for y := range height {
			for x := range width {
				v := raw(s, i, y*s.Shape[0]/height*s.Shape[1]+x*s.Shape[1]/width) / most * largest
				for range channels {
					made.Floats = append(made.Floats, v)
				}
			}
		}
	}
	return made
}

// raw returns a value of a sample.
func raw(s *dataset.Set, i, k int) float32 {
	at := i*s.Features() + k
	switch {
	case s.Bytes != nil:
		return float32(s.Bytes[at])
	case s.Floats != nil:
		return s.Floats[at]
	}
	return float32(s.Doubles[at])
}

// label returns the name of the class of a sample.
func (r *reader) label(i int) string {
	if s := r.samples; s != nil && i < len(s.Labels) {
		return s.LabelNames[s.Labels[i]]
	}
	return ""
}

// relaxPicture is an image as it is shown: values from 0 to 1, row by row, the channels of a
// pixel side by side.
type relaxPicture struct {
	Rows     int       `json:"rows"`
	Columns  int       `json:"columns"`
	Channels int       `json:"channels"`
	Values   []float32 `json:"values"`
}

// input returns what a network reads, times the strength of the question, and the image that it
// is, nil for none.
func (r *reader) input(q *relaxQuestion) ([]float32, *relaxPicture, error) {
	x := make([]float32, r.encoder.Dim())
	var values []float32 // of an image
	var set *dataset.Set
	switch q.Source {
	case "noise":
		stream := random.New(q.NoiseSeed, random.Synthetic)
		normal := stream.Rand()
		for k := range x {
			x[k] = float32(q.Strength * normal.NormFloat64())
		}
		return x, nil, nil
	case "sample":
		if r.samples == nil {
			return nil, nil, mistakef("there are no samples to choose from: %s", r.from)
		}
		if err := between("the sample", q.Sample, 0, r.samples.Count()-1); err != nil {
			return nil, nil, err
		}
		set = r.samples.Subset([]int{q.Sample})
		if r.drawable() {
			values = make([]float32, set.Features())
			for k := range values {
				values[k] = raw(set, 0, k)
			}
		}
	case "drawing":
		var err error
		if values, err = r.drawn(q.Drawing); err != nil {
			return nil, nil, err
		}
	}
	if values != nil {
		disturb(values, r.largest, q)
		if q.Source == "drawing" || q.Noise > 0 {
			set = &dataset.Set{Name: "drawing", Shape: r.shape, Floats: values, Maximum: r.largest}
		}
	}
	inputs, err := r.encoder.Encode(set)
	if err != nil {
		return nil, nil, err
	}
	inputs.Row(0, x)
	for k := range x {
		x[k] *= float32(q.Strength)
	}
	return x, r.picture(values), nil
}

// drawn reads a drawing: a hexadecimal digit for each pixel, which all channels get.
func (r *reader) drawn(text string) ([]float32, error) {
	if !r.drawable() {
		return nil, mistake("the network reads no images that could be drawn")
	}
	if pixels := r.shape[0] * r.shape[1]; len(text) != pixels {
		return nil, mistakef("the drawing has %d pixels, want %d", len(text), pixels)
	}
	var values []float32
	for i := range len(text) {
		level := strings.IndexByte("0123456789abcdef", text[i])
		if level < 0 {
			return nil, mistakef("the drawing has the level %q, want 0 to f", text[i])
		}
		for range r.channels() {
			values = append(values, float32(level)/15*r.largest)
		}
	}
	return values, nil
}

// disturb adds noise to an image, and brings it back into its range.
func disturb(values []float32, largest float32, q *relaxQuestion) {
	if q.Noise == 0 {
		return
	}
	stream := random.New(q.NoiseSeed, random.Noise)
	normal := stream.Rand()
	for k, v := range values {
		values[k] = min(max(v+float32(q.Noise*normal.NormFloat64())*largest, 0), largest)
	}
}

func (r *reader) picture(values []float32) *relaxPicture {
	if values == nil {
		return nil
	}
	p := &relaxPicture{Rows: r.shape[0], Columns: r.shape[1], Channels: r.channels(), Values: make([]float32, len(values))}
	for k, v := range values {
		p.Values[k] = v / r.largest
	}
	return p
}
