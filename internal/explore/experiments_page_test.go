package explore

import (
	"fmt"
	"path/filepath"
	"testing"

	"basin/internal/browser"

	"github.com/chromedp/chromedp"
)

// navigate goes to an address without waiting for a picture.
func navigate(p *tab, address string) chromedp.Action[chromedp.Void] {
	return chromedp.Navigate(p.server.URL + "/" + address)
}

func TestExperimentsPageSaysHowToMakeAFolder(t *testing.T) {
	p := openTab(t, Options{}, browser.Screen{})
	p.open("#experiments")
	p.Wait(`document.body.innerText.includes("basin experiment manifold-exact --quick")`)
}

func TestExperimentsPageFollowsARun(t *testing.T) {
	for _, still := range []bool{false, true} {
		given := t.TempDir()
		records := recordsOf(t, recipe(t, "capacity"), false, 2, 0, 1)
		fill(t, given, records[:5])
		p := openTab(t, Options{Results: []string{given}}, browser.Screen{Still: still})
		p.open("#experiments")
		cells := func(done int) string {
			return fmt.Sprintf(`%s === "%d of %d"`, theNumber("cells"), done, len(records))
		}
		p.Wait(cells(5))
		fill(t, given, records[:9])
		if still {
			p.Click(".offer")
		}
		p.Wait(cells(9))
		p.Wait(`[...document.querySelectorAll("img")].every((i) => i.complete && i.naturalWidth > 0) && document.querySelector("img")`)
	}
}

func TestExperimentsPageFiltersAndCompares(t *testing.T) {
	given := t.TempDir()
	r := recipe(t, "capacity")
	one := recordsOf(t, r, false, 3, 0, 1)
	fill(t, filepath.Join(given, "one"), one)
	fill(t, filepath.Join(given, "other"), recordsOf(t, r, false, 3, 0, 2))
	fill(t, filepath.Join(given, "third"), recordsOf(t, recipe(t, "manifold-exact"), false, 1, 0, 1)[:3])
	p := openTab(t, Options{Results: []string{given}}, browser.Screen{Width: 360, Height: 740})
	p.open("#experiments")
	p.Set(".folders ~ label select", filepath.ToSlash(filepath.Join(given, "other")))
	p.Wait(`document.querySelector("section figcaption")?.textContent.includes("first less second")`)
	p.Wait(fmt.Sprintf(`document.querySelectorAll(".tall")[0].querySelectorAll("tbody tr").length === %d`, len(one)/3))
	p.Set(".folders ~ label select", filepath.ToSlash(filepath.Join(given, "third")))
	p.Wait(`document.body.innerText.includes("They are of different recipes, capacity and manifold-exact")`)
	p.Set(".folders ~ label select", "")
	p.Wait(`document.querySelector("section").hidden && !location.hash.includes("other")`)
	place := one[0].At["neurons"].String()
	p.Set(`select[data-axis="neurons"]`, place)
	p.Wait(fmt.Sprintf(`[...document.querySelectorAll(".tall tbody tr")].every((r) => r.children[2].textContent === %q)`, place))
	p.Wait(`document.querySelector("select[data-axis=neurons]").value !== "" && location.hash.includes("where=neurons")`)
	p.Set(".controls input[type=text]", "exact")
	p.Wait(`document.querySelectorAll(".folders button").length === 1`)
	p.Click(".folders button")
	p.Wait(`document.querySelector("section h2 ~ p, .pictures h2").textContent !== "" && document.body.innerText.includes("All fixed points of small random networks")`)
	if wide := browser.Value[int](p.Tab, "document.scrollingElement.scrollWidth"); wide > 360 {
		t.Errorf("%d pixels are wider than the page", wide)
	}
}
