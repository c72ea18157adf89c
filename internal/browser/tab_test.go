package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

// serve serves a page at /, and nothing else.
func serve(t *testing.T, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><body>%s</body></html>`, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestTabHearsWhatIsWrong(t *testing.T) {
	own := serve(t, "")
	tab := Open(t, own, Screen{})
	tab.Do(chromedp.Navigate(own))
	for part, script := range map[string]string{
		"lost promise":                  `void Promise.reject(new Error("lost promise"))`,
		"thrown at last":                `setTimeout(() => { throw new Error("thrown at last"); })`,
		"said aloud":                    `console.error("said aloud")`,
		"404":                           `await fetch("/nothing")`,
		"a request to another server: ": `new Image().src = "http://basin.invalid/x.png"`,
	} {
		tab.Expect(part)
		Value[*int](tab, "(async () => { "+script+"; return null; })()")
		heard := func() bool {
			tab.mutex.Lock()
			defer tab.mutex.Unlock()
			return strings.Contains(strings.Join(tab.wrong, "\n"), part)
		}
		for try := 0; try < 100 && !heard(); try++ {
			tab.Settle()
		}
		if !heard() {
			t.Errorf("%s: nothing is heard of %q", script, part)
		}
	}
	tab.Expect("basin.invalid")
}

func TestTabIsUsedAsAPersonWould(t *testing.T) {
	own := serve(t, `<input id="text"><input id="box" type="checkbox"><button onclick="this.textContent = document.getElementById('text').value">press</button>
		<p id="wide"></p><script>text.oninput = () => { wide.textContent = innerWidth + (matchMedia("(prefers-color-scheme: dark)").matches ? " dark" : " light"); }</script>`)
	tab := Open(t, own, Screen{Width: 400, Dark: true})
	tab.Do(chromedp.Navigate(own))
	tab.Set("#text", "seen")
	tab.Set("#box", "true")
	tab.Click("button")
	tab.Wait(`document.querySelector("button").textContent === "seen" && box.checked && wide.textContent === "400 dark"`)
	tab.On(Screen{})
	tab.Click("#text")
	tab.Press("!")
	if got := Value[string](tab, "text.value + wide.textContent"); got != "seen!1200 light" {
		t.Errorf("the page says %q", got)
	}
	if picture := tab.Screenshot(); !strings.HasPrefix(string(picture), "\x89PNG") {
		t.Errorf("a screenshot begins with %.8q", picture)
	}
}
