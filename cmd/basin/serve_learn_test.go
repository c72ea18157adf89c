package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"basin"
	"basin/dataset"
)

// A server that learns is killed after any answer: what it answered is there after the next
// start, and predictions are those of a model that has learned it without a break.
func TestKilledServerKeepsWhatItAnswered(t *testing.T) {
	dir := t.TempDir()
	if talk, err := begin(t, dir, "train", "digits", "--epochs", "1", "--set", "network.modules.0.neurons=80", "--out", "m.safetensors").end(); err != nil {
		t.Fatalf("%v: %s", err, talk)
	}
	twin, err := basin.Load(filepath.Join(dir, "m.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	row := make([]float32, 64)
	sample := func(k int) (set *dataset.Set) {
		for i := range row {
			row[i] = float32((i*k + k*k) % 17)
		}
		set, err := dataset.FromRows("sample", [][]float32{row}, []string{fmt.Sprint(k % 10)})
		if err != nil {
			t.Fatal(err)
		}
		return set
	}
	learned := 0
	for kill := range 3 {
		server := begin(t, dir, "serve", "m.safetensors", "--learn", "--listen", "127.0.0.1:0")
		address := server.listening(t) + "/v1/models/m/"
		for k := learned; learned < 4*(kill+1); k++ {
			set := sample(k)
			body, err := json.Marshal(map[string]any{"inputs": [][]float32{set.Floats}, "labels": set.LabelNames})
			if err != nil {
				t.Fatal(err)
			}
			answer := struct {
				Total int `json:"total"`
			}{}
			if status, text := ask(t, address+"learn", string(body)); status != http.StatusOK || json.Unmarshal([]byte(text), &answer) != nil {
				t.Fatalf("status %d: %s", status, text)
			}
			if answer.Total != k+1 {
				t.Fatalf("after kill %d there were %d samples before this one, want %d", kill, answer.Total-1, k)
			}
			if _, err := twin.Learn(set); err != nil {
				t.Fatal(err)
			}
			learned = answer.Total
		}
		if kill < 2 {
			_ = server.Process.Kill()
			_, _ = server.end()
			continue
		}
		probe := sample(1000)
		body, err := json.Marshal(map[string]any{"inputs": [][]float32{probe.Floats}})
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Predictions []struct{ Logits map[string]float32 } `json:"predictions"`
		}
		if status, text := ask(t, address+"predict?logits=true", string(body)); status != http.StatusOK || json.Unmarshal([]byte(text), &got) != nil {
			t.Fatalf("status %d: %s", status, text)
		}
		want, err := twin.PredictOne(probe.Floats)
		if err != nil {
			t.Fatal(err)
		}
		for c, name := range twin.Names() {
			if got.Predictions[0].Logits[name] != want.Logits[c] {
				t.Errorf("class %s has the logit %v, want %v", name, got.Predictions[0].Logits[name], want.Logits[c])
			}
		}
		_ = server.Process.Kill()
		_, _ = server.end()
	}
}
