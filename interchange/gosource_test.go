package interchange_test

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"basin/interchange"
)

// goMain is a program that predicts samples with one of several packages.
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
	var imports, cases strings.Builder
	var outcomes []outcome
	var exponents []int
	each(t, func(t *testing.T, o outcome) {
		var text bytes.Buffer
		name := fmt.Sprintf("model%d", len(outcomes))
		if err := interchange.Go(&text, &o.model.Model, name); err != nil {
			t.Fatal(err)
		}
		checkGo(t, text.Bytes())
		write(name+"/model.go", text.String())
		fmt.Fprintf(&imports, "\t%q\n", "models/"+name)
		fmt.Fprintf(&cases, "\t\t%q: func(x []byte) (int, []int32) { label, logits := %s.Predict(x[:%s.Inputs]); return label, logits[:] },\n", name, name, name)
		outcomes, exponents = append(outcomes, o), append(exponents, exponentIn(t, text.String(), `Exponent = (-?\d+)`))
	})
	if t.Failed() {
		return
	}
	write("go.mod", "module models\n\ngo 1.26\n")
	write("main.go", fmt.Sprintf(goMain, imports.String(), cases.String()))
	program := filepath.Join(folder, "program")
	for _, arguments := range [][]string{{"vet", "./..."}, {"build", "-o", program, "."}} {
		cmd := exec.Command("go", arguments...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", arguments, err, out)
		}
	}
	for index, o := range outcomes {
		t.Run(sourced[index].name, func(t *testing.T) {
			out, err := run(program, o.text(), fmt.Sprintf("model%d", index))
			if err != nil {
				t.Fatal(err)
			}
			o.compare(t, out, exponents[index])
		})
	}
}

// checkGo reports a source that gofmt would change, and one with imports.
func checkGo(t *testing.T, source []byte) {
	t.Helper()
	tidy, err := format.Source(source)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(tidy, []byte("\n"))
	for i, line := range bytes.Split(source, []byte("\n")) {
		if i >= len(lines) || !bytes.Equal(line, lines[i]) {
			t.Fatalf("line %d is %q, which gofmt changes", i+1, line)
		}
	}
	if bytes.Contains(source, []byte("\nimport")) {
		t.Error("the source has imports")
	}
}
