package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// A release has pages of the manual and completions, which the program itself need not be able
// to make: go test ./cmd/basin -run TestManual -manual FOLDER
var manual = flag.String("manual", "", "folder for the pages of the manual and the completions")

func TestManual(t *testing.T) {
	folder := *manual
	if folder == "" {
		folder = t.TempDir()
	}
	pages, completions := filepath.Join(folder, "man"), filepath.Join(folder, "completions")
	for _, dir := range []string{pages, completions} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// The month on the pages is that of the release, not of the machine that builds it.
	seconds, _ := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	date := time.Unix(seconds, 0).UTC()
	root := newRoot()
	root.DisableAutoGenTag = true
	if err := doc.GenManTree(root, &doc.GenManHeader{Title: "BASIN", Section: "1", Date: &date, Source: "Basin", Manual: "Basin manual"}, pages); err != nil {
		t.Fatal(err)
	}
	var each func(cmd *cobra.Command)
	count := 0
	each = func(cmd *cobra.Command) {
		for _, inner := range cmd.Commands() {
			each(inner)
		}
		if !cmd.IsAvailableCommand() && cmd != root || cmd.Name() == "help" {
			return
		}
		count++
		page := read(t, filepath.Join(pages, strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1"))
		if !bytes.HasPrefix(page, []byte(".nh\n.TH")) || !bytes.Contains(page, []byte(".SH SYNOPSIS")) {
			t.Errorf("%s: not a page: %.80q", cmd.CommandPath(), page)
		}
		if cmd.Example != "" && !bytes.Contains(page, []byte(".SH EXAMPLE")) {
			t.Errorf("%s: no examples", cmd.CommandPath())
		}
	}
	each(root)
	if count < 40 {
		t.Errorf("%d commands, want more", count)
	}
	for name, write := range map[string]func(string) error{
		"basin.bash": func(f string) error { return root.GenBashCompletionFileV2(f, true) },
		"_basin":     root.GenZshCompletionFile,
		"basin.fish": func(f string) error { return root.GenFishCompletionFile(f, true) },
		"basin.ps1":  root.GenPowerShellCompletionFileWithDesc,
	} {
		path := filepath.Join(completions, name)
		if err := write(path); err != nil {
			t.Fatal(err)
		}
		if len(read(t, path)) < 1000 {
			t.Errorf("%s is short", path)
		}
	}
}
