package sweep

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"basin/dataset/fetch"
	"basin/internal/experiment"
)

// Worker computes cells that a cluster gives out.
type Worker struct {
	// Cluster is where cells come from.
	Cluster *Cluster
	// Find returns the recipe of a name, nil if there is none.
	Find func(name string) *experiment.Recipe
	// Version of the program: it takes cells of runs of the same version.
	Version string
	// Cells is how many it computes at once, one core each.
	Cells int
	// Memory is how many bytes its cells may take together; cells that need more than is left of
	// it are left to others.
	Memory int64
	// Kernel names what it computes with, for onlookers.
	Kernel string
	// Cache is the folder in which data sets are kept that came from runs. Where Data is not nil,
	// they are taken from there.
	Cache string
	Data  *experiment.Data
	// Idle ends the worker when there has been nothing to do for so long; 0 is never.
	Idle time.Duration
	// Say, if not nil, is told what happens, a line each. Calls may overlap.
	Say func(line string)
}

// VersionError is that all runs are of other versions than the worker.
type VersionError struct {
	// Ours is the version of the worker, Theirs are those of the runs.
	Ours   string
	Theirs []string
}

// Error says which versions there are.
func (e *VersionError) Error() string {
	return fmt.Sprintf("sweep: the runs there are of version %q, this worker is of version %s: it takes none of their cells, for results of two versions may differ", e.Theirs, e.Ours)
}

// working is a worker at work.
type working struct {
	Worker
	name    string
	host    string
	recipes map[string]*known
	data    *experiment.Data

	mutex   sync.Mutex
	runs    map[string]announced // by key
	under   map[string]*underWay // cells, by key
	left    int64                // of the memory
	done    int
	changed chan struct{} // closed when runs change
	news    chan struct{} // there is something to announce
}

// known is a recipe with the types of its tasks.
type known struct {
	once   sync.Once
	recipe *experiment.Recipe
	kinds  []reflect.Type
	err    error
}

// underWay is a cell that is being computed.
type underWay struct {
	where, recipe string
	share         float64
	withdraw      context.CancelCauseFunc
}

// errWithdrawn ends a cell that nobody waits for any more.
var errWithdrawn = errors.New("withdrawn")

// Run computes cells until ctx is cancelled; those under way are then kept as far as they can
// be, and given back. Where there are runs, and all of other versions, it is a [*VersionError].
func (w Worker) Run(ctx context.Context) error {
	if w.Say == nil {
		w.Say = func(string) {}
	}
	host, _ := os.Hostname()
	k := &working{
		Worker: w, host: host, name: fmt.Sprintf("%s-%d-%s", host, os.Getpid(), nuid.Next()[16:]), recipes: map[string]*known{},
		runs: map[string]announced{}, under: map[string]*underWay{}, left: w.Memory, changed: make(chan struct{}), news: make(chan struct{}, 1),
	}
	if k.data = w.Data; k.data == nil {
		k.data = &experiment.Data{Options: fetch.Options{Offline: true}, Find: k.find}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	withdrawn, err := w.Cluster.connection.Subscribe(withdrawnSubject+"."+token(w.Version), func(m *nats.Msg) { k.withdraw(string(m.Data)) })
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	defer func() { _ = withdrawn.Unsubscribe() }()
	var group sync.WaitGroup
	group.Go(func() { k.watchRuns(ctx, cancel) })
	group.Go(func() { k.announce(ctx) })
	if w.Idle > 0 {
		group.Go(func() { k.rest(ctx, cancel) })
	}
	for range max(1, w.Cells) {
		group.Go(func() { k.slot(ctx) })
	}
	group.Wait()
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errIdle):
		return nil
	case errors.Is(cause, context.Canceled):
		return ctx.Err()
	default:
		return cause
	}
}

// errIdle ends a worker that has nothing to do.
var errIdle = errors.New("nothing to do")

// rest ends the worker when it had nothing to do, or no server, for as long as it waits: a cell in
// hand then has its state where it was last kept.
func (k *working) rest(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(min(time.Second, k.Idle))
	defer tick.Stop()
	since, done := time.Now(), 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		connected := k.Cluster.connection.IsConnected()
		k.mutex.Lock()
		if connected && (len(k.under) > 0 || k.done != done) {
			since, done = time.Now(), k.done
		}
		k.mutex.Unlock()
		if time.Since(since) >= k.Idle {
			why := "nothing to do"
			if !connected {
				why = "no server"
			}
			k.Say(fmt.Sprintf("%s for %v: it ends", why, k.Idle))
			cancel(errIdle)
			return
		}
	}
}

