package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"basin/internal/figure"
)

// checkPlot checks the name of a file to draw into before anything is computed.
func checkPlot(file string) error {
	switch plotFormat(file) {
	case "svg", "png":
		return hasFolder("plot", file)
	}
	if file == "" {
		return nil
	}
	return withHint(usagef("--plot %q, want a name that ends in .svg or .png", file), "for example --plot figure.svg")
}

// hasFolder reports what is to be written into a folder that is not there.
func hasFolder(what, file string) error {
	if _, err := os.Stat(filepath.Dir(file)); err != nil {
		return fmt.Errorf("the %s cannot be written to %s: %w", what, file, errors.Unwrap(err))
	}
	return nil
}

// plotFormat returns the format that the name of a file asks for.
func plotFormat(file string) string {
	return strings.TrimPrefix(strings.ToLower(filepath.Ext(file)), ".")
}

// savePlot draws a figure into a file that checkPlot has let through.
func savePlot(file string, f figure.Figure) error {
	f.Legend = figure.Inside
	if f.Empty() {
		return errors.New("plot: no finite value to draw")
	}
	content, err := f.Render(plotFormat(file))
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	return nil
}
