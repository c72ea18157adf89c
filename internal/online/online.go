package online

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"basin"
	"basin/internal/files"
)

// Options say how a model goes on learning. Zero values are the defaults.
type Options struct {
	// Checkpoint is the number of mini-batches after which the model is written and the log
	// begins anew; 0 takes 1000. A start learns again what the log has: seconds.
	Checkpoint int
	// Snapshots is the number of snapshots that are kept: the oldest go; 0 takes 20.
	Snapshots int
	// Warn, if not nil, is told of a checkpoint that could not be written (the log goes on
	// and the next checkpoint is tried in time), and of snapshots that had to go.
	Warn func(error)
	// Now is the clock, for tests; nil takes that of the machine.
	Now func() time.Time
}

// Model is a model that goes on learning. Its methods may be called from several goroutines at
// once.
type Model struct {
	options Options
	folder  folder
	release func()
	notes   []string

	current  atomic.Pointer[basin.Model]
	requests chan *request
	stop     chan struct{} // closed by Close
	done     chan struct{} // closed when the goroutine that learns has ended
	stopping sync.Once
	closed   error // of the last checkpoint, once done is closed

	// Of the goroutine that learns: the log, and how many mini-batches had been learned since the
	// last checkpoint when one was tried.
	log   *log
	tried int64

	// What follows is written by the goroutine that learns, which holds the mutex for that,
	// and read by others, which hold it too.
	mutex  sync.Mutex
	state  state
	since  Period // learned since the last checkpoint
	status Status // without what follows from state
}

// Status says where a model stands.
type Status struct {
	// Samples learned since the model file, Batches since this process began.
	Samples, Batches int64
	// Accuracy of the last Of samples, up to 1000, before they were learned.
	Accuracy float64
	Of       int
	// LogBytes is the size of the log; Checkpoints were written since this process began.
	LogBytes, Checkpoints int64
	// Sync is how long the last write to the log took until it was on the disk.
	Sync time.Duration
	// Failed says why the model no longer learns; nil where it does. Predictions go on.
	Failed error
}

// NameError says that a snapshot of such a name cannot be, or is not there.
type NameError struct{ text string }

func (e *NameError) Error() string { return e.text }

