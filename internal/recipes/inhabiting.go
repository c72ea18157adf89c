package recipes

import (
	"context"

	"basin"

	"basin/dynamics"
	"basin/internal/experiment"
	"basin/manifold/sample"
	"basin/network"
	"basin/protocol"
)

// inhabiting is a training that looks, before it and after the last epoch, at what lies around
// the states in which samples come to rest that were not learned.
type inhabiting struct {
	experiment.Training
	// Each is the number of samples looked at whose prediction is right, and of those whose
	// prediction is wrong.
	Each int `json:"each"`
}

// Whose prediction is right and whose is wrong.
const (
	ofRight = "right"
	ofWrong = "wrong"
)

// What is measured of a state; each is followed by right or wrong and by a moment.
const (
	nearEntropy  = "near"       // local entropy at the distance nearDistance
	nearShare    = "near_share" // share of the states around which messages get there step by step
	lowestMargin = "lowest"     // the lowest s_i h_i, and their mean
	meanMargin   = "margin"     //
	returning    = "returned"   // share of starts at noiseShare that come back
	recovering   = "overlap"    // their overlap at the end
	standing     = "stays"      // share of single flips that stay
	resting      = "rests"      // share of samples that come to rest in a fixed point
)

const (
	nearDistance = 0.02
	noiseShare   = 0.1
	restSweeps   = 200
)

// Run trains on one core.
func (h inhabiting) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	data, err := heldOut(ctx, b, h.Training)
	if err != nil {
		return experiment.Result{}, err
	}
	first, err := data.Draw()
	if err != nil {
		return experiment.Result{}, err
	}
	n, result, err := experiment.Learn(ctx, b, data, nil)
	if err != nil {
		return experiment.Result{}, err
	}
	for moment, network := range map[string]*network.Network{atFirst: first, atLast: n} {
		if err := h.look(ctx, &result, network, data, moment, b.Seed); err != nil {
			return experiment.Result{}, err
		}
	}
	return result, nil
}

// look measures around the states of some samples, those predicted rightly and wrongly apart.
func (h inhabiting) look(ctx context.Context, result *experiment.Result, n *network.Network, data *basin.Task, moment string, seed uint64) error {
	right, wrong, err := h.sort(ctx, n, data)
	if err != nil {
		return err
	}
	for which, places := range map[string][]int{ofRight: right, ofWrong: wrong} {
		a := new(surroundings)
		for _, place := range places {
			x := make([]float32, n.Inputs())
			data.Held.Row(place, x)
			if err := a.add(ctx, n, movesOf(data.Settings.Protocol().Dynamics, seed), x, seed); err != nil {
				return err
			}
		}
		a.keep(result, which+"_"+moment)
	}
	return nil
}

// sort returns places of held out samples whose prediction is right, and wrong, as many as are
// wanted or there are, spread evenly.
func (h inhabiting) sort(ctx context.Context, n *network.Network, data *basin.Task) (right, wrong []int, err error) {
	predictor, err := protocol.NewPredictor(data.Settings.Protocol(), n, 1)
	if err != nil {
		return nil, nil, err
	}
	defer predictor.Close()
	shown := spread(data.Held, 2000)
	if _, err := predictor.Predict(ctx, shown, len(shown.places), func(i int, p protocol.Prediction) error {
		if p.Label == shown.labels[i] {
			right = append(right, shown.places[i])
		} else {
			wrong = append(wrong, shown.places[i])
		}
		return nil
	}); err != nil {
		return nil, nil, err
	}
	return some(right, h.Each), some(wrong, h.Each), nil
}

// some takes at most count of a list, evenly.
func some(list []int, count int) []int {
	count = min(count, len(list))
	taken := make([]int, count)
	for k := range taken {
		taken[k] = list[k*len(list)/count]
	}
	return taken
}

// surroundings are means over states of what lies around them.
type surroundings struct {
	states, rest      int
	near, lowest      []float64
	margins, returned []float64
	overlap, stays    []float64
	fields            []float64
	distance, entropy []float64 // sums over the states whose messages converged at a field
	converged         []float64
}

