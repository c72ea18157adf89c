package tune

import (
	"cmp"
	"slices"
	"time"
)

// Plan is what a search computes. Equal plans give equal results.
type Plan struct {
	// Trials are drawn, and those that go to the end have so many Epochs.
	Trials int `json:"trials"`
	Epochs int `json:"epochs"`
	// Limit bounds the cost of a trial, in units of the program.
	Limit float64 `json:"limit"`
	// Rungs are computed one after the other.
	Rungs []Rung `json:"rungs"`
}

// Rung is a part of the search.
type Rung struct {
	// Epochs after which its trials are compared.
	Epochs int `json:"epochs"`
	// Trials of it; the base is one of them.
	Trials int `json:"trials"`
	// Seeds with which each is trained.
	Seeds int `json:"seeds"`
}

// Of the trials of a rung one in eta goes on, and each gets eta times the epochs, on at most so
// many rungs.
const (
	eta       = 3
	mostRungs = 3
	lastAtAll = 3 // trials of the last rung, where there are as many
)

// rungs returns the rungs of a search: epochs/9, epochs/3 and epochs, at least one each and none
// twice, with early seeds, on the last one with last seeds.
func rungs(trials, epochs, early, last int) []Rung {
	var list []Rung
	left := trials
	for k := range mostRungs {
		until := epochs
		for range mostRungs - 1 - k {
			until /= eta
		}
		if until = max(1, until); len(list) > 0 && list[len(list)-1].Epochs == until {
			continue // as few epochs as before
		}
		if len(list) > 0 {
			left = max((left+eta-1)/eta, min(left, lastAtAll))
		}
		list = append(list, Rung{Epochs: until, Trials: left, Seeds: early})
	}
	list[len(list)-1].Seeds = last
	return list
}

// Samples to measure a trial on, over all its seeds, on an early rung and on the last: with 500
// the standard error of an accuracy of 0.9 is 0.013, with 2000 it is 0.007. There is no interval
// over less than two seeds.
const (
	earlyMeasured, mostEarly = 500, 5
	lastMeasured, mostLast   = 2000, 10
	leastLast                = 2
)

// seedsFor returns the seeds of an early rung and of the last for so many validation samples;
// wanted seeds of the last rung, if above 0, are as they are.
func seedsFor(held, wanted int) (early, last int) {
	held = max(1, held)
	early = min(mostEarly, (earlyMeasured+held-1)/held)
	last = max(leastLast, min(mostLast, (lastMeasured+held-1)/held))
	if wanted > 0 {
		last = wanted
	}
	return min(early, last), last
}

// The numbers of trials and epochs among which a plan is chosen for a time.
const (
	mostTrials  = 81 // 3^4; the more trials, the more of the best is luck
	leastTrials = 3
	// With fewer epochs than these, or than a quarter, trials say too little of the base's epochs.
	leastEpochs = 3
	leastShare  = 4
	// mostCosts is how much more than the base a trial may cost, at most, and fixedCosts where the
	// plan is not made for a time.
	mostCosts, fixedCosts = 16, 4
	// trialShare is the share of the time that one training may take.
	trialShare = 0.1
)

// budget is what a plan has to fit.
type budget struct {
	time    time.Duration
	workers int
	// unit is the time on one core of a sample that costs 1, and samples are those of an epoch.
	unit    float64
	samples int
	// each is the time of a cell beside its training.
	each float64
	// fixed says that the epochs are asked for.
	fixed bool
	// early and last are the seeds that are best, wanted says that those of the last rung are
	// asked for.
	early, last int
	wanted      bool
	// final are the epochs of the training at the end.
	final int
}

// kept is the share of the time that is planned for: estimates are of a few trials.
const kept = 0.85

// compromise is a number of trials and of seeds that is good enough to keep the epochs.
type compromise struct{ trials, early, last int }

// compromises returns what is tried, the best first. One of few trials is the last resort before
// fewer epochs, with which the base too is less than it could be.
func (b *budget) compromises() []compromise {
	list := []compromise{
		{27, b.early, b.last}, {18, (b.early + 1) / 2, (b.last + 1) / 2}, {18, 1, 3}, {9, 1, leastLast},
	}
	for i := range list {
		list[i].early = min(b.early, list[i].early)
		list[i].last = min(b.last, max(list[i].last, leastLast))
		if b.wanted {
			list[i].last = b.last
		}
	}
	return list
}

// choose returns the largest plan that is likely to keep the time, with the epochs of the space or,
// where few trials would fit, with fewer.
func choose(p space, b budget) (Plan, error) {
	base := p.cost(p.base())
	room := trialShare * b.time.Seconds() / (b.unit * float64(b.samples*p.Epochs))
	p.Limit = min(mostCosts*base, max(base, room))
	b.final = p.Epochs
	least := min(p.Epochs, max(leastEpochs, p.Epochs/leastShare))
	for {
		list, err := p.trials(mostTrials)
		if err != nil {
			return Plan{}, err
		}
		efforts := make([]effort, len(list))
		for i, t := range list {
			efforts[i] = p.effort(t.Settings)
		}
		var plan Plan
		for _, c := range b.compromises() {
			trials := largest(len(efforts), func(n int) bool {
				return b.seconds(efforts[:n], rungs(n, p.Epochs, c.early, c.last)) <= kept*b.time.Seconds()
			})
			enough := trials >= c.trials
			trials = max(trials, leastTrials)
			plan = Plan{Trials: trials, Epochs: p.Epochs, Limit: p.Limit, Rungs: rungs(trials, p.Epochs, c.early, c.last)}
			if enough {
				return plan, nil
			}
		}
		if b.fixed || p.Epochs <= least {
			return plan, nil
		}
		p.Epochs = max(least, 2*p.Epochs/3)
	}
}

// largest returns the largest number up to most that fits; what fits, fits with fewer.
func largest(most int, fits func(n int) bool) int {
	low, high := 0, most
	for low < high {
		middle := (low + high + 1) / 2
		if fits(middle) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// seconds estimates the time by the clock of the rungs over trials of some efforts, and of the
// training that is measured on the test samples. Those that go on are taken to be costly ones.
func (b *budget) seconds(efforts []effort, list []Rung) float64 {
	if len(efforts) == 0 {
		return 0
	}
	final := list[len(list)-1].Epochs
	order := slices.SortedFunc(slices.Values(efforts), func(a, b effort) int { return cmp.Compare(a.of(final), b.of(final)) })
	costly, sample := order[7*(len(order)-1)/8], b.unit*float64(b.samples)
	total, before, seeds := 0.0, 0, 0
	for k, rung := range list {
		goOn, further := min(seeds, rung.Seeds), rung.Epochs-before
		learned := func(e effort) float64 {
			return float64(goOn)*e.of(further) + float64(rung.Seeds-goOn)*(e.Begin+e.of(rung.Epochs))
		}
		sum, longest := learned(costly)*float64(rung.Trials), costly
		if k == 0 {
			sum, longest = 0, order[len(order)-1]
			for _, e := range efforts {
				sum += learned(e)
			}
		}
		work := sum*sample + b.each*float64(rung.Trials*rung.Seeds)
		alone := longest.of(further) // the last cell that others wait for
		if rung.Seeds > goOn {
			alone = longest.Begin + longest.of(rung.Epochs)
		}
		total += max(work/float64(b.workers), alone*sample)
		before, seeds = rung.Epochs, rung.Seeds
	}
	return total + (costly.Begin+costly.of(b.final))*sample*1.25
}
