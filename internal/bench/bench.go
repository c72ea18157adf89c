package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"basin/dataset"
	"basin/internal/kernel"
	"basin/network"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// Warmup is the number of training samples before the clock starts.
const Warmup = 512

// ErrFew says that there are too few samples to measure over.
var ErrFew = errors.New("too few samples")

// Subject is a network to measure, with samples to learn and to predict.
type Subject struct {
	Settings       settings.Settings
	Network        *network.Network
	Training, Held *dataset.Samples
}

// Options say how much is measured.
type Options struct {
	// Workers is the number of goroutines that train and predict; zero or less takes one
	// per processor.
	Workers int
	// Limit ends training and prediction early, and leaves out all that is not in the
	// table of networks: bandwidth, parts, latency. Zero has no limit.
	Limit time.Duration
	// Latency measures predictions one sample at a time too.
	Latency bool
}

// Result is what one network does per second.
type Result struct {
	Name         string  `json:"name"`
	Neurons      int     `json:"neurons"`
	Couplings    int     `json:"recurrent_couplings"`
	TrainSamples int     `json:"train_samples"`
	TrainRate    float64 `json:"train_samples_per_s"`
	EvalSamples  int     `json:"eval_samples"`
	EvalRate     float64 `json:"eval_samples_per_s"`
	// GFLOPRate is the speed of the recurrent product alone, on one core.
	GFLOPRate float64 `json:"gflop_per_s"`
	// Peak is what one core can do at most; 0 where that is not known.
	Peak    float64 `json:"fma_peak_gflop_per_s"`
	Share   float64 `json:"share_of_fma_peak"`
	Kernel  string  `json:"kernel"`
	Workers int     `json:"workers"`
	Cores   int     `json:"cores"`
	Go      string  `json:"go"`
	System  string  `json:"system"`
	// Bandwidth is what one core moves to and from memory.
	Bandwidth float64 `json:"memory_gb_per_s"`
	// Parts of a training step on one core; absent with a limit.
	Parts []Part `json:"parts,omitempty"`
	// Footprint is the memory of the couplings, in bytes.
	Footprint int64 `json:"coupling_bytes"`
	// Operations are the synaptic operations of the predictions; absent with a limit.
	Operations *protocol.Cost `json:"prediction_operations,omitempty"`
	// Latency is there if it was asked for.
	Latency *Latency `json:"latency,omitempty"`
}

// partsLimit bounds the time that the parts of a step are measured for.
const partsLimit = 5 * time.Second

// Measure measures one network, which learns meanwhile; Name is left empty. It returns an
// error that is [ErrFew] where the training samples do not outlast the warm-up by a
// mini-batch, and those of the context.
func Measure(ctx context.Context, s *Subject, o Options) (*Result, error) {
	n := s.Network
	r := &Result{
		Neurons: n.Neurons(), Couplings: n.Couplings().Recurrent, Footprint: n.Footprint(),
		Kernel: kernel.Name(), Workers: o.Workers, Cores: runtime.GOMAXPROCS(0), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH,
	}
	if r.Workers <= 0 {
		r.Workers = r.Cores
	}
	r.Peak = kernel.PeakFMA(0.3)
	r.GFLOPRate = ProductRate(n)
	if r.Peak > 0 {
		r.Share = r.GFLOPRate / r.Peak
	}
	var err error
	if r.TrainSamples, r.TrainRate, err = trainRate(ctx, s, o); err != nil {
		return nil, err
	}
	if r.EvalSamples, r.EvalRate, err = evalRate(ctx, s, o); err != nil {
		return nil, err
	}
	if o.Limit > 0 {
		return r, nil
	}
	if r.Operations, err = operations(ctx, s, o); err != nil {
		return nil, err
	}
	r.Bandwidth = MemoryBandwidth()
	if r.Parts, err = parts(ctx, s, partsLimit, r.Peak, r.Bandwidth); err != nil {
		return nil, err
	}
	if o.Latency {
		if r.Latency, err = latency(s); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// errEnough ends a measurement.
var errEnough = errors.New("enough")

func trainRate(ctx context.Context, s *Subject, o Options) (samples int, rate float64, err error) {
	trainer, err := train.New(s.Network, train.Run{Settings: s.Settings.Protocol(), Training: s.Training, Workers: o.Workers})
	if err != nil {
		return 0, 0, err
	}
	defer trainer.Close()
	var begin, end time.Time
	var from, to int64
	err = trainer.Run(ctx, func(p train.Progress) error {
		switch done := p.State.Tally.Samples; {
		case p.Readout != nil:
			return errEnough
		case p.EpochDone:
		case begin.IsZero():
			if done >= Warmup {
				begin, from = time.Now(), done
			}
		default:
			end, to = time.Now(), done
			if o.Limit > 0 && end.Sub(begin) > o.Limit {
				return errEnough
			}
		}
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, errEnough):
		return 0, 0, err
	case to <= from:
		return 0, 0, fmt.Errorf("bench: %w: a mini-batch of %d is all there is, want one to warm up and one to measure", ErrFew, s.Settings.Learning.Batch)
	}
	return int(to - from), float64(to-from) / end.Sub(begin).Seconds(), nil
}

func evalRate(ctx context.Context, s *Subject, o Options) (samples int, rate float64, err error) {
	predictor, err := protocol.NewPredictor(s.Settings.Protocol(), s.Network, o.Workers)
	if err != nil {
		return 0, 0, err
	}
	defer predictor.Close()
	begin := time.Now()
	_, err = predictor.Predict(ctx, s.Held, s.Held.Count(), func(int, protocol.Prediction) error {
		samples++
		if o.Limit > 0 && time.Since(begin) > o.Limit {
			return errEnough
		}
		return nil
	})
	took := time.Since(begin).Seconds()
	if err != nil && !errors.Is(err, errEnough) {
		return 0, 0, err
	}
	return samples, float64(samples) / took, nil
}

// counted is the most samples whose operations are counted.
const counted = 1024

// operations predicts some of the held samples again, since counting takes time.
func operations(ctx context.Context, s *Subject, o Options) (*protocol.Cost, error) {
	predictor, err := protocol.NewPredictor(s.Settings.Protocol(), s.Network, o.Workers)
	if err != nil {
		return nil, err
	}
	defer predictor.Close()
	operations := protocol.NewOperations(s.Network)
	predictor.Count(operations)
	_, err = predictor.Predict(ctx, s.Held, min(counted, s.Held.Count()), func(int, protocol.Prediction) error { return nil })
	cost := operations.Cost()
	return &cost, err
}
