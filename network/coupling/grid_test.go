package coupling

import "testing"

// TestGridReached holds what Reached says against a look at every window.
func TestGridReached(t *testing.T) {
	count := 0
	for side := 1; side <= 5; side++ {
		for stride := 1; stride <= 4; stride++ {
			for border := 0; border < side; border++ {
				for height := 1; height <= 8; height++ {
					g := Grid{Image{height, 9 - height, 2}, side, stride, border, 3}
					if g.Check() != nil {
						continue
					}
					count++
					for y := range g.Image.Height {
						for x := range g.Image.Width {
							top, bottom, left, right := g.Reached(y, x)
							for p := range g.Places() {
								cornerY, cornerX := g.Corner(p)
								holds := y >= cornerY && y < cornerY+side && x >= cornerX && x < cornerX+side
								row, column := p/g.Width(), p%g.Width()
								if said := row >= top && row < bottom && column >= left && column < right; said != holds {
									t.Fatalf("%+v: place %d holds pixel %d, %d: %t, want %t", g, p, y, x, said, holds)
								}
							}
						}
					}
					if last := g.Places() - 1; g.Places() > 0 {
						y, x := g.Corner(last)
						if y+side > g.Image.Height+border || x+side > g.Image.Width+border {
							t.Fatalf("%+v: the last window begins at %d, %d and ends beyond the border", g, y, x)
						}
					}
				}
			}
		}
	}
	if count < 100 {
		t.Fatalf("%d grids tried", count)
	}
}

// TestGridCheck holds that grids that are none are refused.
func TestGridCheck(t *testing.T) {
	good := Grid{Image{8, 8, 3}, 3, 1, 1, 4}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Grid){
		"no channels":     func(g *Grid) { g.Channels = 0 },
		"no image":        func(g *Grid) { g.Image.Width = 0 },
		"stride 0":        func(g *Grid) { g.Stride = 0 },
		"border of side":  func(g *Grid) { g.Border = 3 },
		"border below 0":  func(g *Grid) { g.Border = -1 },
		"side 0":          func(g *Grid) { g.Side, g.Border = 0, 0 },
		"side beyond":     func(g *Grid) { g.Side = 11 },
		"too many values": func(g *Grid) { g.Image, g.Side, g.Channels = Image{4096, 4096, 1}, 4096, 1024 },
		"too many":        func(g *Grid) { g.Channels = maxSide },
	} {
		g := good
		change(&g)
		if g.Check() == nil {
			t.Errorf("%s: %+v passes", name, g)
		}
	}
}
