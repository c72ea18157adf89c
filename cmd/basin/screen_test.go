package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNoControlCharacterReachesTheScreen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		var shown bytes.Buffer
		s := &screen{out: &shown}
		for rest := []byte(text); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "part")
			if _, err := s.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := s.flush(); err != nil {
			t.Fatal(err)
		}
		if got, want := shown.String(), visible(text); got != want {
			t.Fatalf("in parts %q, whole %q", got, want)
		}
		if strings.ContainsFunc(shown.String(), controls) {
			t.Fatalf("%q has a control character", &shown)
		}
	})
	for text, want := range map[string]string{
		"a\x1b[31mb": `a\x1b[31mb`, "\u009b2J": `\u009b2J`, "ä\t1\n": "ä\t1\n", "\r": `\x0d`, "\x7f": `\u007f`, "a\u202eb": `a\u202eb`,
	} {
		if got := visible(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

// What JSON leaves as it is becomes an escape of JSON.
func TestVisibleJSONMeansTheSame(t *testing.T) {
	for r := rune(1); r < 0x3000; r++ {
		text, err := json.Marshal("a" + string(r))
		if err != nil {
			t.Fatal(err)
		}
		var back string
		if err := json.Unmarshal([]byte(visible(string(text))), &back); err != nil || back != "a"+string(r) {
			t.Fatalf("%q: %q, %v", r, back, err)
		}
	}
}

func TestLongErrorsAreCut(t *testing.T) {
	var said bytes.Buffer
	printError(&said, withHint(errors.New(strings.Repeat("ä\x1b", 50000)), "%s", strings.Repeat("h", 9000)))
	if said.Len() > 3*longestError || strings.Contains(said.String(), "\x1b") || !strings.Contains(said.String(), "bytes more") {
		t.Errorf("%d bytes: %.80q", said.Len(), &said)
	}
	said.Reset()
	var many []error
	for i := range 1000 {
		many = append(many, fmt.Errorf("mistake %d", i))
	}
	printError(&said, errors.Join(many...))
	if got := strings.Count(said.String(), "\n"); got != mostErrors+1 || !strings.HasSuffix(said.String(), "and 950 more\n") {
		t.Errorf("%d lines, the end %q", got, said.String()[max(0, said.Len()-80):])
	}
}

// A label with a colour in it, through every command that prints it.
func TestLabelsWithEscapesAreWrittenOut(t *testing.T) {
	t.Chdir(t.TempDir())
	rows := "a,b,kind\n" + strings.Repeat("1,2,\x1b[31mred\n3,4,blue\x07\n5,1,\x1b[31mred\n2,8,blue\x07\n", 5)
	if err := os.WriteFile("rows.csv", []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"data inspect rows.csv", "train rows.csv -q --epochs 1 --set network.modules.0.neurons=20 -o m", "eval m rows.csv", "eval m rows.csv --json",
		"inspect m --all", "predict m rows.csv", "predict m rows.csv --logits",
	} {
		var out, said bytes.Buffer
		if status := run(t.Context(), strings.Fields(line), strings.NewReader(""), &out, &said); status != statusDone {
			t.Fatalf("%s: status %d, %s", line, status, &said)
		}
		if strings.ContainsAny(out.String()+said.String(), "\x1b\x07") {
			t.Errorf("%s: a control character in %q %q", line, &out, &said)
		}
	}
	var out bytes.Buffer
	if run(t.Context(), strings.Fields("predict m rows.csv --format csv"), strings.NewReader(""), &out, &out); !strings.Contains(out.String(), "\x1b[31mred") {
		t.Errorf("CSV for a program: %q, want labels as they are", &out)
	}
}
