package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"basin"
	"basin/checkpoint"
)

// tooLong bounds the wait for another process.
const tooLong = 60 * time.Second

// smallRun are the settings of the runs that are interrupted below.
func smallRun(out string) []string {
	return []string{"train", "digits", "--epochs", "3", "--set", "network.modules.0.neurons=120", "--checkpoint-every", "3", "--out", out}
}

// process is a run of basin whose standard error is read line by line.
type process struct {
	*exec.Cmd
	lines *bufio.Scanner
	talk  strings.Builder // the lines read so far
}

// begin starts basin in dir.
func begin(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), tooLong)
	t.Cleanup(stop)
	p := &process{Cmd: exec.CommandContext(ctx, "basin", args...)}
	p.Dir = dir
	talk, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(talk)
	return p
}

// says reads up to a line that starts with the text, or to the end.
func (p *process) says(start string) bool {
	for p.lines.Scan() {
		fmt.Fprintln(&p.talk, p.lines.Text())
		if strings.HasPrefix(p.lines.Text(), start) {
			return true
		}
	}
	return false
}

// end waits for the end of the process and returns what it said.
func (p *process) end() (talk string, err error) {
	for p.lines.Scan() {
		fmt.Fprintln(&p.talk, p.lines.Text())
	}
	err = errors.Join(p.lines.Err(), p.Wait())
	return p.talk.String(), err
}

// unbroken trains without interruption and returns the bytes of the model.
func unbroken(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	if talk, err := begin(t, dir, smallRun("m.safetensors")...).end(); err != nil {
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

// A run dies as soon as it has said that it begins, goes on or has ended an epoch: amid a
// mini-batch or, mostly, amid writing one of the many checkpoints. The last one goes on to
// the end.
func TestKilledRunEndsInTheModelOfAnUnbrokenRun(t *testing.T) {
	want := unbroken(t)
	dir := t.TempDir()
	model := filepath.Join(dir, "m.safetensors")
	args := append(smallRun("m.safetensors"), "--log", "log.jsonl")
	kills := 0
	for _, line := range []string{"digits: ", "epoch ", "goes on ", "epoch ", "goes on ", "epoch ", "nothing"} {
		run := begin(t, dir, append(args, "--checkpoint-every", strconv.Itoa(1+kills%3))...)
		if run.says(line) {
			_ = run.Process.Kill() // it may have ended
		}
		talk, err := run.end()
		if err == nil {
			break
		}
		if strings.Contains(talk, "basin: error") || !killed(run.ProcessState) {
			t.Fatalf("after %d kills: %v: %s", kills, err, talk)
		}
		kills++
		if _, err := os.Stat(basin.CheckpointOf(model)); err == nil {
			args = []string{"train", "--resume", "--out", "m.safetensors", "--log", "log.jsonl"}
		} else if _, err := os.Stat(model); err == nil {
			break // it died with all its work done
		}
	}
	t.Logf("killed %d times", kills)
	if kills < 3 {
		t.Errorf("the run ended after %d kills: it is too short for this test", kills)
	}
	if got := read(t, model); !bytes.Equal(got, want) {
		t.Fatalf("after %d kills the model has %d bytes that differ from the %d of an unbroken run", kills, len(got), len(want))
	}
	if _, err := os.Stat(basin.CheckpointOf(model)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the checkpoint is still there: %v", err)
	}
	checkLog(t, filepath.Join(dir, "log.jsonl"), 3)
	if left, err := os.ReadDir(dir); err != nil || len(left) > 3 { // a lock where the last one died with its work done
		t.Errorf("%v is left, %v, want the model and the log", left, err)
	}
}

// checkLog holds that a log has a line for each epoch, in order.
func checkLog(t *testing.T, path string, epochs int) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(string(read(t, path)), "\n"), "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, fmt.Sprintf(`{"epoch":%d,`, i+1)) || !strings.HasSuffix(line, "}") {
			t.Errorf("line %d of the log is %q", i+1, line)
		}
	}
	if len(lines) != epochs {
		t.Errorf("%d lines in the log, want %d: one per epoch", len(lines), epochs)
	}
}

