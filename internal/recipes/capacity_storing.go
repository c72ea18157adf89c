package recipes

import (
	"context"
	"math"
	"slices"

	"basin/dynamics"
	"basin/internal/experiment"
	"basin/internal/random"
	"basin/network"
	"basin/plasticity"
)

// storing is the learning of random patterns as fixed points, without dynamics: every
// neuron is shown every pattern again and again until none is unstable. Rows of J are
// independent perceptrons, so a network is as many trials as it has neurons.
type storing struct {
	Neurons  int `json:"neurons"`
	Patterns int `json:"patterns"`
	// Margin is k; Held says what it is a multiple of.
	Margin float64 `json:"margin"`
	Held   string  `json:"held"`
	// Passes over the patterns at most, in mini-batches of Batch with the rate Rate.
	Passes int     `json:"passes"`
	Batch  int     `json:"batch"`
	Rate   float64 `json:"rate"`
}

// What a margin is a multiple of.
const (
	// byNorm makes kappa - J_D = k |J_i| with the couplings as they are: kappa is fixed
	// and every neuron has a self-coupling of its own, kappa - k |J_i|.
	byNorm = "norm"
	// byNumber makes kappa - J_D = k, whatever becomes of the couplings.
	byNumber = "number"
)

// storedSelfCoupling is J_D where it is fixed, and kappa where it is not.
const storedSelfCoupling = 0.5

// Run learns until every neuron holds all patterns or the passes are used up.
func (s storing) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	st, err := newStore(s, b.Seed)
	if err != nil {
		return experiment.Result{}, err
	}
	solved := experiment.Series{}
	for pass, next := 1, 1; pass <= s.Passes; pass++ {
		if st.left > 0 {
			if err := st.pass(ctx, pass); err != nil {
				return experiment.Result{}, err
			}
		}
		if pass == next || pass == s.Passes {
			solved.X, solved.Y = append(solved.X, float64(pass)), append(solved.Y, 1-float64(st.left)/float64(s.Neurons))
			next = max(next+1, int(math.Round(float64(next)*math.Sqrt2)))
		}
		b.Progress(float64(pass) / float64(s.Passes))
	}
	return st.result(solved), nil
}

// store is a network that learns patterns: states that are given and not relaxed to, whose
// fields are shifted by each neuron's own norm before the rule is shown them. A mini-batch of
// package protocol has neither; so this is the one place beside it that calls the rule.
type store struct {
	storing
	network  *network.Network
	batch    *dynamics.Batch
	team     *dynamics.Team // of one
	learner  *plasticity.Learner
	updates  *plasticity.Worker
	patterns [][]float32 // one padded row of -1 and +1 each
	order    []int32
	stream   random.Stream
	field    []float32

	norm   []float64 // |J_i|
	least  []float64 // s_i h_i, the least of the pass under way
	moved  []bool    // in the pass under way
	solved []int     // pass in which the neuron was found to hold all, 0 for not yet
	left   int       // neurons that do not

	// of measure: means of 0 and variances of 1, for which a variance of fields is |J_i|^2
	none, ones    []float32
	sums, squares []float64
}

func newStore(s storing, seed uint64) (*store, error) {
	spec := network.Spec{Modules: []network.ModuleSpec{{
		Neurons: s.Neurons, SelfCoupling: storedSelfCoupling, Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Density: 1},
	}}}
	stream := random.New(seed, random.Synthetic, uint64(s.Neurons), uint64(s.Patterns), math.Float64bits(s.Margin))
	n, err := network.Draw(spec, []int{1}, 2, stream.Uint64())
	if err != nil {
		return nil, err
	}
	st := &store{
		storing: s, network: n, stream: stream, left: s.Neurons, field: make([]float32, n.StateSize()), order: make([]int32, s.Patterns),
		norm: make([]float64, s.Neurons), least: make([]float64, s.Neurons), moved: make([]bool, s.Neurons), solved: make([]int, s.Neurons),
	}
	capacity := min(s.Batch, s.Patterns)
	if st.batch, err = dynamics.NewBatch(n, dynamics.Settings{}, capacity); err != nil {
		return nil, err
	}
	if st.learner, err = plasticity.NewLearner(n, capacity, 0, false); err != nil {
		return nil, err
	}
	st.team = st.batch.NewTeam(1, func(task *func(worker, part int)) { (*task)(0, 0) })
	st.updates = st.learner.NewWorker()
	for range s.Patterns {
		pattern := make([]float32, n.StateSize())
		for i := range s.Neurons {
			pattern[i] = float32(1 - 2*int(st.stream.Uint64()>>63))
		}
		st.patterns = append(st.patterns, pattern)
	}
	padded := n.StateSize()
	st.none, st.ones = make([]float32, padded), slices.Repeat([]float32{1}, padded)
	st.sums, st.squares = make([]float64, padded), make([]float64, padded)
	st.measure()
	return st, nil
}

