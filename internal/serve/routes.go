package serve

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// route registers all routes and writes the OpenAPI document.
func (s *Server) route() error {
	s.mux = http.NewServeMux()
	s.api = humago.New(s.mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Basin", Version: s.options.Version,
				Description: "Predictions of recurrent networks of binary neurons.",
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {Type: "http", Scheme: "bearer", Description: "the token of the server, where it has one"},
				},
			},
		},
		Formats:       map[string]huma.Format{typeJSON: huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: typeJSON,
	})
	huma.Register(s.api, s.operation(http.MethodGet, "/v1/models", "list", "All models"), s.list)
	huma.Register(s.api, s.operation(http.MethodGet, "/v1/models/{name}", "model", "What a model reads and answers"), s.model)
	huma.Register(s.api, s.operation(http.MethodGet, "/healthz", "health", "Whether the server lives"), s.healthy)
	huma.Register(s.api, s.operation(http.MethodGet, "/readyz", "ready", "Whether the server takes requests"), s.ready)
	s.add(s.predictOperation(), s.servePredict)
	s.routeLearning()
	measured := promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{})
	s.add(s.textOperation("/metrics", "metrics", "Metrics of Prometheus", "text/plain"), func(w http.ResponseWriter, r *http.Request) error {
		measured.ServeHTTP(w, r)
		return nil
	})
	var document []byte
	s.add(s.textOperation("/openapi.json", "openapi", "This document", typeJSON), func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", typeJSON)
		_, _ = w.Write(document)
		return nil
	})
	s.add(s.textOperation("/docs", "docs", "A page of this document", "text/html"), serveDocs)
	var err error
	document, err = json.MarshalIndent(s.api.OpenAPI(), "", "  ")
	s.refuse()
	return err
}

// operation begins the description of a route: its errors are problems, and it wants the token
// unless it is open.
func (s *Server) operation(method, path, id, summary string) huma.Operation {
	problem := s.schema(Problem{})
	o := huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary,
		Responses: map[string]*huma.Response{
			"default": {Description: "Problem details (RFC 9457)", Content: map[string]*huma.MediaType{problemType: {Schema: problem}}},
		},
	}
	if s.options.Token != "" && !openPaths[path] {
		o.Security = []map[string][]string{{"token": {}}}
	}
	if strings.Contains(path, "{name}") {
		o.Parameters = []*huma.Param{{
			Name: "name", In: "path", Required: true, Description: "name of a model", Schema: &huma.Schema{Type: huma.TypeString},
		}}
	}
	return o
}

// schema returns the schema of the type of a value, by reference.
func (s *Server) schema(value any) *huma.Schema {
	t := reflect.TypeOf(value)
	return s.api.OpenAPI().Components.Schemas.Schema(t, true, t.Name())
}

// add serves a route with a handler of its own and puts its description into the document.
func (s *Server) add(o huma.Operation, serve func(w http.ResponseWriter, r *http.Request) error) {
	s.mux.HandleFunc(o.Method+" "+o.Path, s.handle(serve))
	s.api.OpenAPI().AddOperation(&o)
}

// textOperation describes a route that answers with a text.
func (s *Server) textOperation(path, id, summary, kind string) huma.Operation {
	o := s.operation(http.MethodGet, path, id, summary)
	o.Responses["200"] = &huma.Response{Description: summary, Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{}}}}
	return o
}

// refuse answers what no route serves: another method of a path, or another path.
func (s *Server) refuse() {
	for path, item := range s.api.OpenAPI().Paths {
		var methods []string
		for method, o := range map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post} {
			if o != nil {
				methods = append(methods, method)
			}
		}
		allow := strings.Join(methods, ", ")
		s.mux.HandleFunc(path, s.handle(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Allow", allow)
			return NewProblem(http.StatusMethodNotAllowed, "%.20s %s: want %s", r.Method, path, allow)
		}))
	}
	s.mux.HandleFunc("/", s.handle(func(_ http.ResponseWriter, r *http.Request) error {
		return NewProblem(http.StatusNotFound, "nothing at %.100q; /docs lists what there is", r.URL.Path)
	}))
}

// The bodies of predictions, for the document alone: predict.go writes them, body.go reads them.
type (
	// PredictionAnswer is the answer of /predict.
	PredictionAnswer struct {
		Predictions []SamplePrediction `json:"predictions" doc:"one for each sample, in order"`
		Notes       []string           `json:"notes,omitempty" doc:"what was assumed of the samples, such as of missing values"`
	}
	// SamplePrediction is the prediction for one sample.
	SamplePrediction struct {
		Label      string             `json:"label" doc:"name of the class"`
		Margin     float32            `json:"margin" doc:"difference of the two largest logits; 0 where the model cannot tell two classes apart"`
		FixedPoint bool               `json:"fixed_point" doc:"whether the state reached was a fixed point"`
		Logits     map[string]float32 `json:"logits,omitempty" doc:"of all classes, by their names; with ?logits=true"`
	}
)

func (s *Server) predictOperation() huma.Operation {
	o := s.operation(http.MethodPost, "/v1/models/{name}/predict", "predict", "Predictions for samples")
	o.Description = "Each sample gets the prediction that the model gives it alone, bit for bit, whatever else is predicted with it."
	o.Parameters = append(o.Parameters, &huma.Param{
		Name: "logits", In: "query", Description: "whether to answer the logits of all classes", Schema: &huma.Schema{Type: huma.TypeBoolean},
	})
	o.RequestBody = &huma.RequestBody{
		Required: true,
		Content: map[string]*huma.MediaType{
			typeJSON: {Schema: inputSchema()},
			typeCSV:  {Schema: &huma.Schema{Type: huma.TypeString, Description: "a table with a header: columns are matched by name, and one of labels is passed over"}},
			typePNG:  {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
			typeJPEG: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		},
	}
	o.Responses["200"] = &huma.Response{
		Description: "Predictions", Content: map[string]*huma.MediaType{typeJSON: {Schema: s.schema(PredictionAnswer{})}},
	}
	return o
}

// inputSchema describes the samples of a body of JSON.
func inputSchema() *huma.Schema {
	value := &huma.Schema{
		Description: "a number, or of a table also a text, true, false, or null where it is missing",
		OneOf:       []*huma.Schema{{Type: huma.TypeNumber}, {Type: huma.TypeString}, {Type: huma.TypeBoolean}, {Type: "null"}},
	}
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{"inputs"},
		Properties: map[string]*huma.Schema{
			"inputs": {
				Type: huma.TypeArray, Description: "samples, each a list of values in the order of the training data, or an object of them by the names of columns",
				Items: &huma.Schema{OneOf: []*huma.Schema{
					{Type: huma.TypeArray, Items: value},
					{Type: huma.TypeObject, AdditionalProperties: value},
				}},
			},
		},
	}
}
