package network

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"basin/internal/random"
)

// topography is a mask in which couplings are the rarer the further apart two neurons
// are in the image. A neuron with a window has the position of the window's middle, one on a
// grid that of its place, any other a position drawn uniformly from the image. With reach r a
// receiver has the coupling from a sender at distance d with probability
//
//	min(1, c exp(-d^2 / (2 r^2)))
//
// where c gives each receiver rho N couplings on average, those that the bound cuts
// included. Senders so far that they would add less than tailShare of these together are
// left out; the probabilities of all others are exact. Cost of a receiver: in proportion
// to the different positions nearby, and to what is kept.
type topography struct {
	// receivers and places are in units of the reach.
	receivers [][2]float64
	reach     float64
	senders   int
	// places are the positions of the senders, grouped by whole rows of the image:
	// those of row y begin at rows[y] and ascend by column.
	places []place
	rows   []int
	// decay holds exp(-k/decaySteps).
	decay []float64
	// near is what the receiver at hand may see; kept from one to the next.
	near []nearPlace
}

// place is a position and the senders there, ascending.
type place struct {
	y, x    float64
	members []int32
}

// nearPlace is a place near a receiver, the number of senders there other than the
// receiver, and exp(-d^2 / (2 r^2)).
type nearPlace struct {
	weight       float64
	place, count int32
}

const (
	// Radii in units of the reach: the first that is tried, and the one beyond which a
	// weight, below 1e-281, counts as zero.
	firstRadius, lastRadius = 6, 36
	// decaySteps is the number of steps in which exp(-1) is tabulated.
	decaySteps = 32
	// tailShare bounds the couplings that the senders left out would add.
	tailShare = 1e-5
	// shortest is the reach in pixels below which any other is taken for it.
	shortest = 1e-100
)

// positions returns the position of each neuron of a module: row and column in the
// image, in pixels.
func (n *Network) positions(seed uint64, module int) [][2]float64 {
	height, width := n.InputShape[0], n.InputShape[1]
	positions := make([][2]float64, n.Modules[module].Neurons)
	if n.Spec.Modules[module].Channels > 0 {
		return n.gridPositions(positions, module)
	}
	if side := n.Spec.Modules[module].Input.Window; side > 0 && n.Modules[module].Input != nil {
		middle := float64(side-1) / 2
		for i, w := range n.windows(seed, module) {
			positions[i] = [2]float64{float64(w.top) + middle, float64(w.left) + middle}
		}
		return positions
	}
	for i := range positions {
		stream := random.New(seed, random.Position, uint64(module), uint64(i))
		positions[i] = [2]float64{stream.Float64() * float64(height-1), stream.Float64() * float64(width-1)}
	}
	return positions
}

// gridPositions are those of a module on a grid, its places spread evenly over the input.
func (n *Network) gridPositions(positions [][2]float64, module int) [][2]float64 {
	sizes, err := n.Spec.Sizes(n.InputShape)
	if err != nil {
		return positions // of a network that was not drawn from its spec
	}
	at := func(place, places, side int) float64 {
		return max(0, min(float64(side-1), (float64(place)+0.5)*float64(side)/float64(places)-0.5))
	}
	m := sizes[module].Image
	for i := range positions {
		place := i / m.Channels
		positions[i] = [2]float64{at(place/m.Width, m.Height, n.InputShape[0]), at(place%m.Width, m.Width, n.InputShape[1])}
	}
	return positions
}

func (n *Network) topography(seed uint64, receivers, senders int, reach float64) *topography {
	return newTopography(n.positions(seed, receivers), n.positions(seed, senders), n.InputShape[0], reach)
}

func newTopography(receivers, senders [][2]float64, height int, reach float64) *topography {
	t := &topography{reach: max(reach, shortest), senders: len(senders), rows: make([]int, height+1)}
	for _, at := range receivers {
		t.receivers = append(t.receivers, [2]float64{at[0] / t.reach, at[1] / t.reach})
	}
	order := make([]int32, len(senders))
	for j := range order {
		order[j] = int32(j)
	}
	slices.SortFunc(order, func(a, b int32) int {
		p, q := senders[a], senders[b]
		return cmp.Or(cmp.Compare(math.Floor(p[0]), math.Floor(q[0])), cmp.Compare(p[1], q[1]), cmp.Compare(p[0], q[0]), cmp.Compare(a, b))
	})
	for from, to := 0, 0; from < len(order); from = to {
		at := senders[order[from]]
		for to < len(order) && senders[order[to]] == at {
			to++
		}
		t.places = append(t.places, place{at[0] / t.reach, at[1] / t.reach, order[from:to]})
		t.rows[int(at[0])+1] = len(t.places)
	}
	for k := range lastRadius*lastRadius/2*decaySteps + 1 {
		t.decay = append(t.decay, math.Exp(-float64(k)/decaySteps))
	}
	for y := range height {
		t.rows[y+1] = max(t.rows[y], t.rows[y+1])
	}
	return t
}

