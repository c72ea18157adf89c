package explore

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The tests of the page drive a browser without a window: $BASIN_BROWSER, or the first of
// browserNames in PATH. Where there is none they are skipped. A test opens a tab,
//
//	tab := openTab(t, Options{}, screen{})
//	tab.open("#relax?neurons=64")
//	tab.click("button.first")
//	tab.wait(`document.querySelector("output").textContent === "64"`)
//
// and fails where the page throws, rejects a promise, writes an error or a warning to the
// console, or asks anything of another server.

var browserNames = []string{
	"chromium-headless-shell", "chrome-headless-shell", "headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome",
}

var screenshots = flag.String("screenshots", "", "`folder` to which TestScreenshots writes pictures of the rooms")

// left matches the errors of a browser that was asked of a page that it was leaving.
var left = regexp.MustCompile("Cannot find context|context was destroyed|target navigated")

// longest is how long a test waits for the page, on the slowest machine.
const longest = 60 * time.Second

var errNoBrowser = errors.New("no browser: none of " + strings.Join(browserNames, ", ") + " is in PATH, and BASIN_BROWSER is not set")

// browser is one for all tests of the package: each opens a tab of its own. TestMain ends it.
var browser struct {
	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if browser.cancel != nil {
		browser.cancel()
	}
	os.Exit(code)
}

// findBrowser returns the path of a browser.
func findBrowser() (string, error) {
	if path := os.Getenv("BASIN_BROWSER"); path != "" {
		return path, nil
	}
	for _, name := range browserNames {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}

func startBrowser() {
	path, err := findBrowser()
	if err != nil {
		browser.err = err
		return
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path),
		chromedp.WSURLReadTimeout(longest),
		// Colours and letters are drawn the same on every machine of a kind.
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("hide-scrollbars", true),
		// No name but that of this computer has an address.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // which Chromium refuses to root
	}
	all, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(all)
	browser.ctx, browser.cancel = ctx, func() { cancel(); stop() }
	if err := chromedp.Do(ctx); err != nil {
		browser.err = fmt.Errorf("%s does not start: %w", path, err)
	}
}

// screen is what a tab is seen on; zero values mean a light one, 1200 x 900.
type screen struct {
	width, height int
	dark, still   bool
}

// tab is a page of the explorer in a browser.
type tab struct {
	t        *testing.T
	ctx      context.Context
	server   *httptest.Server
	explorer *Explorer

	mutex    sync.Mutex
	wrong    []string // what the page did that it must not
	expected []string // parts of what it may do: see expect
}

// openTab serves an explorer and opens an empty tab of a browser beside it; open goes to a room.
func openTab(t *testing.T, o Options, s screen) *tab {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests are left out with -short")
	}
	browser.once.Do(startBrowser)
	switch {
	case errors.Is(browser.err, errNoBrowser):
		t.Skip(browser.err)
	case browser.err != nil:
		t.Fatal(browser.err)
	}
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	p := &tab{t: t, explorer: e, server: httptest.NewServer(e)}
	t.Cleanup(p.server.Close)
	ctx, cancel := chromedp.NewContext(browser.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.hear))
	p.ctx = ctx
	t.Cleanup(func() {
		p.settle()
		cancel()
		p.end()
	})
	p.on(s)
	p.do(call(cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: countFrames}))
	return p
}

// on shows the tab on a screen, from now on.
func (p *tab) on(s screen) {
	p.t.Helper()
	if s.width == 0 {
		s.width = 1200
	}
	if s.height == 0 {
		s.height = 900
	}
	features := []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: map[bool]string{false: "light", true: "dark"}[s.dark]},
		{Name: "prefers-reduced-motion", Value: map[bool]string{false: "no-preference", true: "reduce"}[s.still]},
	}
	p.do(chromedp.EmulateViewport(int64(s.width), int64(s.height)),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}))
}

// countFrames counts the animation frames that the page asks for.
const countFrames = `{
	const ask = window.requestAnimationFrame.bind(window);
	window.framesAsked = 0;
	window.requestAnimationFrame = (f) => { window.framesAsked++; return ask(f); };
}`

// call makes an action of a command of the browser.
func call[P, R any](command cdp.Command[P, R], parameters P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, parameters)
		return err
	})
}

