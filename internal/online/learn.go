package online

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"basin"
	"basin/dataset"
	"basin/internal/files"
)

// mostTogether bounds the requests whose samples are written to the log together.
const mostTogether = 64

// request is work for the goroutine that learns.
type request struct {
	ctx     context.Context
	entries []entry      // to learn
	other   func() error // what is not learning
	result  Result
	answer  chan error // of one
}

// Result says what a call of [Model.Learn] did.
type Result struct {
	// Samples that were learned, in Batches; Correct of them were predicted rightly just before.
	Samples, Batches, Correct int
	// Unstable is the share of pairs of a neuron and a sample that had something to learn.
	Unstable float64
	// Total is the number of samples learned since the model file.
	Total int64

	unstable, pairs int64
}

// FailedError says that a model no longer learns, and why. It predicts, and a way back to a
// snapshot lets it learn again.
type FailedError struct{ Err error }

func (e *FailedError) Error() string {
	return fmt.Sprintf("the model no longer learns: %v; go back to a snapshot", e.Err)
}

func (e *FailedError) Unwrap() error { return e.Err }

// RefusedError says that samples cannot be learned: nothing was written, nothing learned.
type RefusedError struct{ Err error }

func (e *RefusedError) Error() string { return e.Err.Error() }

func (e *RefusedError) Unwrap() error { return e.Err }

// Learn learns labelled samples as they were read, in mini-batches of the size of the settings, in
// their order, each as [basin.Model.Learn] does. It returns when they are on the disk and learned.
//
// Errors: a [*RefusedError] of samples that do not fit, and [*FailedError]; both say that
// nothing was learned. An error of the disk says so too: what could not be written is not
// learned. A context that ends while samples wait takes them back; once they are being written they are learned,
// and Learn returns their result.
func (m *Model) Learn(ctx context.Context, s *dataset.Set) (Result, error) {
	model := m.Current()
	if err := model.Learnable(s); err != nil {
		return Result{}, &RefusedError{err}
	}
	if s.Count() == 0 {
		return Result{}, &RefusedError{errors.New("no samples")}
	}
	r := &request{}
	at, size := m.options.Now().Unix(), model.Settings.Learning.Batch
	for from := 0; from < s.Count(); from += size {
		places := make([]int, min(size, s.Count()-from))
		for i := range places {
			places[i] = from + i
		}
		r.entries = append(r.entries, newEntry(s.Subset(places), at))
	}
	err := m.do(ctx, r)
	return r.result, err
}

// Snapshot keeps the model as it is now under a name, and takes away the oldest snapshots where
// there are too many. A name that is taken, or that no file may have, is a [*NameError].
func (m *Model) Snapshot(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return m.do(ctx, &request{other: func() error { return m.snapshot(name) }})
}

// RollBack makes the snapshot of a name the model, and lets it learn on from there: at once or,
// after a crash, not at all. What was learned since is gone, but for snapshots of it. A name
// that is not there is a [*NameError].
func (m *Model) RollBack(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return m.do(ctx, &request{other: func() error { return m.rollBack(name) }})
}

// do hands a request to the goroutine that learns and waits for it.
func (m *Model) do(ctx context.Context, r *request) error {
	r.ctx, r.answer = ctx, make(chan error, 1)
	select {
	case m.requests <- r:
		return <-r.answer
	case <-ctx.Done():
		return ctx.Err()
	case <-m.stop:
		return ErrClosed
	}
}

// learn takes requests until the model is closed; those taken are always answered.
func (m *Model) learn() {
	defer close(m.done)
	for {
		select {
		case r := <-m.requests:
			m.serve(m.gather(r))
		case <-m.stop:
			m.closed = m.end()
			return
		}
	}
}

// gather returns a request and those that wait beside it.
func (m *Model) gather(first *request) []*request {
	together := []*request{first}
	for len(together) < mostTogether {
		select {
		case r := <-m.requests:
			together = append(together, r)
		default:
			return together
		}
	}
	return together
}

// serve answers requests in their order; those that learn and follow one another are written
// together.
func (m *Model) serve(requests []*request) {
	for len(requests) > 0 {
		if r := requests[0]; r.other != nil {
			r.answer <- r.other()
			requests = requests[1:]
			continue
		}
		count := 1
		for count < len(requests) && requests[count].other == nil {
			count++
		}
		m.take(requests[:count])
		requests = requests[count:]
	}
	if m.since.Batches-m.tried >= int64(m.options.Checkpoint) {
		m.tried = m.since.Batches
		if err := m.checkpoint(); err != nil {
			m.options.Warn(fmt.Errorf("%s: checkpoint: %w", m.folder, err))
		}
	}
}

