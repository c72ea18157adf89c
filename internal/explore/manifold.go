package explore

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"basin/dynamics"
	"basin/internal/survey"
	"basin/manifold/census"
	"basin/network"
)

// Bounds of what the room manifold is asked.
const (
	mostNeurons  = 18      // of all modules, so that an answer takes a second at most
	mostListed   = 1 << 16 // fixed points of one network
	mostDrawn    = 400     // of them in the graph
	mostDistance = 4       // neurons in which linked fixed points differ
)

// manifold registers what the room manifold asks.
func (e *Explorer) manifold() {
	ask(e, "manifold/census", takeCensus)
	ask(e, "manifold/average", average)
	e.mux.HandleFunc("POST /api/manifold/curve", e.countsBySelfCoupling)
	e.mux.HandleFunc("POST /api/manifold/around", e.entropyAround)
}

// small is a kind of networks all of whose states are looked at, and the seed of the first.
type small struct {
	// Neurons of each module.
	Neurons      int     `json:"neurons"`
	Modules      int     `json:"modules"`
	SelfCoupling float64 `json:"self_coupling"`
	Lambda       float64 `json:"lambda"`
	Gain         float64 `json:"gain"`
	// Input is the standard deviation of the field of a fixed input.
	Input     float64 `json:"input"`
	Symmetric bool    `json:"symmetric"`
	Seed      uint64  `json:"seed"`
	// Distance is the number of neurons in which fixed points that are linked may differ.
	Distance int `json:"distance"`
}

// check says what is out of its bounds.
func (s small) check() error {
	if err := within("neurons in a module", s.Neurons, 2, mostNeurons); err != nil {
		return err
	}
	if err := within("modules", s.Modules, 1, 4); err != nil {
		return err
	}
	if total := s.Neurons * s.Modules; total > mostNeurons {
		return mistakef("%d modules of %d neurons are %d neurons: the room looks at every state of at most %d",
			s.Modules, s.Neurons, total, mostNeurons)
	}
	for _, number := range []struct {
		name              string
		value, low, above float64
	}{
		{"the self-coupling", s.SelfCoupling, -2, 3}, {"lambda", s.Lambda, 0, 3}, {"the gain", s.Gain, 0.1, 3}, {"the input", s.Input, 0, 3},
	} {
		if err := between(number.name, number.value, number.low, number.above); err != nil {
			return err
		}
	}
	return within("neurons of distance", s.Distance, 1, min(mostDistance, s.Neurons*s.Modules))
}

// kind is what theory knows of the networks.
func (s small) kind() survey.Kind {
	return survey.Kind{
		Neurons: s.Neurons, Modules: s.Modules, SelfCoupling: s.SelfCoupling, Lambda: s.Lambda, Gain: s.Gain, Density: 1, Input: s.Input,
	}
}

// spec is what the networks are drawn from.
func (s small) spec() network.Spec {
	spec := s.kind().Spec()
	for m := range spec.Modules {
		spec.Modules[m].Recurrent.Symmetric = s.Symmetric
	}
	return spec
}

// always is the input of all networks of a [survey.Kind].
func always() []float32 { return []float32{1} }

// listing is what the room shows of one network.
type listing struct {
	Neurons int `json:"neurons"`
	// Count is that of fixed points, of which Points are drawn, those with the largest basins
	// where there are too many; Links join those of them within the distance, by their places.
	Count  int      `json:"count"`
	Points []listed `json:"points"`
	Links  [][2]int `json:"links"`
	// Components are the sizes of all components, the largest first; Alone counts those of one.
	Components []int `json:"components"`
	Alone      int   `json:"alone"`
	// Pairs are ordered pairs of fixed points by distance 0..N, Around their mean from one.
	Pairs  []int64   `json:"pairs"`
	Around []float64 `json:"around"`
	// Ends are the shares of all states by where they end.
	Ends []ending `json:"ends"`
}

