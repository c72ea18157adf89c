package recipes

import (
	"context"
	"fmt"
	"slices"

	"basin"

	"basin/dataset"
	"basin/internal/experiment"
	"basin/train"
)

// enduring trains learners of equally many couplings on the same samples and measures what they
// make of held out samples that are damaged, and their states of neurons that are turned.
type enduring struct {
	experiment.Training
	// Rivals are assignments to the settings of the networks without recurrent couplings.
	Rivals []string `json:"rivals,omitempty"`
	// Under are the disturbances of the inputs.
	Under []disturbance `json:"under"`
	// Restless are shares of neurons that are set at random after every sweep, Turned of those
	// that are turned once.
	Restless []float64 `json:"restless"`
	Turned   []float64 `json:"turned"`
	// Shown is the number of held out samples whose states are looked at.
	Shown int `json:"shown"`
}

// What is measured; the value of a learner is followed by its name, and is a mean over the
// strengths. Those of undamaged and disturbances are accuracies.
const (
	byMemory      = "memory"          // accuracy of restless neurons some sweeps after the input is gone
	atOnce        = "at_once"         // accuracy as soon as neurons were turned
	healed        = "healed"          // accuracy after they moved; of each injury
	back          = "back"            // share of turned neurons that return; of each injury
	completeFirst = "completed_first" // overlap with the state of the whole image: first sweep
	complete      = "completed"       // and the end
	before        = "before"          // accuracy on the first classes before the others
	kept          = "kept"            // and after them
	keptAmong     = "kept_among"      // the same, told from one another alone
	fresh         = "fresh"           // accuracy on the other classes
)

// measure is one of them with its title.
type measure struct {
	name, title string
	short       string // in the figure of differences, "" where it is not drawn there
	overlap     bool   // no share
	state       bool   // no accuracy: of no verdict
}

var measures = []measure{
	{name: undisturbed, title: "undamaged", short: "clean"},
	{name: byNoise, title: "noise", short: "noise"},
	{name: byFlips, title: "pixels black or white", short: "flips"},
	{name: byOcclusion, title: "black square", short: "square"},
	{name: byGaps, title: "missing pixels", short: "missing"},
	{name: byShift, title: "shift", short: "shift"},
	{name: byHalf, title: "a side hidden", short: "side"},
	{name: completeFirst, title: "half image, overlap after the first sweep", overlap: true, state: true},
	{name: complete, title: "half image, overlap at the end", overlap: true, state: true},
	{name: byNeurons, title: "restless neurons"},
	{name: byMemory, title: "restless neurons, input off"},
	{name: atOnce, title: "turned neurons, at once"},
	{name: healed + scattered, title: "turned neurons, healed"},
	{name: healed + patch, title: "turned neighbours, healed"},
	{name: healed + without, title: "turned neurons, input off"},
	{name: back + scattered, title: "return", state: true},
	{name: back + patch, title: "return, neighbours", state: true},
	{name: back + without, title: "return, input off", state: true},
	{name: before, title: "first classes, before the others", short: "before"},
	{name: kept, title: "first classes, after the others", short: "after"},
	{name: keptAmong, title: "first classes among themselves, after the others", short: "among"},
	{name: fresh, title: "other classes", short: "others"},
}

// ofRival and overRival name a value of a learner, and what the recurrent network has more.
func ofRival(measure, learner string) string   { return measure + "_" + learner }
func overRival(measure, learner string) string { return measure + "_over_" + learner }

// contestValues are those of an enduring and of a continuing. The tables for people have them
// in rows: see [contestTables].
func contestValues() []experiment.Value {
	var values []experiment.Value
	for _, m := range measures {
		for _, name := range rivalNames {
			values = append(values, experiment.Value{Name: ofRival(m.name, name), Title: name + ", " + m.title, Share: !m.overlap, Aside: m.name != undisturbed})
		}
		for _, name := range rivalNames[1:] {
			values = append(values, experiment.Value{Name: overRival(m.name, name), Title: recurrent + " less " + name + ", " + m.title, Share: !m.overlap, Aside: m.name != undisturbed})
		}
	}
	return values
}

