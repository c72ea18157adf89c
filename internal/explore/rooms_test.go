package explore

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Every room opens on large and small screens, light and dark, with and without a model.
func TestEveryRoomOpens(t *testing.T) {
	for _, s := range []screen{{}, {width: 360, height: 740}, {dark: true}, {width: 360, height: 740, dark: true, still: true}} {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			o := Options{}
			if s.dark {
				o = withModel(t)
			}
			tab := openTab(t, o, s)
			for _, name := range rooms {
				tab.open("#" + name)
				tab.fits(name)
				took := value[float64](tab, `performance.getEntriesByName("first picture")[0].duration`)
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
	if wide := value[[]int](p, "[document.scrollingElement.scrollWidth, innerWidth]"); wide[0] > wide[1] {
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
	tab := openTab(t, withModel(t), screen{})
	for _, name := range rooms {
		tab.open("#" + name)
		ctx, cancel := context.WithTimeout(tab.ctx, longest)
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
		if bare := value[int](tab, `[...document.querySelectorAll("canvas:not([hidden])")].filter((c) => !c.getAttribute("aria-label")).length`); bare > 0 {
			t.Errorf("%s: %d canvases have no label", name, bare)
		}
	}
}

// Where motion is not wanted, nothing moves by itself.
func TestNothingMovesWhereMotionIsReduced(t *testing.T) {
	tab := openTab(t, withModel(t), screen{still: true})
	for _, name := range rooms {
		tab.open("#" + name)
		tab.settle()
		before := value[int](tab, "window.framesAsked")
		for range 10 {
			tab.settle()
		}
		if asked := value[int](tab, "window.framesAsked") - before; asked > 0 {
			t.Errorf("%s asks for %d animation frames", name, asked)
		}
		if moving := value[int](tab, "document.getAnimations().length"); moving > 0 {
			t.Errorf("%s has %d animations", name, moving)
		}
	}
}

// Pictures follow the size of the window and the colours of the system.
func TestPicturesFollowTheScreen(t *testing.T) {
	tab := openTab(t, withModel(t), screen{})
	for _, name := range rooms {
		tab.on(screen{})
		tab.open("#" + name)
		if value[int](tab, canvases+".length") == 0 {
			continue
		}
		value[*int](tab, "(window.before = "+canvases+", null)")
		tab.on(screen{dark: true})
		tab.wait("String(" + canvases + ") !== String(window.before)")
		tab.on(screen{dark: true, width: 500})
		tab.wait(`innerWidth === 500 && [...document.querySelectorAll("canvas")].every((c) => c.getBoundingClientRect().right <= 500)`)
		tab.fits(name)
	}
}

// One goes from room to room, back and forth, and to the guide.
func TestRoomsAreLinked(t *testing.T) {
	tab := openTab(t, Options{}, screen{})
	tab.open("#relax?network=drawn&seed=7")
	for _, name := range rooms[1:] {
		tab.click(fmt.Sprintf("nav a[data-room=%s]", name))
		tab.pictured(name)
		if current := value[[]string](tab, `[...document.querySelectorAll("nav a[aria-current]")].map((a) => a.dataset.room)`); len(current) != 1 || current[0] != name {
			t.Errorf("in the room %s the page says it is in %q", name, current)
		}
	}
	value[*int](tab, "(history.go(-4), null)")
	tab.pictured("relax")
	if seed := value[string](tab, "location.hash"); seed != "#relax?network=drawn&seed=7" {
		t.Errorf("going back leads to %s", seed)
	}
	tab.click(".about a")
	tab.wait(`location.pathname === "/guide.html" && document.querySelector("h2#relax")`)
}

func TestTheBrowserTestsHearWhatIsWrong(t *testing.T) {
	tab := openTab(t, Options{}, screen{})
	tab.open("#relax")
	for part, script := range map[string]string{
		"lost promise":                  `void Promise.reject(new Error("lost promise"))`,
		"thrown at last":                `setTimeout(() => { throw new Error("thrown at last"); })`,
		"said aloud":                    `console.error("said aloud")`,
		"404":                           `await fetch("/nothing")`,
		"a request to another server: ": `new Image().src = "http://basin.invalid/x.png"`,
	} {
		tab.expect(part)
		value[*int](tab, "(async () => { "+script+"; return null; })()")
		heard := func() bool {
			tab.mutex.Lock()
			defer tab.mutex.Unlock()
			return strings.Contains(strings.Join(tab.wrong, "\n"), part)
		}
		for try := 0; try < 100 && !heard(); try++ {
			tab.settle()
		}
		if !heard() {
			t.Errorf("%s: nothing is heard of %q", script, part)
		}
	}
	tab.expect("basin.invalid")
}

// Pictures for the guide: go test ./internal/explore -run TestScreenshots -screenshots ../../docs/images/explorer
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no -screenshots")
	}
	tab := openTab(t, Options{}, screen{width: 1100, height: 800})
	tab.open("#relax?network=drawn&at=5")
	tab.save("relax")
	tab = openTab(t, Options{}, screen{width: 1240, height: 990})
	tab.open("#manifold")
	tab.save("manifold")
	tab = openTab(t, Options{}, screen{width: 1100, height: 800})
	tab.open("#learn")
	clickButton(tab, "Learn")
	tab.wait(`[...document.querySelectorAll("button")].some((b) => b.textContent === "Look into this model")`)
	tab.save("learn")
	clickButton(tab, "Look into this model")
	tab.wait(`document.querySelectorAll(".gallery figure").length > 5`)
	tab.save("model")
}
