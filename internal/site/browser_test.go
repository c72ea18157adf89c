package main

import (
	"context"
	"net/http"
	"net/http/httptest"
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
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The tests here need a browser without a window: $BASIN_BROWSER, or one of these in PATH. Where
// there is none they are skipped.
var browserNames = []string{
	"chromium-headless-shell", "chrome-headless-shell", "headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome",
}

// left matches the errors of a browser that was asked of a page that it was leaving.
var left = regexp.MustCompile("Cannot find context|context was destroyed|target navigated")

// longest is how long a test waits for a page, on the slowest machine.
const longest = 60 * time.Second

// tab is a page of a browser, which may ask nothing of other addresses than its own.
type tab struct {
	t     *testing.T
	ctx   context.Context
	own   string
	mutex sync.Mutex
	wrong []string
}

func openTab(t *testing.T, own string) *tab {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests are left out with -short")
	}
	path := os.Getenv("BASIN_BROWSER")
	for _, name := range browserNames {
		if path == "" {
			path, _ = exec.LookPath(name) // "" where there is none
		}
	}
	if path == "" {
		t.Skipf("no browser: none of %q is in PATH, and BASIN_BROWSER is not set", browserNames)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.WSURLReadTimeout(longest),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // which Chromium refuses to root
	}
	all, stop := chromedp.NewExecAllocator(context.Background(), options...)
	p := &tab{t: t, own: own}
	ctx, cancel := chromedp.NewContext(all, chromedp.WithListener(p.hear))
	p.ctx = ctx
	t.Cleanup(func() { cancel(); stop() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("%s does not start: %v", path, err)
	}
	return p
}

// hear is told of each event of the tab.
func (p *tab) hear(event any) {
	text := ""
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		text = event.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		text = "it wrote to the console"
	case *log.EventEntryAdded:
		text = event.Entry.Text + ": " + event.Entry.URL
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(event.Request.URL, p.own) && event.Request.URL != "about:blank" {
			text = "it asks for " + event.Request.URL
		}
	}
	if text != "" {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.wrong = append(p.wrong, text)
	}
}

// silent fails the test with what pages did that they must not.
func (p *tab) silent() {
	p.t.Helper()
	value[bool](p, `new Promise((done) => setTimeout(() => done(true)))`) // all before it was heard
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, text := range p.wrong {
		p.t.Errorf("the page: %s", text)
	}
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, longest)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
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

// slash presses the key as a keyboard does: the character comes only where the page lets it.
var slash = chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
	_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "/", Text: "/"})
	return err
})

// wait waits until an expression is true in the page.
func (p *tab) wait(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, longest)
	defer cancel()
	poll := func() error {
		_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void]("!!("+expression+")", chromedp.WithPollingInterval(10*time.Millisecond), chromedp.WithPollingTimeout(longest)))
		return err
	}
	err := poll()
	for err != nil && ctx.Err() == nil && left.MatchString(err.Error()) { // it was that of the page before
		err = poll()
	}
	if err != nil {
		p.t.Fatalf("waiting for %s: %v", expression, err)
	}
}

// written writes the documentation into a folder.
func written(t *testing.T) (folder string, pages []*page) {
	t.Helper()
	s, err := documentation()
	if err != nil {
		t.Fatal(err)
	}
	folder = filepath.Join(t.TempDir(), "site")
	if err := writeFolder(folder, s.files); err != nil {
		t.Fatal(err)
	}
	return folder, s.pages
}

func TestPagesFitTheirScreens(t *testing.T) {
	folder, pages := written(t)
	server := httptest.NewServer(http.FileServer(http.Dir(folder)))
	defer server.Close()
	p := openTab(t, server.URL)
	for _, page := range pages {
		p.do(chromedp.EmulateViewport(360, 800), chromedp.Navigate(server.URL+"/"+page.name))
		for _, width := range []int64{360, 1200} {
			p.do(chromedp.EmulateViewport(width, 800))
			if wide := value[string](p, widest); wide != "" {
				t.Errorf("%s at %d pixels: wider than the screen: %s", page.name, width, wide)
			}
		}
		p.wait(`document.querySelector(".pages details").open`) // where it is wide
	}
	p.silent()
}

// widest is the elements that make a page wider than its screen.
const widest = `(() => {
	const room = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= room) return "";
	const over = [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > room && !e.parentElement.closest(".scroll, .formula, pre"));
	return document.documentElement.scrollWidth + ": " + over.slice(0, 3).map((e) => e.outerHTML.slice(0, 200)).join(" | ");
})()`

func TestSearchFindsPages(t *testing.T) {
	folder, _ := written(t)
	server := httptest.NewServer(http.FileServer(http.Dir(folder)))
	defer server.Close()
	files := "file://" + filepath.ToSlash(folder)
	if !strings.HasPrefix(filepath.ToSlash(folder), "/") {
		files = "file:///" + filepath.ToSlash(folder)
	}
	for _, own := range []string{server.URL, files} {
		t.Run(strings.SplitN(own, ":", 2)[0], func(t *testing.T) {
			p := openTab(t, own)
			p.do(chromedp.EmulateViewport(1200, 800), chromedp.Navigate(own+"/index.html"))
			p.do(slash)
			p.wait(`document.activeElement.id === "query" && document.activeElement.value === ""`)
			p.do(chromedp.KeyEvent("undecided rival"))
			p.wait(`document.querySelectorAll("#hits a mark").length > 1`)
			first := value[string](p, `document.querySelector("#hits a").getAttribute("href")`)
			if !strings.HasPrefix(first, "model.html#") && !strings.HasPrefix(first, "presets.html#") {
				t.Errorf("the first result is %s", first)
			}
			p.do(chromedp.KeyEvent(kb.ArrowDown))
			p.wait(`document.activeElement === document.querySelector("#hits a")`)
			p.do(chromedp.KeyEvent(kb.Escape))
			p.wait(`document.getElementById("results").hidden && document.activeElement.id === "query"`)
			value[bool](p, `(() => { const q = document.getElementById("query"); q.value = ""; return true; })()`)
			p.do(chromedp.KeyEvent("<b>nothing</b>"))
			p.wait(`document.getElementById("found").textContent === "no results" && !document.getElementById("results").hidden`)
			value[bool](p, `(() => { const q = document.getElementById("query"); q.value = ""; return true; })()`)
			p.do(chromedp.KeyEvent("modules and links"))
			p.wait(`document.querySelector("#hits a")?.getAttribute("href") === "model.html#modules-and-links"`)
			p.do(chromedp.KeyEvent(kb.Enter))
			p.wait(`location.pathname.endsWith("/model.html") && location.hash === "#modules-and-links" && document.readyState === "complete"`)
			if tall := value[float64](p, `document.querySelector(".formula math").getBoundingClientRect().height`); tall < 20 {
				t.Errorf("a formula is %v pixels high", tall)
			}
			p.silent()
		})
	}
}
