package main

import (
	"strings"
	"testing"
)

// Logs of training: ascending epochs, or an error that names a line.
func FuzzReadLog(f *testing.F) {
	for _, text := range []string{
		"", "{}", `{"epoch":1,"train_accuracy":0.5}` + "\n" + `{"epoch":2}` + "\n" + `{"epoch":1}`, `{"epoch":1`, "null\n", `{"epoch":1e99}`, `{"epoch":-1}` + "\n\n", "\x00",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := readLog(strings.NewReader(text))
		if err != nil {
			return
		}
		for i := 1; i < len(lines); i++ {
			if lines[i].Epoch <= lines[i-1].Epoch {
				t.Fatalf("epoch %d after %d", lines[i].Epoch, lines[i-1].Epoch)
			}
		}
		curves("log", lines)
	})
}
