package sweep

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// View is what goes on at a cluster.
type View struct {
	Runs    []RunView    `json:"runs"`
	Workers []WorkerView `json:"workers"`
	// Waiting is the number of cells in the queue, UnderWay that of those that a worker has, or had
	// when it died, until they are given out again.
	Waiting  int `json:"waiting"`
	UnderWay int `json:"under_way"`
}

// RunView is a run, as it last told of itself.
type RunView struct {
	Recipe  string `json:"recipe"`
	Version string `json:"version"`
	Host    string `json:"host"`
	Process int    `json:"process"`
	// Cells that it waits for, and Done of them.
	Cells int `json:"cells"`
	Done  int `json:"done"`
}

// WorkerView is a worker that lives, as it tells of itself.
type WorkerView struct {
	Name    string `json:"name"`
	Host    string `json:"host"`
	Version string `json:"version"`
	// Cells that it computes at once, and the bytes that they may take.
	Cells  int    `json:"cells"`
	Memory int64  `json:"memory"`
	Kernel string `json:"kernel"`
	// Done cells, and those UnderWay.
	Done     int        `json:"done"`
	UnderWay []CellView `json:"under_way"`
}

// CellView is a cell under way and the share of it that is done.
type CellView struct {
	Recipe string  `json:"recipe"`
	Where  string  `json:"where"`
	Share  float64 `json:"share"`
}

// longestLook is how long the servers may take to tell what goes on.
const longestLook = 5 * time.Second

// Look says what goes on, in an order that does not depend on time. It waits a few seconds for
// the servers' answer.
func (c *Cluster) Look(ctx context.Context) (View, error) {
	ctx, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	v := View{Runs: []RunView{}}
	err := each(ctx, c.runs, func(a announced) { v.Runs = append(v.Runs, a.RunView) })
	if err != nil {
		return v, err
	}
	if v.Workers, err = c.workersNow(ctx); err != nil {
		return v, err
	}
	slices.SortFunc(v.Runs, func(a, b RunView) int {
		return cmp.Or(cmp.Compare(a.Recipe, b.Recipe), cmp.Compare(a.Host, b.Host), a.Process-b.Process)
	})
	info, err := c.cells.Info(ctx)
	if err != nil {
		return v, err
	}
	// Consumers know what is under way at this moment, workers told of it before.
	list := c.cells.ListConsumers(ctx)
	for consumer := range list.Info() {
		v.UnderWay += consumer.NumAckPending
	}
	if err := list.Err(); err != nil {
		return v, err
	}
	v.Waiting = max(0, int(info.State.Msgs)-v.UnderWay)
	return v, nil
}

// workersNow returns the workers that live, by name.
func (c *Cluster) workersNow(ctx context.Context) ([]WorkerView, error) {
	list := []WorkerView{}
	err := each(ctx, c.workers, func(w WorkerView) { list = append(list, w) })
	slices.SortFunc(list, func(a, b WorkerView) int { return cmp.Compare(a.Name, b.Name) })
	return list, err
}

// each calls do with the values of a bucket, which come in one answer; those that cannot be read
// are left out.
func each[T any](ctx context.Context, bucket jetstream.KeyValue, do func(T)) error {
	watcher, err := bucket.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return err
	}
	defer func() { _ = watcher.Stop() }()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case entry := <-watcher.Updates():
			if entry == nil { // all that was there has come
				return ctx.Err()
			}
			var value T
			if json.Unmarshal(entry.Value(), &value) == nil {
				do(value)
			}
		}
	}
}
