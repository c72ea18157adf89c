package census

import (
	"sync"
	"sync/atomic"
)

// share hands tasks 0..count-1 to workers, each the next one that is free. It returns
// when all are done.
func share(workers, count int, do func(worker, task int)) {
	var taken atomic.Int64
	var group sync.WaitGroup
	for worker := range min(workers, count) {
		group.Go(func() {
			for task := int(taken.Add(1)) - 1; task < count; task = int(taken.Add(1)) - 1 {
				do(worker, task)
			}
		})
	}
	group.Wait()
}