// present draws the senders of one receiver, ascending, without skip. It reports an
// error where fewer than fanIn have a weight.
func (t *topography) present(receiver, skip int, fanIn float64, stream random.Stream) ([]int32, error) {
	factor, err := t.surround(receiver, skip, fanIn)
	if err != nil {
		return nil, err
	}
	var present []int32
	for _, p := range t.near {
		probability, members := min(1, factor*p.weight), t.places[p.place].members
		switch {
		case !(probability > 0):
		case len(members) > 1:
			first := len(present)
			present = appendPresent(present, len(members), -1, probability, &stream)
			for e, member := range present[first:] {
				present[first+e] = members[member]
			}
		case probability >= 1 || stream.Float64() < probability:
			present = append(present, members[0])
		}
	}
	slices.Sort(present)
	if at, found := slices.BinarySearch(present, int32(skip)); found {
		present = slices.Delete(present, at, at+1)
	}
	return present, nil
}

// surround fills near with the places around a receiver, as far as they matter, and
// returns c.
func (t *topography) surround(receiver, skip int, fanIn float64) (float64, error) {
	all := t.senders
	if skip >= 0 {
		all--
	}
	for radius := float64(firstRadius); ; radius = min(1.25*radius, lastRadius) {
		found := t.gather(receiver, skip, radius)
		last := found == all || radius == lastRadius
		if float64(found) >= fanIn*(1-1e-9) { // rho N is rounded
			factor := solve(t.near, fanIn)
			if last || factor*math.Exp(-radius*radius/2)*float64(all-found) <= tailShare*fanIn {
				return factor, nil
			}
		} else if last {
			return 0, fmt.Errorf("is %v, but neuron %d has %d other neurons within %.4g pixels to receive from, want at least %.6g, the density times the senders: lower the density or raise the reach",
				t.reach, receiver, found, lastRadius*t.reach, fanIn)
		}
	}
}

// gather fills near with the places within a radius, in units of the reach, and returns
// the number of senders there, without skip.
func (t *topography) gather(receiver, skip int, radius float64) (found int) {
	y, x := t.receivers[receiver][0], t.receivers[receiver][1]
	farthest, height := radius*radius, float64(len(t.rows)-1)
	t.near = t.near[:0]
	from, to := int(max(0, math.Floor((y-radius)*t.reach))), int(min(height, math.Floor((y+radius)*t.reach)+1))
	for row := from; row < to; row++ {
		places := t.places[:t.rows[row+1]]
		begin, _ := slices.BinarySearchFunc(places[t.rows[row]:], x-radius, func(p place, x float64) int { return cmp.Compare(p.x, x) })
		for k := t.rows[row] + begin; k < len(places); k++ {
			p := &places[k]
			dy, dx := p.y-y, p.x-x
			if dx > radius {
				break
			}
			square := float64(dy*dy) + float64(dx*dx)
			if square > farthest {
				continue
			}
			count := len(p.members)
			if square == 0 && skip >= 0 {
				if _, here := slices.BinarySearch(p.members, int32(skip)); here {
					count--
				}
			}
			t.near = append(t.near, nearPlace{t.weight(0.5 * square), int32(k), int32(count)})
			found += count
		}
	}
	return found
}

// weight returns exp(-x) for x from 0 to lastRadius^2/2, to eleven digits: the table and
// five terms of the series for the rest. It takes a third of the time of [math.Exp].
func (t *topography) weight(x float64) float64 {
	k := int(x * decaySteps)
	f := x - float64(k)*(1.0/decaySteps)
	series := 1.0/6 - float64(f*(1.0/24-float64(f*(1.0/120))))
	series = 0.5 - float64(f*series)
	series = 1 - float64(f*series)
	return t.decay[k] * (1 - float64(f*series))
}

// solve returns the c for which the probabilities min(1, c weight) of all senders add up
// to fanIn; at least so many have to be there. The sum is concave in c, so Newton's
// method from zero rises to the solution and meets it after as many steps as there are
// sets of senders that the bound cuts on the way.
func solve(near []nearPlace, fanIn float64) float64 {
	c := 0.0
	for {
		full, rest := 0.0, 0.0
		for _, p := range near {
			if c*p.weight >= 1 {
				full += float64(p.count)
			} else {
				rest += float64(float64(p.count) * p.weight)
			}
		}
		next := (fanIn - full) / rest
		if !(next > c) {
			return c
		}
		c = next
	}
}
