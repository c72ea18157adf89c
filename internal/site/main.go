package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string, w io.Writer) error {
	flags := flag.NewFlagSet("site", flag.ContinueOnError)
	out := flags.String("out", "site", "`folder` to write; one of an earlier run is replaced")
	source := flags.String("source", "", "`URL` of the repository's files, to which links lead that are not to pages")
	external := flags.Bool("external", false, "list the links to other sites, which are not asked for")
	flags.SetOutput(io.Discard)
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(w)
		flags.Usage()
		return nil
	} else if err != nil {
		return fmt.Errorf("site: %w: see --help", err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("site: %q is no flag: the folder is given with --out", flags.Arg(0))
	}
	if *source != "" {
		if u, err := url.Parse(*source); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return fmt.Errorf("site: --source %q: want an address with https://", *source)
		}
		*source = strings.TrimSuffix(*source, "/") + "/"
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	root, err := findRoot(here)
	if err != nil {
		return err
	}
	s, err := build(root, *source)
	if err != nil {
		return err
	}
	if err := writeFolder(*out, s.files); err != nil {
		return err
	}
	fmt.Fprintf(w, "%s: %d pages, %d formulas, %d links and pictures checked\n", *out, len(s.pages), s.formulas, s.checked)
	if *source == "" && len(s.unlinked) > 0 {
		fmt.Fprintf(w, "text, since it is no page and there is no --source: %s\n", strings.Join(s.unlinked, ", "))
	}
	if *external {
		fmt.Fprintln(w, strings.Join(s.external, "\n"))
	}
	return nil
}

var moduleLine = regexp.MustCompile(`(?m)^module basin\r?$`)

// findRoot returns the folder above or at a place whose go.mod is that of Basin.
func findRoot(place string) (string, error) {
	for folder := place; ; folder = filepath.Dir(folder) {
		text, err := os.ReadFile(filepath.Join(folder, "go.mod"))
		if err == nil && moduleLine.Match(text) {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", fmt.Errorf("site: no go.mod of module basin in %s or above: start it in a checkout", place)
		}
	}
}
