package bench

import (
	"slices"
	"time"

	"basin/protocol"
)

// Latency is how long predictions take one at a time, on one core, in microseconds.
type Latency struct {
	Samples int     `json:"samples"`
	P50     float64 `json:"p50_us"`
	P90     float64 `json:"p90_us"`
	P99     float64 `json:"p99_us"`
}

// latency predicts the held samples one by one, after as many rounds of warm-up as the
// processor needs to speed up.
func latency(s *Subject) (*Latency, error) {
	single, err := protocol.NewSingle(s.Settings.Protocol(), s.Network)
	if err != nil {
		return nil, err
	}
	x := make([]float32, s.Held.Inputs.Dim())
	count := s.Held.Count()
	took := make([]float64, count)
	for i := range min(count, Warmup) {
		s.Held.Inputs.Row(i, x)
		if _, err := single.Predict(x); err != nil {
			return nil, err
		}
	}
	for i := range took {
		s.Held.Inputs.Row(i, x)
		begin := time.Now()
		if _, err := single.Predict(x); err != nil {
			return nil, err
		}
		took[i] = float64(time.Since(begin)) / 1e3
	}
	slices.Sort(took)
	at := func(share float64) float64 { return took[min(count-1, int(share*float64(count)))] }
	return &Latency{count, at(0.5), at(0.9), at(0.99)}, nil
}
