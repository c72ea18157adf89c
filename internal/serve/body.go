package serve

import (
	"bytes"
	"errors"
	"image"
	_ "image/jpeg" // sizes of images
	_ "image/png"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strings"

	"basin"
	"basin/dataset"
	"basin/dataset/table"
)

// setName is the name of the samples of a request in messages.
const setName = "inputs"

// The types of bodies that are read.
const (
	typeJSON = "application/json"
	typeCSV  = "text/csv"
	typePNG  = "image/png"
	typeJPEG = "image/jpeg"
)

// Samples reads the samples of a request for a model, which fit it. Labelled ones have the
// labels that the body gives them by name, for an image that of the query ?label=; for others
// labels are passed over. Errors are a [*Problem] each.
func (s *Server) Samples(m *Loaded, w http.ResponseWriter, r *http.Request, labelled bool) (*dataset.Set, error) {
	kind := r.Header.Get("Content-Type")
	if kind != typeJSON {
		kind, _, _ = mime.ParseMediaType(kind)
	}
	if !slices.Contains([]string{typeJSON, typeCSV, typePNG, typeJPEG}, kind) {
		return nil, NewProblem(http.StatusUnsupportedMediaType, "Content-Type %.50q, want %s, %s, %s or %s", r.Header.Get("Content-Type"), typeJSON, typeCSV, typePNG, typeJPEG)
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return nil, NewProblem(http.StatusUnsupportedMediaType, "Content-Encoding %.50q, want none", coding)
	}
	buffer := s.buffers.Get().(*bytes.Buffer)
	defer s.buffers.Put(buffer)
	buffer.Reset()
	if err := s.readBody(buffer, w, r); err != nil {
		return nil, err
	}
	set, err := s.decode(m, kind, buffer.Bytes(), labelled, r)
	if err != nil {
		return nil, err
	}
	if err := m.Model.Fits(set); err != nil {
		return nil, problemOf(err)
	}
	return set, nil
}

// readBody reads the body, as far as it may go.
func (s *Server) readBody(into *bytes.Buffer, w http.ResponseWriter, r *http.Request) error {
	long := NewProblem(http.StatusRequestEntityTooLarge, "the body has more than %d bytes: send the samples in parts", s.options.MaxBody)
	if r.ContentLength > s.options.MaxBody {
		w.Header().Set("Connection", "close") // it is not read
		return long
	}
	into.Grow(int(max(r.ContentLength, 0)) + bytes.MinRead)
	_, err := into.ReadFrom(http.MaxBytesReader(w, r.Body, s.options.MaxBody))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return long
	case errors.Is(err, os.ErrDeadlineExceeded):
		return NewProblem(http.StatusRequestTimeout, "the body did not arrive within %v", s.options.Timeout)
	case err != nil:
		return NewProblem(http.StatusBadRequest, "the body cannot be read: %v", err)
	}
	return nil
}

// decode reads samples of a type; what they hold is copied from the body.
func (s *Server) decode(m *Loaded, kind string, body []byte, labelled bool, r *http.Request) (*dataset.Set, error) {
	switch kind {
	case typeJSON:
		return s.decodeJSON(m, body, labelled)
	case typeCSV:
		return s.decodeCSV(m, body, labelled)
	}
	set, err := decodeImage(m, strings.TrimPrefix(kind, "image/"), body)
	if err != nil || !labelled {
		return set, err
	}
	label := r.URL.Query().Get("label")
	if label == "" {
		return nil, NewProblem(http.StatusUnprocessableEntity, "no label: want ?label=NAME after the address")
	}
	setLabels(set, []string{label})
	return set, nil
}

func (s *Server) decodeJSON(m *Loaded, body []byte, labelled bool) (*dataset.Set, error) {
	if !m.coded && !labelled {
		values, width, ok := plainNumbers(body, make([]float32, 0, m.features))
		if ok && width != m.features {
			return nil, wrongWidth(0, width, m)
		}
		if ok {
			return &dataset.Set{Name: setName, Shape: []int{width}, Floats: values}, nil
		}
	}
	c, err := readJSON(body)
	if err != nil {
		return nil, err
	}
	var set *dataset.Set
	if m.Model.Columns != nil {
		set, err = c.table(m, s.largest())
	} else {
		set, err = c.numbers(m)
	}
	if err != nil || !labelled {
		return set, err
	}
	return set, c.labelled(set, m)
}

// largest bounds the bytes of values that a body may become.
func (s *Server) largest() int64 { return 16 * s.options.MaxBody }

func (s *Server) decodeCSV(m *Loaded, body []byte, labelled bool) (*dataset.Set, error) {
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return nil, NewProblem(http.StatusUnsupportedMediaType, "the body is compressed with gzip, want text: its size is bounded")
	}
	o := m.Model.Reads()
	o.Limit = s.largest()
	set, err := dataset.ReadFrom(bytes.NewReader(body), "csv", o)
	if err != nil {
		return nil, tableProblem(err)
	}
	set.Name = setName
	switch {
	case !labelled:
		set.Labels, set.LabelNames = nil, nil
	case set.Labels == nil:
		if m.Model.Columns != nil && m.Model.Columns.Label != "" {
			return nil, NewProblem(http.StatusUnprocessableEntity, "no column of labels: want a column %q with the class of every row", m.Model.Columns.Label)
		}
		return nil, NewProblem(http.StatusUnprocessableEntity, "no column of labels: want the class of every row in one, as the model was trained on")
	}
	return set, nil
}

// tableProblem says what is wrong with a table: one that can be read and does not fit, or one
// that cannot.
func tableProblem(err error) *Problem {
	p := problemOf(err)
	var cell *table.CellError
	var lacking *table.LackingError
	var count *table.CountError
	if !errors.As(err, &cell) && !errors.As(err, &lacking) && !errors.As(err, &count) {
		p.Status, p.Title = http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
	}
	return p
}

// decodeImage reads an image of the size that the model reads; another one is not unpacked.
func decodeImage(m *Loaded, format string, body []byte) (*dataset.Set, error) {
	size, found, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil || found != format {
		return nil, NewProblem(http.StatusBadRequest, "the body is not an image/%s: %s", format, reason(err, found))
	}
	shape := m.Model.SampleShape()
	if len(shape) < 2 {
		return nil, NewProblem(http.StatusUnprocessableEntity, "an image, but the model reads %s", dataset.ShapeText(shape))
	}
	upright := size.Height == shape[0] && size.Width == shape[1]
	turned := size.Height == shape[1] && size.Width == shape[0] // as its EXIF data may say
	if !upright && !turned {
		return nil, problemOf(&basin.SizeError{Name: "image", Shape: []int{size.Height, size.Width}, Want: shape})
	}
	set, err := dataset.ReadFrom(bytes.NewReader(body), format, dataset.Options{})
	if err != nil {
		return nil, NewProblem(http.StatusBadRequest, "the image cannot be read: %v", err)
	}
	set.Name = setName
	return set, nil
}

func reason(err error, found string) string {
	if err != nil && !errors.Is(err, io.EOF) {
		return err.Error()
	}
	if found != "" {
		return "it is an image/" + found
	}
	return "it is cut off"
}
