package graph

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/graph/formats/dot"
	"gonum.org/v1/gonum/graph/formats/dot/ast"
	"pgregory.net/rapid"

	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// sample draws settings of modules with any links between them.
func sample(t *rapid.T) *Graph {
	s := settings.Defaults()
	s.Network.Modules = nil
	modules := rapid.IntRange(2, 7).Draw(t, "modules")
	for range modules {
		s.Network.Modules = append(s.Network.Modules, network.ModuleSpec{
			Neurons: 50, SelfCoupling: 0.25, Tanh: rapid.SampledFrom([]float64{0, 1.5}).Draw(t, "tanh"),
			Recurrent: network.RecurrentSpec{Gain: 1, Density: rapid.SampledFrom([]float64{0, 0.005, 1}).Draw(t, "density")},
			Input:     network.InputSpec{Gain: 1, Density: 0.5, Window: rapid.IntRange(0, 9).Draw(t, "window")},
		})
	}
	s.Network.Links = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) network.Link {
		a := rapid.IntRange(0, modules-1).Draw(t, "a")
		b := (a + rapid.IntRange(1, modules-1).Draw(t, "b")) % modules
		direction := rapid.SampledFrom([]network.Direction{network.Forward, network.Backward, network.Both}).Draw(t, "direction")
		if rapid.Bool().Draw(t, "learned") {
			return network.Link{Kind: network.Learned, Between: [2]int{a, b}, Direction: direction, Density: 0.125, Gain: 0.5}
		}
		return network.Link{Kind: network.Excitatory, Between: [2]int{a, b}, Direction: direction, Strength: 1.5}
	}), 0, 12).Draw(t, "links")
	s.Dynamics.Feedback.Free = rapid.SampledFrom([][]int{nil, {1}}).Draw(t, "free")
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return New(s)
}

// area is a rectangle of a drawing.
type area struct {
	left, top, right, bottom float64
	what                     string
}

func (a area) overlaps(b area) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

// elements returns the attributes and the text of every element of an SVG file.
func elements(t *rapid.T, svg string) (list []map[string]string) {
	d := xml.NewDecoder(strings.NewReader(svg))
	var open []map[string]string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := map[string]string{"element": token.Name.Local}
			for _, a := range token.Attr {
				e[a.Name.Local] = a.Value
			}
			list, open = append(list, e), append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e["content"] += string(token)
			}
		}
	}
}

// areas returns the picture, the boxes and the words of an SVG file.
func areas(t *rapid.T, svg string) (picture area, boxes, texts []area) {
	number := func(e map[string]string, key string) float64 {
		v, err := strconv.ParseFloat(e[key], 64)
		if err != nil {
			t.Fatalf("%s of %v: %v", key, e, err)
		}
		return v
	}
	all := elements(t, svg)
	picture = area{0, 0, number(all[0], "width"), number(all[0], "height"), "the picture"}
	for _, e := range all[1:] {
		switch {
		case e["element"] == "rect" && e["width"] != "100%":
			x, y := number(e, "x"), number(e, "y")
			boxes = append(boxes, area{x, y, x + number(e, "width"), y + number(e, "height"), "a box"})
		case e["element"] == "text":
			x, y, width := number(e, "x"), number(e, "y"), pixels(e["content"])
			if e["text-anchor"] == "middle" {
				x -= width / 2
			}
			texts = append(texts, area{x, y - 10, x + width, y + 3, e["content"]})
		}
	}
	return picture, boxes, texts
}

// In any drawing boxes and words keep clear of one another, words of modules stay in their
// boxes, words of links stand where no line leaves a module, and nothing leaves the
// picture.
func TestDrawingsKeepTheirPartsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := sample(t)
		svg := g.SVG()
		picture, boxes, texts := areas(t, svg)
		bottom, inside := 0.0, 0
		for i, a := range boxes {
			bottom = max(bottom, a.bottom) // the legend is below
			for _, b := range boxes[i+1:] {
				if a.overlaps(b) {
					t.Fatalf("boxes %v and %v overlap in\n%s", a, b, svg)
				}
			}
		}
		for i, a := range texts {
			before := inside
			for _, b := range append(texts[i+1:], boxes...) {
				switch {
				case b.what == "a box" && b.left < a.left && a.right < b.right && b.top < a.top && a.bottom < b.bottom:
					inside++
				case a.overlaps(b):
					t.Fatalf("%q at %v overlaps %q at %v in\n%s", a.what, a, b.what, b, svg)
				}
			}
			for _, b := range boxes {
				if link := inside == before && i > 0 && a.bottom < bottom; link && a.left < b.right && b.left < a.right {
					t.Fatalf("%q at %v, words of a link, is not between the modules in\n%s", a.what, a, svg)
				}
			}
		}
		for _, a := range append(texts, boxes...) {
			if a.left < 0 || a.top < 0 || a.right > picture.right || a.bottom > picture.bottom {
				t.Fatalf("%q at %v leaves the picture of %v in\n%s", a.what, a, picture, svg)
			}
		}
		if least := 3*len(g.modules) + 3; inside < least {
			t.Fatalf("%d words inside of boxes, want at least %d in\n%s", inside, least, svg)
		}
	})
}

