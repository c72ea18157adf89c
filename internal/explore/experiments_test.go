package explore

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"basin/internal/experiment"
	"basin/internal/paired"
	"basin/internal/random"
	"basin/internal/recipes"
)

// recordsOf makes records of cells without computing them: every value is a random number of
// the seeds of the cell and of the folder, and every cell but each skip-th is there.
func recordsOf(t *testing.T, r *experiment.Recipe, full bool, seeds, skip int, folder uint64) []experiment.Record {
	t.Helper()
	cells, err := r.Cells(full, seeds)
	if err != nil {
		t.Fatal(err)
	}
	var records []experiment.Record
	for i, c := range cells {
		if skip > 0 && i%skip == skip-1 {
			continue
		}
		task, err := json.Marshal(c.Task)
		if err != nil {
			t.Fatal(err)
		}
		record := experiment.Record{Recipe: r.Name, Key: c.Key, At: map[string]experiment.Place{}, Seed: c.Seed, Values: map[string]float64{}, Seconds: 0.5, Version: "v1", Task: task}
		draws := random.New(folder, random.Noise, uint64(i))
		for k, axis := range r.Axes {
			record.At[axis.Name] = c.At[k]
		}
		for _, v := range r.Values {
			record.Values[v.Name] = draws.Float64()
		}
		records = append(records, record)
	}
	return records
}

