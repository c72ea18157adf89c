package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"basin/internal/files"
)

func TestToken(t *testing.T) {
	a := served(t, Options{Token: "secret"}, digits(t))
	body := []byte(`{"inputs": [` + zeros + `]}`)
	for _, header := range [][]string{nil, {"Authorization", "Bearer wrong"}, {"Authorization", "Basic secret"}, {"Authorization", "secret"}, {"Authorization", "Bearer "}} {
		got := a.ask(t, predictDigits, typeJSON, body, header...)
		got.isProblem(t, http.StatusUnauthorized, "Authorization: Bearer TOKEN")
		if !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("WWW-Authenticate: %q", got.header.Get("WWW-Authenticate"))
		}
	}
	a.ask(t, predictDigits, typeJSON, body, "Authorization", "Bearer secret").predictions(t)
	for path, want := range map[string]int{
		"/v1/models": 401, "/v1/models/digits": 401, "/metrics": 401, "/nothing": 401, "/healthz": 200, "/readyz": 200, "/docs": 200, "/openapi.json": 200,
	} {
		if got := a.ask(t, path, "", nil); got.status != want {
			t.Errorf("%s without a token: status %d, want %d", path, got.status, want)
		}
	}
}

func TestModels(t *testing.T) {
	a := served(t, Options{}, digits(t), "staff="+people(t))
	var list struct{ Models []Summary }
	if got := a.ask(t, "/v1/models", "", nil); json.Unmarshal(got.body, &list) != nil || len(list.Models) != 2 || list.Models[0].Name != "digits" || list.Models[1].Name != "staff" {
		t.Errorf("models: %s", got.body)
	}
	var d Description
	if got := a.ask(t, "/v1/models/staff", "", nil); json.Unmarshal(got.body, &d) != nil {
		t.Fatalf("%s", got.body)
	}
	info, err := os.Stat(people(t))
	if err != nil {
		t.Fatal(err)
	}
	kinds := ""
	for _, c := range d.Columns {
		kinds += fmt.Sprintf("%s %s %v, ", c.Name, c.Kind, c.Categories)
	}
	if want := "age number [], city category [Bad Ems, Lahn Bern Ulm], since date [], member boolean [], "; kinds != want || fmt.Sprint(d.Classes, d.Shape, d.Label, d.Bytes, d.Epochs) != fmt.Sprint([]string{"no", "yes"}, []int{4}, "label", info.Size(), 1) || len(d.Settings) != 64 {
		t.Errorf("columns %q of %+v", kinds, d)
	}
	a.ask(t, "/v1/models/digit", "", nil).isProblem(t, http.StatusNotFound, `did you mean "digits"?`)
}

// A request that finds too many waiting is refused, and so is one that waits too long.
func TestLimits(t *testing.T) {
	a := served(t, Options{Concurrent: 1, Timeout: 50 * time.Millisecond}, digits(t))
	body := []byte(`{"inputs": [` + zeros + `]}`)
	a.waiting.Add(1)
	got := a.ask(t, predictDigits, typeJSON, body)
	got.isProblem(t, http.StatusServiceUnavailable, "1 requests are waiting already")
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	a.waiting.Add(-1)
	a.ask(t, predictDigits, typeJSON, body).predictions(t)

	a.entries["digits"].queue.mutex.Lock() // nobody predicts
	a.entries["digits"].queue.predicting = 5
	a.entries["digits"].queue.mutex.Unlock()
	a.ask(t, predictDigits, typeJSON, body).isProblem(t, http.StatusServiceUnavailable, "no prediction within 50ms")
	if n := a.waiting.Load(); n != 0 {
		t.Errorf("%d requests wait, want none", n)
	}
}

// running serves on a free port until the test ends or stop is called, which returns what Serve
// did.
func running(t *testing.T, o Options, paths ...string) (a *asker, stop func() error) {
	t.Helper()
	a = served(t, o, paths...)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, l) }()
	a.url = "http://" + l.Addr().String()
	stop = func() error {
		cancel()
		err := <-ended
		ended <- err
		return err
	}
	t.Cleanup(func() { _ = stop() })
	return a, stop
}

