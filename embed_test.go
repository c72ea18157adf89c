package basin_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The programs of docs/embed.md are built in a module of their own and run in their order, in
// one folder, with the modules that this one has and no network.
func TestProgramsOfEmbedRun(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the programs are linked and train")
	}
	dir := t.TempDir()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, text []byte) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	write("go.mod", []byte("module example.com/ours\n\ngo 1.26\n"))
	write("go.sum", sums)
	programs := blocks(documents(t)["docs/embed.md"], "go")
	for i, program := range programs {
		write(fmt.Sprintf("program%d/main.go", i), []byte(program))
	}
	run("go", "mod", "edit", "-require", "basin@v0.0.0", "-replace", "basin="+root)
	run("go", "build", "-o", filepath.Join(dir, "bin")+string(filepath.Separator), "./...")
	outputs := []string{"epoch 20: 0.9", "inside inside", "at 1.7 now inside", "right"}
	if len(programs) != len(outputs) {
		t.Fatalf("%d programs, want as many as outputs here: %d", len(programs), len(outputs))
	}
	for i, want := range outputs {
		if got := run(filepath.Join(dir, "bin", fmt.Sprintf("program%d", i))); !strings.Contains(got, want) {
			t.Errorf("program %d says %q, want %q in it", i+1, got, want)
		}
	}
}
