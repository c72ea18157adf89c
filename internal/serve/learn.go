package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"basin/internal/online"
)

// learning opens the folders of models that go on learning, where the options ask for it.
func (s *Server) learning(e *Entry) (*Loaded, error) {
	info, err := os.Stat(e.Path)
	if err != nil {
		return nil, err
	}
	o := *s.options.Learn
	o.Warn = func(err error) {
		s.options.Log.Warn("learning", slog.String("name", e.Name), slog.String("reason", err.Error()))
	}
	if e.online, err = online.Open(e.Path, o); err != nil {
		return nil, err
	}
	return NewLoaded(e.online.Current(), info), nil
}

// sayLearning logs what one should know of learning when the server begins.
func (s *Server) sayLearning(e *Entry) {
	log := s.options.Log.With(slog.String("name", e.Name))
	if e.online == nil {
		if _, err := os.Stat(e.Path + ".online"); err == nil {
			log.Warn("what this model has learned on is not served without --learn", slog.String("folder", e.Path+".online"))
		}
		return
	}
	for _, note := range e.online.Notes() {
		log.Info(note)
	}
	rate, epochs := e.Model().Model.Settings.Readout.Rate, e.Model().Model.Settings.Learning.Epochs
	if begun, ended := rate.At(0, epochs), rate.At(epochs, epochs); ended < begun/5 {
		log.Warn("the rates of the end of its training are small: it will hardly move; docs/keep-learning.md has others",
			slog.Float64("readout.rate", begun), slog.Float64("at the end", ended))
	}
}

// closeLearning writes the last checkpoints.
func (s *Server) closeLearning() error {
	var errs []error
	for _, name := range s.names {
		if e := s.entries[name]; e.online != nil {
			if err := e.online.Close(); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		}
	}
	return errors.Join(errs...)
}

// The questions and answers of learning.
type (
	// LearnAnswer is the answer of /learn.
	LearnAnswer struct {
		Learned  int     `json:"learned" doc:"samples that were learned, and are on the disk"`
		Total    int64   `json:"total" doc:"samples learned since the model file"`
		Correct  int     `json:"correct" doc:"of those learned now, how many were predicted rightly just before"`
		Unstable float64 `json:"unstable" doc:"share of pairs of a neuron and a sample that had something to learn"`
		// Accuracy of the last Of samples.
		Accuracy float64 `json:"accuracy" doc:"share of the last samples that were predicted rightly before they were learned"`
		Of       int     `json:"of" doc:"number of those samples, up to 1000"`
		// Notes are as those of predictions.
		Notes []string `json:"notes,omitempty" doc:"what was assumed of the samples, such as of missing values"`
	}
	// HistoryAnswer is the answer of /history.
	HistoryAnswer struct {
		Total    int64     `json:"total" doc:"samples learned since the model file"`
		Accuracy float64   `json:"accuracy" doc:"share of the last samples that were predicted rightly before they were learned"`
		Of       int       `json:"of" doc:"number of those samples, up to 1000"`
		Failed   string    `json:"failed,omitempty" doc:"why the model no longer learns"`
		History  []Stretch `json:"history" doc:"the oldest first; old stretches are joined"`
	}
	// Stretch is a part of the history.
	Stretch struct {
		From     time.Time `json:"from"`
		To       time.Time `json:"to"`
		Samples  int64     `json:"samples"`
		Accuracy *float64  `json:"accuracy,omitempty" doc:"share of them that were predicted rightly before they were learned"`
		Unstable *float64  `json:"unstable,omitempty" doc:"share of pairs of a neuron and a sample that had something to learn"`
		Event    string    `json:"event,omitempty" doc:"what happened instead: a snapshot, a way back"`
	}
	// SnapshotAnswer is a snapshot.
	SnapshotAnswer struct {
		Name     string    `json:"name"`
		Time     time.Time `json:"time"`
		Total    int64     `json:"total" doc:"samples learned since the model file"`
		Accuracy float64   `json:"accuracy" doc:"share of the last samples that were predicted rightly before they were learned"`
		Of       int       `json:"of" doc:"number of those samples"`
	}
	historyAnswer  struct{ Body HistoryAnswer }
	snapshotAnswer struct {
		Body struct {
			Snapshots []SnapshotAnswer `json:"snapshots" doc:"the oldest first; the oldest go where there are too many"`
		}
	}
	snapshotQuestion struct {
		Named
		Body struct {
			Name string `json:"name" doc:"letters, digits, dots, lines and underscores"`
		}
	}
	rollBackQuestion struct {
		Named
		Body struct {
			To string `json:"to" doc:"name of a snapshot"`
		}
	}
)

