package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"basin/internal/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// slash presses the key as a keyboard does: the character comes only where the page lets it.
var slash = chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
	_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "/", Text: "/"})
	return err
})

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
	p := browser.Open(t, server.URL, browser.Screen{})
	for _, page := range pages {
		p.Do(chromedp.EmulateViewport(360, 800), chromedp.Navigate(server.URL+"/"+page.name))
		for _, width := range []int64{360, 1200} {
			p.Do(chromedp.EmulateViewport(width, 800))
			if wide := browser.Value[string](p, widest); wide != "" {
				t.Errorf("%s at %d pixels: wider than the screen: %s", page.name, width, wide)
			}
		}
		p.Wait(`document.querySelector(".pages details").open`) // where it is wide
	}
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
			p := browser.Open(t, own, browser.Screen{})
			p.Do(chromedp.EmulateViewport(1200, 800), chromedp.Navigate(own+"/index.html"))
			p.Do(slash)
			p.Wait(`document.activeElement.id === "query" && document.activeElement.value === ""`)
			p.Do(chromedp.KeyEvent("undecided rival"))
			p.Wait(`document.querySelectorAll("#hits a mark").length > 1`)
			first := browser.Value[string](p, `document.querySelector("#hits a").getAttribute("href")`)
			if !strings.HasPrefix(first, "model.html#") && !strings.HasPrefix(first, "presets.html#") {
				t.Errorf("the first result is %s", first)
			}
			p.Do(chromedp.KeyEvent(kb.ArrowDown))
			p.Wait(`document.activeElement === document.querySelector("#hits a")`)
			p.Do(chromedp.KeyEvent(kb.Escape))
			p.Wait(`document.getElementById("results").hidden && document.activeElement.id === "query"`)
			browser.Value[bool](p, `(() => { const q = document.getElementById("query"); q.value = ""; return true; })()`)
			p.Do(chromedp.KeyEvent("<b>nothing</b>"))
			p.Wait(`document.getElementById("found").textContent === "no results" && !document.getElementById("results").hidden`)
			browser.Value[bool](p, `(() => { const q = document.getElementById("query"); q.value = ""; return true; })()`)
			p.Do(chromedp.KeyEvent("modules and links"))
			p.Wait(`document.querySelector("#hits a")?.getAttribute("href") === "model.html#modules-and-links"`)
			p.Do(chromedp.KeyEvent(kb.Enter))
			p.Wait(`location.pathname.endsWith("/model.html") && location.hash === "#modules-and-links" && document.readyState === "complete"`)
			if tall := browser.Value[float64](p, `document.querySelector(".formula math").getBoundingClientRect().height`); tall < 20 {
				t.Errorf("a formula is %v pixels high", tall)
			}
		})
	}
}
