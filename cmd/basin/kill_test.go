package main

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"basin"
)

// tooLong bounds the wait for another process.
const tooLong = 60 * time.Second

// smallRun are the settings of the runs that are interrupted below.
func smallRun(out string) []string {
	return []string{"train", "digits", "--epochs", "3", "--set", "network.modules.0.neurons=120", "--checkpoint-every", "3", "--out", out}
}

// command runs basin in dir and returns it with its standard error.
func command(t *testing.T, dir string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), tooLong)
	t.Cleanup(stop)
	cmd := exec.CommandContext(ctx, "basin", args...)
	cmd.Dir = dir
	talk := &bytes.Buffer{}
	cmd.Stderr = talk
	return cmd, talk
}

// unbroken trains without interruption and returns the bytes of the model.
func unbroken(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	cmd, talk := command(t, dir, smallRun("m.safetensors")...)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, talk)
	}
	return read(t, filepath.Join(dir, "m.safetensors"))
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// nextCheckpoint waits until the checkpoint is another file than before or the
// process has ended.
func nextCheckpoint(path string, before os.FileInfo, ended <-chan error) {
	for range int(tooLong / time.Millisecond) {
		now, err := os.Stat(path)
		if err == nil && (before == nil || !os.SameFile(before, now)) {
			return
		}
		select {
		case <-ended:
			return
		case <-time.After(time.Millisecond):
		}
	}
}

func TestKilledRunEndsInTheModelOfAnUnbrokenRun(t *testing.T) {
	want := unbroken(t)
	dir := t.TempDir()
	model := filepath.Join(dir, "m.safetensors")
	draw := rand.New(rand.NewPCG(1, 2))
	args := smallRun("m.safetensors")
	kills := 0
	for {
		before, _ := os.Stat(basin.CheckpointOf(model))
		cmd, talk := command(t, dir, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			ended <- cmd.Wait()
			close(ended)
		}()
		if kills < 6 {
			// Every attempt gets as far as its first checkpoint, then dies anywhere.
			nextCheckpoint(basin.CheckpointOf(model), before, ended)
			time.Sleep(time.Duration(draw.IntN(30)) * time.Millisecond)
			_ = cmd.Process.Kill()
		}
		err := <-ended
		if err == nil {
			break
		}
		if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGKILL {
			t.Fatalf("after %d kills: %v: %s", kills, err, talk)
		}
		kills++
		if _, err := os.Stat(basin.CheckpointOf(model)); err == nil {
			args = []string{"train", "--resume", "--checkpoint-every", "3", "--out", "m.safetensors"}
		}
	}
	t.Logf("killed %d times", kills)
	if kills == 0 {
		t.Fatal("the run ended before it was killed once: it is too short for this test")
	}
	if got := read(t, model); !bytes.Equal(got, want) {
		t.Fatalf("after %d kills the model has %d bytes that differ from the %d of an unbroken run", kills, len(got), len(want))
	}
	if _, err := os.Stat(basin.CheckpointOf(model)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the checkpoint is still there: %v", err)
	}
}

func TestInterruptedRunSaysHowToGoOn(t *testing.T) {
	want := unbroken(t)
	dir := t.TempDir()
	model := filepath.Join(dir, "m.safetensors")
	cmd, talk := command(t, dir, append(smallRun("m.safetensors"), "--log", "log.jsonl")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	nextCheckpoint(basin.CheckpointOf(model), nil, ended)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-ended
	if status := cmd.ProcessState.ExitCode(); status != statusInterrupted {
		t.Fatalf("exit status %d, want %d: %s", status, statusInterrupted, talk)
	}
	for _, line := range []string{"basin: error: interrupted in epoch ", "hint: `basin train --resume --out m.safetensors` goes on"} {
		if !strings.Contains(talk.String(), line) {
			t.Errorf("the standard error does not say %q:\n%s", line, talk)
		}
	}
	if _, err := os.Stat(model); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a model of an interrupted run: %v", err)
	}

	cmd, talk = command(t, dir, smallRun("m.safetensors")...)
	if cmd.Run(); cmd.ProcessState.ExitCode() != statusError || !strings.Contains(talk.String(), "is the checkpoint of a run that did not end") {
		t.Errorf("a new run over the checkpoint: exit status %d, want %d and a hint: %s", cmd.ProcessState.ExitCode(), statusError, talk)
	}
	cmd, talk = command(t, dir, "train", "--resume", "--log", "log.jsonl")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, talk)
	}
	if !bytes.Equal(read(t, model), want) {
		t.Error("the resumed model differs from that of an unbroken run")
	}
	if lines := bytes.Count(read(t, filepath.Join(dir, "log.jsonl")), []byte("\n")); lines != 3 {
		t.Errorf("%d lines in the log, want 3: one per epoch", lines)
	}

	cmd, talk = command(t, dir, append(smallRun("m.safetensors"), "--restart")...)
	if err := cmd.Run(); err != nil {
		t.Fatalf("--restart: %v: %s", err, talk)
	}
	if !bytes.Equal(read(t, model), want) {
		t.Error("the restarted model differs from that of an unbroken run")
	}
}
