package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"basin/dataset/fetch"
	"basin/internal/experiment"
)

// Run says how the cells of a recipe are given out.
type Run struct {
	// Recipe is its name, Version that of the program: see [Worker].
	Recipe, Version string
	// Where says where the data sets are that the cells read.
	Where fetch.Options
	// Say, if not nil, is told what whoever waits should know, a line each.
	Say func(line string)
}

// waiting is a cell in the queue.
type waiting struct {
	experiment.Request
	// Where names the cell for people.
	Where string `json:"where"`
}

// heavy is a task that takes much memory.
type heavy interface{ Memory() int64 }

// LeastMemory is what a small cell may take, and the least that a worker is given. Cells of a class
// take up to LeastMemory shifted by the number of the class.
const LeastMemory = 64 << 20

// classOf returns the class of a number of bytes.
func classOf(memory int64) int {
	if memory <= LeastMemory {
		return 0
	}
	return bits.Len64(uint64((memory - 1) / LeastMemory))
}

// classBytes is how much memory a cell of a class is taken to need; those of the first fit
// anywhere.
func classBytes(class int) int64 {
	if class == 0 {
		return 0
	}
	return LeastMemory << class
}

// announced is a run as workers see it.
type announced struct {
	RunView
	Classes []int              `json:"classes"`
	Sets    map[string]sentSet `json:"sets,omitempty"`
}

