package explore

import (
	"testing"

	"basin/internal/browser"
)

// clickButton clicks the button with a text.
func clickButton(p *tab, text string) {
	p.t.Helper()
	browser.Value[bool](p.Tab, `([...document.querySelectorAll("button")].find((b) => b.textContent === "`+text+`").click(), true)`)
}

// A network is learned on the page, and what it has learned is looked into in the room model.
func TestLearnPageLeadsToTheModel(t *testing.T) {
	p := openTab(t, Options{}, browser.Screen{Width: 360})
	p.open("#learn?neurons=40&epochs=2")
	clickButton(p, "Learn")
	p.Wait(`[...document.querySelectorAll("button")].some((b) => b.textContent === "Look into this model")`)
	if got := browser.Value[string](p.Tab, theNumber("Epoch")); got != "2 of 2" {
		t.Errorf("epoch %s", got)
	}
	if rows := browser.Value[int](p.Tab, `document.querySelectorAll("details tbody tr").length`); rows != 2 {
		t.Errorf("%d epochs in the table, want 2", rows)
	}
	clickButton(p, "Look into this model")
	p.Wait(`location.hash === "#model" && document.querySelectorAll(".gallery figure").length > 5`)
	shown := theSlider(p, "Neuron")
	p.Set(shown, "7")
	p.Wait(`location.hash.includes("neuron=7") && document.querySelector(".pictures .note").textContent.startsWith("Neuron 7 of module 0 sees 64")`)
	if wide := browser.Value[bool](p.Tab, `document.scrollingElement.scrollWidth > innerWidth`); wide {
		t.Error("the room model is wider than the screen")
	}
}

// Sliders change the address and show the network before it learns; a run can be stopped.
func TestLearnPageStops(t *testing.T) {
	p := openTab(t, Options{}, browser.Screen{})
	p.open("#learn?neurons=200&epochs=60&seed=4")
	clickButton(p, "Learn")
	p.Wait(`document.querySelectorAll("details tbody tr").length > 0`)
	clickButton(p, "Stop")
	p.Wait(`[...document.querySelectorAll(".note")].some((n) => n.textContent === "Stopped.")`)
	p.Set(theSlider(p, "Self-coupling J_D"), "1")
	p.Wait(`location.hash.includes("jd=1") && [...document.querySelectorAll(".note")].some((n) => n.textContent.startsWith("Before learning"))`)
}
