package dataset

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"basin/dataset/table"
)

func readTable(t testing.TB, text string, o Options) *Set {
	t.Helper()
	s, err := ReadCSV(strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	s.Name = "table"
	return s
}

// inputRows returns the rows that an encoder gives.
func inputRows(t testing.TB, e *Encoder, s *Set) [][]float32 {
	t.Helper()
	in, err := e.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([][]float32, in.Count())
	for i := range rows {
		rows[i] = make([]float32, in.Dim())
		in.Row(i, rows[i])
	}
	return rows
}

// adultLike has numbers, categories and a date, and lacks some of each.
const adultLike = `age,work,since,sex,class
20,private,2024-01-01,f,low
,state,2024-01-02,m,high
40,?,NA,m,low
30,private,2024-01-06,f,high
`

func TestCodingsOfATable(t *testing.T) {
	none := Preprocess{Scale: "none", Standardise: "none"}
	for missing, want := range map[string]string{
		// age, work: private, state, missing; since, less its mean 19725; sex: f, m
		"mean":   "20 1 0 0 -2 1 0; 30 0 1 0 -1 0 1; 40 0 0 1 0 0 1; 30 1 0 0 3 1 0",
		"median": "20 1 0 0 -2 1 0; 30 0 1 0 -1 0 1; 40 0 0 1 -1 0 1; 30 1 0 0 3 1 0",
		"column": "20 0 1 0 0 -2 0 1 0; 30 1 0 1 0 -1 0 0 1; 40 0 0 0 1 0 1 0 1; 30 0 1 0 0 3 0 1 0",
	} {
		none.Missing = missing
		s := readTable(t, adultLike, Options{})
		e, err := none.Fit(s)
		if err != nil {
			t.Fatal(err)
		}
		var rows []string
		for _, row := range inputRows(t, e, s) {
			rows = append(rows, strings.Trim(fmt.Sprint(row), "[]"))
		}
		if got := strings.Join(rows, "; "); got != want {
			t.Errorf("%s: %s, want %s", missing, got, want)
		}
	}
	for _, missing := range []string{"", "error"} {
		none.Missing = missing
		_, err := none.Fit(readTable(t, adultLike, Options{}))
		wantError(t, err, `table: line 3, column 1, "age": missing value, of 3 missing in age (1), work (1), since (1)`, "preprocess.missing=column")
	}
}

// What was fitted to the training samples is used for others: what stands for missing ones,
// and the categories. A text that training did not have counts as none, and is said once.
func TestOthersAreCodedAsTrainingWas(t *testing.T) {
	p := Preprocess{Missing: "column", Scale: "none", Standardise: "none"}
	train := readTable(t, adultLike, Options{})
	e, err := p.Fit(train)
	if err != nil {
		t.Fatal(err)
	}
	other := readTable(t, "sex,since,work,age\n?,2024-01-03,none,50\nm,2024-01-01,state,\nx,2024-01-01,none,1\n", Options{Columns: train.Table.Memory()})
	var rows []string
	for _, row := range inputRows(t, e, other) {
		rows = append(rows, strings.Trim(fmt.Sprint(row), "[]"))
	}
	if got, want := strings.Join(rows, "; "), "50 0 0 0 0 0 0 0 0; 30 1 0 1 0 -2 0 0 1; 1 0 0 0 0 -2 0 0 0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	notes := strings.Join(e.Notes(other), "\n")
	want := `2 missing values in age (1), sex (1): numbers become the mean of the training samples, with one more input that says where; of texts they are no category, as training lacked none (preprocess.missing=column)
2 rows have values of column work that training did not see, such as "none": they count as none of its categories
1 row has a value of column sex that training did not see, such as "x": they count as none of its categories`
	if notes != want {
		t.Errorf("notes\n%s\nwant\n%s", notes, want)
	}
	if notes := e.Notes(train.Subset([]int{0})); notes != nil {
		t.Errorf("notes of nothing: %q", notes)
	}
	if _, err := e.Encode(&Set{Name: "numbers", Shape: []int{4}, Floats: []float32{1, 2, 3, 4}}); err == nil {
		t.Error("numbers in place of texts were encoded")
	}
}

// Categories are those of the rows that are learned, not of all that were read.
func TestCategoriesAreThoseOfTheTrainingRows(t *testing.T) {
	s := readTable(t, adultLike, Options{})
	e, err := Preprocess{Missing: "mean", Scale: "none", Standardise: "feature"}.Fit(s.Subset([]int{0, 3}))
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Codings[1]; !slices.Equal(got.Categories, []string{"private"}) || got.Missing {
		t.Errorf("%+v, want private alone", got)
	}
	if got := e.Columns(s.Table.Memory()); got != "1 number, 1 date, 2 categories (values of each: work 1, sex 1)" {
		t.Error(got)
	}
}

func TestACodedEncoderSurvivesItsJSON(t *testing.T) {
	s := readTable(t, adultLike, Options{})
	for _, missing := range []string{"mean", "median", "column"} {
		e, err := Preprocess{Missing: missing, Standardise: "feature"}.Fit(s)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var again Encoder
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatal(err)
		}
		if got, want := inputRows(t, &again, s), inputRows(t, e, s); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", missing, got, want)
		}
	}
	for _, c := range []Coding{
		{Categories: []string{"b", "a"}},
		{Categories: []string{"a", "a"}},
		{Categories: []string{"a"}, Fill: 1},
		{Fill: math.Inf(1)},
		{Origin: math.NaN()},
		{Fill: 1e300},
	} {
		e := Encoder{Features: 1, Divisor: 1, Codings: []Coding{c}}
		if e.Validate() == nil {
			t.Errorf("%+v was taken", c)
		}
	}
	if e := (Encoder{Features: 2, Divisor: 1, Codings: make([]Coding, 1)}); e.Validate() == nil {
		t.Error("a coding too few was taken")
	}
}

