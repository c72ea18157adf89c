package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"basin"
	"basin/dataset"
)

// ask sends a body of JSON to a server and returns the status and the answer.
func ask(t *testing.T, url, body string, header ...string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// listening reads the address of a server that starts.
func (p *process) listening(t *testing.T) (url string) {
	t.Helper()
	const start = "listening on "
	if !p.says(start) {
		t.Fatalf("it ended without listening: %s", &p.talk)
	}
	return strings.TrimPrefix(p.lines.Text(), start)
}

// The program serves a model, loads it again on SIGHUP, and ends in order on SIGTERM.
func TestServe(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signal that asks another process to end")
	}
	dir := t.TempDir()
	if talk, err := begin(t, dir, append(smallRun("m.safetensors"), "--epochs", "1")...).end(); err != nil {
		t.Fatalf("%v: %s", err, talk)
	}
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := basin.Load(filepath.Join(dir, "m.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := dataset.Open(t.Context(), "digits", dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float32, 64)
	for k := range values {
		values[k] = float32(data.Test.Bytes[k])
	}
	want, err := m.PredictOne(values)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"inputs": [][]float32{values}})
	if err != nil {
		t.Fatal(err)
	}

	p := begin(t, dir, "serve", "m.safetensors", "again=m.safetensors", "--token-file", "token", "--log", "json")
	url := p.listening(t)
	if !strings.HasPrefix(p.talk.String(), "listening on http://127.0.0.1:") {
		t.Errorf("it says %q first, want where it listens", &p.talk)
	}
	for _, name := range []string{"m", "again"} {
		status, text := ask(t, url+"/v1/models/"+name+"/predict", string(body), "Authorization", "Bearer secret")
		var got struct {
			Predictions []struct {
				Label  string
				Margin float32
			}
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil || status != http.StatusOK || len(got.Predictions) != 1 || got.Predictions[0].Label != want.Label || got.Predictions[0].Margin != want.Margin {
			t.Errorf("status %d: %s, want %s with the margin %v", status, text, want.Label, want.Margin)
		}
	}
	if status, text := ask(t, url+"/v1/models/m/predict", string(body)); status != http.StatusUnauthorized {
		t.Errorf("without a token: status %d: %s", status, text)
	}
	if err := p.Process.Signal(syscall.Signal(0x1)); err != nil { // SIGHUP
		t.Fatal(err)
	}
	for range 2 {
		if !p.says(`{"time":`) || !bytes.Contains(p.lines.Bytes(), []byte(`"msg":"model"`)) {
			t.Fatalf("it does not say what it serves: %s", &p.talk)
		}
	}
	if !p.says(`{"time":`) || !bytes.Contains(p.lines.Bytes(), []byte(`"msg":"reloaded"`)) {
		t.Fatalf("it does not load its models again: %s", &p.talk)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if talk, err := p.end(); err != nil || p.ProcessState.ExitCode() != statusDone {
		t.Errorf("%v, exit status %d: %s", err, p.ProcessState.ExitCode(), talk)
	}
}