// lastToken is the cell's key at the end of a subject, or of a key of a bucket.
func lastToken(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// giving is a run under way.
type giving struct {
	Run
	cluster *Cluster
	cells   map[string]experiment.Cell // that have no record yet
	order   []experiment.Cell
	info    announced
	key     string
	tell    func(key string, share float64, finished *experiment.Record) error
	said    map[string]bool
	began   time.Time
	memory  map[string]int64 // bytes that each cell takes
	given   map[string]bool  // cells that were put into the queue
	twice   []string         // subjects of those that were put there again
}

// Compute gives out cells and tells of them until each has a record, one has failed, or ctx is
// cancelled: it is what [experiment.Options] call Elsewhere. A run that ends otherwise withdraws
// its cells, those under way too. Where this process dies, the cells go on, and the next run takes their records.
func (c *Cluster) Compute(ctx context.Context, run Run, cells []experiment.Cell, tell func(key string, share float64, finished *experiment.Record) error) error {
	host, _ := os.Hostname()
	g := &giving{
		Run: run, cluster: c, cells: map[string]experiment.Cell{}, order: cells, tell: tell, said: map[string]bool{}, began: time.Now(), memory: map[string]int64{}, given: map[string]bool{},
		info: announced{RunView: RunView{Recipe: run.Recipe, Version: run.Version, Host: host, Process: os.Getpid(), Cells: len(cells)}, Sets: map[string]sentSet{}},
		key:  token(run.Version) + "." + nuid.Next(),
	}
	if g.Say == nil {
		g.Say = func(string) {}
	}
	for _, cell := range cells {
		g.cells[cell.Key] = cell
		if task, is := cell.Task.(heavy); is {
			g.memory[cell.Key] = task.Memory()
		}
		if class := classOf(g.memory[cell.Key]); !slices.Contains(g.info.Classes, class) {
			g.info.Classes = append(g.info.Classes, class)
		}
	}
	sets := experiment.Sets(cells)
	if c.alone {
		sets = nil
	}
	for _, name := range sets {
		files, err := fetch.FilesOf(ctx, name, run.Where)
		if err == nil {
			g.info.Sets[name], err = c.send(ctx, files)
		}
		if err != nil {
			return fmt.Errorf("sweep: data set %s: %w", name, err)
		}
	}
	err := g.all(ctx)
	return errors.Join(err, g.leave(err))
}

// subject is where a cell waits.
func (g *giving) subject(cell experiment.Cell) string {
	return strings.Join([]string{cellsSubject, token(g.Version), strconv.Itoa(classOf(g.memory[cell.Key])), cell.Key}, ".")
}

// all gives out the cells and takes their records.
func (g *giving) all(ctx context.Context) error {
	c := g.cluster
	g.forgetFailures(ctx)
	progress := make(chan *nats.Msg, 1024)
	subscription, err := c.connection.ChanSubscribe(progressSubject+"."+token(g.Version)+".*", progress)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	defer func() { _ = subscription.Unsubscribe() }()
	for len(g.cells) > 0 {
		if err := g.some(ctx, progress); err != nil {
			return err
		}
	}
	return nil
}

// forgetFailures forgets why cells failed in earlier runs.
func (g *giving) forgetFailures(ctx context.Context) {
	begin := strings.Join([]string{failedKey, token(g.Version), g.Recipe, "*"}, ".")
	lister, err := g.cluster.records.ListKeysFiltered(ctx, begin)
	if err != nil {
		return
	}
	defer func() { _ = lister.Stop() }()
	for key := range lister.Keys() {
		if _, ours := g.cells[lastToken(key)]; ours {
			_ = g.cluster.records.Delete(ctx, key)
		}
	}
}

// some watches the records until all cells have one, or it is time to look after those that are
// missing: the connection was lost, or cells are not in the queue any more.
func (g *giving) some(ctx context.Context, progress <-chan *nats.Msg) error {
	c := g.cluster
	if err := g.cluster.again(ctx, func() error { _, err := c.furnish(ctx); return err }); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	own := "." + strings.Join([]string{token(g.Version), g.Recipe, "*"}, ".")
	var watcher jetstream.KeyWatcher
	err := g.cluster.again(ctx, func() (err error) {
		watcher, err = c.records.WatchFiltered(ctx, []string{doneKey + own, failedKey + own}, jetstream.IgnoreDeletes())
		return err
	})
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	defer func() { _ = watcher.Stop() }()
	if err := g.announce(ctx); err != nil {
		return err
	}
	lost := c.connection.Stats().Reconnects
	tick := time.NewTicker(c.patience.look)
	defer tick.Stop()
	news := time.NewTicker(min(time.Second, c.patience.look))
	defer news.Stop()
	done, before, begun := len(g.cells), len(g.cells), false
	for len(g.cells) > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case entry, open := <-watcher.Updates():
			switch {
			case !open:
				return ctx.Err()
			case entry != nil:
				if err := g.take(ctx, entry); err != nil {
					return err
				}
			case !begun: // the records that were there are taken
				begun = true
				if _, err := g.give(ctx); err != nil {
					return err
				}
			}
		case m := <-progress:
			g.progress(m)
		case <-news.C:
			if g.look(ctx); len(g.cells) != done {
				done = len(g.cells)
				if err := g.announce(ctx); err != nil {
					return err
				}
			}
		case <-tick.C:
			if quiet := before == len(g.cells); !quiet || !begun {
				before = len(g.cells)
				continue // records are coming
			}
			missing, err := g.give(ctx)
			if err != nil {
				return err
			}
			if missing > 0 || c.connection.Stats().Reconnects != lost {
				return nil
			}
		}
	}
	return nil
}

// give puts cells without a record into the queue and returns how many were not there.
func (g *giving) give(ctx context.Context) (count int, err error) {
	for _, cell := range g.order {
		if _, missing := g.cells[cell.Key]; !missing {
			continue
		}
		text, err := json.Marshal(waiting{Request: cell.Request(), Where: cell.Where()})
		if err != nil {
			return count, fmt.Errorf("sweep: %w", err)
		}
		there, subject := false, g.subject(cell)
		err = g.cluster.again(ctx, func() error {
			_, err := g.cluster.jet.Publish(ctx, subject, text)
			if there = isThere(err); there {
				return nil
			}
			return err
		})
		if err != nil {
			return count, fmt.Errorf("sweep: cell at %s: %w", cell.Where(), err)
		}
		if there {
			continue
		}
		if count++; g.given[cell.Key] {
			g.twice = append(g.twice, subject) // its record may be on its way
		}
		g.given[cell.Key] = true
	}
	return count, nil
}

