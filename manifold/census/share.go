package census

import (
	"context"
	"sync"
	"sync/atomic"
)

// share hands tasks 0..count-1 to workers, each the next one that is free. It returns
// when all are done or, with the error of the context, when the workers have seen that it
// is cancelled and have ended: after the tasks under way, which are short or look at the
// context themselves.
func share(ctx context.Context, workers, count int, do func(worker, task int)) error {
	var taken atomic.Int64
	work := func(worker int) {
		for task := int(taken.Add(1)) - 1; task < count && ctx.Err() == nil; task = int(taken.Add(1)) - 1 {
			do(worker, task)
		}
	}
	if workers == 1 { // on the goroutine of the caller
		work(0)
		return ctx.Err()
	}
	var group sync.WaitGroup
	for worker := range min(workers, count) {
		group.Go(func() { work(worker) })
	}
	group.Wait()
	return ctx.Err()
}

// glance is how many short steps a loop takes between two looks at its context.
const glance = 1 << 12

// cancelled looks at the context in every glance-th step of a loop.
func cancelled(ctx context.Context, step int) bool { return step%glance == 0 && ctx.Err() != nil }