// scores collects what learners reach.
type scores struct{ experiment.Result }

func newScores() scores {
	return scores{experiment.Result{Values: map[string]float64{}, Series: map[string]experiment.Series{}}}
}

// add takes in one number of a learner at a strength. Those of strength 0 are in the series
// and not in the mean.
func (r scores) add(measure, learner string, strength, number float64) {
	name := ofRival(measure, learner)
	s := r.Series[name]
	r.Series[name] = experiment.Series{X: append(s.X, strength), Y: append(s.Y, number)}
}

// compare takes the means, and the differences of the recurrent network to the others.
func (r scores) compare() experiment.Result {
	for _, m := range measures {
		mine := r.Series[ofRival(m.name, recurrent)]
		for _, name := range rivalNames {
			s, there := r.Series[ofRival(m.name, name)]
			if !there {
				continue
			}
			r.Values[ofRival(m.name, name)] = meanOf(s, m.name)
			if name == recurrent || !slices.Equal(s.X, mine.X) {
				continue
			}
			over := experiment.Series{X: s.X}
			for k := range s.Y {
				over.Y = append(over.Y, mine.Y[k]-s.Y[k])
			}
			r.Series[overRival(m.name, name)], r.Values[overRival(m.name, name)] = over, meanOf(over, m.name)
		}
	}
	return r.Result
}

// meanOf returns the mean over the strengths above 0, or that of a measure without strengths.
func meanOf(s experiment.Series, measure string) float64 {
	sum, count := 0.0, 0.0
	for k, x := range s.X {
		if x > 0 || len(s.X) == 1 {
			sum += s.Y[k]
			count++
		}
	}
	return sum / count
}

// Run trains all learners on one core.
func (e enduring) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	task, err := heldOut(ctx, b, e.Training)
	if err != nil {
		return experiment.Result{}, err
	}
	if len(task.Shape) < 2 {
		return experiment.Result{}, fmt.Errorf("experiment: %s: inputs of shape %v, want images", task.Settings.Data.Set, task.Shape)
	}
	picture, err := newImage(task.Shape, task.Encoder)
	if err != nil {
		return experiment.Result{}, err
	}
	r := newScores()
	all, err := rivals(task, e.Rivals)
	if err != nil {
		return experiment.Result{}, err
	}
	alone := &experiment.Bench{Seed: b.Seed, Data: b.Data}
	for k, one := range all {
		if err := one.learn(ctx, alone, task, task.Training, 1); err != nil {
			return experiment.Result{}, err
		}
		b.Progress((float64(k) + 0.7) / float64(len(all)))
		if err := e.damage(ctx, r, one, task, picture); err != nil {
			return experiment.Result{}, err
		}
		if one.network != nil {
			if err := e.injure(ctx, r, one, spread(task.Held, e.Shown), picture, b.Seed); err != nil {
				return experiment.Result{}, err
			}
		}
		one.network, one.units = nil, nil
	}
	return r.compare(), nil
}

// damage measures the accuracy of a learner under the disturbances.
func (e enduring) damage(ctx context.Context, r scores, one *rival, task *basin.Task, picture image) error {
	held, classes := task.Held, len(task.LabelNames)
	clean, err := one.accuracy(ctx, held, classes)
	if err != nil {
		return err
	}
	r.add(undisturbed, one.name, 0, clean)
	for _, d := range e.Under {
		r.add(d.Kind, one.name, 0, clean)
		for _, strength := range d.Strengths {
			share, err := one.accuracy(ctx, disturbed{held, slices.Index(disturbances, d.Kind), strength, task.Settings.Seed, picture}, classes)
			if err != nil {
				return err
			}
			r.add(d.Kind, one.name, strength, share)
		}
	}
	return nil
}

