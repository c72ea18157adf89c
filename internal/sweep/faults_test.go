package sweep

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"basin/internal/experiment"
)

var (
	faultCells = flag.Int("cells", 60, "cells of the test of faults")
	skewed     = flag.Bool("skewed", false, "in the test of faults the clock of the server is an hour ahead, that of a worker two: the test is built again for that")
)

// role is what a process of this test is, where it is not the test: JSON in an environment
// variable.
type role struct {
	Server  string `json:"server,omitempty"` // folder of its store
	Port    int    `json:"port,omitempty"`
	Store   int64  `json:"store,omitempty"` // bytes that it may hold
	Worker  string `json:"worker,omitempty"`
	Run     string `json:"run,omitempty"` // URL
	Dir     string `json:"dir,omitempty"`
	Cells   int    `json:"cells,omitempty"`
	Version string `json:"version,omitempty"`
	Clock   bool   `json:"clock,omitempty"` // what time is it?

	program string // "" for this one
}

const roleVariable = "BASIN_SWEEP_TEST_ROLE"

func TestMain(m *testing.M) {
	var r role
	text := os.Getenv(roleVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		panic(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := r.play(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (r role) play(ctx context.Context) error {
	switch {
	case r.Clock:
		_, err := fmt.Print(time.Now().Unix())
		return err
	case r.Server != "":
		s, err := server.NewServer(&server.Options{
			Host: "127.0.0.1", Port: r.Port, JetStream: true, StoreDir: r.Server, NoSigs: true, NoLog: true, JetStreamMaxStore: r.Store, SyncAlways: true,
		})
		if err != nil {
			return err
		}
		go s.Start()
		if !s.ReadyForConnections(20 * time.Second) {
			return errors.New("not ready")
		}
		fmt.Println("ready")
		<-ctx.Done()
		s.Shutdown()
		return nil
	case r.Worker != "":
		c, err := connectPatiently(ctx, r.Worker)
		if err != nil {
			return err
		}
		fmt.Println("ready")
		w := Worker{Cluster: c, Find: finder(slowCoins(1)), Version: r.Version, Cells: 2, Cache: filepath.Join(os.TempDir(), "basin-test-cache")}
		return w.Run(ctx)
	}
	c, err := connectPatiently(ctx, r.Run)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	recipe := slowCoins(r.Cells)
	_, err = experiment.Run(ctx, recipe, r.Dir, elsewhere(c, recipe, nil))
	return err
}

// connectPatiently waits for a server.
func connectPatiently(ctx context.Context, url string) (*Cluster, error) {
	for {
		connection, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond), nats.PingInterval(time.Second))
		if err == nil {
			var c *Cluster
			if c, err = newCluster(ctx, connection, jetstream.FileStorage, hasty); err == nil {
				return c, nil
			}
			connection.Close()
		}
		if ctx.Err() != nil {
			return nil, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// slowCoins are cells of some tenths of a second.
func slowCoins(points int) *experiment.Recipe {
	return coins(points, func(i int, t *throws) { t.Pause = 50 + 150*(i%5) })
}

// actor is a process with a role.
type actor struct {
	command *exec.Cmd
	ended   chan error
}

// act starts a process and waits until it is ready.
func act(t *testing.T, r role) *actor {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if r.program == "" {
		r.program = os.Args[0]
	}
	a := &actor{command: exec.Command(r.program), ended: make(chan error, 1)}
	a.command.Env = append(os.Environ(), roleVariable+"="+string(text))
	a.command.Stderr = os.Stderr
	out, err := a.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.command.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("%+v: %q, %v", r, line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, out); a.ended <- a.command.Wait() }()
	return a
}

// ahead builds this test with a clock that is hours ahead, and returns the program.
func ahead(t *testing.T, hours int) string {
	t.Helper()
	const now = "sec, nsec, mono := runtimeNow()"
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	text, err := os.ReadFile(source)
	if err != nil || strings.Count(string(text), now) != 1 {
		t.Fatalf("%s reads the clock in another way: %v", source, err)
	}
	dir := t.TempDir()
	changed, overlay, program := filepath.Join(dir, "time.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "ahead.test")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {source: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{
		changed: strings.Replace(string(text), now, fmt.Sprintf("%s\n\tsec += %d", now, hours*3600), 1),
		overlay: string(list),
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("go", "test", "-c", "-o", program, "-overlay", overlay, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), roleVariable+`={"clock":true}`)
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	clock, err := strconv.ParseInt(string(out), 10, 64)
	if late := clock - time.Now().Unix() - int64(hours*3600); err != nil || late < -60 || late > 60 {
		t.Fatalf("a clock of %d hours ahead says %q, %v", hours, out, err)
	}
	return program
}

// kill ends the process at once.
func (a *actor) kill() {
	_ = a.command.Process.Kill()
	<-a.ended
}

// freePort is one that is free now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// proxy is a way to the server that can be cut, or be slow.
type proxy struct {
	listener net.Listener
	to       string

	mutex sync.Mutex
	pass  *sync.Cond
	cut   bool
	delay time.Duration
}

func newProxy(t *testing.T, port int) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, to: fmt.Sprintf("127.0.0.1:%d", port)}
	p.pass = sync.NewCond(&p.mutex)
	t.Cleanup(func() { _ = l.Close(); p.set(false, 0) })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", p.to)
			if err != nil {
				_ = near.Close()
				continue
			}
			go p.carry(near, far)
			go p.carry(far, near)
		}
	}()
	return p
}