// routeLearning registers the routes of models that learn.
func (s *Server) routeLearning() {
	s.add(s.learnOperation(), s.serveLearn)
	huma.Register(s.api, s.operation(http.MethodGet, "/v1/models/{name}/history", "history", "What a model has learned since its file"), s.history)
	huma.Register(s.api, s.operation(http.MethodGet, "/v1/models/{name}/snapshots", "snapshots", "Models that were kept"), s.snapshots)
	huma.Register(s.api, s.operation(http.MethodPost, "/v1/models/{name}/snapshots", "snapshot", "Keep the model as it is now under a name"), s.snapshot)
	huma.Register(s.api, s.operation(http.MethodPost, "/v1/models/{name}/rollback", "rollback", "Go back to a model that was kept"), s.rollBack)
}

func (s *Server) learnOperation() huma.Operation {
	o := s.predictOperation()
	o.Path, o.OperationID, o.Summary = "/v1/models/{name}/learn", "learn", "Learn labelled samples"
	o.Description = "Shows labelled samples to the model, which changes every coupling by the local rule. Answers when they are on the disk and learned: what was answered outlasts a crash."
	o.Parameters = []*huma.Param{o.Parameters[0], {
		Name: "label", In: "query", Description: "of an image, the name of its class", Schema: &huma.Schema{Type: huma.TypeString},
	}}
	samples := inputSchema()
	samples.Required = append(samples.Required, "labels")
	samples.Properties["labels"] = &huma.Schema{
		Type: huma.TypeArray, Items: &huma.Schema{OneOf: []*huma.Schema{{Type: huma.TypeString}, {Type: huma.TypeNumber}, {Type: huma.TypeBoolean}}},
		Description: "the name of the class of each sample",
	}
	o.RequestBody.Content[typeJSON].Schema = samples
	o.RequestBody.Content[typeCSV].Schema.Description = "a table with a header and a column of labels, as the model was trained on"
	o.Responses["200"] = &huma.Response{
		Description: "Learned", Content: map[string]*huma.MediaType{typeJSON: {Schema: s.schema(LearnAnswer{})}},
	}
	return o
}

// learner returns the model of a name.
func (s *Server) learner(name string) (*Entry, error) {
	e, err := s.Entry(name)
	if err == nil && e.online == nil {
		err = NewProblem(http.StatusNotFound, "the server was started without --learn: its models do not learn")
	}
	return e, err
}

// serveLearn answers POST /v1/models/{name}/learn.
func (s *Server) serveLearn(w http.ResponseWriter, r *http.Request) error {
	e, err := s.learner(r.PathValue("name"))
	if err == nil {
		err = asked(r, "label")
	}
	if err != nil {
		return err
	}
	ctx, release, err := s.admit(r)
	if err != nil {
		return err
	}
	defer release()
	m := e.Model()
	set, err := s.Samples(m, w, r, true)
	if err != nil {
		return err
	}
	result, err := e.online.Learn(ctx, set)
	if err != nil {
		return s.learningProblem(e, err)
	}
	status := e.online.Status()
	return writeJSON(w, LearnAnswer{
		Learned: result.Samples, Total: result.Total, Correct: result.Correct, Unstable: result.Unstable,
		Accuracy: status.Accuracy, Of: status.Of, Notes: slices.Concat(set.Notes, m.Model.Encoder.Notes(set)),
	})
}

