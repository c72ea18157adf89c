package baseline

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"basin/internal/kernel"
)

// learnable reports samples and classes that no learner can learn.
func learnable(s Samples, classes int) error {
	if classes < 2 {
		return fmt.Errorf("baseline: %d classes, want at least 2", classes)
	}
	if s == nil || s.Count() == 0 || s.Dim() == 0 {
		return errors.New("baseline: no training samples")
	}
	return fits(s, s.Dim(), classes)
}

// fits reports samples that a learner of so many inputs and classes cannot take.
func fits(s Samples, dim, classes int) error {
	if s == nil {
		return errors.New("baseline: no samples")
	}
	if s.Dim() != dim {
		return fmt.Errorf("baseline: samples have %d inputs, those learned %d", s.Dim(), dim)
	}
	for i := range s.Count() {
		if label := s.Label(i); label < 0 || label >= classes {
			return fmt.Errorf("baseline: sample %d has label %d, want a class from 0 to %d", i, label, classes-1)
		}
	}
	return nil
}

// errUnlearned is what a learner answers that is asked for logits too early.
var errUnlearned = errors.New("baseline: nothing is learned yet; call Run before Logits")

// crew returns the number of goroutines that a setting of workers means.
func crew(workers int) int {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return min(workers, maxWorkers)
}

// each calls do for n = 0 to count-1, on several goroutines that have ended when it returns;
// worker tells them apart. It stops with ctx.Err() when ctx is cancelled.
func each(ctx context.Context, workers, count int, do func(worker, n int)) error {
	var next atomic.Int64
	work := func(worker int) {
		for ctx.Err() == nil {
			n := int(next.Add(1)) - 1
			if n >= count {
				return
			}
			do(worker, n)
		}
	}
	var others sync.WaitGroup
	for worker := 1; worker < min(workers, count); worker++ {
		others.Go(func() { work(worker) })
	}
	work(0)
	others.Wait()
	return ctx.Err()
}

// response writes what a learner makes of some samples, logits or the states of hidden units, a
// row per sample of both. It belongs to one goroutine. What it leaves when ctx is cancelled does
// not matter.
type response func(ctx context.Context, inputs, outputs [][]float32)

// respondedRows is the number of samples that a response is asked for at a time, and
// respondedStrips that of such strips that are answered for at a time.
const (
	respondedRows   = 128
	respondedStrips = 16
)

// respond calls answer with the outputs, so many values each, of the first count samples in
// their order, and ends with its error. newResponse is called once for every worker.
func respond(ctx context.Context, s Samples, count, outputs, workers int, newResponse func() response, answer func(i int, output []float32) error) error {
	if count > s.Count() {
		return fmt.Errorf("baseline: %d predictions of %d samples", count, s.Count())
	}
	workers = min(workers, (count+respondedRows-1)/respondedRows)
	responses, inputs := make([]response, workers), make([][][]float32, workers)
	for w := range workers {
		responses[w] = newResponse()
		inputs[w], _ = matrix(min(count, respondedRows), s.Dim())
	}
	const most = respondedRows * respondedStrips
	rows, _ := matrix(min(count, most), outputs)
	for first := 0; first < count; first += most {
		some := rows[:min(most, count-first)]
		err := each(ctx, workers, (len(some)+respondedRows-1)/respondedRows, func(worker, n int) {
			to := some[n*respondedRows : min((n+1)*respondedRows, len(some))]
			from := inputs[worker][:len(to)]
			for q := range from {
				s.Row(first+n*respondedRows+q, from[q])
			}
			responses[worker](ctx, from, to)
		})
		if err != nil {
			return err
		}
		for q, output := range some {
			if err := answer(first+q, output); err != nil {
				return err
			}
		}
	}
	return nil
}

// logitsOf is Logits of a learner of so many inputs and classes.
func logitsOf(ctx context.Context, s Samples, count, dim, classes, workers int, newResponse func() response, answer func(i int, logits []float32)) error {
	if err := fits(s, dim, classes); err != nil {
		return err
	}
	return respond(ctx, s, count, classes, crew(workers), newResponse, func(i int, logits []float32) error {
		answer(i, logits)
		return nil
	})
}

// affine returns the response W x + b of some values, of which inputs rows of
// weights have W and one b, of a stride; it writes the first values of each row.
func affine(weights []float32, inputs, stride int) func() response {
	return func() response {
		rows, _ := matrix(respondedRows, inputs+1)
		sums, _ := matrix(respondedRows, stride)
		for _, row := range rows {
			row[inputs] = 1
		}
		return func(_ context.Context, from, to [][]float32) {
			for q, x := range from {
				copy(rows[q], x)
				clear(sums[q])
			}
			kernel.DenseField(sums[:len(from)], rows[:len(from)], weights, stride, false)
			for q := range to {
				copy(to[q], sums[q])
			}
		}
	}
}

// finite reports the first sample that has a value which is not a finite number.
func finite(ctx context.Context, s Samples, workers int) error {
	const strip = 1024
	count := s.Count()
	faults := make([]error, (count+strip-1)/strip)
	rows, _ := matrix(workers, s.Dim())
	err := each(ctx, workers, len(faults), func(worker, n int) {
		for i := n * strip; i < min((n+1)*strip, count) && faults[n] == nil; i++ {
			s.Row(i, rows[worker])
			for k, v := range rows[worker] {
				if v-v != 0 { // so is infinity, as well as NaN
					faults[n] = fmt.Errorf("baseline: sample %d has %v at input %d, want a finite number", i, v, k)
				}
			}
		}
	})
	if err != nil {
		return err
	}
	for _, fault := range faults {
		if fault != nil {
			return fault
		}
	}
	return nil
}
