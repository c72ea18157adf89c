package serve

import (
	"bytes"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"basin"
	"basin/dataset"
)

// asked reports keys behind the question mark of an address that a route does not know.
func asked(r *http.Request, known ...string) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return NewProblem(http.StatusUnprocessableEntity, "the address: %v", err)
	}
	for name := range query {
		if !slices.Contains(known, name) {
			return NewProblem(http.StatusUnprocessableEntity, "%.50q after the question mark, want %s", name, strings.Join(known, " or "))
		}
	}
	return nil
}

// servePredict answers POST /v1/models/{name}/predict.
func (s *Server) servePredict(w http.ResponseWriter, r *http.Request) error {
	e, err := s.Entry(r.PathValue("name"))
	if err != nil {
		return err
	}
	withLogits := false
	if r.URL.RawQuery != "" {
		if err := asked(r, "logits"); err != nil {
			return err
		}
		if text := r.URL.Query().Get("logits"); text != "" {
			if withLogits, err = strconv.ParseBool(text); err != nil {
				return NewProblem(http.StatusUnprocessableEntity, "logits=%.20s, want true or false", text)
			}
		}
	}
	ctx, release, err := s.admit(r)
	if err != nil {
		return err
	}
	defer release()
	m := e.Model()
	set, err := s.Samples(m, w, r, false)
	if err != nil {
		return err
	}
	predictions, err := s.predict(ctx, e, m, set)
	if err != nil {
		return err
	}
	e.metrics.samples.Add(float64(len(predictions)))
	buffer := s.buffers.Get().(*bytes.Buffer)
	defer s.buffers.Put(buffer)
	buffer.Reset()
	buffer.Write(appendAnswer(buffer.AvailableBuffer(), m, set, predictions, withLogits))
	w.Header()["Content-Type"] = jsonHeader
	w.Header()["Content-Length"] = []string{strconv.Itoa(buffer.Len())}
	_, _ = w.Write(buffer.Bytes()) // a client that has gone does not read it
	return nil
}

var jsonHeader = []string{typeJSON}

// appendAnswer writes predictions as JSON.
func appendAnswer(out []byte, m *Loaded, set *dataset.Set, predictions []basin.Prediction, withLogits bool) []byte {
	out = append(out, `{"predictions":[`...)
	for i, p := range predictions {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"label":`...)
		out = append(out, m.labels[p.Class]...)
		out = append(out, `,"margin":`...)
		out = appendNumber(out, p.Margin)
		out = append(out, `,"fixed_point":`...)
		out = strconv.AppendBool(out, p.FixedPoint)
		if withLogits {
			out = appendLogits(out, m, p.Logits)
		}
		out = append(out, '}')
	}
	out = append(out, ']')
	notes := slices.Concat(set.Notes, m.Model.Encoder.Notes(set))
	for i, note := range notes {
		if i == 0 {
			out = append(out, `,"notes":[`...)
		} else {
			out = append(out, ',')
		}
		out = append(out, quoted(note)...)
	}
	if notes != nil {
		out = append(out, ']')
	}
	return append(out, "}\n"...)
}

// appendLogits writes logits by the names of their classes.
func appendLogits(out []byte, m *Loaded, logits []float32) []byte {
	out = append(out, `,"logits":{`...)
	for c, v := range logits {
		if c > 0 {
			out = append(out, ',')
		}
		out = append(out, m.labels[c]...)
		out = append(out, ':')
		out = appendNumber(out, v)
	}
	return append(out, '}')
}

// appendNumber writes a number so that reading it gives the same 32 bits; null for one that JSON
// does not have.
func appendNumber(out []byte, v float32) []byte {
	if math.IsInf(float64(v), 0) || math.IsNaN(float64(v)) {
		return append(out, "null"...)
	}
	return strconv.AppendFloat(out, float64(v), 'g', -1, 32)
}
