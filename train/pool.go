package train

import (
	"runtime"
	"sync/atomic"
)

// pool runs one task on several goroutines at once, again and again. The goroutines
// are started once. Between tasks they wait actively for a short while, since the next
// task of a mini-batch comes within microseconds, and then sleep.
type pool struct {
	size       int
	task       func(worker int)
	generation atomic.Uint32
	running    atomic.Int32
	helpers    []*helper
}

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
	p := &pool{size: size}
	for worker := 1; worker < size; worker++ {
		h := &helper{wake: make(chan bool, 1)}
		p.helpers = append(p.helpers, h)
		go p.serve(h, worker)
	}
	return p
}

// run calls task(worker) once for every worker and returns when all have returned.
func (p *pool) run(task func(worker int)) {
	p.task = task
	p.running.Store(int32(len(p.helpers)))
	p.generation.Add(1)
	for _, h := range p.helpers {
		if h.asleep.CompareAndSwap(true, false) {
			h.wake <- true
		}
	}
	task(0)
	for looks := 1; p.running.Load() > 0; looks++ {
		if looks%courtesy == 0 {
			runtime.Gosched()
		}
	}
}

func (p *pool) serve(h *helper, worker int) {
	seen := uint32(0)
	for {
		if !p.await(h, seen) {
			return
		}
		seen++
		p.task(worker)
		p.running.Add(-1)
	}
}

// await returns true when a task after the seen one is there, false at the end.
func (p *pool) await(h *helper, seen uint32) bool {
	for {
		for looks := 1; looks < patience; looks++ {
			if p.generation.Load() != seen {
				return true
			}
			if looks%courtesy == 0 {
				runtime.Gosched()
			}
		}
		h.asleep.Store(true)
		if p.generation.Load() != seen && h.asleep.CompareAndSwap(true, false) {
			return true
		}
		// A wake may come late, from a run whose task this helper found by itself:
		// then there is nothing new, and it waits on.
		if !<-h.wake {
			return false
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
