// Package browser drives a browser without a window, for the tests of pages.
//
// The browser is the one of $BASIN_BROWSER, or the first of some names in PATH; where there is
// none, and with -short, tests are skipped. A test opens a tab beside a server of its own,
//
//	tab := browser.Open(t, server.URL, browser.Screen{})
//	tab.Do(chromedp.Navigate(server.URL + "/index.html"))
//	tab.Click("button.first")
//	tab.Wait(`document.querySelector("output").textContent === "64"`)
//
// and fails where a page throws, rejects a promise, writes an error or a warning to the console,
// or asks anything of another server. A package of such tests has
//
//	func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }
package browser
