package main

import (
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
)

// The address that is printed answers with the page and its guide, until the program is interrupted.
func TestExploreServesUntilItIsInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows sends no interrupt to another process")
	}
	p := begin(t, t.TempDir(), "explore")
	if !p.says("exploring at ") {
		t.Fatal(p.talk.String())
	}
	_, address, _ := strings.Cut(p.talk.String(), "exploring at ")
	address, _, _ = strings.Cut(address, " ")
	for path, want := range map[string]string{"": `<main id="room"`, "guide.html": `<h2 id="relax">`, "relax.js": "export const room"} {
		response, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s%s: %s %v, want %q", address, path, response.Status, err, want)
		}
	}
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	p.says("nothing more")
	err := p.Wait()
	t.Logf("%v after an interrupt: %s", err, p.talk.String())
	if !p.ProcessState.Exited() {
		t.Errorf("%v: want an end of its own", p.ProcessState)
	}
}