// injure measures what a network makes of neurons that are turned.
func (e enduring) injure(ctx context.Context, r scores, one *rival, held shown, picture image, seed uint64) error {
	h, err := newHealing(one.network, one.settings.Protocol(), held, seed)
	if err != nil {
		return err
	}
	for _, injury := range injuries {
		for _, share := range e.Turned {
			w, err := h.heal(ctx, share, injury)
			if err != nil {
				return err
			}
			if injury == scattered {
				r.add(atOnce, one.name, share, w.atOnce)
			}
			r.add(healed+injury, one.name, share, w.healed)
			if share > 0 {
				r.add(back+injury, one.name, share, w.returned)
			}
		}
	}
	for _, share := range e.Restless {
		for name, memory := range map[string]bool{byNeurons: false, byMemory: true} {
			accuracy, err := h.restless(ctx, share, memory)
			if err != nil {
				return err
			}
			r.add(name, one.name, share, accuracy)
		}
	}
	first, last, err := h.complete(ctx, disturbed{held, slices.Index(disturbances, byHalf), 0.5, seed, picture})
	if err != nil {
		return err
	}
	r.add(completeFirst, one.name, 0.5, first)
	r.add(complete, one.name, 0.5, last)
	return nil
}

// continuing learns the samples of the first classes, then those of the others, and measures
// what is left of the first.
type continuing struct {
	experiment.Training
	// Rivals are those of an enduring.
	Rivals []string `json:"rivals,omitempty"`
	// First is the number of classes that are learned first.
	First int `json:"first"`
	// Rates is the share of the rates at which the others are learned.
	Rates float64 `json:"rates"`
}

// Run trains all learners on one core.
func (c continuing) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	task, err := heldOut(ctx, b, c.Training)
	if err != nil {
		return experiment.Result{}, err
	}
	classes := len(task.LabelNames)
	parts := func(s *dataset.Samples) [2]*chosen { return byClass(s, c.First) }
	training, held := parts(task.Training), parts(task.Held)
	r := newScores()
	all, err := rivals(task, c.Rivals)
	if err != nil {
		return experiment.Result{}, err
	}
	alone := &experiment.Bench{Seed: b.Seed, Data: b.Data}
	for k, one := range all {
		measure := func(name string, samples counted, among int) error {
			share, err := one.accuracy(ctx, samples, among)
			r.add(name, one.name, 0, share)
			return err
		}
		for stage, rates := range []float64{1, c.Rates} {
			if err := one.learn(ctx, alone, task, training[stage], rates); err != nil {
				return experiment.Result{}, err
			}
			b.Progress((float64(k) + 0.5*float64(stage+1)) / float64(len(all)))
			if stage == 0 {
				if err := measure(before, held[0], classes); err != nil {
					return experiment.Result{}, err
				}
			}
		}
		for _, m := range []struct {
			name    string
			samples counted
			among   int
		}{{undisturbed, task.Held, classes}, {kept, held[0], classes}, {keptAmong, held[0], c.First}, {fresh, held[1], classes}} {
			if err := measure(m.name, m.samples, m.among); err != nil {
				return experiment.Result{}, err
			}
		}
		one.network, one.units = nil, nil
	}
	return r.compare(), nil
}

// chosen are some of other samples.
type chosen struct {
	train.Samples
	places []int
}

// byClass divides samples into those of the first classes and the others.
func byClass(s *dataset.Samples, first int) (parts [2]*chosen) {
	parts = [2]*chosen{{Samples: s}, {Samples: s}}
	for i := range s.Count() {
		part := parts[0]
		if s.Label(i) >= first {
			part = parts[1]
		}
		part.places = append(part.places, i)
	}
	return parts
}

func (c *chosen) Count() int               { return len(c.places) }
func (c *chosen) Label(i int) int          { return c.Samples.Label(c.places[i]) }
func (c *chosen) Row(i int, dst []float32) { c.Samples.Row(c.places[i], dst) }
func (c *chosen) NoisyRow(i int, dst []float32, seed, epoch uint64) {
	c.Samples.NoisyRow(c.places[i], dst, seed, epoch)
}
