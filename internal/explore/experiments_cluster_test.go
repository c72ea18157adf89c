package explore

import (
	"context"
	"strings"
	"testing"

	"basin/internal/browser"
	"basin/internal/experiment"
	"basin/internal/sweep"
)

// cluster starts a server within the process and a run at it, whose cells wait for workers.
func cluster(t *testing.T, r *experiment.Recipe) *sweep.Cluster {
	t.Helper()
	c, _, err := sweep.Start(t.Context(), "", "test")
	if err != nil {
		t.Fatal(err)
	}
	cells, err := r.Cells(false, 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := c.Compute(ctx, sweep.Run{Recipe: r.Name, Version: "v1"}, cells, func(string, float64, *experiment.Record) error { return nil })
		if err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { end(); <-ended; _ = c.Close() })
	return c
}

func TestExperimentsPageShowsACluster(t *testing.T) {
	r := recipe(t, "capacity")
	c := cluster(t, r)
	p := openTab(t, Options{Cluster: c}, browser.Screen{Width: 360, Height: 740})
	p.open("#experiments")
	p.Wait(`document.querySelector(".cluster h2").textContent === "Cluster: 1 run, 0 workers"`)
	p.Wait(`document.querySelector(".cluster").innerText.includes("No worker is there")`)
	working, dismiss := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w := sweep.Worker{Cluster: c, Version: "v1", Cells: 2, Memory: 1 << 30, Kernel: "of a test", Cache: t.TempDir(), Find: func(string) *experiment.Recipe { return r }}
		_ = w.Run(working)
	}()
	p.Wait(`document.querySelector(".cluster h2").textContent.endsWith("1 worker")`)
	p.Wait(`document.querySelector(".cluster tbody").innerText.includes("of a test")`)
	if wide := browser.Value[int](p.Tab, "document.scrollingElement.scrollWidth"); wide > 360 {
		t.Errorf("%d pixels are wider than the page", wide)
	}
	dismiss()
	<-ended
}

func TestClusterThatDoesNotAnswer(t *testing.T) {
	none, err := explorer(t, Options{}).lookAtCluster(t.Context(), struct{}{})
	if err != nil || none.Given || none.View != nil {
		t.Errorf("%+v, %v: no cluster was given", none, err)
	}
	c, _, err := sweep.Start(t.Context(), "", "test")
	if err != nil {
		t.Fatal(err)
	}
	e := explorer(t, Options{Cluster: c})
	if v, err := e.lookAtCluster(t.Context(), struct{}{}); err != nil || !v.Given || v.View == nil {
		t.Errorf("%+v, %v", v, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	v, err := e.lookAtCluster(t.Context(), struct{}{})
	if err != nil || !strings.Contains(v.Wrong, "do not answer") {
		t.Errorf("%+v, %v", v, err)
	}
}