// movesOf says how a network moves, as protocol has it, until it rests or repeats itself.
func movesOf(d protocol.Dynamics, seed uint64) dynamics.Settings {
	return dynamics.Settings{Order: d.Order, Probability: d.Probability, Stop: dynamics.StopAtCycle, Seed: seed}
}

// add takes the state in which a sample comes to rest and measures around it.
func (a *surroundings) add(ctx context.Context, n *network.Network, d dynamics.Settings, x []float32, seed uint64) error {
	a.states++
	state, result, err := dynamics.Relax(n, d, x, restSweeps)
	if err != nil {
		return err
	}
	if result.Status != dynamics.FixedPoint {
		return nil
	}
	a.rest++
	entropy := sample.DefaultEntropy()
	entropy.Workers, entropy.Iterations = 1, 100
	r, err := sample.Look(ctx, n, x, state, sample.LookOptions{
		Relaxing: sample.Relaxing{Dynamics: d, Sweeps: restSweeps}, Neurons: min(50, n.Neurons()),
		Shares: []float64{noiseShare}, Samples: 8, Entropy: entropy, Seed: seed,
	})
	if err != nil {
		return err
	}
	a.lowest, a.margins = append(a.lowest, r.Lowest[0]), append(a.margins, r.Mean)
	if r.FixedPoint {
		a.returned, a.overlap = append(a.returned, r.Basin[0].Returned), append(a.overlap, r.Basin[0].Overlap)
		a.stays = append(a.stays, float64(r.Flips.Stays)/float64(r.Flips.Neurons))
	}
	a.surround(entropy.Fields, r.Entropy)
	return nil
}

// surround takes in the local entropy around a state.
func (a *surroundings) surround(fields []float64, points []sample.EntropyPoint) {
	if a.fields == nil {
		a.fields = fields
		a.distance, a.entropy, a.converged = make([]float64, len(fields)), make([]float64, len(fields)), make([]float64, len(fields))
	}
	for k, p := range points {
		if p.Converged && !p.Frozen {
			a.distance[k] += p.Distance
			a.entropy[k] += p.Entropy
			a.converged[k]++
		}
	}
	for k := 1; k < len(points); k++ {
		p, q := points[k-1], points[k]
		// A jump from frozen messages to far away says nothing of what lies between.
		smooth := p.Converged && q.Converged && !p.Frozen && q.Distance < 5*p.Distance
		if smooth && p.Distance <= nearDistance && q.Distance > nearDistance {
			share := (nearDistance - p.Distance) / (q.Distance - p.Distance)
			a.near = append(a.near, p.Entropy+share*(q.Entropy-p.Entropy))
			break
		}
	}
}

// keep adds the means to a result, with a suffix; series are over the field gamma and named as
// those of around.
func (a *surroundings) keep(result *experiment.Result, suffix string) {
	if a.rest > 0 {
		result.Values[nearShare+"_"+suffix] = float64(len(a.near)) / float64(a.rest)
	}
	for name, values := range map[string][]float64{
		nearEntropy: a.near, lowestMargin: a.lowest, meanMargin: a.margins, returning: a.returned, recovering: a.overlap, standing: a.stays,
	} {
		if len(values) > 0 {
			sum := 0.0
			for _, v := range values {
				sum += v
			}
			result.Values[name+"_"+suffix] = sum / float64(len(values))
		}
	}
	if a.states > 0 {
		result.Values[resting+"_"+suffix] = float64(a.rest) / float64(a.states)
	}
	if a.fields == nil {
		return
	}
	distance, entropy := experiment.Series{X: a.fields}, experiment.Series{X: a.fields}
	for k := range a.fields {
		d, s := 0.0, 0.0 // where the messages of most states freeze nothing is near
		if 2*a.converged[k] > float64(a.rest) {
			d, s = a.distance[k]/a.converged[k], a.entropy[k]/a.converged[k]
		}
		distance.Y, entropy.Y = append(distance.Y, d), append(entropy.Y, s)
	}
	result.Series[aroundDistance+"_"+suffix], result.Series[aroundEntropy+"_"+suffix] = distance, entropy
}
