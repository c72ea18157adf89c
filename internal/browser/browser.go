package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// names are those under which a browser is looked for.
var names = []string{
	"chromium-headless-shell", "chrome-headless-shell", "headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome",
}

// Longest is how long a test waits for a page, on the slowest machine.
const Longest = 60 * time.Second

var errNone = errors.New("no browser: none of " + strings.Join(names, ", ") + " is in PATH, and BASIN_BROWSER is not set")

// shared is the browser of all tests of a process.
var shared struct {
	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
	err    error
}

// Main runs tests and ends the browser after them.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.cancel != nil {
		shared.cancel()
	}
	return code
}

// find returns the path of a browser.
func find() (string, error) {
	if path := os.Getenv("BASIN_BROWSER"); path != "" {
		return path, nil
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNone
}

func start() {
	path, err := find()
	if err != nil {
		shared.err = err
		return
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path),
		chromedp.WSURLReadTimeout(Longest),
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
	shared.ctx, shared.cancel = ctx, func() { cancel(); stop() }
	if err := chromedp.Do(ctx); err != nil {
		shared.err = fmt.Errorf("%s does not start: %w", path, err)
	}
}
