package interchange_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"basin"
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

// sourceOf returns the C source of a model.
func sourceOf(t *testing.T, m *basin.Model) string {
	t.Helper()
	var text bytes.Buffer
	if err := interchange.C(&text, &m.Model); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// compiled compiles a source to a program.
func compiled(t *testing.T, compiler, source string) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program+".c", []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	flags := "-std=c99 -Wall -Wextra -Wpedantic -Werror -O1 -fsanitize=undefined,address -fno-sanitize-recover=all -DBASIN_MAIN -o"
	out, err := exec.Command(compiler, append(strings.Fields(flags), program, program+".c")...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", compiler, err, out)
	}
	return program
}

// run gives a program its input and returns what it prints.
func run(program, input string, arguments ...string) (output []byte, err error) {
	cmd := exec.Command(program, arguments...)
	cmd.Stdin = strings.NewReader(input)
	if output, err = cmd.Output(); err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
	}
	return output, err
}

// exponentIn returns the exponent of the unit of logits in a source.
func exponentIn(t *testing.T, source, pattern string) int {
	t.Helper()
	exponent, err := strconv.Atoi(regexp.MustCompile(pattern).FindStringSubmatch(source)[1])
	if err != nil {
		t.Fatal(err)
	}
	return exponent
}

// Programs print the classes and logits of Basin, compiled without a warning, and do nothing
// that is undefined or outside of their arrays. They take the memory that their comment says.
// Where there are several compilers they take turns.
func TestCPredictsWhatBasinDoes(t *testing.T) {
	list, turn := compilers(t), 0
	each(t, func(t *testing.T, o outcome) {
		source := sourceOf(t, o.model)
		memory := regexp.MustCompile(`Memory: (\d+) bytes of constants .* (\d+) bytes\.`).FindStringSubmatch(source)
		constants := "0"
		for _, name := range regexp.MustCompile(`static const \w+ (basin_\w+)\[`).FindAllStringSubmatch(source, -1) {
			constants += " + sizeof " + name[1]
		}
		checked := fmt.Sprintf("%s\ntypedef char check[%s == %s && sizeof(struct basin_work) == %s ? 1 : -1];\n", source, constants, memory[1], memory[2])
		out, err := run(compiled(t, list[turn%len(list)], checked), o.text())
		if turn++; err != nil {
			t.Fatal(err)
		}
		o.compare(t, out, exponentIn(t, source, `BASIN_EXPONENT \((-?\d+)\)`))
	})
}

// The program says what is wrong with its input.
func TestCProgramReportsItsInput(t *testing.T) {
	m, _ := small(t, nil, 4)
	program := compiled(t, compilers(t)[0], sourceOf(t, m))
	for input, want := range map[string]string{
		"1 2 3":   "the last sample has 3 values, want 64",
		"1, 256":  "a value of 256, want bytes from 0 to 255",
		"1\n2 x":  "something that is no number, want bytes from 0 to 255",
		"1 -1":    "want bytes from 0 to 255",
		"0.5 0.5": "something that is no number",
	} {
		if out, err := run(program, input); err == nil || len(out) > 0 || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: printed %q, %v, want %q", input, out, err, want)
		}
	}
	if out, err := run(program, ""); err != nil || len(out) > 0 {
		t.Errorf("nothing: printed %q, %v", out, err)
	}
}

// Names of classes are those of whoever made the data, and stay inside comments.
func TestNamesOfClassesStayInComments(t *testing.T) {
	m, _ := small(t, nil, 4)
	m.LabelNames = []string{"*/ x", "/* y", "a\nb", `\`, "?" + "?/", "\x00", "日", "`", "7", "*/*/"}
	compiled(t, compilers(t)[0], sourceOf(t, m))
	var text bytes.Buffer
	if err := interchange.Go(&text, &m.Model, ""); err != nil {
		t.Fatal(err)
	}
	checkGo(t, text.Bytes())
}

// Models of real numbers and of random sweeps are refused, and so are names that no package has.
func TestSourceRefusesWhatItCannotSay(t *testing.T) {
	functions := map[string]func(m *basin.Model) error{
		"C":  func(m *basin.Model) error { return interchange.C(io.Discard, &m.Model) },
		"Go": func(m *basin.Model) error { return interchange.Go(io.Discard, &m.Model, "") },
	}
	for name, write := range functions {
		if err := write(trained(t)); !errors.Is(err, interchange.ErrReal) {
			t.Errorf("%s: %v of a model of real numbers", name, err)
		}
		for _, order := range []string{"sequential", "partial"} {
			m, _ := small(t, nil, 4, "dynamics.order="+order)
			if err := write(m); err == nil || !strings.Contains(err.Error(), order+" (dynamics.order)") {
				t.Errorf("%s, %s sweeps: %v", name, order, err)
			}
		}
		if err := write(new(basin.Model)); err == nil {
			t.Errorf("%s: an empty model is written", name)
		}
		m, _ := small(t, nil, 4, "network.modules=[{neurons: 20}, {neurons: 20}]",
			"network.links=[{kind: excitatory, between: [0, 1], direction: forward, strength: 0.5, fan_in: 2}]")
		m.Network.Pathways[0].Block.Each(func(_, _ int, value *float32) bool {
			*value *= 2
			return false
		})
		if err := write(m); err == nil || !strings.Contains(err.Error(), "as its link says") {
			t.Errorf("%s: %v of a link that has two strengths", name, err)
		}
	}
	m, _ := small(t, nil, 4)
	for _, name := range []string{"8bit", "a-b", "func", "_", "a b"} {
		if err := interchange.Go(io.Discard, &m.Model, name); err == nil || !strings.Contains(err.Error(), strconv.Quote(name)) {
			t.Errorf("package %q: %v", name, err)
		}
	}
}
