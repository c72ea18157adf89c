package tune

import (
	"context"
	"errors"
	"sync"
	"time"

	"basin"

	"basin/train"
)

// probed are the first trials, of which the speed is measured, and probeShare is the share of the
// time that each is given.
const (
	probed     = 8
	probeShare = 0.01
	probeLeast = 200 * time.Millisecond
)

// errProbed ends a training whose speed is known.
var errProbed = errors.New("the speed is known")

// probe measures what a sample of cost 1 takes on one core while as many cores are busy as in
// the search: the mean over the first trials. It changes nothing.
func probe(ctx context.Context, p space, o Options) (unit float64, err error) {
	p.Limit = mostCosts * p.cost(p.base())
	list, err := p.trials(probed)
	if err != nil {
		return 0, err
	}
	var (
		group   sync.WaitGroup
		mutex   sync.Mutex
		faults  []error
		seconds float64
		costs   float64
	)
	next := make(chan start)
	for range o.workers() {
		group.Go(func() {
			for t := range next {
				took, err := probeOne(ctx, &p, t, o)
				mutex.Lock()
				faults = append(faults, err)
				if took > 0 {
					seconds, costs = seconds+took, costs+p.effort(t.Settings).of(1)
				}
				mutex.Unlock()
			}
		})
	}
	for _, t := range list {
		next <- t
	}
	close(next)
	group.Wait()
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if costs == 0 {
		return 0, errors.Join(faults...)
	}
	return seconds / costs, nil
}

// probeOne returns the seconds that a sample of a trial takes, with its share of the measuring.
func probeOne(ctx context.Context, p *space, t start, o Options) (float64, error) {
	task, err := o.Run.Data.Divided(ctx, t.Settings, t.Settings.Seed, basin.Limit{})
	if err != nil {
		return 0, err
	}
	n, err := task.Draw()
	if err != nil {
		return 0, err
	}
	run := train.Run{Settings: t.Settings.Protocol(), Training: task.Training, Workers: 1}
	run.Settings.Learning.Epochs = max(1, run.Settings.Learning.Epochs)
	trainer, err := train.New(n, run)
	if err != nil {
		return 0, err
	}
	defer trainer.Close()
	// The first half is not counted: where all is new, learning is slower than later on.
	span := max(probeLeast, time.Duration(probeShare*float64(o.Time)))
	once := p.effort(t.Settings).Once > 0
	begin, samples := time.Now(), 0
	from, all := begin, 0
	err = trainer.Run(ctx, func(p train.Progress) error {
		if p.EpochDone {
			if once {
				return errProbed // the next ones are faster
			}
			return nil
		}
		size := min(t.Settings.Learning.Batch, task.Training.Count()) // the last may be smaller
		samples, all = samples+size, all+size
		switch since := time.Since(begin); {
		case since > span:
			return errProbed
		case since > span/2 && samples == all:
			from, samples = time.Now(), 0
		}
		return nil
	})
	if samples == 0 || err != nil && !errors.Is(err, errProbed) {
		return 0, err
	}
	// A prediction is a third of the learning of a sample, or about.
	measured := 1 + 0.35*float64(task.Held.Count())/float64(task.Training.Count())
	return measured * time.Since(from).Seconds() / float64(samples), nil
}