// A client that sends too slowly is sent away, with its header and with its body.
func TestSlowClients(t *testing.T) {
	a, _ := running(t, Options{Timeout: 100 * time.Millisecond}, digits(t))
	for head, want := range map[string]string{
		"POST /v1/models/digits/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{": "HTTP/1.1 408 Request Timeout",
		"POST /v1/models/digits/predict HTTP/1.1\r\nHost: x\r\n":                                                               "",
	} {
		c, err := net.Dial("tcp", strings.TrimPrefix(a.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, head); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(c).ReadString('\n')
		if strings.TrimSpace(line) != want || want == "" && err == nil {
			t.Errorf("answer %q (%v), want %q", line, err, want)
		}
	}
}

// until lets others run until something is so.
func until(so func() bool) {
	for !so() {
		runtime.Gosched()
	}
}

// A request under way when the server is to end is answered, and new ones are not.
func TestGracefulStop(t *testing.T) {
	a, stop := running(t, Options{}, digits(t))
	body, write := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url+predictDigits, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", typeJSON)
	result := make(chan answered, 1)
	go func() { result <- a.do(t, r) }()
	if _, err := io.WriteString(write, `{"inputs": [`); err != nil { // it is being read
		t.Fatal(err)
	}
	until(func() bool { return a.waiting.Load() == 1 })
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	until(a.stopping.Load)
	if _, err := io.WriteString(write, zeros+`]}`); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	(<-result).predictions(t)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if _, err := a.client.Get(a.url + "/healthz"); err == nil {
		t.Error("a server that has ended answers")
	}
	recorder := served(t, Options{}, digits(t))
	recorder.stopping.Store(true)
	recorder.ask(t, "/readyz", "", nil).isProblem(t, http.StatusServiceUnavailable, "stopping")
}

// A file that changes is loaded when it rests; one that does not load leaves the old model.
func TestReload(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	replace := func(content []byte, at time.Time) {
		t.Helper()
		if err := files.Write(path, content); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	read := func(path string) []byte {
		t.Helper()
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	begin := time.Now().Add(-time.Hour)
	replace(read(digits(t)), begin)
	a := served(t, Options{}, path)
	look := a.watcher()
	set := testSamples(t, 4)
	check := func(want string) {
		t.Helper()
		m := loaded(t, want)
		same(t, a.ask(t, "/v1/models/m/predict?logits=true", typeJSON, asJSON(set)).predictions(t), wanted(t, m, set), m.Names())
	}
	check(digits(t))
	replace(read(others(t)), begin.Add(time.Second))
	look()
	check(digits(t)) // somebody may still be writing it
	look()
	check(others(t))
	replace([]byte("nothing"), begin.Add(2*time.Second))
	look()
	look()
	look()
	check(others(t))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	look()
	check(others(t))
	replace(read(digits(t)), begin.Add(3*time.Second))
	a.Reload()
	check(digits(t))
	look()
	look()
	metrics := string(a.ask(t, "/metrics", "", nil).body)
	for _, line := range []string{`basin_reloads_total{model="m",outcome="loaded"} 2`, `basin_reloads_total{model="m",outcome="failed"} 1`} {
		if !strings.Contains(metrics, line) {
			t.Errorf("the metrics have no %s", line)
		}
	}
}

// A request that began with a model ends with it.
func TestReloadDuringARequest(t *testing.T) {
	a := served(t, Options{}, digits(t))
	e := a.entries["digits"]
	old, set := e.Model(), testSamples(t, 1)
	next, err := Load(people(t))
	if err != nil {
		t.Fatal(err)
	}
	e.Replace(next)
	got, err := a.predict(t.Context(), e, old, set)
	if want := wanted(t, loaded(t, digits(t)), set); err != nil || got[0].Margin != want[0].Margin {
		t.Errorf("%v (%v), want %v", got, err, want)
	}
}

func TestMetrics(t *testing.T) {
	a := served(t, Options{}, digits(t))
	a.ask(t, predictDigits, typeJSON, asJSON(testSamples(t, 3)))
	a.ask(t, predictDigits, typeJSON, []byte("{}"))
	a.ask(t, "/v1/models/dogits/predict", typeJSON, []byte("{}"))
	text := string(a.ask(t, "/metrics", "", nil).body)
	for _, line := range []string{
		`basin_requests_total{code="200",model="digits",route="/v1/models/{name}/predict"} 1`,
		`basin_requests_total{code="422",model="digits",route="/v1/models/{name}/predict"} 1`,
		`basin_requests_total{code="404",model="",route="/v1/models/{name}/predict"} 1`,
		`basin_samples_total{model="digits"} 3`, `basin_batch_samples_sum{model="digits"} 3`, `basin_waiting_requests 0`,
		`basin_request_seconds_count{model="digits",route="/v1/models/{name}/predict"} 2`, `basin_model_age_seconds{model="digits"} `, "go_goroutines ",
	} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("the metrics have no %s", line)
		}
	}
}

// The page of the document asks nothing of another server.
func TestDocsAreOfThisServer(t *testing.T) {
	a := served(t, Options{}, digits(t))
	page := string(a.ask(t, "/docs", "", nil).body)
	if found := regexp.MustCompile(`(src|href)="(https?:)?//|fetch\("(http|//)|import `).FindString(page); found != "" || !strings.Contains(page, `fetch("openapi.json")`) {
		t.Errorf("the page has %q", found)
	}
}
