package online

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"basin"
	"basin/dataset"
	"basin/dataset/fetch"
	"basin/settings"
)

// Rows of a table with texts, dates and missing cells go through the log as they are.
func TestTablesAreLearnedAgainFromTheLog(t *testing.T) {
	folder := t.TempDir()
	var text strings.Builder
	fmt.Fprintln(&text, "age,city,since,risk")
	for i := range 120 {
		age := fmt.Sprint(20 + i*7%50)
		if i%9 == 0 {
			age = ""
		}
		fmt.Fprintf(&text, "%s,%s,2024-%02d-11,%s\n", age, []string{"Ulm", "Köln", "Jena"}[i%3], 1+i%12, []string{"low", "high"}[i*i%7%2])
	}
	table, path := filepath.Join(folder, "people.csv"), filepath.Join(folder, "people.safetensors")
	if err := os.WriteFile(table, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	s := settings.Defaults()
	if err := settings.Set(&s, []string{"data.set=" + table, "preprocess.missing=column", "network.modules.0.neurons=30", "learning.epochs=1", "learning.batch=4"}); err != nil {
		t.Fatal(err)
	}
	data, err := basin.Open(t.Context(), s, fetch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	trained, err := basin.Train(t.Context(), s, data, basin.Options{Out: path, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	sent, err := dataset.ReadFrom(strings.NewReader("city,risk,age,since\nUlm,high,,2024-05-02\nBonn,low,44.5,\nKöln,low,31,2023-01-01\nJena,high,29,2024-02-29\nUlm,low,50,2024-07-07\n"), "csv", trained.Reads())
	if err != nil {
		t.Fatal(err)
	}
	m, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Learn(t.Context(), sent); err != nil {
		t.Fatal(err)
	}
	w := newTwin(t, path)
	w.learn(t, sent)
	m.abandon()
	if m, err = Open(path, Options{}); err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if s := m.Status(); s.Samples != 5 || s.Failed != nil {
		t.Errorf("status %+v, want 5 samples", s)
	}
	if !bytes.Equal(bytesOf(t, m.Current()), bytesOf(t, w.model)) {
		t.Error("the log gives another model than what was learned")
	}
}
