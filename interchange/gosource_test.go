package interchange_test

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"basin/interchange"
)

const goMain = `package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

%s)

func main() {
	predict := map[string]func(x []byte) (label int, logits []int32){
%s	}[os.Args[1]]
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var x []byte
		for _, number := range strings.Fields(lines.Text()) {
			var v byte
			fmt.Sscan(number, &v)
			x = append(x, v)
		}
		label, logits := predict(x)
		fmt.Println(label, strings.Trim(fmt.Sprint(logits), "[]"))
	}
}
`

// Packages of Go without imports, as gofmt and go vet want them, print the classes and logits of
// Basin.
func TestGoPredictsWhatBasinDoes(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(program string, arguments ...string) {
		cmd := exec.Command(program, arguments...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v\n%s", program, arguments, err, out)
		}
	}
	var imports, cases strings.Builder
	var outcomes []outcome
	each(t, func(t *testing.T, o outcome) {
		var text bytes.Buffer
		name := fmt.Sprintf("model%d", len(outcomes))
		if err := interchange.Go(&text, &o.model.Model, name); err != nil {
			t.Fatal(err)
		}
		tidy, err := format.Source(text.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(tidy, text.Bytes()) {
			t.Errorf("gofmt changes the source:\n%s", firstDifference(text.String(), string(tidy)))
		}
		if strings.Contains(text.String(), "\nimport") {
			t.Error("the source has imports")
		}
		write(name+"/model.go", text.String())
		fmt.Fprintf(&imports, "\t%q\n", "models/"+name)
		fmt.Fprintf(&cases, "\t\t%q: func(x []byte) (int, []int32) { label, logits := %s.Predict(x[:%s.Inputs]); return label, logits[:] },\n", name, name, name)
		outcomes = append(outcomes, o)
	})
	if t.Failed() {
		return
	}
	write("go.mod", "module models\n\ngo 1.26\n")
	write("main.go", fmt.Sprintf(goMain, imports.String(), cases.String()))
	run("go", "vet", "./...")
	run("go", "build", "-o", "program", ".")
	for index, o := range outcomes {
		source, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("model%d", index), "model.go"))
		if err != nil {
			t.Fatal(err)
		}
		exponent, err := strconv.Atoi(regexp.MustCompile(`Exponent = (-?\d+)`).FindStringSubmatch(string(source))[1])
		if err != nil {
			t.Fatal(err)
		}
		t.Run(sourced[index].name, func(t *testing.T) {
			cmd := exec.Command(filepath.Join(folder, "program"), fmt.Sprintf("model%d", index))
			cmd.Stdin = strings.NewReader(o.text())
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err, errorOutput(err))
			}
			o.compare(t, out, exponent)
		})
	}
}

func firstDifference(got, want string) string {
	wanted := strings.Split(want, "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(wanted) || line != wanted[i] {
			return fmt.Sprintf("line %d: %s\nwant %s", i+1, line, wanted[min(i, len(wanted)-1)])
		}
	}
	return "the end is missing"
}
