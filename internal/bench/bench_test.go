package bench

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"basin/dataset"
	"basin/network"
	"basin/settings"
)

// subject draws a network for synthetic images.
func subject(t testing.TB, training, held int, change func(s *settings.Settings)) *Subject {
	t.Helper()
	s := settings.Defaults()
	s.Network.Modules[0].Neurons = 40
	s.Learning.Epochs = 1
	if change != nil {
		change(&s)
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	data := Synthetic(training, held)
	encoder, err := s.Preprocess.Fit(data.Train)
	if err != nil {
		t.Fatal(err)
	}
	n, err := network.Draw(s.Network, data.Train.Shape, 10, s.Seed)
	if err != nil {
		t.Fatal(err)
	}
	samples := func(set *dataset.Set) *dataset.Samples {
		samples, err := encoder.Samples(set)
		if err != nil {
			t.Fatal(err)
		}
		return samples
	}
	return &Subject{Settings: s, Network: n, Training: samples(data.Train), Held: samples(data.Test)}
}

func TestMeasureFillsInEverything(t *testing.T) {
	s := subject(t, Warmup+64, 30, nil)
	r, err := Measure(context.Background(), s, Options{Workers: 2, Latency: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.Neurons != 40 || r.Couplings != 40*39 || r.EvalSamples != 30 || r.Workers != 2 {
		t.Errorf("%d neurons, %d couplings, %d samples predicted by %d workers, want 40, 1560, 30 and 2", r.Neurons, r.Couplings, r.EvalSamples, r.Workers)
	}
	// The clock starts after the mini-batch that fills the warm-up.
	if batch := s.Settings.Learning.Batch; r.TrainSamples != Warmup+64-(Warmup+batch-1)/batch*batch {
		t.Errorf("%d training samples measured of %d in mini-batches of %d", r.TrainSamples, Warmup+64, batch)
	}
	for name, v := range map[string]float64{
		"training": r.TrainRate, "prediction": r.EvalRate, "product": r.GFLOPRate, "bandwidth": r.Bandwidth,
		"p50": r.Latency.P50, "p90": r.Latency.P90 - r.Latency.P50 + 1e-9, "p99": r.Latency.P99 - r.Latency.P90 + 1e-9,
	} {
		if !(v > 0) || math.IsInf(v, 0) {
			t.Errorf("%s is %v, want a number above 0", name, v)
		}
	}
	if r.Latency.Samples != 30 || len(r.Parts) != int(partCount) {
		t.Errorf("%d samples one at a time and %d parts, want 30 and %d", r.Latency.Samples, len(r.Parts), partCount)
	}
	if r.Peak > 0 && r.Share != r.GFLOPRate/r.Peak {
		t.Errorf("share %v of %v GFLOP/s at a peak of %v", r.Share, r.GFLOPRate, r.Peak)
	}
}

func TestMeasureWithALimitLeavesTheStepOut(t *testing.T) {
	r, err := Measure(context.Background(), subject(t, Warmup+64, 30, nil), Options{Limit: time.Nanosecond, Latency: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.Parts != nil || r.Latency != nil || r.Bandwidth != 0 || r.TrainRate <= 0 || r.EvalSamples < 1 {
		t.Errorf("result %+v, want the rates alone", r)
	}
}

func TestMeasureSaysWhyItCannot(t *testing.T) {
	if _, err := Measure(context.Background(), subject(t, Warmup, 1, nil), Options{}); !errors.Is(err, ErrFew) {
		t.Errorf("error %v, want ErrFew", err)
	}
	all := func(s *settings.Settings) { s.Learning.Batch = 1024 }
	if r, err := Measure(context.Background(), subject(t, Warmup+64, 1, all), Options{}); !errors.Is(err, ErrFew) {
		t.Errorf("error %v, %+v of one mini-batch, want ErrFew", err, r)
	}
	large := func(s *settings.Settings) { s.Learning.Batch = 64 }
	if _, err := parts(t.Context(), subject(t, Warmup+63, 1, large), time.Minute, 1, 1); !errors.Is(err, ErrFew) {
		t.Errorf("error %v of the parts, want ErrFew", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Measure(ctx, subject(t, Warmup+64, 1, nil), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}
