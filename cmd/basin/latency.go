package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"basin/train"
)

// latency is how long predictions take one at a time, on one core, in microseconds.
type latency struct {
	Samples int     `json:"samples"`
	P50     float64 `json:"p50_us"`
	P90     float64 `json:"p90_us"`
	P99     float64 `json:"p99_us"`
}

// measureLatency predicts the held samples one by one, after as many rounds of warm-up
// as the processor needs to speed up.
func measureLatency(j *job) (*latency, error) {
	e, err := train.NewEvaluator(j.model.Settings, j.model.Network, 1)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	e.Freeze()
	x := make([]float32, j.held.Inputs.Dim())
	count := j.held.Count()
	took := make([]float64, count)
	for i := range min(count, warmup) {
		j.held.Inputs.Row(i, x)
		if _, err := e.PredictOne(x); err != nil {
			return nil, err
		}
	}
	for i := range took {
		j.held.Inputs.Row(i, x)
		begin := time.Now()
		if _, err := e.PredictOne(x); err != nil {
			return nil, err
		}
		took[i] = float64(time.Since(begin)) / 1e3
	}
	slices.Sort(took)
	at := func(share float64) float64 { return took[min(count-1, int(share*float64(count)))] }
	return &latency{count, at(0.5), at(0.9), at(0.99)}, nil
}

func printLatency(w io.Writer, l *latency) error {
	_, err := fmt.Fprintf(w, "\none sample at a time, one core, %d samples: p50 %.1f us, p90 %.1f us, p99 %.1f us\n", l.Samples, l.P50, l.P90, l.P99)
	return err
}
