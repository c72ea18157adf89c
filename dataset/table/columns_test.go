package table

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A model finds its columns wherever they stand, among others, with or without the label.
func TestColumnsAreFoundByName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,4}`), 3, 8, rapid.ID).Draw(t, "names")
		table := func(order []int, count int) string {
			var text strings.Builder
			for line := range count + 1 {
				for i, column := range order {
					cell := fmt.Sprintf("%d.5", 10*line+column)
					switch {
					case line == 0:
						cell = names[column]
					case column == len(names)-1:
						cell = []string{"x", "y"}[line%2]
					}
					if i > 0 {
						text.WriteByte(',')
					}
					text.WriteString(cell)
				}
				text.WriteByte('\n')
			}
			return text.String()
		}
		straight := make([]int, len(names))
		for i := range straight {
			straight[i] = i
		}
		trained, err := read(table(straight, 3), Choice{Label: names[len(names)-1]})
		if err != nil {
			t.Fatal(err)
		}
		mixed := rapid.Permutation(straight).Draw(t, "order")
		got, err := read(table(mixed, 3), Choice{Model: trained.Memory()})
		if err != nil || !slices.Equal(numbersOf(got), numbersOf(trained)) || !slices.Equal(got.Labels, trained.Labels) {
			t.Fatalf("%v: %+v, %v, want %+v", mixed, got, err, trained)
		}
		bare := slices.DeleteFunc(slices.Clone(mixed), func(c int) bool { return c == len(names)-1 })
		got, err = read(table(bare, 3), Choice{Model: trained.Memory()})
		if err != nil || !slices.Equal(numbersOf(got), numbersOf(trained)) || got.Labels != nil {
			t.Fatalf("%v: %+v, %v, want %+v without labels", bare, got, err, trained)
		}
		var lacking *LackingError
		if _, err = read(table(bare[1:], 3), Choice{Model: trained.Memory()}); !errors.As(err, &lacking) || lacking.Names[0] != names[bare[0]] {
			t.Fatalf("without %s: %v", names[bare[0]], err)
		}
	})
}

func TestColumnsWithoutNamesAreTakenByPlace(t *testing.T) {
	numbered := lines12("", func(i int) string { return fmt.Sprintf("%d,%d.5,2,%s", i+1, i, []string{"x", "y"}[i%2]) })
	trained, err := read(numbered, Choice{})
	if err != nil {
		t.Fatal(err)
	}
	model := trained.Memory()
	if model.Cells != 4 || model.Place != 3 || !slices.Equal(model.Left, []int{0}) || model.Count() != 2 {
		t.Fatalf("%+v", model)
	}
	for name, c := range map[string]struct {
		text   string
		choice Choice
		want   want
	}{
		"whole":          {"1,5.5,2,x\n2,6.5,2,y\n", Choice{}, want{"5.5 2 6.5 2", "x y", ""}},
		"values":         {"5.5,2\n6.5,2\n", Choice{}, want{"5.5 2 6.5 2", "", ""}},
		"without label":  {"1,5.5,2\n2,6.5,2\n", Choice{}, want{"5.5 2 6.5 2", "", ""}},
		"without number": {"5.5,2,x\n6.5,2,y\n", Choice{}, want{"5.5 2 6.5 2", "x y", ""}},
		"label first":    {"x,5.5,2\ny,6.5,2\n", Choice{Label: "1"}, want{"5.5 2 6.5 2", "x y", ""}},
		"missing labels": {"1,5.5,2,?\n2,6.5,2,?\n", Choice{}, want{"5.5 2 6.5 2", "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			c.choice.Model = model
			table, err := read(c.text, c.choice)
			holds(t, table, err, c.want)
		})
	}
	var count *CountError
	if _, err := read("1,2,3,4,x\n", Choice{Model: model}); !errors.As(err, &count) {
		t.Errorf("5 cells: %v", err)
	}
}

func TestHostileColumnsAreRefused(t *testing.T) {
	for _, c := range []Columns{
		{},
		{Cells: 2, Place: 2},
		{Cells: 2, Place: -2},
		{Cells: 1, Place: 0},
		{Cells: 3, Place: 0, Left: []int{0}},
		{Cells: 3, Place: 0, Left: []int{2, 1}},
		{Cells: 3, Place: -1, Left: []int{5}},
		{Cells: 3, Place: 2, Features: []string{"a"}},
	} {
		if c.Validate() == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

// A column that a model reads is read, though it is the last one and empty in all lines that are
// looked at before; one beside it that no model knows is not.
func TestColumnOfAModelThatIsEmptyAtFirst(t *testing.T) {
	model := &Columns{Cells: 2, Place: -1}
	for _, end := range []string{"", ","} {
		text := strings.Repeat("1,"+end+"\n", ahead+20) + "1,5" + end + "\n"
		with := *model
		if end != "" {
			with = Columns{Cells: 3, Place: -1, Left: []int{2}}
		}
		table, err := read(text, Choice{Model: &with})
		if err != nil {
			t.Fatalf("%q: %v", end, err)
		}
		values := numbersOf(table)
		if last := len(values) - 1; table.Features != 2 || values[last] != 5 || !math.IsNaN(values[1]) || table.Columns[1].Role != Feature {
			t.Errorf("%q: %d values of a line, %v at the end, column 2 %v", end, table.Features, values[last], table.Columns[1].Role)
		}
		if got := table.Memory(); got.Count() != 2 {
			t.Errorf("%q: %d columns are remembered, want 2", end, got.Count())
		}
	}
}

// So is a column of names that is passed through.
func TestColumnThatIsPassedThroughAndEmptyAtFirst(t *testing.T) {
	text := strings.Repeat("1,2,a,\n3,4,b,\n", ahead) + "1,2,a,seven\n"
	table, err := read(text, Choice{ID: "4", Label: "3"})
	if err != nil {
		t.Fatal(err)
	}
	if last := len(table.IDs) - 1; table.Features != 2 || table.IDs[0] != "" || table.IDs[last] != "seven" || table.Columns[3].Role != ID {
		t.Errorf("%d values of a line, names %q to %q, column 4 %v", table.Features, table.IDs[0], table.IDs[last], table.Columns[3].Role)
	}
	if table, err = read(text, Choice{ID: "4", Model: table.Memory()}); err != nil || table.Features != 2 || table.IDs[len(table.IDs)-1] != "seven" {
		t.Errorf("with the model: %v", err)
	}
}
