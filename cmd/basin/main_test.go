package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"basin/dataset"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"basin": main})
}

// TestDialogues runs the command lines in testdata. -testwork keeps their folders.
func TestDialogues(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, ".cache"))
			e.Setenv("GOMAXPROCS", "2")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"digits":   writeDigits,
			"alike":    compareFiles,
			"absent":   absentFiles,
			"pictures": writePictures,
			"arrays":   writeArrays,
		},
	})
}

// writeDigits is the command "digits FILE FORM COUNT": it writes the first test
// samples of the digits as csv, labelled (csv with a label), measured (csv with a number
// of its own for each), png (one grey image), colour or large (of the wrong size).
func writeDigits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: digits FILE FORM COUNT")
	}
	data, err := dataset.Open(context.Background(), "digits", dataset.Options{})
	ts.Check(err)
	count, err := strconv.Atoi(args[2])
	ts.Check(err)
	var text bytes.Buffer
	switch args[1] {
	case "csv", "labelled", "measured":
		lines := csv.NewWriter(&text)
		for i := range count {
			var cells []string
			for _, v := range data.Test.Bytes[64*i : 64*(i+1)] {
				cells = append(cells, strconv.Itoa(int(v)))
			}
			switch args[1] {
			case "labelled":
				cells = append(cells, data.Test.LabelNames[data.Test.Labels[i]])
			case "measured":
				cells = append(cells, fmt.Sprintf("%d.25", i))
			}
			ts.Check(lines.Write(cells))
		}
		lines.Flush()
	default:
		ts.Check(png.Encode(&text, picture(data.Test.Bytes[:64], args[1])))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text.Bytes(), 0o644))
}

func picture(pixels []uint8, form string) image.Image {
	switch form {
	case "large":
		return image.NewGray(image.Rect(0, 0, 10, 12))
	case "colour":
		p := image.NewNRGBA(image.Rect(0, 0, 8, 8))
		p.SetNRGBA(3, 3, color.NRGBA{R: 200, A: 255})
		return p
	}
	p := image.NewGray(image.Rect(0, 0, 8, 8))
	for k, v := range pixels {
		p.SetGray(k%8, k/8, color.Gray{Y: uint8(255 * int(v) / 16)})
	}
	return p
}

// compareFiles is the command "alike A B": both files have the same bytes.
func compareFiles(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: alike A B")
	}
	if same := ts.ReadFile(args[0]) == ts.ReadFile(args[1]); same == neg {
		ts.Fatalf("%s and %s: the same bytes is %v, want %v", args[0], args[1], same, !neg)
	}
}

// absentFiles is the command "absent PATTERN...": nothing matches.
func absentFiles(ts *testscript.TestScript, _ bool, args []string) {
	for _, pattern := range args {
		found, err := filepath.Glob(ts.MkAbs(pattern))
		ts.Check(err)
		if len(found) > 0 {
			ts.Fatalf("%s is there, want nothing", strings.Join(found, ", "))
		}
	}
}

func TestErrorsAndHintsHaveALineEach(t *testing.T) {
	err := withHint(usageError{errors.Join(errors.New("one\ntwo"), withHint(errors.New("three"), "inner"))}, "outer %d", 1)
	err = withHint(err, "inner")
	var text bytes.Buffer
	printError(&text, err)
	want := "basin: error: one\n  two\nbasin: error: three\nhint: inner\nhint: outer 1\n"
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", &text, want)
	}
	var usage usageError
	if !errors.As(err, &usage) {
		t.Error("a usage error inside hints is not found")
	}
}

func TestErrorsNameAPathOnceAndNoCalls(t *testing.T) {
	missing := &fs.PathError{Op: "stat", Path: "a.b", Err: errors.New("no such file")}
	for _, row := range []struct {
		err  error
		want string
	}{
		{missing, "a.b: no such file"},
		{fmt.Errorf("checkpoint: a.b: %w", missing), "checkpoint: a.b: no such file"},
		{fmt.Errorf("log: %w", missing), "log: a.b: no such file"},
		{fmt.Errorf("two: %w and %w", missing, &fs.PathError{Op: "open", Path: "c", Err: errors.New("denied")}), "two: a.b: no such file and c: denied"},
		{errors.New("stat a.b: no such file"), "stat a.b: no such file"},
	} {
		if got := withoutCalls(row.err); got != row.want {
			t.Errorf("%v: got %q, want %q", row.err, got, row.want)
		}
	}
}

func TestWrappedJoinedErrorsStayWhole(t *testing.T) {
	err := fmt.Errorf("network: %w and %w", errors.New("a"), errors.New("b"))
	if parts := split(err); len(parts) != 1 || parts[0] != err {
		t.Errorf("parts %q, want the error itself", parts)
	}
}

func TestModelName(t *testing.T) {
	for set, want := range map[string]string{
		"digits": "digits.safetensors", "fashion-mnist": "fashion-mnist.safetensors",
		"/data/people.csv": "people.safetensors", "a/b.csv.gz": "b.safetensors", "/data/.hidden": ".hidden.safetensors",
	} {
		if got := modelName(set); got != want {
			t.Errorf("modelName(%q) = %q, want %q", set, got, want)
		}
	}
}

func TestEverySubcommandHasHelpAndExamples(t *testing.T) {
	root := newRoot()
	commands := slices.Clone(root.Commands())
	for len(commands) > 0 {
		cmd := commands[0]
		commands = append(commands[1:], cmd.Commands()...)
		if cmd.Long == "" || cmd.Example == "" || cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: want a short text without full stop, a long text and examples", cmd.CommandPath())
		}
		for line := range strings.Lines(cmd.Long) {
			if utf8.RuneCountInString(line) > textWidth+4 {
				t.Errorf("%s: a line of help as long as %q", cmd.CommandPath(), line)
			}
		}
	}
}

// A command line that is wrong has the status of one, whatever is wrong with it.
func TestWrongCommandLinesHaveTheirStatus(t *testing.T) {
	for _, line := range []string{
		"train digits --set foo=1", "train digits --set learning.epochs=-1", "train digits --preset foo", "train digits --validation 2", "tune digits --preset foo",
		"completion foo", "help foo", "help config foo", "config foo", "worker --memory 0.001 --nats nats://127.0.0.1:1", "worker --nats http://127.0.0.1:1", "worker",
	} {
		var said bytes.Buffer
		if status := run(t.Context(), strings.Fields(line), strings.NewReader(""), &said, &said); status != statusUsage {
			t.Errorf("basin %s: status %d: %s", line, status, said.String())
		}
	}
	for _, line := range []string{"help", "help train", "help config show", "completion", "completion bash", "--version"} {
		var said bytes.Buffer
		if status := run(t.Context(), strings.Fields(line), strings.NewReader(""), &said, &said); status != statusDone {
			t.Errorf("basin %s: status %d: %s", line, status, said.String())
		}
	}
}
