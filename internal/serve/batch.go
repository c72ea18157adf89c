package serve

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"time"

	"basin"
	"basin/dataset"
)

// job is a part of the samples of a request, at most [Options.Batch] of them, that waits for
// its predictions.
type job struct {
	ctx         context.Context
	model       *Loaded
	set         *dataset.Set
	predictions []basin.Prediction
	err         error
	done        chan struct{} // one value when all else is there
}

func newJob(ctx context.Context, m *Loaded, set *dataset.Set) *job {
	return &job{ctx: ctx, model: m, set: set, done: make(chan struct{}, 1)}
}

// plain says that the samples can stand in one set with those of others: numbers that nothing
// else is known of.
func (j *job) plain() bool {
	return j.set.Floats != nil && j.set.Maximum == j.model.Model.Encoder.Divisor && j.set.Table == nil && !j.model.draws
}

// joins says that the samples can be predicted in one set with those of another job.
func (j *job) joins(other *job) bool {
	return j.plain() && other.plain() && j.model == other.model
}

// predict puts the samples of a request, which fit the model, in the queue, in parts, and waits
// for their predictions. Whether the range of values is that of the model was judged by the
// request: it is now known, so that neither parts nor batches are judged again. Parts of a long request wait for one another, so that it does not keep others
// waiting.
func (s *Server) predict(ctx context.Context, e *Entry, m *Loaded, set *dataset.Set) ([]basin.Prediction, error) {
	most, known := s.options.Batch, *set
	if known.Maximum == 0 {
		known.Maximum = m.Model.Encoder.Divisor // by which values are divided anyway
	}
	set = &known
	if set.Count() <= most {
		return e.queue.add(newJob(ctx, m, set)).wait(s.options.Timeout)
	}
	var begun []*job
	var all []basin.Prediction
	for first := 0; first < set.Count() || len(begun) > 0; {
		if first < set.Count() && len(begun) < s.runners {
			places := make([]int, min(most, set.Count()-first))
			for i := range places {
				places[i] = first + i
			}
			j := newJob(ctx, m, set.Subset(places))
			j.set.Name = set.Name
			begun = append(begun, e.queue.add(j))
			first += most
			continue
		}
		predictions, err := begun[0].wait(s.options.Timeout)
		if err != nil {
			return nil, moved(err, len(all), set)
		}
		all, begun = append(all, predictions...), begun[1:]
	}
	return all, nil
}

// moved makes the row that a part of a request names that of the whole.
func moved(err error, before int, set *dataset.Set) error {
	p := problemOf(err)
	if p.Row == 0 || set.Lines != nil {
		return p
	}
	return p.moved(before)
}

// wait returns the predictions, or a problem.
func (j *job) wait(timeout time.Duration) ([]basin.Prediction, error) {
	select {
	case <-j.done:
		if j.err != nil {
			return nil, problemOf(j.err)
		}
		return j.predictions, nil
	case <-j.ctx.Done():
		return nil, NewProblem(http.StatusServiceUnavailable, "no prediction within %v: the server is busy", timeout)
	}
}

// run predicts what waits in the queue of a model until the server is closed.
func (s *Server) run(e *Entry) {
	r := runner{entry: e}
	for {
		if r.batch = e.queue.take(r.batch[:0]); len(r.batch) == 0 {
			return
		}
		r.predict()
		e.queue.finish()
		runtime.Gosched() // answers go first: the next batch becomes larger
	}
}

// runner predicts one batch after another.
type runner struct {
	entry  *Entry
	batch  []*job
	values []float32
}

// predict predicts the batch. Where samples of several requests cannot be predicted together,
// each request is predicted alone, and gets the error that is its own.
func (r *runner) predict() {
	r.batch = slices.DeleteFunc(r.batch, func(j *job) bool { return j.ctx.Err() != nil })
	if len(r.batch) == 0 {
		return
	}
	if len(r.batch) == 1 || !r.together() {
		for _, j := range r.batch {
			j.predictions, j.err = alone(j)
			r.entry.metrics.batches.Observe(float64(j.set.Count()))
		}
	}
	for _, j := range r.batch {
		j.done <- struct{}{}
	}
	clear(r.batch)
}

// together predicts samples of several requests in one set and says whether that was possible.
func (r *runner) together() bool {
	m := r.batch[0].model
	r.values = r.values[:0]
	for _, j := range r.batch {
		r.values = append(r.values, j.set.Floats...)
	}
	predictions, err := all(context.Background(), m, &dataset.Set{Name: setName, Shape: []int{m.features}, Floats: r.values, Maximum: m.Model.Encoder.Divisor})
	if err != nil {
		return false
	}
	r.entry.metrics.batches.Observe(float64(len(predictions)))
	for _, j := range r.batch {
		count := j.set.Count()
		j.predictions, predictions = predictions[:count:count], predictions[count:]
	}
	return true
}

// alone predicts the samples of one job. Where sweeps draw at random by the place of a sample,
// each of them is the first of a set.
func alone(j *job) ([]basin.Prediction, error) {
	if !j.model.draws || j.set.Count() == 1 {
		return all(j.ctx, j.model, j.set)
	}
	var predictions []basin.Prediction
	for i := range j.set.Count() {
		one := j.set.Subset([]int{i})
		one.Name = j.set.Name
		p, err := all(j.ctx, j.model, one)
		if err != nil {
			return nil, moved(err, i, j.set)
		}
		predictions = append(predictions, p...)
	}
	return predictions, nil
}

// all predicts a set on the calling goroutine.
func all(ctx context.Context, m *Loaded, set *dataset.Set) ([]basin.Prediction, error) {
	predictions := make([]basin.Prediction, 0, set.Count())
	err := m.Model.Predict(ctx, set, 1, func(_ int, p basin.Prediction) error {
		predictions = append(predictions, p)
		return nil
	})
	return predictions, err
}
