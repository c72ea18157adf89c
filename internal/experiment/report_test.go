package experiment

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"basin/settings"
)

// digitsRecipe trains small networks on the digits.
func digitsRecipe() *Recipe {
	r := coins(nil)
	r.Name, r.Axes, r.Values = "small", []Axis{{"neurons", "N"}}, TrainingValues()
	r.Points = func(full bool) ([]Point, error) {
		g := Grid{Samples: 600, Held: 200}
		for _, n := range []int{20, 60} {
			g.Train([]Place{Number(float64(n))}, 1, "digits", Assign("network.modules.0.neurons", n), Assign("learning.epochs", 2))
		}
		return g.Points, g.Err
	}
	r.Published = []Published{{Of: "nobody", At: map[string]Place{"neurons": Number(60)}, Value: Accuracy, Low: 0.2, High: 0.3, Source: "made <up>"}}
	r.Figures = func(t *Table) []Figure {
		return []Figure{
			{
				Name: "accuracy", Title: "A & B", X: "N", Y: "%", Percent: true, Caption: "c < d",
				Curves: append([]Curve{t.Curve("here", "neurons", Accuracy)}, t.PublishedCurves("neurons", Accuracy)...),
			},
			OverEpochs(t, Figure{Name: "learning", Title: "T", LogY: true}, Accuracy),
			{Name: "nothing", Curves: t.Curves("neurons", "absent", "neurons")},
		}
	}
	r.Findings = func(t *Table) []string { return t.BestOf(Accuracy, "neurons", "With all") }
	return r
}

// elements parses text as XML, which the report is, and calls visit for every element.
func elements(t *testing.T, text []byte, visit func(e xml.StartElement)) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Entity = xml.HTMLEntity
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("not well formed at %d: %v", d.InputOffset(), err)
		}
		if e, ok := token.(xml.StartElement); ok {
			visit(e)
		}
	}
}

func TestReportOfASmallTrainingIsOneFile(t *testing.T) {
	dir, r := t.TempDir(), digitsRecipe()
	out, err := Run(context.Background(), r, dir, Options{Data: &Data{}, Seeds: 2, Version: "v1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := out.Write(dir, "basin experiment small --quick")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"table.csv", "accuracy.svg", "accuracy.png", "learning.svg", "learning.png", "digits.yaml", "report.html"}
	if !slices.Equal(files, want) {
		t.Errorf("files %q, want %q", files, want)
	}
	text, err := os.ReadFile(filepath.Join(dir, ReportFile))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	elements(t, text, func(e xml.StartElement) {
		count[e.Name.Local]++
		for _, a := range e.Attr {
			if n := a.Name.Local; (n == "src" || n == "href") && !strings.HasPrefix(a.Value, "#") {
				t.Errorf("<%s> refers to %s", e.Name.Local, a.Value)
			}
		}
	})
	if count["svg"] != 2 || count["figure"] != 2 || count["path"] < 10 || count["script"]+count["link"]+count["img"] > 0 {
		t.Errorf("elements %v, want 2 figures with an SVG each, and nothing from outside", count)
	}
	for _, part := range []string{
		"Is a &lt; b &amp; &#34;b&#34; &gt; a?", "basin experiment small --quick", "v1.2.3", "c &lt; d", "20.00 % to 30.00 %", "made &lt;up&gt;",
		"<td>4 of 4</td>", "With all the accuracy is largest", " ± ", "(2 seeds)",
	} {
		if !bytes.Contains(text, []byte(part)) {
			t.Errorf("the report lacks %q", part)
		}
	}
	checkFiles(t, dir)
}

// checkFiles reads what stands beside the report of a small training.
func checkFiles(t *testing.T, dir string) {
	picture, err := os.Open(filepath.Join(dir, "accuracy.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer picture.Close()
	if _, err := png.Decode(picture); err != nil {
		t.Error(err)
	}
	table, err := os.Open(filepath.Join(dir, TableFile))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	rows, err := csv.NewReader(table).ReadAll()
	if err != nil || len(rows) != 3 || strings.Join(rows[0][:4], " ") != "neurons n accuracy accuracy_sd" || rows[2][0] != "60" || rows[2][1] != "2" {
		t.Errorf("table %q (%v)", rows, err)
	}
	yaml, err := os.ReadFile(filepath.Join(dir, "digits.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := settings.Load("digits.yaml", yaml, settings.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if got.Network.Modules[0].Neurons == 20 || got.Data.Set != "digits" {
		t.Errorf("the file of the preset has the settings of a cell: %+v", got)
	}
}

func TestReportOfPartOfTheCellsSaysSo(t *testing.T) {
	dir, begun := t.TempDir(), 0
	ctx, cancel := context.WithCancel(context.Background())
	out, err := Run(ctx, coins(func() error {
		if begun++; begun == 8 {
			cancel()
		}
		return nil
	}), dir, Options{Workers: 1})
	if err == nil || out.Done() != 7 {
		t.Fatalf("%v, %d cells done, want an interruption after 7", err, out.Done())
	}
	if _, err := out.Write(dir, "again"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, ReportFile))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte("Not complete: 7 of 18 cells")) || bytes.Count(text, []byte("<svg")) != 2 {
		t.Error("the report does not say that it is not complete, or lacks the figures of what there is")
	}
}
