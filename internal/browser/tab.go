package browser

import (
	"context"
	"errors"
	"fmt"
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

// left matches the errors of a browser that was asked of a page that it was leaving.
var left = regexp.MustCompile("Cannot find context|context was destroyed|target navigated")

// Screen is what a tab is seen on; zero values mean a light one, 1200 x 900.
type Screen struct {
	Width, Height int
	// Dark and Still are what the system asks for: dark colours, no motion.
	Dark, Still bool
}

// Tab is a page of the browser. Its methods fail the test where they do not succeed.
type Tab struct {
	t   *testing.T
	ctx context.Context
	own string // what every address that a page may ask for begins with

	mutex    sync.Mutex
	wrong    []string // what pages did that they must not
	expected []string // parts of what they may do: see Expect
}

// Open opens an empty tab, whose pages may ask nothing of addresses that do not begin with own.
func Open(t *testing.T, own string, s Screen) *Tab {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests are left out with -short")
	}
	shared.once.Do(start)
	switch {
	case errors.Is(shared.err, errNone):
		t.Skip(shared.err)
	case shared.err != nil:
		t.Fatal(shared.err)
	}
	p := &Tab{t: t, own: own}
	ctx, cancel := chromedp.NewContext(shared.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.hear))
	p.ctx = ctx
	t.Cleanup(func() {
		p.Settle()
		cancel()
		p.end()
	})
	p.On(s)
	return p
}

// Context is that of the tab, for commands of chromedp that no method has.
func (p *Tab) Context() context.Context { return p.ctx }

// On shows the tab on a screen, from now on.
func (p *Tab) On(s Screen) {
	p.t.Helper()
	if s.Width == 0 {
		s.Width = 1200
	}
	if s.Height == 0 {
		s.Height = 900
	}
	features := []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: map[bool]string{false: "light", true: "dark"}[s.Dark]},
		{Name: "prefers-reduced-motion", Value: map[bool]string{false: "no-preference", true: "reduce"}[s.Still]},
	}
	p.Do(chromedp.EmulateViewport(int64(s.Width), int64(s.Height)),
		Call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}))
}

// Call makes an action of a command of the browser.
func Call[P, R any](command cdp.Command[P, R], parameters P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, parameters)
		return err
	})
}

// hear is told of each event of the tab.
func (p *Tab) hear(event any) {
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
		address := event.Request.URL
		scheme, _, _ := strings.Cut(address, ":")
		if !slices.Contains([]string{"data", "blob", "about"}, scheme) && !strings.HasPrefix(address, p.own) {
			p.wrong = append(p.wrong, "a request to another server: "+event.Request.URL)
		}
	}
}

// Settle waits until all that the page did so far was heard.
func (p *Tab) Settle() {
	ctx, cancel := context.WithTimeout(p.ctx, Longest)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](`new Promise((done) => setTimeout(done))`, chromedp.EvalAwaitPromise))
	if err != nil && !p.t.Failed() {
		p.t.Error(err)
	}
}

// end fails the test with what the page did wrong.
func (p *Tab) end() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, text := range p.wrong {
		if !slices.ContainsFunc(p.expected, func(part string) bool { return strings.Contains(text, part) }) {
			p.t.Errorf("the page: %s", text)
		}
	}
}

// Expect allows errors of the page that contain a text: "422" for questions with a mistake.
func (p *Tab) Expect(part string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.expected = append(p.expected, part)
}

// Do does what actions say.
func (p *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Longest)
	defer cancel()
	// The first call makes the tab, which lives as long as its context.
	if chromedp.FromContext(p.ctx).Target == nil {
		ctx = p.ctx
	}
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// Value is what an expression is in the page.
func Value[T any](p *Tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Longest)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Wait waits until an expression is true in the page.
func (p *Tab) Wait(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 2*Longest)
	defer cancel()
	poll := func() error {
		_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void]("!!("+expression+")",
			chromedp.WithPollingInterval(10*time.Millisecond), chromedp.WithPollingTimeout(Longest)))
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

// Click clicks the first element of a CSS selector, in the middle of it.
func (p *Tab) Click(selector string) {
	p.t.Helper()
	p.Wait(fmt.Sprintf("document.querySelector(%q)", selector))
	p.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Set gives a native input or a list a value, as a person would: with its events.
func (p *Tab) Set(selector, text string) {
	p.t.Helper()
	p.Wait(fmt.Sprintf("document.querySelector(%q)", selector))
	Value[bool](p, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		if (e.type === "checkbox") { if (e.checked !== (%q === "true")) e.click(); return true; }
		e.value = %q;
		e.dispatchEvent(new Event("input", {bubbles: true}));
		e.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, selector, text, text))
}

// Press types keys at what has the focus: kb.Tab, kb.ArrowRight, " ".
func (p *Tab) Press(keys string) {
	p.t.Helper()
	p.Do(chromedp.KeyEvent(keys))
}

// Screenshot returns what is seen of the page as PNG.
func (p *Tab) Screenshot() []byte {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Longest)
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