// listed is one fixed point.
type listed struct {
	// State has a + or - for each neuron, module after module.
	State   string    `json:"state"`
	Margins []float64 `json:"margins"`
	// Basin is the share of all states that end here.
	Basin float64 `json:"basin"`
	// Component counts from 0, the largest first.
	Component int     `json:"component"`
	Around    []int64 `json:"around"`
	// X and Y are where it is drawn, 0 to 1.
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// ending is the share of the states that end in attractors of one length: 1 for fixed points,
// 0 for those that have not come to rest.
type ending struct {
	Length     int     `json:"length"`
	Attractors int     `json:"attractors"`
	Share      float64 `json:"share"`
}

// mostComponents bounds the sizes of components that are listed.
const mostComponents = 1000

// takeCensus lists the fixed points of one network and where its states end.
func takeCensus(ctx context.Context, q struct {
	small
	// Order is that of the sweeps: parallel or sequential.
	Order dynamics.Order `json:"order"`
},
) (*listing, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	if q.Order != dynamics.Parallel && q.Order != dynamics.Sequential {
		return nil, mistakef("the order %q, want %s or %s", q.Order, dynamics.Parallel, dynamics.Sequential)
	}
	n, err := network.Draw(q.spec(), []int{1}, 2, q.Seed)
	if err != nil {
		return nil, err
	}
	r, err := census.Take(ctx, n, always(), census.Options{Limit: mostListed})
	if errors.Is(err, census.ErrTooMany) {
		return nil, mistakef("the network has more than %d fixed points: take fewer neurons or a smaller self-coupling", mostListed)
	}
	if err != nil {
		return nil, err
	}
	b, err := census.FindBasins(ctx, n, always(), census.BasinOptions{Order: q.Order, Seed: q.Seed})
	if err != nil {
		return nil, err
	}
	return list(ctx, r, b, q.Distance)
}

// list puts together what is known of one network.
func list(ctx context.Context, r *census.Result, b *census.Basins, distance int) (*listing, error) {
	components, err := r.Components(ctx, distance)
	if err != nil {
		return nil, err
	}
	l := &listing{Neurons: r.Neurons, Count: len(r.FixedPoints), Points: []listed{}, Links: [][2]int{}, Ends: ends(b)}
	l.Components = append([]int{}, components.Sizes[:min(len(components.Sizes), mostComponents)]...)
	l.Alone = alone(components)
	if l.Pairs, err = r.Pairs(ctx); err != nil {
		return nil, err
	}
	if l.Around, err = r.MeanAround(ctx); err != nil {
		return nil, err
	}
	var states []census.State
	for _, k := range largestBasins(b, l.Count) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		state := r.FixedPoints[k]
		states = append(states, state)
		l.Points = append(l.Points, listed{
			State: signs(state, r.Neurons), Margins: r.Margins(k), Basin: float64(b.Attractors[k].Basin) / float64(len(b.Reached)),
			Component: components.Of[k], Around: r.Around(k),
		})
	}
	for k, one := range states {
		for other := range k {
			if states[other].Distance(one) <= distance {
				l.Links = append(l.Links, [2]int{other, k})
			}
		}
	}
	for k, at := range layout(states, r.Neurons, l.Links) {
		l.Points[k].X, l.Points[k].Y = at[0], at[1]
	}
	return l, nil
}

// alone counts the fixed points that are linked to none.
func alone(components *census.Components) int {
	count := 0
	for _, size := range components.Sizes {
		if size == 1 {
			count++
		}
	}
	return count
}

// largestBasins returns the places of the fixed points that are drawn, in ascending order.
func largestBasins(b *census.Basins, count int) []int {
	places := make([]int, count)
	for k := range places {
		places[k] = k
	}
	if count > mostDrawn {
		slices.SortStableFunc(places, func(i, j int) int { return cmp.Compare(b.Attractors[j].Basin, b.Attractors[i].Basin) })
		places = places[:mostDrawn]
		slices.Sort(places)
	}
	return places
}

// ends says how many attractors of each length there are, and the share of states that end in
// them.
func ends(b *census.Basins) []ending {
	attractors := map[int]int{}
	for _, a := range b.Attractors {
		attractors[a.Length]++
	}
	list := []ending{}
	starts := b.Lengths()
	for length, count := range attractors {
		list = append(list, ending{Length: length, Attractors: count, Share: float64(starts[length]) / float64(len(b.Reached))})
	}
	if unsettled := starts[0]; unsettled > 0 {
		list = append(list, ending{Share: float64(unsettled) / float64(len(b.Reached))})
	}
	slices.SortFunc(list, func(x, y ending) int { return cmp.Compare(x.Length, y.Length) })
	return list
}

// signs writes a state with a sign for each neuron.
func signs(s census.State, neurons int) string {
	var text strings.Builder
	for i := range neurons {
		text.WriteByte("-0+"[s.Spin(i)+1])
	}
	return text.String()
}
