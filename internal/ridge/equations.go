package ridge

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// tile is the side of the squares that the matrix is divided into.
const tile = 64

// MostBytes bounds the matrix of the equations.
const MostBytes = 4 << 30

// Equations are the normal equations of a readout. They are not safe for use by several
// goroutines; their own ones end with each call.
type Equations struct {
	neurons, classes int
	size             int // neurons, in whole tiles
	columns          int // classes, as the kernel of products wants them
	workers          int
	samples          int
	waiting          bool // samples, in the chunk

	// matrix has S S^T on and above its diagonal, size x size. What is below is free for a
	// factor.
	matrix []float64
	// sums has the sum of the states of each neuron over the samples of a class: neurons x
	// classes.
	sums []float64

	chunk chunk

	// With keeping, kept has the states of all samples, a bit per neuron, and labels their
	// labels: see [Equations.Keep].
	keeping bool
	kept    []uint8
	labels  []int32
}

// chunk is the samples that wait until there are enough to be worth a walk over the matrix.
type chunk interface {
	// add takes a sample and reports whether the chunk is full.
	add(state []float32, label int) (full bool)
	// close says that the products come now.
	close()
	// square adds the products of two tiles of neurons, from i and from j on.
	square(i, j int, scratch []int32)
	// take adds what is left to the sums over classes, and empties the chunk.
	take()
}

// Bytes returns the memory of the matrix for some neurons: 8 N^2, in whole tiles.
func Bytes(neurons int) float64 {
	size := float64((int64(neurons) + tile - 1) / tile * tile)
	return 8 * size * size // no product of integers, which many modules would exceed
}

// Fits reports a number of neurons whose matrix would take more than [MostBytes], or more than
// a machine of 32 bits can address.
func Fits(neurons int) error {
	most := float64(min(int64(MostBytes), int64(math.MaxInt)/4))
	if bytes := Bytes(neurons); bytes > most {
		return fmt.Errorf("the equations of a readout of %d neurons take %.1f GB, want at most %.1f GB", neurons, bytes/1e9, most/1e9)
	}
	return nil
}

// New makes equations without samples for a readout of so many neurons and classes, both at
// least 1. Without real, the states are +1 and -1. workers is the number of goroutines;
// GOMAXPROCS for 0 or less. It reports what [Fits] does.
func New(neurons, classes int, real bool, workers int) (*Equations, error) {
	if neurons < 1 || classes < 1 {
		return nil, fmt.Errorf("ridge: a readout of %d neurons and %d classes, want at least 1 of both", neurons, classes)
	}
	if err := Fits(neurons); err != nil {
		return nil, fmt.Errorf("ridge: %w", err)
	}
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	e := &Equations{
		neurons: neurons, classes: classes, workers: workers,
		size:    (neurons + tile - 1) / tile * tile,
		columns: (classes + kernel.ProductColumns - 1) / kernel.ProductColumns * kernel.ProductColumns,
		sums:    make([]float64, neurons*classes),
	}
	e.matrix = make([]float64, e.size*e.size)
	if real {
		e.chunk = newRealChunk(e)
	} else {
		e.chunk = newBinaryChunk(e)
	}
	return e, nil
}

// Samples returns the number of samples added.
func (e *Equations) Samples() int { return e.samples }

// Add adds a sample: its state, one value per neuron, which it copies, and its label, from 0
// to classes-1. When many have come together, it takes a while: it stops with ctx.Err() when
// ctx is cancelled, and the equations are of no further use.
func (e *Equations) Add(ctx context.Context, state []float32, label int) error {
	if len(state) != e.neurons || label < 0 || label >= e.classes {
		return fmt.Errorf("ridge: a state of %d values with label %d, want %d values and a label from 0 to %d", len(state), label, e.neurons, e.classes-1)
	}
	e.samples, e.waiting = e.samples+1, true
	if full := e.chunk.add(state, label); !full {
		return nil
	}
	return e.flush(ctx)
}

// flush adds the products of the samples that wait.
func (e *Equations) flush(ctx context.Context) error {
	if !e.waiting {
		return nil
	}
	e.chunk.close()
	tiles := e.size / tile
	err := e.each(ctx, tiles*(tiles+1)/2, func(n int) {
		i, j := pairOf(n)
		var scratch [tile * tile]int32
		e.chunk.square(tile*i, tile*j, scratch[:])
	})
	if err != nil {
		return err
	}
	e.chunk.take()
	e.waiting = false
	return nil
}

// pairOf returns pair n of all i <= j, those of one j together.
func pairOf(n int) (i, j int) {
	for n > j {
		j++
		n -= j
	}
	return n, j
}

// each calls do for n = 0 to count-1, on several goroutines that have ended when it returns.
// It stops with ctx.Err() when ctx is cancelled.
func (e *Equations) each(ctx context.Context, count int, do func(n int)) error {
	var next atomic.Int64
	work := func() {
		for ctx.Err() == nil {
			n := int(next.Add(1)) - 1
			if n >= count {
				return
			}
			do(n)
		}
	}
	var others sync.WaitGroup
	for range min(e.workers, count) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	return ctx.Err()
}

// padded returns a vector with room for the neurons of whole tiles.
func (e *Equations) padded() []float32 { return make([]float32, layout.Padded(e.size)) }
