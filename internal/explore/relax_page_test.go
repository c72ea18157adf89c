package explore

import (
	"strings"
	"testing"

	"basin/internal/browser"

	"github.com/chromedp/chromedp/kb"
)

// canvases are the pictures of the page, as data.
const canvases = `[...document.querySelectorAll("canvas")].filter((c) => c.checkVisibility()).map((c) => c.toDataURL())`

// still says that the room waits for nothing: what it shows is the answer to its state.
func (p *tab) still() {
	p.t.Helper()
	p.Wait(`document.querySelector("main .player") && !document.querySelector("main .bench").classList.contains("waiting")`)
}

// The address of a view brings it back, to the pixel.
func TestAddressOfARelaxationBringsItBack(t *testing.T) {
	first := openTab(t, withModel(t), browser.Screen{})
	first.open("#relax")
	first.Set(".controls select", "drawn")
	for label, text := range map[string]string{"Neurons N of a module": "60", "Modules in a chain": "2", "Self-coupling J_D": "0.3", "Noise on the picture": "0.25", "Number of the sample": "11"} {
		first.Set(labelled(first, label), text)
	}
	first.Set(labelled(first, "Label"), "5")
	first.still()
	first.Set(`[aria-label="Sweep"]`, "3")
	address := browser.Value[string](first.Tab, "location.hash")
	for _, part := range []string{"network=drawn", "neurons=60", "modules=2", "jd=0.3", "noise=0.25", "sample=11", "label=5", "at=3"} {
		if !strings.Contains(address, part) {
			t.Errorf("the address %s lacks %s", address, part)
		}
	}
	second := openTab(t, withModel(t), browser.Screen{})
	second.open(address)
	second.still()
	if again := browser.Value[string](second.Tab, "location.hash"); again != address {
		t.Errorf("the address %s became %s", address, again)
	}
	a, b := browser.Value[[]string](first.Tab, canvases), browser.Value[[]string](second.Tab, canvases)
	if len(a) < 6 || len(a) != len(b) {
		t.Fatalf("%d and %d pictures of one address, want at least 6", len(a), len(b))
	}
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("picture %d of one address differs:\n%s\n%s", i, a[i], b[i])
		}
	}
	if a, b := browser.Value[string](first.Tab, `document.querySelector(".end").textContent + document.querySelector(".numbers").textContent`),
		browser.Value[string](second.Tab, `document.querySelector(".end").textContent + document.querySelector(".numbers").textContent`); a != b {
		t.Errorf("one address says %q and %q", a, b)
	}
}

// labelled returns a selector of the control with a label.
func labelled(p *tab, label string) string {
	p.t.Helper()
	name := strings.Map(func(r rune) rune {
		if r < 'A' || r > 'z' || r == '_' {
			return '-'
		}
		return r
	}, label)
	if !browser.Value[bool](p.Tab, `(() => {
		const l = [...document.querySelectorAll("main label")].find((l) => l.querySelector("span")?.textContent === `+"`"+label+"`"+`);
		l?.querySelector("input, select").setAttribute("data-test", `+"`"+name+"`"+`);
		return Boolean(l);
	})()`) {
		p.t.Fatalf("there is no control %q", label)
	}
	return `[data-test="` + name + `"]`
}

// With the keyboard alone one reaches the player, plays, and draws.
func TestRelaxByKeyboard(t *testing.T) {
	tab := openTab(t, Options{}, browser.Screen{})
	tab.open("#relax?network=drawn&speed=30")
	tab.reach("canvas.pad")
	tab.Press(kb.ArrowRight + kb.ArrowDown + kb.ArrowLeft + " ")
	tab.Wait(`location.hash.includes("source=drawing")`)
	tab.Wait(`document.getElementById("said").textContent.length > 0`)
	drawing := browser.Value[string](tab.Tab, `new URLSearchParams(location.hash.split("?")[1]).get("drawing")`)
	if len(drawing) != 64 || drawing[8] != 'f' {
		t.Errorf("the drawing is %s, want a bright pixel 8", drawing)
	}
	tab.still()
	tab.reach("button.play")
	tab.Press(" ")
	tab.Wait(`document.querySelector("button.play").textContent === "Play" && !location.hash.includes("at=")`)
	tab.reach(`[aria-label="Sweep"]`)
	tab.Press(kb.Home)
	tab.Wait(`location.hash.includes("at=0")`)
	tab.Press(kb.ArrowRight)
	tab.Wait(`location.hash.includes("at=1")`)
}

// reach presses Tab until an element has the focus.
func (p *tab) reach(selector string) {
	p.t.Helper()
	for range 100 {
		if browser.Value[bool](p.Tab, "document.activeElement === document.querySelector(`"+selector+"`)") {
			return
		}
		p.Press(kb.Tab)
	}
	p.t.Fatalf("Tab does not lead to %s", selector)
}

// Where motion is not wanted, playing shows the end at once.
func TestPlayingWithoutMotionGoesToTheEnd(t *testing.T) {
	tab := openTab(t, Options{}, browser.Screen{Still: true})
	tab.open("#relax?network=drawn&at=2")
	tab.Click("button.play")
	tab.Wait(`!location.hash.includes("at=") && document.querySelector("button.play").textContent === "To the end"`)
}

// A pointer draws.
func TestPointerDraws(t *testing.T) {
	tab := openTab(t, withModel(t), browser.Screen{})
	tab.open("#relax?source=drawing&drawing=" + strings.Repeat("0", 64))
	tab.Click("canvas.pad")
	tab.Wait(`new URLSearchParams(location.hash.split("?")[1]).get("drawing").replaceAll("0", "") === "f"`)
}

// An address that asks for what cannot be is answered with a sentence, and the room stays usable.
func TestMistakeInAnAddressIsShown(t *testing.T) {
	tab := openTab(t, Options{}, browser.Screen{})
	tab.Expect("422")
	tab.open("#relax?neurons=-5&at=banana&other=1")
	tab.Wait(`document.querySelector("[role=alert]").textContent.includes("the number of neurons is -5, want 1 to 1000")`)
	tab.Set(labelled(tab, "Neurons N of a module"), "20")
	tab.Wait(`!document.querySelector("[role=alert]") && document.querySelector(".end").textContent.includes("fixed point")`)
}
