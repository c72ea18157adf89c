package main

import (
	"bytes"
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// stopping is a context that is cancelled after some looks at it.
type stopping struct {
	context.Context
	looks atomic.Int64
	stop  context.CancelFunc
}

func (s *stopping) Err() error {
	if s.looks.Add(1) == 200 {
		s.stop()
	}
	return s.Context.Err()
}

// Ctrl-C ends a census and all that it began: nothing is printed, no goroutine is left. The
// whole would take hours.
func TestInterruptedCensusLeavesNothingBehind(t *testing.T) {
	for _, args := range []string{"census --neurons 24 --draws 100000 -w 2", "census --neurons 28 --self-coupling 2 --list -w 2", "theory clusters --replicas 50"} {
		ctx, stop := context.WithCancel(t.Context())
		before := runtime.NumGoroutine()
		var out, talk bytes.Buffer
		status := run(&stopping{Context: ctx, stop: stop}, strings.Fields(args), nil, &out, &talk)
		if status != statusInterrupted || out.Len() > 0 || talk.String() != "basin: error: interrupted\n" {
			t.Errorf("%s: status %d, output %q, errors %q", args, status, &out, &talk)
		}
		for range 1 << 20 { // workers that have ended may need a moment to be gone
			if runtime.NumGoroutine() <= before {
				break
			}
			runtime.Gosched()
		}
		if after := runtime.NumGoroutine(); after > before {
			t.Errorf("%s: %d goroutines, %d before", args, after, before)
		}
		stop()
	}
}