// take writes and learns the samples of requests.
func (m *Model) take(requests []*request) {
	var waiting []*request
	var entries []entry
	for _, r := range requests {
		switch {
		case m.status.Failed != nil:
			r.answer <- &FailedError{m.status.Failed}
		case r.ctx.Err() != nil:
			r.answer <- r.ctx.Err()
		default:
			waiting = append(waiting, r)
			entries = append(entries, r.entries...)
		}
	}
	if len(waiting) == 0 {
		return
	}
	begun := time.Now()
	broken, err := m.log.add(entries)
	m.mutex.Lock()
	m.status.Sync = time.Since(begun)
	m.status.LogBytes = m.log.size
	m.mutex.Unlock()
	if err != nil {
		err = fmt.Errorf("%s: nothing was learned, the log cannot be written: %w", m.folder, err)
		if broken {
			m.fail(err)
		}
		for _, r := range waiting {
			r.answer <- err
		}
		return
	}
	for _, r := range waiting {
		r.answer <- m.steps(r)
	}
}

// steps learns the samples of a request.
func (m *Model) steps(r *request) error {
	for _, e := range r.entries {
		if m.status.Failed != nil { // by a request before, of those that were written together
			return &FailedError{m.status.Failed}
		}
		p, err := m.step(e)
		if err != nil {
			m.fail(err)
			return &FailedError{err}
		}
		r.result.add(p)
	}
	r.result.Total = m.state.Samples
	return nil
}

func (r *Result) add(p Period) {
	r.Samples += int(p.Samples)
	r.Batches++
	r.Correct += int(p.Correct)
	r.unstable += p.Unstable
	r.pairs += p.Pairs
	if r.pairs > 0 {
		r.Unstable = float64(r.unstable) / float64(r.pairs)
	}
}

// step predicts a mini-batch and learns it.
func (m *Model) step(e entry) (Period, error) {
	set, model := e.set(), m.Current()
	p := Period{From: e.Time, To: e.Time, Samples: int64(set.Count()), Batches: 1}
	right := make([]bool, set.Count())
	err := model.Predict(context.Background(), set, 1, func(i int, one basin.Prediction) error {
		right[i] = one.Label == set.LabelNames[set.Labels[i]]
		return nil
	})
	if err != nil {
		return p, err
	}
	tally, err := model.Learn(set)
	if err != nil {
		return p, err
	}
	p.Unstable, p.Pairs = tally.Unstable, tally.Samples*tally.Neurons
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, one := range right {
		m.state.count(one)
		if one {
			p.Correct++
		}
	}
	m.state.Samples += p.Samples
	m.since.add(p)
	m.status.Batches++
	return p, nil
}

// fail notes that the model no longer learns.
func (m *Model) fail(err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.status.Failed = err
}

func (m *Model) snapshot(name string) error {
	if _, err := os.Stat(m.folder.knownOf(name)); err == nil {
		return &NameError{fmt.Sprintf("there is a snapshot called %s: choose another name", name)}
	}
	if m.status.Failed != nil {
		return &FailedError{m.status.Failed}
	}
	s := Snapshot{Time: m.options.Now().Unix(), Samples: m.state.Samples, Right: m.state.Right}
	s.Accuracy, s.Of = m.state.accuracy()
	content, err := json.Marshal(s)
	if err != nil {
		return err
	}
	// What is known comes last: a crash before leaves a model that is in no list.
	if err := m.Current().Save(m.folder.snapshot(name)); err != nil {
		return err
	}
	if err := files.Write(m.folder.knownOf(name), append(content, '\n')); err != nil {
		return err
	}
	if err := m.checkpoint("snapshot " + name); err != nil {
		m.options.Warn(fmt.Errorf("%s: checkpoint: %w", m.folder, err))
	}
	m.prune()
	return nil
}

// prune takes away the oldest snapshots.
func (m *Model) prune() {
	all, err := m.folder.list()
	if err != nil {
		m.options.Warn(err)
	}
	for _, s := range all[:max(0, len(all)-m.options.Snapshots)] {
		m.options.Warn(fmt.Errorf("%s: the snapshot %s goes, since no more than %d are kept", m.folder, s.Name, m.options.Snapshots))
		_ = os.Remove(m.folder.knownOf(s.Name))
		_ = os.Remove(m.folder.snapshot(s.Name))
	}
}

func (m *Model) rollBack(name string) error {
	all, err := m.folder.list()
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Name != name {
			continue
		}
		model, err := basin.Load(m.folder.snapshot(name))
		if err != nil {
			return err
		}
		next := m.ended("back to " + name)
		next.Samples, next.Right = s.Samples, s.Right
		if err := m.turn(model, next); err != nil {
			return err
		}
		m.fail(nil)
		return nil
	}
	return &NameError{fmt.Sprintf("no snapshot called %s", name)}
}

// end writes a checkpoint, where something was learned since the last, and closes the folder.
func (m *Model) end() error {
	var err error
	if m.since.Batches > 0 && m.status.Failed == nil {
		err = m.checkpoint()
	}
	err = errors.Join(err, m.log.close())
	m.release()
	return err
}
