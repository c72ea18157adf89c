package basin_test

import (
	"bytes"
	"cmp"
	"os"
	"os/exec"
	"testing"
)

// The package in python/ predicts what the program predicts: its tests run with python3, or with
// the interpreter that BASIN_PYTHON names.
func TestPythonPackage(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the tests of the Python package train for some seconds")
	}
	python := cmp.Or(os.Getenv("BASIN_PYTHON"), "python3")
	if out, err := exec.Command(python, "-c", "import sys, numpy; assert sys.version_info >= (3, 9)").CombinedOutput(); err != nil {
		lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
		t.Skipf("no Python 3.9 with NumPy: %s: %v, %s; BASIN_PYTHON names another one", python, err, lines[len(lines)-1])
	}
	cmd := exec.Command(python, "-m", "unittest", "discover", "--start-directory", "tests", "--top-level-directory", ".")
	cmd.Dir = "python"
	cmd.Env = append(os.Environ(), "BASIN_BINARY="+build(t), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", bytes.TrimSpace(out))
}

// A wheel has the licence of the project, which lies outside of its folder.
func TestPythonPackageHasTheLicence(t *testing.T) {
	var texts [2][]byte
	for i, path := range []string{"LICENSE", "python/LICENSE"} {
		var err error
		if texts[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(texts[0], texts[1]) {
		t.Error("python/LICENSE differs from LICENSE: copy it")
	}
}
