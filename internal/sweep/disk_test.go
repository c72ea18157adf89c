package sweep

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"basin/internal/experiment"
)

// A server without room is waited for, and said; with room the run ends as any other.
func TestFullStoreIsWaitedFor(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: it starts processes")
	}
	store, port := t.TempDir(), freePort(t)
	url := fmt.Sprintf("nats://127.0.0.1:%d", port)
	theServer := act(t, role{Server: store, Port: port, Store: 200 << 10})
	t.Cleanup(func() { theServer.kill() })
	r := coins(60, func(_ int, t *throws) { t.Big = 1000 }) // 40 kB a record
	want := folderOf(t, r, experiment.Options{Version: "v1", Data: &experiment.Data{}})
	c, err := connectPatiently(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	said := make(chan string, 100)
	c.Say(func(line string) { said <- line })
	staff(t, 2, Worker{Cluster: c, Find: finder(r), Version: "v1", Cells: 2, Cache: t.TempDir()})
	done := make(chan map[string]string, 1)
	go func() { done <- folderOf(t, r, elsewhere(c, r, nil)) }()
	for line := range said {
		if strings.Contains(line, "insufficient") {
			break
		}
	}
	theServer.kill()
	theServer = act(t, role{Server: store, Port: port})
	got := <-done
	same(t, got, want)
}

// A disk that is full where the run keeps its cells ends the run; with room the same command
// goes on, and takes the records that are on the server.
func TestFullDiskOfTheRunLosesNothing(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("skipped: no file system of 64 kB can be mounted: %s", strings.TrimSpace(string(out)))
	}
	defer func() { _ = exec.Command("umount", dir).Run() }()
	r := coins(10, func(_ int, t *throws) { t.Big = 300 }) // 12 kB a record
	want := folderOf(t, r, experiment.Options{Version: "v1", Data: &experiment.Data{}})
	c := within(t, hasty)
	staff(t, 2, Worker{Cluster: c, Find: finder(r), Version: "v1", Cells: 2, Cache: t.TempDir()})
	out, _, err := runOn(t, t.Context(), c, r, dir)
	if err == nil || !strings.Contains(err.Error(), "no space left") || out.Done() == 0 {
		t.Fatalf("%v, %d cells", err, out.Done())
	}
	if out, err := exec.CommandContext(t.Context(), "mount", "-o", "remount,size=16m", dir).CombinedOutput(); err != nil {
		t.Skipf("skipped: it cannot be made larger: %s", out)
	}
	out, _, err = runOn(t, t.Context(), c, r, dir)
	if err != nil {
		t.Fatal(err)
	}
	same(t, filesOf(t, out, dir), want)
}

// A server that has lost its store is given the missing cells again.
func TestLostStoreCostsTimeAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: it starts processes")
	}
	port := freePort(t)
	url := fmt.Sprintf("nats://127.0.0.1:%d", port)
	theServer := act(t, role{Server: t.TempDir(), Port: port})
	t.Cleanup(func() { theServer.kill() })
	r := slowCoins(30)
	want := folderOf(t, r, experiment.Options{Version: "v1", Data: &experiment.Data{}, Workers: 60})
	c, err := connectPatiently(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	staff(t, 2, Worker{Cluster: c, Find: finder(r), Version: "v1", Cells: 4, Cache: t.TempDir()})
	dir, some := t.TempDir(), make(chan struct{}, 100)
	o := elsewhere(c, r, nil)
	o.Observe = func(p experiment.Progress) {
		if p.Finished != nil {
			some <- struct{}{}
		}
	}
	done := make(chan error, 1)
	var out *experiment.Outcome
	go func() {
		var err error
		out, err = experiment.Run(t.Context(), r, dir, o)
		done <- err
	}()
	for range 10 {
		<-some
	}
	theServer.kill()
	theServer = act(t, role{Server: t.TempDir(), Port: port})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	same(t, filesOf(t, out, dir), want)
}

// Whoever connects without the token of an invitation stays outside.
func TestInvitationHasTheToken(t *testing.T) {
	c, invitation, err := start(t.Context(), "127.0.0.1:0", "test", hasty)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	guest, err := Connect(t.Context(), Address{URL: invitation}, "guest")
	if err != nil {
		t.Fatal(err)
	}
	if err := guest.Close(); err != nil {
		t.Error(err)
	}
	bare := strings.Replace(invitation, invitation[len("nats://"):strings.Index(invitation, "@")+1], "", 1)
	if _, err := Connect(t.Context(), Address{URL: bare}, "stranger"); err == nil {
		t.Errorf("%s lets anyone in", bare)
	}
	if text := redacted(invitation); strings.Contains(text, invitation[len("nats://"):strings.Index(invitation, "@")]) {
		t.Errorf("%s shows the token", text)
	}
	for _, wrong := range []string{"4222", ":x", ":70000", invitation[strings.Index(invitation, "@")+1:]} {
		if c, _, err := start(t.Context(), wrong, "test", hasty); err == nil {
			t.Errorf("listens on %s", wrong)
			_ = c.Close()
		}
	}
	for _, a := range []Address{{URL: invitation, Credentials: "no-such-file"}, {URL: invitation, Key: "no-such-file"}, {URL: invitation, Authority: "no-such-file"}} {
		if c, err := Connect(t.Context(), a, "guest"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%+v: %v, %v", a, c, err)
		}
	}
}
