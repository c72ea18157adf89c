package explore

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// navigate goes to an address without waiting for a picture.
func navigate(p *tab, address string) chromedp.Action[chromedp.Void] {
	return chromedp.Navigate(p.server.URL + "/" + address)
}

func TestExperimentsPageSaysHowToMakeAFolder(t *testing.T) {
	p := openTab(t, Options{}, screen{})
	p.open("#experiments")
	p.wait(`document.body.innerText.includes("basin experiment manifold-exact --quick")`)
}

func TestExperimentsPageFollowsARun(t *testing.T) {
	for _, still := range []bool{false, true} {
		given := t.TempDir()
		records := recordsOf(t, recipe(t, "capacity"), false, 2, 0, 1)
		fill(t, given, records[:5])
		p := openTab(t, Options{Results: []string{given}}, screen{still: still})
		p.open("#experiments")
		cells := func(done int) string {
			return fmt.Sprintf(`%s === "%d of %d"`, theNumber("cells"), done, len(records))
		}
		p.wait(cells(5))
		fill(t, given, records[:9])
		if still {
			p.click(".offer")
		}
		p.wait(cells(9))
		p.wait(`[...document.querySelectorAll("img")].every((i) => i.complete && i.naturalWidth > 0) && document.querySelector("img")`)
	}
}

func TestExperimentsPageFiltersAndCompares(t *testing.T) {
	given := t.TempDir()
	r := recipe(t, "capacity")
	one := recordsOf(t, r, false, 3, 0, 1)
	fill(t, filepath.Join(given, "one"), one)
	fill(t, filepath.Join(given, "other"), recordsOf(t, r, false, 3, 0, 2))
	fill(t, filepath.Join(given, "third"), recordsOf(t, recipe(t, "manifold-exact"), false, 1, 0, 1)[:3])
	p := openTab(t, Options{Results: []string{given}}, screen{width: 360, height: 740})
	p.open("#experiments")
	p.set(".folders ~ label select", filepath.ToSlash(filepath.Join(given, "other")))
	p.wait(`document.querySelector("section figcaption")?.textContent.includes("first less second")`)
	p.wait(fmt.Sprintf(`document.querySelectorAll(".tall")[0].querySelectorAll("tbody tr").length === %d`, len(one)/3))
	p.set(".folders ~ label select", filepath.ToSlash(filepath.Join(given, "third")))
	p.wait(`document.body.innerText.includes("They are of different recipes, capacity and manifold-exact")`)
	p.set(".folders ~ label select", "")
	p.wait(`document.querySelector("section").hidden && !location.hash.includes("other")`)
	place := one[0].At["neurons"].String()
	p.set(`select[data-axis="neurons"]`, place)
	p.wait(fmt.Sprintf(`[...document.querySelectorAll(".tall tbody tr")].every((r) => r.children[2].textContent === %q)`, place))
	p.wait(`document.querySelector("select[data-axis=neurons]").value !== "" && location.hash.includes("where=neurons")`)
	p.set(".controls input[type=text]", "exact")
	p.wait(`document.querySelectorAll(".folders button").length === 1`)
	p.click(".folders button")
	p.wait(`document.querySelector("section h2 ~ p, .pictures h2").textContent !== "" && document.body.innerText.includes("All fixed points of small random networks")`)
	if wide := value[int](p, "document.scrollingElement.scrollWidth"); wide > 360 {
		t.Errorf("%d pixels are wider than the page", wide)
	}
}
