package explore

import (
	"fmt"
	"strings"
	"testing"
)

var roomNames = []string{"relax", "learn", "manifold", "model", "experiments"}

func TestEveryRoomOpens(t *testing.T) {
	for _, s := range []screen{{}, {width: 360, height: 740}, {dark: true}, {width: 360, height: 740, dark: true, still: true}} {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			tab := openTab(t, Options{}, s)
			for _, name := range roomNames {
				tab.open("#" + name)
				if wide := value[[]int](tab, "[document.scrollingElement.scrollWidth, innerWidth]"); wide[0] > wide[1] {
					t.Errorf("%s: %d pixels are wider than the page of %d", name, wide[0], wide[1])
				}
				t.Logf("%s: first picture after %.0f ms", name, value[float64](tab, `performance.getEntriesByName("first picture")[0].duration`))
			}
		})
	}
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