// learningProblem makes a problem of an error of learning.
func (s *Server) learningProblem(e *Entry, err error) error {
	var refused *online.RefusedError
	var failed *online.FailedError
	var name *online.NameError
	switch {
	case errors.As(err, &refused):
		return problemOf(refused.Err)
	case errors.As(err, &failed):
		return NewProblem(http.StatusConflict, "%v", failed)
	case errors.As(err, &name):
		return NewProblem(http.StatusUnprocessableEntity, "%v", name)
	case errors.Is(err, online.ErrClosed):
		return NewProblem(http.StatusServiceUnavailable, "the server is stopping")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return NewProblem(http.StatusServiceUnavailable, "others are being learned, and the time of the request is over: nothing of it was learned")
	}
	s.options.Log.Error("learning", slog.String("name", e.Name), slog.String("reason", err.Error()))
	return NewProblem(http.StatusInternalServerError, "%v", err)
}

func (s *Server) history(_ context.Context, asked *Named) (*historyAnswer, error) {
	e, err := s.learner(asked.Name)
	if err != nil {
		return nil, err
	}
	status := e.online.Status()
	answer := &historyAnswer{Body: HistoryAnswer{Total: status.Samples, Accuracy: status.Accuracy, Of: status.Of, History: []Stretch{}}}
	if status.Failed != nil {
		answer.Body.Failed = status.Failed.Error()
	}
	for _, p := range e.online.History() {
		one := Stretch{From: time.Unix(p.From, 0).UTC(), To: time.Unix(p.To, 0).UTC(), Samples: p.Samples, Event: p.Event}
		if p.Samples > 0 {
			right, unstable := float64(p.Correct)/float64(p.Samples), float64(p.Unstable)/float64(max(1, p.Pairs))
			one.Accuracy, one.Unstable = &right, &unstable
		}
		answer.Body.History = append(answer.Body.History, one)
	}
	return answer, nil
}

func (s *Server) snapshots(_ context.Context, asked *Named) (*snapshotAnswer, error) {
	e, err := s.learner(asked.Name)
	if err != nil {
		return nil, err
	}
	kept, err := e.online.Snapshots()
	if err != nil {
		return nil, s.learningProblem(e, err)
	}
	answer := &snapshotAnswer{}
	answer.Body.Snapshots = []SnapshotAnswer{}
	for _, k := range kept {
		answer.Body.Snapshots = append(answer.Body.Snapshots, SnapshotAnswer{
			Name: k.Name, Time: time.Unix(k.Time, 0).UTC(), Total: k.Samples, Accuracy: k.Accuracy, Of: k.Of,
		})
	}
	return answer, nil
}

func (s *Server) snapshot(ctx context.Context, asked *snapshotQuestion) (*snapshotAnswer, error) {
	e, err := s.learner(asked.Named.Name)
	if err != nil {
		return nil, err
	}
	if err := e.online.Snapshot(ctx, asked.Body.Name); err != nil {
		return nil, s.learningProblem(e, err)
	}
	return s.snapshots(ctx, &asked.Named)
}

func (s *Server) rollBack(ctx context.Context, asked *rollBackQuestion) (*historyAnswer, error) {
	e, err := s.learner(asked.Name)
	if err != nil {
		return nil, err
	}
	if err := e.online.RollBack(ctx, asked.Body.To); err != nil {
		return nil, s.learningProblem(e, err)
	}
	e.follow()
	s.options.Log.Info("rolled back", slog.String("name", e.Name), slog.String("to", asked.Body.To))
	return s.history(ctx, &asked.Named)
}

// follow lets the model that learns answer, where a way back has replaced it.
func (e *Entry) follow() {
	for {
		old, now := e.current.Load(), e.online.Current()
		if old.Model == now {
			return
		}
		m := *old
		m.Model, m.At = now, time.Now()
		if e.current.CompareAndSwap(old, &m) && e.online.Current() == now {
			return
		}
	}
}

// writeJSON answers with a value as JSON.
func writeJSON(w http.ResponseWriter, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", typeJSON)
	_, _ = w.Write(append(text, '\n')) // a client that has gone does not read it
	return nil
}
