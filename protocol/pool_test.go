package protocol

import (
	"runtime"
	"sync/atomic"
	"testing"
)

// Every part of every task is done exactly once before run returns, no worker does two
// at a time, also where helpers fall asleep between tasks and where there are more of
// them than processors.
func TestPoolDoesEveryPartOnce(t *testing.T) {
	for _, size := range []int{1, 2, 3, 7} {
		p := newPool(size)
		counts := make([]int, size) // by part: the race detector watches the meetings
		busy := make([]atomic.Bool, size)
		task := func(worker, part int) {
			if busy[worker].Swap(true) {
				t.Errorf("size %d: worker %d does two parts at a time", size, worker)
			}
			counts[part]++
			busy[worker].Store(false)
		}
		for n := range 3000 {
			p.run(&task)
			for part, count := range counts {
				if count != n+1 {
					t.Fatalf("size %d: part %d was done %d times in %d tasks", size, part, count, n+1)
				}
			}
			if n%100 == 0 {
				for range 2 * patience {
					runtime.Gosched()
				}
			}
		}
		p.close()
	}
}

// A panic of a part reaches the caller once all parts are done, whichever worker had it, and
// the pool works on.
func TestPoolHandsOnAPanic(t *testing.T) {
	for _, size := range []int{1, 2, 5} {
		p := newPool(size)
		for bad := range size {
			var done atomic.Int32
			task := func(_, part int) {
				if part == bad {
					panic("bad part")
				}
				done.Add(1)
			}
			func() {
				defer func() {
					if value := recover(); value != "bad part" || size > 1 && done.Load() != int32(size-1) {
						t.Errorf("%d workers: recovered %v after %d other parts", size, value, done.Load())
					}
				}()
				p.run(&task)
			}()
		}
		var done atomic.Int32
		task := func(_, _ int) { done.Add(1) }
		p.run(&task)
		if done.Load() != int32(size) {
			t.Errorf("%d workers: %d parts after a panic, want all", size, done.Load())
		}
		p.close()
	}
}

// BenchmarkPool is one meeting of all workers.
func BenchmarkPool(b *testing.B) {
	p := newPool(0)
	defer p.close()
	task := func(_, _ int) {}
	for b.Loop() {
		p.run(&task)
	}
}
