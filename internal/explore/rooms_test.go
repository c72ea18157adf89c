package explore

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"basin/internal/browser"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Every room opens on large and small screens, light and dark, with and without a model.
func TestEveryRoomOpens(t *testing.T) {
	for _, s := range []browser.Screen{{}, {Width: 360, Height: 740}, {Dark: true}, {Width: 360, Height: 740, Dark: true, Still: true}} {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			o := Options{}
			if s.Dark {
				o = withModel(t)
			}
			tab := openTab(t, o, s)
			for _, name := range rooms {
				tab.open("#" + name)
				tab.fits(name)
				took := browser.Value[float64](tab.Tab, `performance.getEntriesByName("first picture")[0].duration`)
				t.Logf("%s: first picture after %.0f ms", name, took)
				if took > 10_000 {
					t.Errorf("%s: the first picture took %.0f ms", name, took)
				}
			}
			tab.open("guide.html")
			tab.fits("the guide")
		})
	}
}

// fits reports a page that has to be moved sideways.
func (p *tab) fits(name string) {
	p.t.Helper()
	if wide := browser.Value[[]int](p.Tab, "[document.scrollingElement.scrollWidth, innerWidth]"); wide[0] > wide[1] {
		p.t.Errorf("%s: %d pixels are wider than the page of %d", name, wide[0], wide[1])
	}
}

// named are the roles of what has to say what it is.
var named = map[string]bool{
	"button": true, "slider": true, "combobox": true, "checkbox": true, "spinbutton": true, "textbox": true,
	"radio": true, "link": true, "img": true, "image": true, "graphics-document": true, "Canvas": true, "application": true, "navigation": true,
}

// Everything that can be used or looked at has a name for those who do not see it.
func TestEverythingHasAName(t *testing.T) {
	tab := openTab(t, withModel(t), browser.Screen{})
	for _, name := range rooms {
		tab.open("#" + name)
		ctx, cancel := context.WithTimeout(tab.Context(), browser.Longest)
		defer cancel()
		tree, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (accessibility.GetFullAXTreeResult, error) {
			return cdp.Call(ctx, t, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		})
		if err != nil {
			t.Fatal(err)
		}
		roles := map[string]int{}
		for _, node := range tree.Nodes {
			if node.Ignored || node.Role == nil {
				continue
			}
			role := strings.Trim(string(node.Role.Value), `"`)
			roles[role]++
			if named[role] && (node.Name == nil || strings.Trim(string(node.Name.Value), `" `) == "") {
				t.Errorf("%s: a %s (%s, %v) has no name", name, role, node.NodeID, node.Value)
			}
		}
		if roles["link"] < len(rooms) || roles["heading"] == 0 {
			t.Errorf("%s: the tree has the roles %v", name, roles)
		}
		if bare := browser.Value[int](tab.Tab, `[...document.querySelectorAll("canvas:not([hidden])")].filter((c) => !c.getAttribute("aria-label")).length`); bare > 0 {
			t.Errorf("%s: %d canvases have no label", name, bare)
		}
	}
}

// Where motion is not wanted, nothing moves by itself.
func TestNothingMovesWhereMotionIsReduced(t *testing.T) {
	tab := openTab(t, withModel(t), browser.Screen{Still: true})
	for _, name := range rooms {
		tab.open("#" + name)
		tab.Settle()
		before := browser.Value[int](tab.Tab, "window.framesAsked")
		for range 10 {
			tab.Settle()
		}
		if asked := browser.Value[int](tab.Tab, "window.framesAsked") - before; asked > 0 {
			t.Errorf("%s asks for %d animation frames", name, asked)
		}
		if moving := browser.Value[int](tab.Tab, "document.getAnimations().length"); moving > 0 {
			t.Errorf("%s has %d animations", name, moving)
		}
	}
}

// Pictures follow the size of the window and the colours of the system.
func TestPicturesFollowTheScreen(t *testing.T) {
	tab := openTab(t, withModel(t), browser.Screen{})
	for _, name := range rooms {
		tab.On(browser.Screen{})
		tab.open("#" + name)
		if browser.Value[int](tab.Tab, canvases+".length") == 0 {
			continue
		}
		browser.Value[*int](tab.Tab, "(window.before = "+canvases+", null)")
		tab.On(browser.Screen{Dark: true})
		tab.Wait("String(" + canvases + ") !== String(window.before)")
		tab.On(browser.Screen{Dark: true, Width: 500})
		tab.Wait(`innerWidth === 500 && [...document.querySelectorAll("canvas")].every((c) => c.getBoundingClientRect().right <= 500)`)
		tab.fits(name)
	}
}

// One goes from room to room, back and forth, and to the guide.
func TestRoomsAreLinked(t *testing.T) {
	tab := openTab(t, Options{}, browser.Screen{})
	tab.open("#relax?network=drawn&seed=7")
	for _, name := range rooms[1:] {
		tab.Click(fmt.Sprintf("nav a[data-room=%s]", name))
		tab.pictured(name)
		if current := browser.Value[[]string](tab.Tab, `[...document.querySelectorAll("nav a[aria-current]")].map((a) => a.dataset.room)`); len(current) != 1 || current[0] != name {
			t.Errorf("in the room %s the page says it is in %q", name, current)
		}
	}
	browser.Value[*int](tab.Tab, "(history.go(-4), null)")
	tab.pictured("relax")
	if seed := browser.Value[string](tab.Tab, "location.hash"); seed != "#relax?network=drawn&seed=7" {
		t.Errorf("going back leads to %s", seed)
	}
	tab.Click(".about a")
	tab.Wait(`location.pathname === "/guide.html" && document.querySelector("h2#relax")`)
}

// Pictures for the guide: go test ./internal/explore -run TestScreenshots -screenshots ../../docs/images/explorer
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no -screenshots")
	}
	tab := openTab(t, Options{}, browser.Screen{Width: 1100, Height: 800})
	tab.open("#relax?network=drawn&at=5")
	tab.save("relax")
	tab = openTab(t, Options{}, browser.Screen{Width: 1240, Height: 990})
	tab.open("#manifold")
	tab.save("manifold")
	tab = openTab(t, Options{}, browser.Screen{Width: 1100, Height: 800})
	tab.open("#learn")
	clickButton(tab, "Learn")
	tab.Wait(`[...document.querySelectorAll("button")].some((b) => b.textContent === "Look into this model")`)
	tab.save("learn")
	clickButton(tab, "Look into this model")
	tab.Wait(`document.querySelectorAll(".gallery figure").length > 5`)
	tab.save("model")
}
