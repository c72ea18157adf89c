package serve_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"basin"
	"basin/dataset"
	"basin/internal/serve"
	"basin/settings"
)

// A small network learns which of two numbers is larger, and answers requests.
func Example() {
	dir, err := os.MkdirTemp("", "serve")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "larger.safetensors")
	table := "a,b,label\n"
	for i := range 200 {
		a, b := i%17, i*7%19
		table += fmt.Sprintf("%d,%d,%s\n", a, b, map[bool]string{true: "first", false: "second"}[a > b])
	}
	samples, err := dataset.ReadCSV(strings.NewReader(table), dataset.Options{})
	if err != nil {
		panic(err)
	}
	s, err := settings.LoadPreset("table")
	if err != nil {
		panic(err)
	}
	s.Learning.Epochs, s.Network.Modules[0].Neurons = 10, 100
	if _, err := basin.Train(context.Background(), s, &dataset.Data{Train: samples}, basin.Options{Out: path}); err != nil {
		panic(err)
	}

	server, err := serve.New([]serve.Source{{Name: "larger", Path: path}}, serve.Options{})
	if err != nil {
		panic(err)
	}
	defer server.Close()
	h := httptest.NewServer(server.Handler()) // Server.Serve in a program that goes on
	defer h.Close()
	for _, body := range []string{`{"inputs": [{"a": 15, "b": 2}, {"b": 17, "a": 1}]}`, `{"inputs": [[15]]}`} {
		response, err := http.Post(h.URL+"/v1/models/larger/predict", "application/json", strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		text, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			panic(err)
		}
		fmt.Println(response.Status, strings.Count(string(text), `"label":"first"`), strings.Count(string(text), `"label":"second"`))
	}
	// Output:
	// 200 OK 1 1
	// 422 Unprocessable Entity 0 0
}