// A second process that wants the model of a run under way is refused; the first is not
// disturbed.
func TestASecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	first := begin(t, dir, append(smallRun("m.safetensors"), "--epochs", "1000000")...)
	if !first.says("epoch 1/") {
		t.Fatalf("it ended without an epoch: %s", &first.talk)
	}
	want := fmt.Sprintf("m.safetensors: process %d is training it", first.Process.Pid)
	for _, args := range [][]string{{"train", "--resume", "--log", "log.jsonl"}, append(smallRun("m.safetensors"), "--restart"), smallRun("./m.safetensors")} {
		second := begin(t, dir, args...)
		if talk, err := second.end(); err == nil || second.ProcessState.ExitCode() != statusError || !strings.Contains(talk, want) {
			t.Errorf("%q: %v: %s, want an error that says %q", args, err, talk, want)
		}
	}
	if _, err := os.Stat(basin.CheckpointOf(filepath.Join(dir, "m.safetensors"))); err != nil {
		t.Errorf("the checkpoint of the first: %v", err)
	}
	_ = first.Process.Kill()
	_, _ = first.end()
	if _, err := os.Stat(filepath.Join(dir, "log.jsonl")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the log of one that was refused: %v", err)
	}
	if runtime.GOOS == "windows" {
		return // no signal that interrupts another process
	}
	kept := basin.CheckpointOf(filepath.Join(dir, "m.safetensors"))
	m, state, err := checkpoint.LoadTraining(kept)
	if err != nil {
		t.Fatal(err)
	}
	m.Version = "0.0.9"
	if err := checkpoint.SaveTraining(kept, m, state); err != nil {
		t.Fatal(err)
	}
	third := begin(t, dir, "train", "--resume")
	if !third.says("goes on ") || !strings.Contains(third.talk.String(), "basin: warning: the checkpoint was written by basin 0.0.9, ") {
		t.Fatalf("after the end of the first, with a checkpoint of another release: %s", &third.talk)
	}
	_ = third.Process.Signal(os.Interrupt)
	if talk, _ := third.end(); third.ProcessState.ExitCode() != statusInterrupted {
		t.Errorf("exit status %d: %s", third.ProcessState.ExitCode(), talk)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.lock")); len(left) > 0 {
		t.Errorf("%q is left after an interruption", left)
	}
}

// killed reports whether a process died of [os.Process.Kill].
func killed(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return runtime.GOOS == "windows" || ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

func TestInterruptedRunSaysHowToGoOn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signal that interrupts another process")
	}
	want := unbroken(t)
	dir := t.TempDir()
	model := filepath.Join(dir, "m.safetensors")
	run := begin(t, dir, append(smallRun("m.safetensors"), "--log", "log.jsonl")...)
	if !run.says("epoch 1/3") {
		t.Fatalf("it ended without an epoch: %s", &run.talk)
	}
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	talk, _ := run.end()
	if status := run.ProcessState.ExitCode(); status != statusInterrupted {
		t.Fatalf("exit status %d, want %d: %s", status, statusInterrupted, talk)
	}
	for _, line := range []string{"basin: error: interrupted in epoch ", "hint: `basin train --resume --out m.safetensors` goes on"} {
		if !strings.Contains(talk, line) {
			t.Errorf("the standard error does not say %q:\n%s", line, talk)
		}
	}
	if _, err := os.Stat(model); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a model of an interrupted run: %v", err)
	}

	run = begin(t, dir, smallRun("m.safetensors")...)
	talk, _ = run.end()
	if status := run.ProcessState.ExitCode(); status != statusError || !strings.Contains(talk, "is the checkpoint of a run that did not end") {
		t.Errorf("a new run over the checkpoint: exit status %d, want %d and a hint: %s", status, statusError, talk)
	}
	if talk, err := begin(t, dir, "train", "--resume", "--log", "log.jsonl").end(); err != nil {
		t.Fatalf("%v: %s", err, talk)
	}
	if !bytes.Equal(read(t, model), want) {
		t.Error("the resumed model differs from that of an unbroken run")
	}
	if lines := bytes.Count(read(t, filepath.Join(dir, "log.jsonl")), []byte("\n")); lines != 3 {
		t.Errorf("%d lines in the log, want 3: one per epoch", lines)
	}

	if talk, err := begin(t, dir, append(smallRun("m.safetensors"), "--restart")...).end(); err != nil {
		t.Fatalf("--restart: %v: %s", err, talk)
	}
	if !bytes.Equal(read(t, model), want) {
		t.Error("the restarted model differs from that of an unbroken run")
	}
}
