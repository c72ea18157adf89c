package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"basin/internal/sweep"
)

// A run lets others join, an onlooker sees them at work, and an interruption ends the cells of all.
func TestRunWithAWorkerOfAnotherProcess(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signal that asks another process to end")
	}
	dir := t.TempDir()
	run := begin(t, dir, "experiment", "manifold-exact", "--listen", "127.0.0.1:0", "--workers", "1", "--out", "r")
	const start = "others join with: basin worker --nats "
	if !run.says(start) {
		t.Fatalf("it ended without listening: %s", &run.talk)
	}
	url := strings.TrimPrefix(run.lines.Text(), start)
	worker := begin(t, dir, "worker", "--nats", url, "--cells", "1", "--idle", "1s", "--cache", "sets")
	if !worker.says("ready: ") {
		t.Fatalf("the worker ended: %s", &worker.talk)
	}
	for {
		text, err := exec.Command("basin", "experiment", "watch", "--nats", url, "--once", "--json").Output()
		if err != nil {
			t.Fatal(err)
		}
		var v sweep.View
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if len(v.Runs) == 1 && len(v.Workers) == 2 && v.UnderWay > 0 {
			break
		}
	}
	shown, err := exec.Command("basin", "experiment", "watch", "--nats", url, "--once").Output()
	if err != nil || !strings.HasPrefix(string(shown), "1 run, 2 workers: ") {
		t.Errorf("%s, %v", shown, err)
	}
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	talk, err := run.end()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != statusInterrupted || !strings.Contains(talk, "interrupted: ") {
		t.Errorf("the run: %v, %s", err, talk)
	}
	talk, err = worker.end()
	if err != nil || !strings.Contains(talk, " for 1s: it ends") {
		t.Errorf("the worker: %v, %s", err, talk)
	}
}
