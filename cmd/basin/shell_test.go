package main

import (
	"os/exec"
	"testing"
)

// A shell reads a word as the text that it was made of.
func TestWordIsOneWordOfAShell(t *testing.T) {
	for text, want := range map[string]string{
		"mnist.safetensors": "mnist.safetensors", "a/b-8bit.csv": "a/b-8bit.csv", "my model.csv": "'my model.csv'",
		"it's": `'it'\''s'`, "": "''", "$HOME": "'$HOME'", `a\b`: `'a\b'`, "naïve": "'naïve'", "a b c.csv": "'a b c.csv'",
	} {
		got := wordFor("linux", text)
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
		shell, err := exec.LookPath("sh")
		if err != nil {
			continue
		}
		out, err := exec.Command(shell, "-c", "printf '<%s>' "+got).Output()
		if err != nil || string(out) != "<"+text+">" {
			t.Errorf("%q: sh reads %q (%v)", text, out, err)
		}
	}
	for text, want := range map[string]string{`C:\data\a.csv`: `C:\data\a.csv`, `C:\my data\a.csv`: `"C:\my data\a.csv"`} {
		if got := wordFor("windows", text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestCommandOfAComparisonIsOneThatAShellTakes(t *testing.T) {
	cmd := newCompare()
	if err := cmd.ParseFlags([]string{"--quick", "--set", "learning.input.rate={start: 1, end: 2}", "--html", "page.html"}); err != nil {
		t.Fatal(err)
	}
	want := "compare 'my flowers.csv' --quick --set='learning.input.rate={start: 1, end: 2}'"
	if got := commandLine(cmd, "my flowers.csv"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