// isThere says whether a cell was refused because it waits, or is under way.
func isThere(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && strings.Contains(api.Description, "maximum messages per subject")
}

// take takes a record in.
func (g *giving) take(ctx context.Context, entry jetstream.KeyValueEntry) error {
	kind, _, _ := strings.Cut(entry.Key(), ".")
	key := lastToken(entry.Key())
	cell, missing := g.cells[key]
	if !missing && kind == doneKey {
		return nil
	}
	s, err := records{ctx: ctx, cluster: g.cluster, version: g.Version}.read(entry.Value())
	switch {
	case err != nil:
		return err
	case kind == failedKey && !slices.ContainsFunc(g.order, func(c experiment.Cell) bool { return c.Key == key }):
		return nil // of another run
	case kind == failedKey:
		return fmt.Errorf("%s (worker %s)", s.Error, s.Worker)
	case s.Record == nil || s.Record.Key != key || s.Record.Recipe != g.Recipe || s.Record.Seed != cell.Seed:
		return fmt.Errorf("sweep: cell at %s: worker %s gives the record of another cell", cell.Where(), s.Worker)
	}
	if err := g.tell(key, 1, s.Record); err != nil {
		return err
	}
	delete(g.cells, key)
	return nil
}

// progress tells of a cell under way.
func (g *giving) progress(m *nats.Msg) {
	key := lastToken(m.Subject)
	share, err := strconv.ParseFloat(string(m.Data), 64)
	if _, missing := g.cells[key]; missing && err == nil && share >= 0 && share <= 1 {
		_ = g.tell(key, share, nil) // it refuses records alone
	}
}

// announce tells workers of the run.
func (g *giving) announce(ctx context.Context) error {
	g.info.Done = g.info.Cells - len(g.cells)
	text, err := json.Marshal(g.info)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	err = g.cluster.again(ctx, func() error {
		_, err := g.cluster.runs.Put(ctx, g.key, text)
		return err
	})
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}

// look says, once, which workers are there and why some cells may not be taken.
func (g *giving) look(ctx context.Context) {
	if time.Since(g.began) < g.cluster.patience.announce || len(g.cells) == 0 {
		return
	}
	workers, err := g.cluster.workersNow(ctx)
	if err != nil {
		return
	}
	most, ours := int64(0), 0
	for _, w := range workers {
		if w.Version != g.Version {
			g.once("worker %s is of version %s and takes no cells of this run, of version %s", w.Name, w.Version, g.Version)
			continue
		}
		ours++
		most = max(most, w.Memory)
	}
	if ours == 0 {
		g.once("no worker is there: cells wait until one comes")
		return
	}
	for _, class := range g.info.Classes {
		if classBytes(class) > most {
			g.once("no worker has the %d MiB of memory that some cells take: they wait until one comes", classBytes(class)>>20)
		}
	}
}

func (g *giving) once(format string, arguments ...any) {
	if line := fmt.Sprintf(format, arguments...); !g.said[line] {
		g.said[line] = true
		g.Say(line)
	}
}

// leave takes the run away, and the cells that are left of one that did not end well.
func (g *giving) leave(fault error) error {
	// A run that was cancelled has a moment to do so.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if g.cluster.connection.IsClosed() || !g.cluster.connection.IsConnected() {
		return nil
	}
	err := g.cluster.runs.Delete(ctx, g.key)
	if fault == nil || len(g.cells) == 0 {
		for _, subject := range g.twice {
			if err == nil {
				err = g.cluster.cells.Purge(ctx, jetstream.WithPurgeSubject(subject))
			}
		}
		return err
	}
	for _, cell := range g.order {
		if _, missing := g.cells[cell.Key]; missing && err == nil {
			err = g.cluster.cells.Purge(ctx, jetstream.WithPurgeSubject(g.subject(cell)))
			_ = g.cluster.connection.Publish(withdrawnSubject+"."+token(g.Version), []byte(cell.Key))
		}
	}
	_ = g.cluster.connection.FlushWithContext(ctx)
	return err
}