// Open opens the model file at path and the folder in which it goes on learning, path with
// ".online" behind it, which it makes where it is not there; only one process may have it open.
// Where the folder has been used before, the model is the one that was learned there, bit for bit.
//
// Errors are those of [basin.Load]; a model that cannot learn on ([basin.Model.Learns]); a model
// file that is not the one that the folder began with; a log that is damaged; a folder that
// another process has open ([*files.LockedError]).
func Open(path string, o Options) (m *Model, err error) {
	if o.Checkpoint <= 0 {
		o.Checkpoint = 1000
	}
	if o.Snapshots <= 0 {
		o.Snapshots = 20
	}
	if o.Warn == nil {
		o.Warn = func(error) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	f := folder(path + ".online")
	if err := os.MkdirAll(f.snapshots(), 0o755); err != nil {
		return nil, err
	}
	release, err := files.Lock(f.lock())
	if err != nil {
		return nil, fmt.Errorf("%s goes on learning elsewhere, and one at a time may let it: %w", path, err)
	}
	m = &Model{
		options: o, folder: f, release: release,
		requests: make(chan *request), stop: make(chan struct{}), done: make(chan struct{}),
	}
	if err := m.open(path); err != nil {
		release()
		return nil, err
	}
	go m.learn()
	return m, nil
}

func (m *Model) open(path string) error {
	origin, err := digest(path)
	if err != nil {
		return err
	}
	s, err := m.folder.read()
	if errors.Is(err, os.ErrNotExist) {
		return m.begin(path, origin)
	}
	if err != nil {
		return err
	}
	if s.Origin != origin {
		return fmt.Errorf("%s is not the file that %s began with: put that one back; or move the folder away, and learning begins again from the new file", path, m.folder)
	}
	model, err := basin.Load(m.folder.model(s.Generation))
	if err != nil {
		return err
	}
	log, entries, note, err := openLog(m.folder.log(s.Generation))
	if err != nil {
		return err
	}
	if note != "" {
		m.notes = append(m.notes, note)
	}
	m.log, m.state = log, s
	m.folder.tidy(s.Generation)
	m.current.Store(model)
	for i, e := range entries {
		if _, err := m.step(e); err != nil {
			// As before the restart: it learns no more, and predicts as when the log began.
			if model, err = basin.Load(m.folder.model(s.Generation)); err != nil {
				log.close()
				return err
			}
			m.current.Store(model)
			m.state, m.since = s, Period{}
			m.fail(fmt.Errorf("mini-batch %d of the log: %w", i+1, err))
			break
		}
	}
	m.status.Batches = 0 // those were of the process before
	if len(entries) > 0 {
		m.notes = append(m.notes, fmt.Sprintf("%s: %d mini-batches of the log learned again", m.folder, len(entries)))
	}
	m.status.LogBytes = log.size
	return nil
}

// begin makes the folder of a model that has not learned on yet.
func (m *Model) begin(path, origin string) error {
	model, err := basin.Load(path)
	if err != nil {
		return err
	}
	if err := model.Learns(); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return m.turn(model, state{Format: format, Origin: origin})
}

// turn makes a model with its state the next generation, with an empty log: a crash leaves
// the generation before or this one. After an error all is as it was.
func (m *Model) turn(model *basin.Model, s state) error {
	s.Generation++
	if err := model.Save(m.folder.model(s.Generation)); err != nil {
		return err
	}
	log, err := createLog(m.folder.log(s.Generation))
	if err != nil {
		return err
	}
	if err := m.folder.write(s); err != nil {
		log.close()
		return err
	}
	if m.log != nil {
		_ = m.log.close() // it no longer counts
	}
	m.log, m.tried = log, 0
	m.mutex.Lock()
	m.state, m.since = s, Period{}
	m.status.LogBytes = 0
	m.status.Checkpoints++
	m.mutex.Unlock()
	m.current.Store(model)
	m.folder.tidy(s.Generation)
	return nil
}

// ended returns the state with the history up to now, and events behind it.
func (m *Model) ended(events ...string) state {
	s := m.state
	s.History = slices.Clone(s.History)
	if m.since.Batches > 0 {
		s.append(m.since)
	}
	at := m.options.Now().Unix()
	for _, event := range events {
		s.append(Period{From: at, To: at, Event: event})
	}
	return s
}

// checkpoint writes the model and begins the log anew.
func (m *Model) checkpoint(events ...string) error {
	return m.turn(m.Current(), m.ended(events...))
}

// Current returns the model as it is now: to predict with. A way back replaces it.
func (m *Model) Current() *basin.Model { return m.current.Load() }

// Notes say what was found when the folder was opened.
func (m *Model) Notes() []string { return slices.Clone(m.notes) }

// Status says where the model stands.
func (m *Model) Status() Status {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	s := m.status
	s.Samples = m.state.Samples
	s.Accuracy, s.Of = m.state.accuracy()
	return s
}

// History returns what was learned and what happened, the oldest first; the last period is the
// one since the last checkpoint, if anything was learned since.
func (m *Model) History() []Period {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	history := slices.Clone(m.state.History)
	if m.since.Batches > 0 {
		history = append(history, m.since)
	}
	return history
}

// Snapshots returns the snapshots, the oldest first.
func (m *Model) Snapshots() ([]Snapshot, error) { return m.folder.list() }

// Close ends learning, writes a checkpoint and gives the folder free. Samples that wait are
// refused. It is called once or more.
func (m *Model) Close() error {
	m.stopping.Do(func() { close(m.stop) })
	<-m.done
	return m.closed
}

// ErrClosed says that a model was closed.
var ErrClosed = errors.New("the model is closed")
