package settings

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files in testdata")

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: run the test with -update and read the difference\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// Each testdata/load/*.yaml has several mistakes; the .txt beside it is the error.
func TestLoadReportsAllMistakesAtOnce(t *testing.T) {
	files, err := filepath.Glob("testdata/load/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = Load(filepath.Base(file), text, Defaults()); err == nil {
			t.Errorf("%s: loaded, want an error", file)
			continue
		}
		golden(t, strings.TrimSuffix(file, ".yaml")+".txt", err.Error()+"\n")
	}
}

// testdata/set.args has groups of assignments between empty lines; set.txt repeats
// them with the error of each group.
func TestSetReportsAllMistakesAtOnce(t *testing.T) {
	text, err := os.ReadFile("testdata/set.args")
	if err != nil {
		t.Fatal(err)
	}
	var story strings.Builder
	for group := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		s := Defaults()
		message := "no error"
		if err := Set(&s, strings.Split(group, "\n")); err != nil {
			message = err.Error()
		}
		story.WriteString(group + "\n->\n" + message + "\n\n")
	}
	golden(t, "testdata/set.txt", story.String())
}

func TestMarshalOfDefaults(t *testing.T) {
	text, err := Marshal(Defaults())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/defaults.yaml", string(text))
}

func TestSchemaText(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/schema.json", string(text))
}