// fill writes records into a folder.
func fill(t *testing.T, folder string, records []experiment.Record) {
	t.Helper()
	var text []byte
	for _, record := range records {
		line, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		text = append(append(text, line...), '\n')
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, experiment.CellsFile), text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func recipe(t *testing.T, name string) *experiment.Recipe {
	t.Helper()
	r, err := recipes.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestExperimentsListsFoldersAndWhatIsBelow(t *testing.T) {
	given, alone := t.TempDir(), t.TempDir()
	r := recipe(t, "capacity")
	whole := recordsOf(t, r, false, 2, 0, 1)
	fill(t, filepath.Join(given, "whole"), whole)
	fill(t, filepath.Join(given, "begun"), whole[:7])
	fill(t, filepath.Join(given, "empty"), nil)
	fill(t, filepath.Join(given, "strange"), []experiment.Record{{Recipe: "nobody", Key: "k"}})
	fill(t, filepath.Join(given, "deep", "deeper"), whole)
	fill(t, alone, recordsOf(t, r, true, 1, 0, 1))
	if err := os.WriteFile(filepath.Join(given, "begun", experiment.CellsFile+".lock"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(given, "note.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	list := answered[folderList](t, explorerAt(t, given, alone, filepath.Join(given, "nowhere")), "experiments/list", "{}")
	want := map[string]summary{
		"begun":   {Size: "quick", Seeds: 2, Done: 7, Cells: len(whole), Running: true, Seconds: 3.5},
		"whole":   {Size: "quick", Seeds: 2, Done: len(whole), Cells: len(whole), Seconds: 0.5 * float64(len(whole))},
		"empty":   {Wrong: "no cell is finished yet"},
		"strange": {Wrong: `no recipe "nobody"`},
	}
	if len(list.Folders) != 5 || !list.Given || !strings.Contains(list.Wrong, "nowhere") {
		t.Errorf("%d folders, want 5; wrong is %q", len(list.Folders), list.Wrong)
	}
	for _, f := range list.Folders {
		if f.Folder == filepath.ToSlash(alone) {
			if f.Size != "full" || f.Done != f.Cells || f.Seeds != 1 {
				t.Errorf("the folder of a full grid is %+v", f)
			}
			continue
		}
		w := want[filepath.Base(f.Folder)]
		if w.Wrong != "" {
			if !strings.Contains(f.Wrong, w.Wrong) {
				t.Errorf("%s: %q, want %q", f.Folder, f.Wrong, w.Wrong)
			}
			continue
		}
		if f.Size != w.Size || f.Seeds != w.Seeds || f.Done != w.Done || f.Cells != w.Cells || f.Running != w.Running || math.Abs(f.Seconds-w.Seconds) > 1e-9 || f.Recipe != "capacity" {
			t.Errorf("%s: %+v, want %+v", f.Folder, f, w)
		}
	}
	if list := answered[folderList](t, explorerAt(t), "experiments/list", "{}"); list.Given || len(list.Folders) != 0 {
		t.Errorf("without folders the list is %+v", list)
	}
}

// The table is that of the engine, whatever rows one asks for, and so is every figure.
func TestExperimentsShowsTheReportOfTheEngine(t *testing.T) {
	given := t.TempDir()
	r := recipe(t, "density")
	records := recordsOf(t, r, false, 2, 5, 1)
	fill(t, given, records)
	e := explorerAt(t, given)
	stored, err := experiment.Stored(r, records)
	if err != nil {
		t.Fatal(err)
	}
	table := stored.Table()
	a := answered[shown](t, e, "experiments/show", map[string]any{"folder": filepath.ToSlash(given)})
	head, rows := table.Text()
	if !slices.Equal(a.Head, head) || fmt.Sprint(a.Rows) != fmt.Sprint(rows) {
		t.Errorf("the table is %v %v, want %v %v", a.Head, a.Rows, head, rows)
	}
	if n := len(a.Tables); n == 0 || fmt.Sprint(a.Tables[n-1]) != fmt.Sprint(table.Comparison()) {
		t.Errorf("the published numbers are not among the tables %v", a.Tables)
	}
	if !slices.Equal(a.Findings, r.Findings(table)) || len(a.Figures) == 0 {
		t.Errorf("findings %v and %d figures", a.Findings, len(a.Figures))
	}
	for _, x := range a.Axes {
		for _, at := range x.Places[:1] {
			some := answered[shown](t, e, "experiments/show", map[string]any{"folder": filepath.ToSlash(given), "where": map[string]string{x.Name: at}})
			for _, p := range table.Places(x.Name) {
				if _, rows := table.Where(x.Name, p).Text(); p.String() == at && fmt.Sprint(some.Rows) != fmt.Sprint(rows) {
					t.Errorf("at %s %s the rows are %v, want %v", x.Name, at, some.Rows, rows)
				}
			}
		}
	}
	if again := answered[shown](t, e, "experiments/show", map[string]any{"folder": filepath.ToSlash(given), "stamp": a.Stamp}); !again.Same || again.Rows != nil {
		t.Error("what has not changed is sent again")
	}
	fill(t, given, records[:3])
	if again := answered[shown](t, e, "experiments/show", map[string]any{"folder": filepath.ToSlash(given), "stamp": a.Stamp}); again.Same || again.Done != 3 {
		t.Errorf("what has changed is not sent: %+v", again.summary)
	}
}

// A folder can be looked at from its first cell on, whatever recipe it is of.
func TestExperimentsShowsEveryRecipeFromItsFirstCell(t *testing.T) {
	for _, r := range recipes.All() {
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			given := t.TempDir()
			e := explorerAt(t, given)
			records := recordsOf(t, r, false, 1, 0, 1)
			for _, some := range [][]experiment.Record{records[:1], records[:min(len(records), 20)]} {
				fill(t, given, some)
				a := answered[shown](t, e, "experiments/show", map[string]any{"folder": filepath.ToSlash(given)})
				if a.Done != len(some) || len(a.Rows) == 0 {
					t.Errorf("%d of %d cells are shown in %d rows", a.Done, len(some), len(a.Rows))
				}
				for _, f := range a.Figures {
					if err := xml.Unmarshal([]byte(f.SVG), new(struct{})); err != nil {
						t.Errorf("figure %s: %v", f.Name, err)
					}
				}
			}
		})
	}
}

func TestExperimentsComparesOverCommonSeeds(t *testing.T) {
	given := t.TempDir()
	r := recipe(t, "capacity")
	one, other := recordsOf(t, r, false, 4, 0, 1), recordsOf(t, r, false, 3, 0, 2)
	fill(t, filepath.Join(given, "one"), one)
	fill(t, filepath.Join(given, "other"), other)
	fill(t, filepath.Join(given, "third"), recordsOf(t, recipe(t, "manifold-exact"), false, 1, 0, 1))
	e := explorerAt(t, given)
	q := map[string]any{"one": filepath.ToSlash(filepath.Join(given, "one")), "other": filepath.ToSlash(filepath.Join(given, "other"))}
	for _, v := range r.Values {
		q["value"] = v.Name
		c := answered[comparison](t, e, "experiments/compare", q)
		if len(c.Points) != len(one)/4 || len(c.Settings) != 0 {
			t.Fatalf("%d points and %d settings that differ, want %d and none", len(c.Points), len(c.Settings), len(one)/4)
		}
		for i, p := range c.Points {
			var d []float64
			mean := 0.0
			for seed := range 3 {
				d = append(d, one[4*i+seed].Values[v.Name]-other[3*i+seed].Values[v.Name])
				mean += d[seed] / 3
			}
			deviation := math.Sqrt((square(d[0]-mean) + square(d[1]-mean) + square(d[2]-mean)) / 2)
			half, _ := paired.Difference{Mean: mean, Deviation: deviation, Count: 3}.Half()
			if p.Common != 3 || p.One.Seeds != 4 || p.Other.Seeds != 3 || math.Abs(*p.Difference-mean) > 1e-12 || math.Abs(*p.Half-half) > 1e-12 {
				t.Fatalf("%s at point %d: %+v, want %v ± %v", v.Name, i, p, mean, half)
			}
			if (p.Verdict == "above") != (mean > half) || (p.Verdict == "below") != (mean < -half) {
				t.Errorf("%s at point %d: the verdict is %s", v.Name, i, p.Verdict)
			}
		}
	}
	q["other"], q["value"] = filepath.ToSlash(filepath.Join(given, "third")), ""
	if c := answered[comparison](t, e, "experiments/compare", q); len(c.Values) != 0 || c.Other.Recipe != "manifold-exact" {
		t.Errorf("folders of two recipes are compared: %+v", c.Other)
	}
}

func square(x float64) float64 { return x * x }

// Settings that differ are named, with what they are in each.
func TestExperimentsNamesTheSettingsThatDiffer(t *testing.T) {
	text := func(s string) experiment.Record { return experiment.Record{Task: json.RawMessage(s)} }
	at := func(one, other string) *pair {
		return &pair{records: [2]map[uint64]experiment.Record{{1: text(one)}, {1: text(other)}}}
	}
	got := differences([]*pair{
		at(`{"a":1,"b":{"c":[1,2]},"d":3}`, `{"a":1,"b":{"c":[1,3]},"d":4}`),
		at(`{"a":2,"b":{"c":[1,2]},"d":5}`, `{"a":2,"b":{"c":[1,3]},"d":4,"e":"x"}`),
		{records: [2]map[uint64]experiment.Record{{1: text(`{"a":9}`)}, {}}},
	})
	want := []differing{{"b.c.1", "2", "3"}, {"d", "differs from point to point", "4"}, {"e", "", "x"}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Whatever a page asks for, only what lies in the folders that were given is read.
func TestExperimentsReadsNothingElsewhere(t *testing.T) {
	parent := t.TempDir()
	given := filepath.Join(parent, "given")
	records := recordsOf(t, recipe(t, "capacity"), false, 1, 0, 1)
	fill(t, filepath.Join(given, "inside"), records[:2])
	fill(t, filepath.Join(parent, "secret"), records)
	for name, target := range map[string]string{"linked": filepath.Join(parent, "secret"), "up": parent} {
		if err := os.Symlink(target, filepath.Join(given, name)); err != nil {
			t.Skip(err)
		}
	}
	if err := os.Mkdir(filepath.Join(given, "file"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(parent, "secret", experiment.CellsFile), filepath.Join(given, "file", experiment.CellsFile)); err != nil {
		t.Fatal(err)
	}
	e := explorerAt(t, given)
	list := answered[folderList](t, e, "experiments/list", "{}")
	if len(list.Folders) != 1 || list.Folders[0].Done != 2 {
		t.Errorf("the list is %+v, want the folder inside alone", list.Folders)
	}
	inside := list.Folders[0].Folder
	for _, name := range []string{
		"", ".", "..", "/", "secret", filepath.Join(parent, "secret"), given + "/../secret", inside + "/../../secret", inside + "/", given + "/linked", given + "/file",
		"C:\\", "inside", "\x00", strings.Repeat("a/", 100_000), "..%2fsecret",
	} {
		for path, q := range map[string]any{
			"experiments/show":    map[string]any{"folder": name},
			"experiments/compare": map[string]any{"one": inside, "other": name},
		} {
			checkRefused(t, question(t, e, path, q), 422, "there is no folder", path+" "+name[:min(len(name), 40)])
		}
	}
	for _, c := range []struct{ path, body, says string }{
		{"experiments/show", `{"folder":%q,"where":{"neurons":"nowhere"}}`, "no row is at"},
		{"experiments/show", `{"folder":%q,"where":{"nothing":"1"}}`, "no row is at"},
		{"experiments/compare", `{"one":%[1]q,"other":%[1]q,"value":"nothing"}`, "has a value"},
	} {
		checkRefused(t, question(t, e, c.path, fmt.Sprintf(c.body, inside)), 422, c.says, c.body)
	}
	checkRefused(t, question(t, e, "experiments/show", `{"folder":1}`), 400, "", "a number for a folder")
	checkRefused(t, question(t, e, "experiments/list", `{"path":"/"}`), 400, "", "a path to list")
}

// Files that are no cells are said to be none.
func TestExperimentsSaysWhatIsWrongWithAFile(t *testing.T) {
	given := t.TempDir()
	e := explorerAt(t, given)
	path := filepath.Join(given, experiment.CellsFile)
	for text, says := range map[string]string{
		"hello\n": "not the record of a cell", "{}\n": "not the record of a cell", "": "no cell is finished yet", `{"recipe":"capacity","key":`: "no cell is finished yet",
		`{"recipe":"capacity","key":"a"}` + "\n" + `{"recipe":"xor","key":"b"}` + "\n":            "a cell of xor among those of capacity",
		`{"recipe":"capacity","key":"a","seed":18446744073709551615,"task":{}}` + "\n":            "of no grid that this program knows",
		`{"recipe":"capacity","key":"a","at":{"N":null},"task":null}` + "\n":                      "not the record of a cell",
		`{"recipe":"capacity","key":"a","seed":5,"at":{},"task":[1],"values":{"x":1}}` + "\n\n\n": "of no grid that this program knows",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		checkRefused(t, question(t, e, "experiments/show", map[string]any{"folder": filepath.ToSlash(given)}), 422, says, text)
		if list := answered[folderList](t, e, "experiments/list", "{}"); len(list.Folders) != 1 || !strings.Contains(list.Folders[0].Wrong, says) {
			t.Errorf("%q: %+v, want %q", text, list.Folders, says)
		}
	}
}
