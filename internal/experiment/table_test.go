package experiment

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestStatisticsOverSeeds(t *testing.T) {
	s := statistic([]float64{1, 2, 6}) // mean 3, squares 4 + 1 + 9 over 2
	if s.N != 3 || s.Mean != 3 || math.Abs(s.Deviation-math.Sqrt(7)) > 1e-15 || math.Abs(s.Error()-math.Sqrt(7.0/3)) > 1e-15 {
		t.Errorf("got %+v", s)
	}
	if one := statistic([]float64{5}); one != (Statistic{Mean: 5, N: 1}) || one.Error() != 0 {
		t.Errorf("one number gives %+v", one)
	}
}

func TestRowsAverageWhatIsDefined(t *testing.T) {
	r := coins(nil)
	row := r.row([]Place{Number(1), Word("few")}, []Record{
		{Values: map[string]float64{"heads": 0.25}, Series: map[string]Series{"s": {X: []float64{0, 1}, Y: []float64{1, 2}}}},
		{Values: map[string]float64{"heads": 0.75, "never": 3}, Series: map[string]Series{"s": {X: []float64{0, 1}, Y: []float64{3, 4}}}},
	})
	if row.Seeds != 2 || row.Values["heads"].Mean != 0.5 || row.Values["never"].N != 1 || !slices.Equal(row.Series["s"].Y, []float64{2, 3}) {
		t.Errorf("got %+v", row)
	}
	if want := math.Sqrt2; len(row.Spread["s"]) != 2 || math.Abs(row.Spread["s"][0]-want) > 1e-15 || math.Abs(row.Spread["s"][1]-want) > 1e-15 {
		t.Errorf("spread %v, want %v at both places", row.Spread["s"], want)
	}
	table := &Table{Recipe: r, Rows: []Row{row}}
	head, rows := table.Text()
	if strings.Join(head, "|") != "bias|kind|seeds|heads|never" || strings.Join(rows[0], "|") != "1|few|2|50.00 % ± 35.36|3" {
		t.Errorf("text %q %q", head, rows)
	}
	r.Values[0].Aside = true
	var csv strings.Builder
	if err := table.WriteCSV(&csv); err != nil {
		t.Fatal(err)
	}
	if head, _ := table.Text(); slices.Contains(head, "heads") || !strings.Contains(csv.String(), "heads") {
		t.Errorf("an aside value: head %q, file %q, want it in the file alone", head, csv.String())
	}
}

func TestPlacesKeepTheirForm(t *testing.T) {
	for _, p := range []Place{Number(0), Number(-0.25), Number(1e-9), Word("all"), Word("0")} {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back Place
		if err := json.Unmarshal(text, &back); err != nil || back != p {
			t.Errorf("%v became %s and then %v (%v)", p, text, back, err)
		}
	}
	for _, text := range []string{`""`, `null`, `[1]`, `true`} {
		var p Place
		if err := json.Unmarshal([]byte(text), &p); err == nil {
			t.Errorf("%s was read as %v", text, p)
		}
	}
}

func TestSelectionsOfATable(t *testing.T) {
	out, err := Run(context.Background(), coins(nil), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	table := out.Table()
	curves := table.Curves("bias", "heads", "kind")
	if len(curves) != 2 || curves[0].Label != "few" || !slices.Equal(curves[1].X, []float64{0.25, 0.5, 1}) || curves[1].Y[2] != 1 {
		t.Errorf("curves %+v", curves)
	}
	// 3 x 1000 throws: standard error of the mean .0091 at bias one half.
	if y := curves[1].Y[1]; math.Abs(y-0.5) > 5*0.0091 {
		t.Errorf("%v heads, want about half", y)
	}
	plane := table.Plane("bias", "kind", "heads")
	if len(plane.X) != 3 || len(plane.Y) != 2 || plane.Z[1][0] != curves[1].Y[0] {
		t.Errorf("plane %+v", plane)
	}
	published := table.PublishedCurves("bias", "heads")
	if len(published) != 1 || !slices.Equal(published[0].X, []float64{0.5, 3}) || math.Abs(published[0].Y[1]-0.15) > 1e-12 || math.Abs(published[0].Errors[1]-0.05) > 1e-12 {
		t.Errorf("published %+v", published)
	}
	if best, ok := table.Best("heads"); !ok || table.At(best, "bias") != Number(1) {
		t.Errorf("best %+v", best)
	}
	if _, ok := table.Best("never"); ok {
		t.Error("the best of a value that no row has")
	}
}

func TestSteps(t *testing.T) {
	if got := Steps(0, 0.1, 0.3); !slices.Equal(got, []float64{0, 0.1, 0.2, 0.3}) {
		t.Errorf("got %v", got)
	}
	if got := Steps(0.25, 0.25, 1); !slices.Equal(got, []float64{0.25, 0.5, 0.75, 1}) {
		t.Errorf("got %v", got)
	}
	if got := Assign("learning.kappa", 0.1+0.2); got != "learning.kappa=0.3" {
		t.Errorf("got %s", got)
	}
}

// Points may have unequal numbers of seeds, as those of a search on its rungs.
func TestTableOfUnequalSeeds(t *testing.T) {
	o := &Outcome{Recipe: coins(nil), Records: map[string]Record{}, Seeds: 3}
	for i, seeds := range []int{1, 3, 2} {
		for seed := range seeds {
			key := fmt.Sprint(i, seed)
			at := []Place{Number(float64(i)), Word("a")}
			o.Cells = append(o.Cells, Cell{Point: Point{At: at}, Seed: uint64(seed + 1), Key: key})
			o.Records[key] = Record{Values: map[string]float64{"heads": float64(10*i + seed)}}
		}
	}
	rows := o.Table().Rows
	if len(rows) != 3 {
		t.Fatalf("%d rows, want 3", len(rows))
	}
	for i, want := range []Statistic{{Mean: 0, N: 1}, {Mean: 11, Deviation: 1, N: 3}, {Mean: 20.5, Deviation: math.Sqrt(0.5), N: 2}} {
		if got := rows[i].Values["heads"]; math.Abs(got.Mean-want.Mean)+math.Abs(got.Deviation-want.Deviation) > 1e-12 || got.N != want.N || rows[i].Seeds != want.N {
			t.Errorf("row %d: %+v of %d seeds, want %+v", i, got, rows[i].Seeds, want)
		}
	}
}
