package explore

import (
	"fmt"
	"strings"
	"testing"

	"basin/internal/browser"

	"github.com/chromedp/chromedp/kb"
)

// theNumber is the text beside a title in a list of numbers.
func theNumber(title string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(".numbers div")].find((d) => d.firstChild.textContent === %q).lastChild.textContent`, title)
}

// theSlider names the range with a title, so that a selector finds it.
func theSlider(p *tab, title string) string {
	p.t.Helper()
	name := strings.ReplaceAll(title, " ", "-")
	browser.Value[bool](p.Tab, fmt.Sprintf(`(() => {
		[...document.querySelectorAll(".slider")].find((s) => s.firstChild.textContent === %q).querySelector("input").dataset.test = %q;
		return true;
	})()`, title, name))
	return fmt.Sprintf(`[data-test=%q]`, name)
}

func TestManifoldPageShowsWhatTheCensusFinds(t *testing.T) {
	p := openTab(t, Options{}, browser.Screen{})
	p.open("#manifold?neurons=8&seed=3&self=0.4&distance=2")
	l := answered[listing](t, p.explorer, "manifold/census", aSmall(map[string]any{"order": "sequential", "lambda": 0.4}))
	for title, want := range map[string]int{"fixed points": l.Count, "alone": l.Alone} {
		if got := browser.Value[string](p.Tab, theNumber(title)); got != fmt.Sprint(want) {
			t.Errorf("%s: %s, want %d", title, got, want)
		}
	}
	// By keyboard: another fixed point is shown, and the address says so.
	shown := theSlider(p, "Fixed point shown")
	browser.Value[bool](p.Tab, fmt.Sprintf(`document.querySelector(%q).focus() ?? true`, shown))
	p.Press(kb.ArrowRight)
	p.Wait(`location.hash.includes("point=2")`)
	p.Wait(fmt.Sprintf(`document.querySelector(".signs").textContent === %q`, l.Points[1].State))
	// By pointer: a click on the disc of the last one.
	last := l.Points[len(l.Points)-1]
	browser.Value[bool](p.Tab, fmt.Sprintf(`(() => {
		const canvas = document.querySelector("canvas"), box = canvas.getBoundingClientRect();
		const at = {clientX: box.left + 26 + %v * (box.width - 52), clientY: box.top + 26 + %v * (box.height - 52), bubbles: true};
		canvas.dispatchEvent(new PointerEvent("pointermove", at));
		canvas.dispatchEvent(new MouseEvent("click", at));
		return true;
	})()`, last.X, last.Y))
	p.Wait(fmt.Sprintf(`location.hash.includes("point=%d") && document.querySelector(".signs").textContent === %q`, len(l.Points), last.State))
	// Another self-coupling is another network, of which the first fixed point is shown.
	p.Set(theSlider(p, "Self-coupling J_D"), "0.8")
	more := answered[listing](t, p.explorer, "manifold/census", aSmall(map[string]any{"order": "sequential", "lambda": 0.4, "self_coupling": 0.8}))
	p.Wait(fmt.Sprintf(`%s === "%d"`, theNumber("fixed points"), more.Count))
	p.Wait(`location.hash.includes("self=0.8") && !location.hash.includes("point=")`)
	// Theory and the averages come by themselves.
	p.Wait(`[...document.querySelectorAll("td")].some((d) => d.textContent === "theory, exact mean")`)
	p.Wait(`document.body.innerText.includes("16 of 16 self-couplings, 100 networks at each.")`)
}

func TestManifoldPageSaysWhatIsWrong(t *testing.T) {
	p := openTab(t, Options{}, browser.Screen{})
	p.Expect("422")
	p.Do(navigate(p, "#manifold?gain=9"))
	p.Wait(`document.querySelector(".wrong")?.textContent === "the gain is 9, want 0.1 to 3"`)
	p.Set(theSlider(p, "Gain g of the couplings"), "1.2")
	p.Wait(`!document.querySelector(".wrong") && document.querySelector(".signs").textContent.length === 12`)
}

func TestManifoldPageMeasuresLargeNetworksAndStops(t *testing.T) {
	p := openTab(t, Options{}, browser.Screen{Width: 360, Height: 740})
	p.open("#manifold?neurons=4&largeneurons=100&largeself=0.9&solver=sequential")
	measure, stop := `"Measure"`, `[...document.querySelectorAll("button")].filter((b) => b.textContent === "Stop")[1]`
	push := func(button string) { browser.Value[bool](p.Tab, button+`.click() ?? true`) }
	push(`[...document.querySelectorAll("button")].find((b) => b.textContent === ` + measure + `)`)
	p.Wait(`[...document.querySelectorAll("td")].filter((d) => d.textContent === "planted, network 1").length === 15`)
	p.Wait(stop + `.disabled`)
	p.Set(theSlider(p, "Networks"), "5")
	p.Set(theSlider(p, "Neurons"), "1000")
	push(`[...document.querySelectorAll("button")].find((b) => b.textContent === ` + measure + `)`)
	p.Wait(`!` + stop + `.disabled`)
	push(stop)
	p.Wait(`document.body.innerText.includes("Stopped.") && ` + stop + `.disabled`)
	if wide := browser.Value[int](p.Tab, "document.scrollingElement.scrollWidth"); wide > 360 {
		t.Errorf("%d pixels are wider than the page", wide)
	}
}
