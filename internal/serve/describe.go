package serve

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"basin/dataset/table"
	"basin/settings"
)

// Summary is a model in the list of all.
type Summary struct {
	Name   string    `json:"name" doc:"name in addresses"`
	File   string    `json:"file" doc:"model file, as it was named at the start"`
	Bytes  int64     `json:"bytes" doc:"size of the file"`
	Loaded time.Time `json:"loaded" doc:"when the model was loaded"`
}

// Description says what a model reads and answers.
type Description struct {
	Summary
	Classes  []string `json:"classes" doc:"labels of predictions"`
	Shape    []int    `json:"shape" doc:"shape of a sample: values, height and width, or these and channels"`
	Label    string   `json:"label,omitempty" doc:"label column of the table that the model has learned"`
	Columns  []Column `json:"columns,omitempty" doc:"columns of the table that the model has learned, in their order"`
	Neurons  int      `json:"neurons" doc:"neurons of all modules"`
	Epochs   int      `json:"epochs" doc:"epochs that the model has learned"`
	Set      string   `json:"set,omitempty" doc:"data set that it has learned"`
	Settings string   `json:"settings" doc:"SHA-256 of the settings of its training, written as YAML"`
	Version  string   `json:"version,omitempty" doc:"version of the program that wrote the file"`
}

// Column is a column of a table.
type Column struct {
	Name       string   `json:"name,omitempty" doc:"name in the header, none where there was no header"`
	Kind       string   `json:"kind" doc:"number, boolean, category, date or time"`
	Categories []string `json:"categories,omitempty" doc:"texts that training has seen"`
}

func (e *Entry) summary() Summary {
	m := e.Model()
	return Summary{Name: e.Name, File: e.Path, Bytes: m.Size, Loaded: m.At}
}

// describe returns what there is to say of the model of an entry.
func (e *Entry) describe() (*Description, error) {
	m := e.Model().Model
	text, err := settings.Marshal(m.Settings)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	d := &Description{
		Summary: e.summary(), Classes: m.Names(), Shape: m.SampleShape(), Epochs: len(m.History),
		Set: m.Settings.Data.Set, Settings: hex.EncodeToString(sum[:]), Version: m.Version,
	}
	for _, module := range m.Settings.Network.Modules {
		d.Neurons += module.Neurons
	}
	if c := m.Columns; c != nil {
		d.Label = c.Label
		for k := range m.Encoder.Features {
			column := Column{Kind: string(table.Number)}
			if k < len(c.Features) {
				column.Name = c.Features[k]
			}
			if k < len(c.Kinds) {
				column.Kind = string(c.Kinds[k])
			}
			if k < len(m.Encoder.Codings) {
				column.Categories = m.Encoder.Codings[k].Categories
			}
			d.Columns = append(d.Columns, column)
		}
	}
	return d, nil
}

// The answers and questions of the routes that huma serves.
type (
	// Named is a request about one model.
	Named struct {
		Name string `path:"name" doc:"name of a model" example:"digits"`
	}
	modelList struct {
		Body struct {
			Models []Summary `json:"models" doc:"all models, by name"`
		}
	}
	modelAnswer struct{ Body *Description }
	health      struct {
		Body struct {
			Status string `json:"status" doc:"ok"`
		}
	}
)

func (s *Server) list(context.Context, *struct{}) (*modelList, error) {
	answer := &modelList{}
	for _, name := range s.names {
		answer.Body.Models = append(answer.Body.Models, s.entries[name].summary())
	}
	return answer, nil
}

func (s *Server) model(_ context.Context, asked *Named) (*modelAnswer, error) {
	e, err := s.Entry(asked.Name)
	if err != nil {
		return nil, err
	}
	d, err := e.describe()
	return &modelAnswer{d}, err
}

func (s *Server) healthy(context.Context, *struct{}) (*health, error) {
	answer := &health{}
	answer.Body.Status = "ok"
	return answer, nil
}

func (s *Server) ready(ctx context.Context, none *struct{}) (*health, error) {
	if s.stopping.Load() {
		return nil, NewProblem(http.StatusServiceUnavailable, "the server is stopping")
	}
	return s.healthy(ctx, none)
}
