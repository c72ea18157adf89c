package interchange_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"basin/checkpoint"
	"basin/interchange"
)

// compilers returns the C compilers of this machine.
func compilers(t *testing.T) (found []string) {
	for _, name := range []string{"gcc", "clang"} {
		if path, err := exec.LookPath(name); err == nil {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		t.Skip("neither gcc nor clang to compile with")
	}
	return found
}

// written returns the C source of a model.
func written(t *testing.T, m *checkpoint.Model) string {
	t.Helper()
	var text bytes.Buffer
	if err := interchange.C(&text, m); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// compiled writes a source and compiles it to a program.
func compiled(t *testing.T, compiler, source string, flags ...string) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program+".c", []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	flags = append([]string{"-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1", "-o", program, program + ".c"}, flags...)
	if out, err := exec.Command(compiler, flags...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", compiler, err, out)
	}
	return program
}

// Programs print the classes and logits of Basin, compiled without a warning, and find nothing
// undefined and no address outside of their arrays.
func TestCPredictsWhatBasinDoes(t *testing.T) {
	list := compilers(t)
	each(t, func(t *testing.T, o outcome) {
		source := written(t, &o.model.Model)
		exponent, err := strconv.Atoi(regexp.MustCompile(`BASIN_EXPONENT \((-?\d+)\)`).FindStringSubmatch(source)[1])
		if err != nil {
			t.Fatal(err)
		}
		for _, compiler := range list {
			cmd := exec.Command(compiled(t, compiler, source, "-DBASIN_MAIN", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"))
			cmd.Stdin = strings.NewReader(o.text())
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err, errorOutput(err))
			}
			o.compare(t, out, exponent)
		}
	})
}

func errorOutput(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(exit.Stderr)
	}
	return ""
}
