package train

import (
	"runtime"
	"sync/atomic"
	"testing"
)

// Every worker runs every task exactly once, also where helpers fall asleep between
// tasks and where there are more of them than processors.
func TestPoolRunsEveryTaskOncePerWorker(t *testing.T) {
	for _, size := range []int{1, 2, 3, 7} {
		p := newPool(size)
		counts := make([]atomic.Int64, size)
		for task := range 3000 {
			plain := 0 // written by worker 0 only: the race detector watches the meetings
			p.run(func(worker int) {
				counts[worker].Add(1)
				if worker == 0 {
					plain++
				}
			})
			if plain != 1 {
				t.Fatalf("size %d, task %d: worker 0 ran %d times, want once", size, task, plain)
			}
			if task%100 == 0 {
				for range 2 * patience {
					runtime.Gosched()
				}
			}
		}
		for worker := range counts {
			if got := counts[worker].Load(); got != 3000 {
				t.Errorf("size %d: worker %d ran %d tasks, want 3000", size, worker, got)
			}
		}
		p.close()
	}
}
