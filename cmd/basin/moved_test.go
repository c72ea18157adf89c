package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"basin"

	"basin/dataset/fetch"
	"basin/settings"
)

// A run whose data have moved goes on with --data, a folder or the file itself, and only with
// the data that it has learned.
func TestResumeFindsDataThatMoved(t *testing.T) {
	t.Chdir(t.TempDir())
	const rows = "a,b,kind\n1,2,x\n3,4,y\n5,6,x\n7,9,y\n2,2,x\n8,1,y\n4,4,x\n6,1,y\n9,2,x\n3,3,y\n"
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("rows.csv", rows)
	s := settings.Defaults()
	s.Data.Set = "rows.csv"
	s.Network.Modules[0].Neurons = 20
	data, err := basin.Open(t.Context(), s, fetch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := basin.Train(t.Context(), s, data, basin.Options{Out: "whole"}); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("moved", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename("rows.csv", "moved/rows.csv"); err != nil {
		t.Fatal(err)
	}
	write("other.csv", strings.ReplaceAll(rows, ",x", ".5,x"))
	for _, place := range []string{"moved", "moved/rows.csv", "other.csv", ""} {
		ctx, stop := context.WithCancel(t.Context())
		if _, err := basin.Train(ctx, s, data, basin.Options{Out: "m", Observe: func(basin.Progress) error {
			stop()
			return nil
		}}); err == nil {
			t.Fatal("the run was not interrupted")
		}
		var said bytes.Buffer
		args := []string{"train", "--resume", "-q", "--out", "m"}
		if place != "" {
			args = append(args, "--data", place)
		}
		status := run(t.Context(), args, strings.NewReader(""), &said, &said)
		switch place {
		case "other.csv":
			if status != statusError || !strings.Contains(said.String(), "not those that the checkpoint has learned") {
				t.Errorf("--data %s: status %d, said %q", place, status, &said)
			}
		case "":
			if status != statusError || !strings.Contains(said.String(), "--data FOLDER says where it lies now") {
				t.Errorf("without --data: status %d, said %q", status, &said)
			}
		default:
			if status != statusDone {
				t.Errorf("--data %s: status %d, said %q", place, status, &said)
			}
		}
	}
}
