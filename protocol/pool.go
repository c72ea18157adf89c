package protocol

import (
	"runtime"
	"sync/atomic"
)

// pool divides one task after another into a part for each of its workers. The
// goroutines are started once. Between tasks they wait actively for a short while, since
// the next task of a mini-batch comes within microseconds, and then sleep.
//
// A worker takes its own part first, so that the same values stay in the same cache, and
// then any part that nobody has begun: where the system gives a processor to somebody
// else, the others do the work. Who does a part changes nothing, since parts and not
// workers own the values.
type pool struct {
	size       int
	task       atomic.Pointer[func(worker, part int)]
	generation atomic.Uint32
	claimed    []claim // by part
	done       atomic.Int32
	failed     atomic.Pointer[failure] // the first panic of a part
	helpers    []*helper
}

// claim is the last generation of which a part was begun, on a cache line of its own.
type claim struct {
	atomic.Uint32
	_ [60]byte
}

// failure is what a part panicked with.
type failure struct{ value any }

type helper struct {
	asleep atomic.Bool
	wake   chan bool // false ends the helper
}

// patience is the number of looks a waiting goroutine takes before it sleeps, and
// courtesy the number after which it lets others run.
const (
	patience = 1 << 14
	courtesy = 1 << 6
)

// newPool starts size-1 goroutines (GOMAXPROCS-1 for size <= 0): the caller of run is
// a worker itself.
func newPool(size int) *pool {
	if size <= 0 {
		size = runtime.GOMAXPROCS(0)
	}
	p := &pool{size: size, claimed: make([]claim, size)}
	for worker := 1; worker < size; worker++ {
		h := &helper{wake: make(chan bool, 1)}
		p.helpers = append(p.helpers, h)
		go p.serve(h, worker)
	}
	return p
}

// run calls task once for every part, each by some worker, and returns when all have
// returned. Calls with the same worker do not overlap. The task must outlive the call.
func (p *pool) run(task *func(worker, part int)) {
	if p.size == 1 {
		(*task)(0, 0)
		return
	}
	p.failed.Store(nil)
	p.task.Store(task)
	p.done.Store(0)
	generation := p.generation.Add(1)
	for _, h := range p.helpers {
		if h.asleep.CompareAndSwap(true, false) {
			h.wake <- true
		}
	}
	p.work(0, generation)
	for looks := 1; p.done.Load() < int32(p.size); looks++ {
		if looks%courtesy == 0 {
			runtime.Gosched()
		}
	}
	if f := p.failed.Load(); f != nil {
		panic(f.value)
	}
}

// do does one part. A panic, such as one of a user's samples, waits for the others: the
// caller of run gets it.
func (p *pool) do(task *func(worker, part int), worker, part int) {
	defer p.done.Add(1)
	defer func() {
		if value := recover(); value != nil {
			p.failed.CompareAndSwap(nil, &failure{value})
		}
	}()
	(*task)(worker, part)
}

// work does parts of a generation until all are begun. The task is read before a part is
// claimed: a claim succeeds only while its generation is not done, and so the task was
// the generation's.
func (p *pool) work(worker int, generation uint32) {
	for n := range p.size {
		part := (worker + n) % p.size
		task := p.task.Load()
		if p.claimed[part].CompareAndSwap(generation-1, generation) {
			p.do(task, worker, part)
		}
	}
}

func (p *pool) serve(h *helper, worker int) {
	seen := uint32(0)
	for {
		generation, ok := p.await(h, seen)
		if !ok {
			return
		}
		seen = generation
		p.work(worker, generation)
	}
}

// await returns the generation after the seen one when it is there, and false at the end.
func (p *pool) await(h *helper, seen uint32) (uint32, bool) {
	for {
		for looks := 1; looks < patience; looks++ {
			if generation := p.generation.Load(); generation != seen {
				return generation, true
			}
			if looks%courtesy == 0 {
				runtime.Gosched()
			}
		}
		h.asleep.Store(true)
		if p.generation.Load() != seen && h.asleep.CompareAndSwap(true, false) {
			continue
		}
		// A wake may come late, for a task that others have done: then there is
		// nothing new, and the helper waits on.
		if !<-h.wake {
			return 0, false
		}
	}
}

// close ends the goroutines; no task may be running.
func (p *pool) close() {
	for _, h := range p.helpers {
		// A helper that is still awake takes this when it goes to sleep.
		h.wake <- false
	}
	p.helpers = nil
}
