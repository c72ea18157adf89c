package explore

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"basin/internal/browser"
)

var screenshots = flag.String("screenshots", "", "`folder` to which TestScreenshots writes pictures of the rooms")

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// tab is a page of the explorer in a browser:
//
//	tab := openTab(t, Options{}, browser.Screen{})
//	tab.open("#relax?neurons=64")
type tab struct {
	*browser.Tab
	t        *testing.T
	server   *httptest.Server
	explorer *Explorer
}

// openTab serves an explorer and opens an empty tab of a browser beside it; open goes to a room.
func openTab(t *testing.T, o Options, s browser.Screen) *tab {
	t.Helper()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	p := &tab{t: t, explorer: e, server: httptest.NewServer(e)}
	t.Cleanup(p.server.Close)
	p.Tab = browser.Open(t, p.server.URL, s)
	p.Do(browser.Call(cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: countFrames}))
	return p
}

// countFrames counts the animation frames that the page asks for.
const countFrames = `{
	const ask = window.requestAnimationFrame.bind(window);
	window.framesAsked = 0;
	window.requestAnimationFrame = (f) => { window.framesAsked++; return ask(f); };
}`

// open goes to an address of the explorer, such as "#relax" or "guide.html". It loads the page
// afresh and, of a room, waits for the first picture.
func (p *tab) open(address string) {
	p.t.Helper()
	p.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.server.URL+"/"+address))
	if strings.HasPrefix(address, "#") {
		name, _, _ := strings.Cut(address[1:], "?")
		p.pictured(name)
	}
}

// pictured waits for the first picture of a room: that it called view.pictured().
func (p *tab) pictured(room string) {
	p.t.Helper()
	p.Wait(fmt.Sprintf("document.documentElement.dataset.pictured === %q", room))
}

// save writes a picture of the page to the folder of -screenshots.
func (p *tab) save(name string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), p.Screenshot(), 0o644); err != nil {
		p.t.Fatal(err)
	}
}
