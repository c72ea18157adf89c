package serve

import (
	"sync"
	"time"
)

// queue holds the jobs of a model that wait. Several goroutines take batches from it, but one
// that is not full only while nobody else predicts: so, the more there is to do, the larger
// batches become, and the faster each sample.
type queue struct {
	most int           // samples of a batch
	wait time.Duration // for others

	mutex      sync.Mutex
	changed    sync.Cond
	jobs       []*job
	samples    int // of the jobs
	predicting int // goroutines
	closed     bool
}

func newQueue(most int, wait time.Duration) *queue {
	q := &queue{most: most, wait: wait}
	q.changed.L = &q.mutex
	return q
}

// add puts a job at the end and returns it.
func (q *queue) add(j *job) *job {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.jobs = append(q.jobs, j)
	q.samples += j.set.Count()
	q.changed.Signal()
	return j
}

// take waits for jobs and appends to batch those from the front that can be predicted together;
// none when the queue was closed. The caller predicts them and calls finish.
func (q *queue) take(batch []*job) []*job {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.predicting++
	for {
		for !q.closed && !q.due() {
			q.predicting--
			q.changed.Wait()
			q.predicting++
		}
		if q.closed {
			return nil
		}
		if q.wait > 0 && q.samples < q.most && q.jobs[0].plain() {
			q.mutex.Unlock()
			time.Sleep(q.wait) // a batch that becomes full meanwhile is taken by somebody else
			q.mutex.Lock()
		}
		if len(q.jobs) > 0 {
			break
		}
	}
	count, taken := 0, 0
	for taken < len(q.jobs) && (taken == 0 || q.jobs[taken].joins(q.jobs[0]) && count+q.jobs[taken].set.Count() <= q.most) {
		count += q.jobs[taken].set.Count()
		taken++
	}
	batch = append(batch, q.jobs[:taken]...)
	left := copy(q.jobs, q.jobs[taken:])
	clear(q.jobs[left:])
	q.jobs, q.samples = q.jobs[:left], q.samples-count
	if left > 0 {
		q.changed.Signal()
	}
	return batch
}

// due says whether a batch should be predicted now, by who asks and is counted among those who
// predict.
func (q *queue) due() bool {
	return len(q.jobs) > 0 && (q.predicting == 1 || q.samples >= q.most || !q.jobs[0].plain())
}

// finish says that a batch has its predictions.
func (q *queue) finish() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.predicting--
	q.changed.Signal()
}

// close ends all that take.
func (q *queue) close() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.closed = true
	q.changed.Broadcast()
}