// A file that needs no other has no reference, and a name does not break out of it.
func TestDrawingsTakeAnyName(t *testing.T) {
	s := settings.Defaults()
	s.Data.Set = "a \"b\"\\<i>&\nJ_D x \x01"
	g := New(s)
	svg := g.SVG()
	for _, reference := range []string{"href", "url(", "<script", "<i>"} {
		if strings.Contains(svg, reference) {
			t.Errorf("the drawing has %q:\n%s", reference, svg)
		}
	}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
	}
	file, err := dot.ParseString(g.Dot())
	if err != nil {
		t.Fatalf("%v in\n%s", err, g.Dot())
	}
	if title := file.Graphs[0].Stmts[1].(*ast.Attr); title.Key != "label" || !strings.HasPrefix(title.Val, `"a \"b\"\\<i>&\nJ_D x`) {
		t.Errorf("the second statement is %v, want the title", title)
	}
}

// Graphviz reads what Dot writes: one node per module and three ends, one edge per
// link and per use of an end.
func TestDotHasEveryModuleAndLink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := sample(t)
		file, err := dot.ParseString(g.Dot())
		if err != nil {
			t.Fatalf("%v in\n%s", err, g.Dot())
		}
		got, want := map[string]int{}, map[string]int{}
		for _, statement := range file.Graphs[0].Stmts {
			switch s := statement.(type) {
			case *ast.NodeStmt:
				got[s.Node.ID]++
			case *ast.EdgeStmt:
				got[fmt.Sprintf("%s %s", s.From, s.To.Vertex)]++
			}
		}
		for _, end := range []string{"input", "label", "readout"} {
			want[end] = 1
		}
		for index, m := range g.modules {
			node := fmt.Sprintf("m%d", index)
			want[node] = 1
			if m.input != "" {
				want["input "+node] = 1
			}
			want["label "+node], want[node+" readout"] = 1, 1
		}
		for _, l := range g.links {
			want[fmt.Sprintf("m%d m%d", l.Between[0], l.Between[1])]++
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v in\n%s", got, want, g.Dot())
		}
	})
}

func TestLongChainsShowEqualModulesOnce(t *testing.T) {
	s := settings.Defaults()
	s.Network.Chain = network.Chain{Modules: 30, Size: 9, Lambda: 1}
	if got, want := New(s).stretches(), []stretch{{0, 0}, {1, 1}, {2, 28}, {29, 29}}; !reflect.DeepEqual(got, want) {
		t.Errorf("a chain of 30 shows %v, want %v", got, want)
	}
	s.Network = s.Network.Expand()
	s.Network.Modules[10].SelfCoupling = 7
	s.Network.Links[19].Strength = 2 // of modules 19 and 20
	s.Network.Links = append(s.Network.Links, network.Link{Kind: network.Learned, Between: [2]int{25, 0}, Density: 1})
	want := []stretch{{0, 0}, {1, 1}, {2, 8}, {9, 9}, {10, 10}, {11, 11}, {12, 18}, {19, 19}, {20, 20}, {21, 24}, {25, 25}, {26, 28}, {29, 29}}
	g := New(s)
	if got := g.stretches(); !reflect.DeepEqual(got, want) {
		t.Errorf("it shows %v, want %v", got, want)
	}
	// Of 30 links those inside of the stretches, 6, 6, 3 and 2, are left out.
	if got := len(g.joints(want)); got != 13 {
		t.Errorf("%d links are shown, want 13", got)
	}
	s.Network.Chain = network.Chain{}
	s.Network.Modules, s.Network.Links = s.Network.Modules[:12], nil
	if got := len(New(s).stretches()); got != 12 {
		t.Errorf("12 modules are shown as %d, want each", got)
	}
}

func TestModulesHearTheLabelInPhasesWithSweeps(t *testing.T) {
	s := settings.Defaults()
	s.Network.Chain = network.Chain{Modules: 3}
	s.Network.Feedback = []float64{1, 0.5, 0}
	s.Dynamics.Feedback = protocol.PhaseFeedback{Warmup: []int{0, 1}, Clamped: []int{1}, Free: []int{0, 1, 2}}
	s.Dynamics.Free = 0
	g := New(s)
	for index, want := range []string{"warm-up", "warm-up, clamped x 0.5", ""} {
		if got := g.modules[index].label; got != want {
			t.Errorf("module %d hears the label in %q, want %q", index, got, want)
		}
	}
	s.Learning.Feedback = protocol.Constant(0)
	if got := New(s).modules[0].label; got != "" {
		t.Errorf("without feedback module 0 hears the label in %q", got)
	}
}