// measure takes the norms of the rows.
func (st *store) measure() {
	block := st.network.Modules[0].Recurrent
	block.Receive(st.none, st.ones, st.sums, st.squares, 0, len(st.sums))
	for i := range st.norm {
		st.norm[i] = block.Scale() * math.Sqrt(st.squares[i])
	}
}

// pass shows every pattern once, in a fresh order. It reports a context that ends.
func (st *store) pass(ctx context.Context, number int) error {
	st.stream.Permute(st.order)
	clear(st.moved)
	for i := range st.least {
		st.least[i] = math.Inf(1)
	}
	for first := 0; first < st.Patterns; first += st.Batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		st.learn(st.order[first:min(first+st.Batch, st.Patterns)])
	}
	for i, moved := range st.moved {
		if !moved && st.solved[i] == 0 {
			st.solved[i] = number
			st.left--
		}
	}
	return nil
}

// learn shows a mini-batch of patterns.
func (st *store) learn(batch []int32) {
	b, count := st.batch, len(batch)
	st.learner.Reset(plasticity.Rule{Kappa: st.kappa(), Recurrent: plasticity.Block{Rate: st.Rate}}, count)
	b.Resize(count)
	for i := range count {
		b.Start(i, dynamics.Vector{0}, 0, 0)
	}
	// Without an input the first sweep takes the state that the feedback asks for.
	st.team.Begin(func(i int) []float32 { return st.patterns[batch[i]] })
	unstable := 0
	for i := range count {
		b.Field(st.team.Worker(0), i, st.field)
		st.shift(b.State(i))
		unstable += st.learner.Record(i, b.State(i), st.field, b.Input(i))
	}
	if unstable == 0 {
		return
	}
	for g := 0; 8*g < count; g++ {
		st.learner.Gather(g)
	}
	st.learner.Begin()
	st.learner.Update(st.updates, 0, 1)
	st.measure()
}

// kappa is the margin of the rule.
func (st *store) kappa() float64 {
	if st.Held == byNorm {
		return storedSelfCoupling
	}
	return storedSelfCoupling + st.Margin
}

// shift makes of the field the one that the rule is shown, and notes what the rule will
// find: the least margins without self-coupling, and which neurons will move.
func (st *store) shift(state []float32) {
	kappa := float32(st.kappa())
	for i, s := range state[:st.Neurons] {
		st.least[i] = min(st.least[i], float64(s*st.field[i])-storedSelfCoupling)
		if st.Held == byNorm {
			st.field[i] -= s * float32(st.Margin*st.norm[i])
		}
		st.moved[i] = st.moved[i] || s*st.field[i] <= kappa
	}
}

// result sums up the neurons that hold all patterns.
func (st *store) result(solved experiment.Series) experiment.Result {
	passes, reached, count := 0.0, 0.0, float64(st.Neurons-st.left)
	for i, pass := range st.solved {
		if pass > 0 {
			passes += float64(pass)
			reached += st.least[i] / st.norm[i]
		}
	}
	r := experiment.Result{Values: map[string]float64{
		"solved": count / float64(st.Neurons), "alpha": float64(st.Patterns) / float64(st.Neurons),
	}, Series: map[string]experiment.Series{"solved": solved}}
	if count > 0 {
		r.Values["passes"], r.Values["reached"] = passes/count, reached/count
	}
	return r
}