// watchRuns learns which runs there are.
func (k *working) watchRuns(ctx context.Context, cancel context.CancelCauseFunc) {
	for ctx.Err() == nil {
		var watcher jetstream.KeyWatcher
		err := k.Cluster.again(ctx, func() (err error) {
			if _, err := k.Cluster.furnish(ctx); err != nil {
				return err
			}
			watcher, err = k.Cluster.runs.WatchAll(ctx)
			return err
		})
		if err != nil {
			if ctx.Err() == nil {
				cancel(fmt.Errorf("sweep: %w", err))
			}
			return
		}
		k.followRuns(ctx, cancel, watcher)
		_ = watcher.Stop()
	}
}

// followRuns takes in news of runs, until the connection was lost and found.
func (k *working) followRuns(ctx context.Context, cancel context.CancelCauseFunc, watcher jetstream.KeyWatcher) {
	fresh, complete := map[string]announced{}, false
	lost := k.Cluster.connection.Stats().Reconnects
	tick := time.NewTicker(k.Cluster.patience.announce)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if k.Cluster.connection.Stats().Reconnects != lost {
				return
			}
			continue
		case entry, open := <-watcher.Updates():
			var run announced
			switch {
			case !open:
				return
			case entry == nil:
				complete = true
			case entry.Operation() != jetstream.KeyValuePut:
				delete(fresh, entry.Key())
			case json.Unmarshal(entry.Value(), &run) == nil:
				fresh[entry.Key()] = run
			}
		}
		if complete {
			k.setRuns(fresh)
			if err := k.otherVersions(); err != nil {
				cancel(err)
			}
		}
	}
}

func (k *working) setRuns(runs map[string]announced) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.runs = map[string]announced{}
	for key, run := range runs {
		k.runs[key] = run
	}
	close(k.changed)
	k.changed = make(chan struct{})
}

// otherVersions reports that there are runs, and none of this version.
func (k *working) otherVersions() error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	var others []string
	for _, run := range k.runs {
		if run.Version == k.Version {
			return nil
		}
		if !slices.Contains(others, run.Version) {
			others = append(others, run.Version)
		}
	}
	if len(others) == 0 || k.done > 0 || len(k.under) > 0 {
		return nil
	}
	slices.Sort(others)
	return &VersionError{Ours: k.Version, Theirs: others}
}

// classes returns the classes that the runs use, the largest first, and a channel that is closed
// when that changes.
func (k *working) classes() ([]int, <-chan struct{}) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	var list []int
	for _, run := range k.runs {
		if run.Version != k.Version {
			continue
		}
		for _, class := range run.Classes {
			if class >= 0 && class < 32 && !slices.Contains(list, class) {
				list = append(list, class)
			}
		}
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list, k.changed
}

// room says whether the memory of a class is left.
func (k *working) room(class int) bool {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return classBytes(class) <= k.left
}

// reserve takes the memory of a class, if it is left.
func (k *working) reserve(class int) bool {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if classBytes(class) > k.left {
		return false
	}
	k.left -= classBytes(class)
	return true
}

func (k *working) release(class int) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.left += classBytes(class)
}

func (k *working) withdraw(key string) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if u := k.under[key]; u != nil {
		u.withdraw(errWithdrawn)
	}
}

// find returns where a data set is that a run has sent.
func (k *working) find(ctx context.Context, set string) (string, error) {
	k.mutex.Lock()
	var sent sentSet
	found := false
	for _, run := range k.runs {
		if s, has := run.Sets[set]; has && run.Version == k.Version {
			sent, found = s, true
		}
	}
	k.mutex.Unlock()
	if !found {
		return "", fmt.Errorf("sweep: data set %s: no run has sent it", set)
	}
	return k.Cluster.receive(ctx, sent, k.Cache)
}

// announce tells of the worker from time to time.
func (k *working) announce(ctx context.Context) {
	tick := time.NewTicker(k.Cluster.patience.announce)
	defer tick.Stop()
	for {
		if text, err := json.Marshal(k.now()); err == nil {
			_, _ = k.Cluster.workers.Put(ctx, k.name, text) // told again soon
		}
		pause(ctx, nil, min(k.Cluster.patience.announce, 500*time.Millisecond)) // of many changes some are told together
		select {
		case <-ctx.Done():
			leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			if k.Cluster.connection.IsConnected() {
				_ = k.Cluster.workers.Delete(leaving, k.name)
			}
			return
		case <-tick.C:
		case <-k.news:
		}
	}
}

// tell has the worker announced soon.
func (k *working) tell() {
	select {
	case k.news <- struct{}{}:
	default: // it is told already
	}
}

func (k *working) now() WorkerView {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	v := WorkerView{Name: k.name, Host: k.host, Version: k.Version, Cells: k.Cells, Memory: k.Memory, Kernel: k.Kernel, Done: k.done, UnderWay: []CellView{}}
	for _, u := range k.under {
		v.UnderWay = append(v.UnderWay, CellView{Recipe: u.recipe, Where: u.where, Share: u.share})
	}
	slices.SortFunc(v.UnderWay, func(a, b CellView) int { return cmp.Compare(a.Recipe+a.Where, b.Recipe+b.Where) })
	return v
}