// A column of a thousand million and small differences is standardised as the differences are.
func TestLargeNumbersThatDifferLittleAreStandardisedWithoutLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.SliceOfN(rapid.IntRange(-500, 500), 3, 30).Draw(t, "differences")
		if slices.Min(small) == slices.Max(small) {
			return
		}
		origin := rapid.SampledFrom([]int64{1e9, 1_700_000_000_000, -1e12}).Draw(t, "origin")
		var large, plain strings.Builder
		for i, d := range small {
			fmt.Fprintf(&large, "%.2f,%d\n", float64(origin+int64(d))+.25, i%2)
			fmt.Fprintf(&plain, "%.2f,%d\n", float64(d)+.25, i%2)
		}
		rows := map[string][][]float32{}
		for name, text := range map[string]string{"large": large.String(), "plain": plain.String()} {
			s, err := ReadCSV(strings.NewReader(text), Options{Label: "2"})
			if err != nil {
				t.Fatal(err)
			}
			e, err := Preprocess{Standardise: "feature"}.Fit(s)
			if err != nil {
				t.Fatal(err)
			}
			in, err := e.Encode(s)
			if err != nil {
				t.Fatal(err)
			}
			for i := range in.Count() {
				row := make([]float32, 1)
				in.Row(i, row)
				rows[name] = append(rows[name], row)
			}
		}
		for i := range small {
			// A float of size 1000 has steps of 2^-14, and the deviation is 0.2 or more.
			if got, want := rows["large"][i][0], rows["plain"][i][0]; math.Abs(float64(got-want)) > 1e-3 {
				t.Fatalf("%d: %v, want %v", small[i], got, want)
			}
		}
	})
}

