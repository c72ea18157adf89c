package table

import (
	"bufio"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLIBSVM(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want want
	}{
		"plain":    {"+1 1:0.5 3:2\n-1 2:-1 # why\n", want{"0.5 0 2 0 -1 0", "+1 -1", "a LIBSVM file"}},
		"empty":    {"# made by me\n\na 2:7\nb\n", want{"0 7 0 0", "a b", "of 2 values"}},
		"tabs":     {"a\t1:1e2\t2:3\nb\t1:4\n", want{"100 3 4 0", "a b", "LIBSVM"}},
		"one line": {"2 1:1\n", want{"1", "2", "LIBSVM"}},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := read(c.text, Choice{})
			holds(t, table, err, c.want)
		})
	}
	trained, err := read("a 1:1 4:2\nb 2:1\n", Choice{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Choice{{Model: trained.Memory()}, {Features: 4, Label: "1"}} {
		table, err := read("a 1:5\n", c)
		holds(t, table, err, want{"5 0 0 0", "a", "of 4 values"})
	}
	if _, err := read("a 1:5 5:1\n", Choice{Model: trained.Memory()}); err == nil || !strings.Contains(err.Error(), "6 cells") {
		t.Errorf("an index that the model does not know: %v", err)
	}
}

func TestLIBSVMSaysWhereItIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"1 1:2\n1 0:1\n":       "line 2: index 0, want indices from 1",
		"1 1:2\n1 2:1 2:3\n":   "line 2: index 2 after 2",
		"1 1:2\n1 2:x\n":       `line 2: index 2: "x", want a number`,
		"1 1:2\n1 2:inf\n":     "want a finite number",
		"1 1:2\n1 9999999:1\n": "line 2: index 9999999, want 1 to 131072",
		"1 1:2\n1 1:2\n1 1:2\n1 1:2\n1 1:2\n1 qid:1 2:3\n": "line 6: qid, as rankings have, is not read",
	} {
		if _, err := read(text, Choice{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	many := strings.Repeat("1 131072:1\n", 100)
	if _, err := Read(bufio.NewReaderSize(strings.NewReader(many), 1<<16), Choice{}, 1<<21); err == nil || !strings.Contains(err.Error(), "line 17: more than 2097152 bytes") {
		t.Errorf("a table of 13 MB in 1200 bytes: %v", err)
	}
}

// A table is read alike in full and in sparse form.
func TestSparseAndFullFormsGiveOneTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns, lines := rapid.IntRange(1, 6).Draw(t, "columns"), rapid.IntRange(2, 10).Draw(t, "lines")
		var sparse, full strings.Builder
		for i := range lines {
			label := []string{"x", "y"}[i%2]
			sparse.WriteString(label)
			full.WriteString(label)
			for k := range columns {
				v := rapid.SampledFrom([]string{"0", "0", "1.5", "-7", "1e-3"}).Draw(t, "value")
				if v != "0" || i == 0 {
					fmt.Fprintf(&sparse, " %d:%s", k+1, v)
				}
				full.WriteString("," + v)
			}
			sparse.WriteByte('\n')
			full.WriteByte('\n')
		}
		a, err := read(sparse.String(), Choice{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := read(full.String(), Choice{Label: "1"})
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(a.Bytes, a.Floats, a.Labels) != fmt.Sprint(b.Bytes, b.Floats, b.Labels) {
			t.Fatalf("%q: %v %v, want %v %v", sparse.String(), a.Bytes, a.Floats, b.Bytes, b.Floats)
		}
	})
}

func FuzzReadLIBSVM(f *testing.F) {
	f.Add("+1 1:0.5 3:2\n-1 2:-1 # why\n")
	f.Add("a\t1:1e2\t2:3\nb\t1:4\n")
	f.Fuzz(func(t *testing.T, text string) { sound(t, text) })
}