func (p *proxy) url() string { return "nats://" + p.listener.Addr().String() }

func (p *proxy) set(cut bool, delay time.Duration) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.cut, p.delay = cut, delay
	p.pass.Broadcast()
}

// carry copies, but not while the way is cut.
func (p *proxy) carry(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		p.mutex.Lock()
		for p.cut {
			p.pass.Wait()
		}
		delay := p.delay
		p.mutex.Unlock()
		time.Sleep(delay)
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Workers, the server and the run are killed at random, a worker is cut off for longer than the
// acknowledgement wait, another has a slow way, one is of another version, and the server's
// store is full at first: each cell counts once, and the report is that of an undisturbed run. -cells 1000 takes minutes,
// -skewed has clocks that differ.
func TestFaultsLoseNoCellAndCountNoneTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: it starts many processes")
	}
	recipe := slowCoins(*faultCells / 2) // two seeds
	want := folderOf(t, recipe, experiment.Options{Version: "v1", Data: &experiment.Data{}, Workers: 64})

	draws := rand.New(rand.NewPCG(1, 2))
	store, port := t.TempDir(), freePort(t)
	url := fmt.Sprintf("nats://127.0.0.1:%d", port)
	var programs [3]string // of the workers
	clock := ""            // the program of the server
	if *skewed {
		clock, programs[0] = ahead(t, 1), ahead(t, 2)
	}
	serve := func(most int64) *actor { return act(t, role{Server: store, Port: port, Store: most, program: clock}) }
	theServer := serve(0)
	defer func() { theServer.kill() }()

	way := newProxy(t, port)
	slow := newProxy(t, port)
	slow.set(false, 20*time.Millisecond)
	urls := []string{url, way.url(), slow.url()}
	var workers [3]*actor
	begin := func(i int) { workers[i] = act(t, role{Worker: urls[i], Version: "v1", program: programs[i]}) }
	for i := range workers {
		begin(i)
	}
	defer func() {
		for _, w := range workers {
			w.kill()
		}
	}()

	dir := t.TempDir()
	run := act(t, role{Run: url, Dir: dir, Cells: *faultCells / 2})
	faults := map[string]int{}
	stranger := act(t, role{Worker: url, Version: "v2"})
	if err := <-stranger.ended; err == nil {
		t.Error("a worker of another version took part")
	}
	ended := false
	for turn := 0; !ended; turn++ {
		select {
		case err := <-run.ended:
			if err != nil {
				t.Fatalf("the run: %v", err)
			}
			ended = true
			continue
		case <-time.After(time.Duration(100+draws.IntN(300)) * time.Millisecond):
		}
		switch kind := draws.IntN(12); {
		case kind < 8:
			faults["worker killed"]++
			i := draws.IntN(len(workers))
			workers[i].kill()
			if i == 1 {
				way.set(false, 0) // else it cannot begin
			}
			begin(i)
		case kind == 8:
			faults["server killed"]++
			theServer.kill()
			theServer = serve(0)
		case kind == 9:
			faults["run killed"]++
			run.kill()
			run = act(t, role{Run: url, Dir: dir, Cells: *faultCells / 2})
		case kind == 10:
			faults["run interrupted"]++
			_ = run.command.Process.Signal(syscall.SIGINT)
			<-run.ended
			run = act(t, role{Run: url, Dir: dir, Cells: *faultCells / 2})
		default:
			faults["worker cut off"]++
			way.set(true, 0)
			time.AfterFunc(hasty.acknowledge+hasty.acknowledge/2, func() { way.set(false, 0) })
		}
	}
	t.Logf("%d cells, faults: %v", *faultCells, faults)
	out, err := experiment.Run(t.Context(), recipe, dir, experiment.Options{Version: "v1", Elsewhere: func(context.Context, []experiment.Cell, func(string, float64, *experiment.Record) error) error {
		return errors.New("cells are missing")
	}})
	if err != nil || out.Done() != *faultCells {
		t.Fatalf("%d cells, %v", out.Done(), err)
	}
	got := filesOf(t, out, dir)
	delete(got, experiment.CellsFile+".lock")
	delete(want, experiment.CellsFile+".lock")
	same(t, got, want)
	if count := strings.Count(got[experiment.CellsFile], `"recipe"`); count != *faultCells {
		t.Errorf("%d lines, want %d", count, *faultCells)
	}
}
