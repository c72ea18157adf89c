package census

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"

	"basin/dynamics"
)

// stopping is a context that counts how often it is looked at and is cancelled from one
// look on.
type stopping struct {
	context.Context
	looks atomic.Int64
	from  int64
}

func (s *stopping) Err() error {
	if s.looks.Add(1) > s.from {
		return context.Canceled
	}
	return nil
}

// Every call that may be long ends with the error of its context where it is cancelled in
// the middle: no worker takes another look, and none is left. Between two looks lie at most
// some ten milliseconds: a stretch of 2^18 states, 2^24 additions, 2^22 comparisons.
func TestCancelledCallsEndInTheMiddle(t *testing.T) {
	frozen := census(t, draw(t, dense(13, 20), 1), nil, Options{})
	sparse := census(t, draw(t, dense(18, 0.3), 1), nil, Options{})
	large, largest := draw(t, dense(16, 0.3), 1), draw(t, dense(22, 0.3), 1)
	starts := RandomStates(18, 1000, 1)
	inTurn := BasinOptions{Order: dynamics.Sequential, Sequence: numbers(16), Workers: 2}
	atRandom := BasinOptions{Order: dynamics.Sequential, Workers: 2}
	basins := func(o BasinOptions) func(context.Context) error {
		return func(ctx context.Context) error { _, err := FindBasins(ctx, large, nil, o); return err }
	}
	reach := func(o BasinOptions) func(context.Context) error {
		return func(ctx context.Context) error { _, err := sparse.Reach(ctx, starts, o); return err }
	}
	for name, call := range map[string]func(context.Context) error{
		"Take": func(ctx context.Context) error { _, err := Take(ctx, largest, nil, Options{Workers: 2}); return err },
		"Draws": func(ctx context.Context) error {
			_, err := Draws(ctx, dense(12, 0.3), nil, DrawOptions{Draws: 50, Workers: 2})
			return err
		},
		"Draws that are observed": func(ctx context.Context) error {
			_, err := Draws(ctx, dense(6, 0.3), nil, DrawOptions{Draws: 50, Workers: 2, Observe: func(_ int, r *Result, _ []int64) ([]float64, error) {
				_, err := r.Components(ctx, 2)
				return nil, err
			}})
			return err
		},
		"FindBasins, parallel":      basins(BasinOptions{}),
		"FindBasins, one sequence":  basins(inTurn),
		"FindBasins, random orders": basins(atRandom),
		"Reach, parallel":           reach(BasinOptions{Workers: 2}),
		"Reach, random orders":      reach(atRandom),
		"Components by balls":       func(ctx context.Context) error { _, err := frozen.Components(ctx, 1); return err },
		"Components by pairs":       func(ctx context.Context) error { _, err := sparse.Components(ctx, 8); return err },
		"Pairs by the spectrum":     func(ctx context.Context) error { _, err := frozen.Pairs(ctx); return err },
		"Pairs one by one":          func(ctx context.Context) error { _, err := sparse.Pairs(ctx); return err },
		"LocalEntropy":              func(ctx context.Context) error { _, err := sparse.LocalEntropy(ctx); return err },
	} {
		whole := &stopping{Context: t.Context(), from: 1 << 62}
		if err := call(whole); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all := whole.looks.Load()
		before := runtime.NumGoroutine()
		half := &stopping{Context: t.Context(), from: all / 2}
		if err := call(half); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v in the middle, want that of the context", name, err)
		}
		// The look that sees it, one of each worker to come, and those that pass it on.
		const few = 8
		if looks := half.looks.Load(); all < 12 || looks > all/2+few {
			t.Errorf("%s: %d looks of %d, cancelled at %d: want at most %d more", name, looks, all, all/2, few)
		}
		// A worker that has said that it is done may need a moment to be gone.
		for range 1 << 20 {
			if runtime.NumGoroutine() <= before {
				break
			}
			runtime.Gosched()
		}
		if after := runtime.NumGoroutine(); after > before {
			t.Errorf("%s: %d goroutines, %d before", name, after, before)
		}
	}
}