// A table of plain numbers is encoded to the same bits whether or not a missing value could be
// filled.
func TestFillingChangesNoNumberThatIsThere(t *testing.T) {
	text := "a,b,k\n1.5,2,x\n-3.25,7,y\n0.1,9,x\n"
	s := readTable(t, text, Options{})
	plain, err := Preprocess{Standardise: "feature"}.Fit(s)
	if err != nil {
		t.Fatal(err)
	}
	filled, err := Preprocess{Standardise: "feature", Missing: "column"}.Fit(s)
	if err != nil {
		t.Fatal(err)
	}
	if plain.Codings != nil || filled.Codings == nil || filled.Dim() != 2 {
		t.Fatalf("%+v, %+v", plain.Codings, filled.Codings)
	}
	if got, want := inputRows(t, filled, s), inputRows(t, plain, s); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	// Missing at a prediction: the mean, which is 0 after standardising.
	other := readTable(t, "a,b\n,9\n", Options{Columns: s.Table.Memory()})
	if got := inputRows(t, filled, other)[0][0]; math.Abs(float64(got)) > 1e-6 {
		t.Errorf("filled with %v, want 0", got)
	}
	_, err = plain.Encode(other)
	wantError(t, err, `line 2, column 1, "a": missing value`, "preprocess.missing=error")
}

// The hash of a row is that of its values, however its table is stored.
func TestRowsAreKnownWhereverTheyStand(t *testing.T) {
	s := readTable(t, adultLike, Options{})
	mixed := readTable(t, "age,work,since,sex,class\n30,private,2024-01-06,f,high\n7,another,2024-01-06,f,high\n,state,2024-01-02,m,low\n", Options{Columns: s.Table.Memory()})
	if a, b := s.RowHashes(), mixed.RowHashes(); a[3] != b[0] || a[1] != b[2] || slices.Contains(a, b[1]) {
		t.Errorf("%x and %x", a, b)
	}
	whole := readTable(t, "a,b,k\n1.5,2,x\n3.25,7,y\n", Options{})
	partly := readTable(t, "a,b,k\n1.5,2,x\n3.25,,y\n", Options{})
	if whole.Floats == nil || partly.Doubles == nil || whole.RowHashes()[0] != partly.RowHashes()[0] {
		t.Error("a row has another hash where another one lacks a value")
	}
	if whole.Fingerprint() == partly.Fingerprint() {
		t.Error("a missing value does not change the fingerprint")
	}
	renamed := readTable(t, strings.ReplaceAll(adultLike, "private", "privy"), Options{})
	if s.Fingerprint() == renamed.Fingerprint() {
		t.Error("another category does not change the fingerprint")
	}
}

// Parts with other categories become one set in which each row keeps its own.
func TestJoinedPartsKeepTheirCategories(t *testing.T) {
	a := readTable(t, "c,n,k\nred,1,x\nblue,2,y\n", Options{})
	b := readTable(t, "c,n,k\ngreen,1,x\nblue,2.5,y\n", Options{})
	whole, err := join(a, b)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range whole.Count() {
		names = append(names, whole.Table.Columns[0].Categories[int(whole.at(2*i))])
	}
	if got := strings.Join(names, " "); got != "red blue green blue" || whole.Validate() != nil {
		t.Errorf("%s, %v", got, whole.Validate())
	}
	if !slices.Equal(a.Table.Columns[0].Categories, []string{"blue", "red"}) {
		t.Errorf("joining changed a part: %q", a.Table.Columns[0].Categories)
	}
}

func TestHostileDoublesAreRefused(t *testing.T) {
	info := &table.Info{Columns: []table.Column{{Kind: table.Category, Categories: []string{"a"}}}, Order: []int{0}}
	for _, v := range []float64{-1, 1, .5, math.Inf(1)} {
		s := &Set{Name: "s", Shape: []int{1}, Doubles: []float64{v}, Table: info}
		if s.Validate() == nil {
			t.Errorf("category %v was taken", v)
		}
		if e := (&Encoder{Features: 1, Divisor: 1, Codings: []Coding{{Categories: []string{"a"}}}}); e.Notes(s) != nil {
			t.Errorf("category %v has notes", v)
		}
	}
	if s := (&Set{Name: "s", Shape: []int{1}, Doubles: []float64{1e300}}); s.Validate() == nil {
		t.Error("1e300 was taken")
	}
}
