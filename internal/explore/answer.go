package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"

	"basin/internal/keys"
)

// mistake is an error of the one who asks; its text is shown on the page.
type mistake string

func (m mistake) Error() string { return string(m) }

func mistakef(format string, args ...any) error { return mistake(fmt.Sprintf(format, args...)) }

// within reports a whole number that is out of its bounds, as a number of things.
func within(what string, value, least, most int) error {
	if value < least || value > most {
		return mistakef("%d %s, want %d to %d", value, what, least, most)
	}
	return nil
}

// between reports a number that is out of its bounds, or is none.
func between[T int | float64](what string, value, least, most T) error {
	if !(value >= least && value <= most) {
		return mistakef("%s is %v, want %v to %v", what, value, least, most)
	}
	return nil
}

// oneOf reports a text that is none of those that can be chosen.
func oneOf(what, value string, of ...string) error {
	if slices.Contains(of, value) {
		return nil
	}
	return mistakef("%s is %q, want %s", what, value, keys.Or(keys.Quoted(of)))
}

// ask registers what answers a question of a room: POST /api/path with a JSON object of type Q,
// to which unknown keys are an error. The context ends when the page no longer waits.
func ask[Q, A any](e *Explorer, path string, answer func(ctx context.Context, q Q) (A, error)) {
	e.mux.HandleFunc("POST /api/"+path, func(w http.ResponseWriter, r *http.Request) {
		var q Q
		if !read(w, r, &q) {
			return
		}
		a, err := answer(r.Context(), q)
		if err != nil {
			e.fail(w, r, err)
			return
		}
		var body bytes.Buffer
		if err := json.NewEncoder(&body).Encode(a); err != nil {
			e.fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body.Bytes()) // whoever went away misses nothing
	})
}

// read reads the JSON of a question; where it cannot, it answers so and returns false.
func read(w http.ResponseWriter, r *http.Request, q any) bool {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(q)
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			err = errors.New("more than one JSON value")
		}
	}
	var long *http.MaxBytesError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &long):
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the question has more than %d bytes", long.Limit))
	case errors.As(err, &kind):
		refuse(w, http.StatusBadRequest, fmt.Sprintf("%s is of the kind %s, want %s", kind.Field, kind.Value, wanted(kind.Type.Kind())))
	case err != nil:
		refuse(w, http.StatusBadRequest, "the question is not what the room asks: "+err.Error())
	}
	return err == nil
}

// wanted says what a value of a kind is in JSON.
func wanted(kind reflect.Kind) string {
	switch kind {
	case reflect.Uint, reflect.Uint64, reflect.Uint32:
		return "a whole number from 0 on"
	case reflect.Int, reflect.Int64, reflect.Int32:
		return "a whole number"
	case reflect.Float64, reflect.Float32:
		return "a number"
	case reflect.Bool:
		return "true or false"
	}
	return "a " + kind.String()
}

// fail answers with an error: with its text where it is a mistake of the asker.
func (e *Explorer) fail(w http.ResponseWriter, r *http.Request, err error) {
	var m mistake
	switch {
	case r.Context().Err() != nil:
	case errors.As(err, &m):
		refuse(w, http.StatusUnprocessableEntity, err.Error())
	default:
		e.log.Error("explorer", "path", r.URL.Path, "error", err)
		refuse(w, http.StatusInternalServerError, err.Error())
	}
}

// refuse answers with a status and a sentence, as problem+json (RFC 9457).
func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{http.StatusText(status), status, detail})
}

// events answers a request with server-sent events: send writes one message as JSON at once.
// It returns nil where the connection cannot do that.
func events(w http.ResponseWriter) (send func(message any) error) {
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	if control.Flush() != nil {
		return nil
	}
	return func(message any) error {
		text, err := json.Marshal(message)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
			return err
		}
		return control.Flush()
	}
}