// hear is told of each event of the tab.
func (p *tab) hear(event any) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		text := event.ExceptionDetails.Text
		if event.ExceptionDetails.Exception != nil {
			text += " " + event.ExceptionDetails.Exception.Description
		}
		p.wrong = append(p.wrong, text)
	case *runtime.EventConsoleAPICalled:
		if kind := string(event.Type); kind == "error" || kind == "warning" || kind == "assert" {
			var words []string
			for _, argument := range event.Args {
				words = append(words, argument.Description+string(argument.Value))
			}
			p.wrong = append(p.wrong, "console: "+strings.Join(words, " "))
		}
	case *log.EventEntryAdded:
		if kind := string(event.Entry.Level); kind == "error" || kind == "warning" {
			p.wrong = append(p.wrong, fmt.Sprintf("%s: %s", event.Entry.Text, event.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(event.Request.URL)
		own := err == nil && (u.Scheme == "data" || u.Scheme == "blob" || u.Scheme == "about" || u.Scheme+"://"+u.Host == p.server.URL)
		if !own {
			p.wrong = append(p.wrong, "a request to another server: "+event.Request.URL)
		}
	}
}

// settle waits until all that the page did so far was heard.
func (p *tab) settle() {
	ctx, cancel := context.WithTimeout(p.ctx, longest)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](`new Promise((done) => setTimeout(done))`, chromedp.EvalAwaitPromise))
	if err != nil && !p.t.Failed() {
		p.t.Error(err)
	}
}

// end fails the test with what the page did wrong.
func (p *tab) end() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, text := range p.wrong {
		if !slices.ContainsFunc(p.expected, func(part string) bool { return strings.Contains(text, part) }) {
			p.t.Errorf("the page: %s", text)
		}
	}
}

// expect allows errors of the page that contain a text: "422" for questions with a mistake.
func (p *tab) expect(part string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.expected = append(p.expected, part)
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, longest)
	defer cancel()
	// The first call makes the tab, which lives as long as its context.
	if chromedp.FromContext(p.ctx).Target == nil {
		ctx = p.ctx
	}
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// open goes to an address of the explorer, such as "#relax" or "guide.html". It loads the page
// afresh and, of a room, waits for the first picture.
func (p *tab) open(address string) {
	p.t.Helper()
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.server.URL+"/"+address))
	if strings.HasPrefix(address, "#") {
		name, _, _ := strings.Cut(address[1:], "?")
		p.pictured(name)
	}
}

// pictured waits for the first picture of a room: that it called view.pictured().
func (p *tab) pictured(room string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("document.documentElement.dataset.pictured === %q", room))
}

// value is what an expression is in the page.
func value[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, longest)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wait waits until an expression is true in the page.
func (p *tab) wait(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 2*longest)
	defer cancel()
	poll := func() error {
		_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void]("!!("+expression+")",
			chromedp.WithPollingInterval(10*time.Millisecond), chromedp.WithPollingTimeout(longest)))
		return err
	}
	err := poll()
	for err != nil && ctx.Err() == nil && left.MatchString(err.Error()) { // it was that of the page before
		err = poll()
	}
	if err != nil {
		shown := "?"
		if text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("location.hash + ' ' + document.body.innerText")); err == nil {
			shown = text
		}
		p.t.Fatalf("waiting for %s: %v; the page shows\n%s", expression, err, shown)
	}
}

// click clicks the first element of a CSS selector, in the middle of it.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("document.querySelector(%q)", selector))
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// set gives a native input or a list a value, as a person would: with its events.
func (p *tab) set(selector, text string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("document.querySelector(%q)", selector))
	value[bool](p, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		if (e.type === "checkbox") { if (e.checked !== (%q === "true")) e.click(); return true; }
		e.value = %q;
		e.dispatchEvent(new Event("input", {bubbles: true}));
		e.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, selector, text, text))
}

// press types keys at what has the focus: kb.Tab, kb.ArrowRight, " ".
func (p *tab) press(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// screenshot returns what is seen of the page as PNG.
func (p *tab) screenshot() []byte {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, longest)
	defer cancel()
	picture, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		r, err := cdp.Call(ctx, t, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{})
		return r.Data, err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return picture
}

// save writes a picture of the page to the folder of -screenshots.
func (p *tab) save(name string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), p.screenshot(), 0o644); err != nil {
		p.t.Fatal(err)
	}
}
