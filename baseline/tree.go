package baseline

import (
	"context"
	"math"
	"slices"

	"basin/internal/random"
)

// tree divides samples in two, again and again. It begins with the first node.
type tree struct {
	nodes       []node
	shares      []float32 // C for each leaf of more than one class
	comparisons int64     // of all samples that it learned
}

// node is a division, or a leaf where input is -1.
type node struct {
	input     int32
	threshold float32
	// next is the node of samples that have at most the threshold at the input; the one
	// after it is that of the others. Of a leaf it is where its shares begin, or -1-c where all
	// were of class c.
	next int32
}

// vote adds to logits the share of each class in the leaf that a sample comes to.
func (t *tree) vote(x, logits []float32) {
	n := &t.nodes[0]
	for n.input >= 0 {
		next := n.next
		if !(x[n.input] <= n.threshold) {
			next++
		}
		n = &t.nodes[next]
	}
	if n.next < 0 {
		logits[-1-n.next]++
		return
	}
	for c, share := range t.shares[n.next:][:len(logits)] {
		logits[c] += share
	}
}

// grower grows trees, one after the other. It belongs to one goroutine.
type grower struct {
	*ranges
	classes, tries int

	weights []int32 // how often each sample was drawn
	order   []int32 // of the samples that were drawn; those of a node stand together
	inputs  []int32 // in the order in which they were drawn for the last node
	members []member
	tally   tally
}

// member is a sample of the node under way.
type member struct{ label, weight int32 }

// tally counts the samples of a node by their range at an input, and by class.
type tally struct {
	present     []uint8 // ranges that have any
	samples     []int32 // by range
	classes     []int32 // range x C
	own         []int64 // of all samples of the node, by class
	left, right []int64 // of those on either side, by class
}

// division is what a node does.
type division struct {
	score        float64
	input        int
	below, above uint8 // the ranges on either side
}

func newGrower(r *ranges, classes int) *grower {
	return &grower{
		ranges: r, classes: classes, tries: max(1, int(math.Sqrt(float64(len(r.codes))))),
		weights: make([]int32, len(r.labels)), inputs: make([]int32, len(r.codes)),
		tally: tally{
			samples: make([]int32, mostRanges), classes: make([]int32, mostRanges*classes),
			own: make([]int64, classes), left: make([]int64, classes), right: make([]int64, classes),
		},
	}
}

// draw takes as many samples as there are, with replacement.
func (g *grower) draw(stream *random.Stream) {
	clear(g.weights)
	for range g.weights {
		g.weights[stream.IntN(len(g.weights))]++
	}
	g.order = g.order[:0]
	for i, w := range g.weights {
		if w > 0 {
			g.order = append(g.order, int32(i))
		}
	}
	for k := range g.inputs {
		g.inputs[k] = int32(k)
	}
}

// grow returns a tree of samples and inputs that a stream draws. When ctx is cancelled it is
// of no use.
func (g *grower) grow(ctx context.Context, stream random.Stream) tree {
	g.draw(&stream)
	type open struct {
		node     int
		from, to int // in the order
	}
	t := tree{nodes: make([]node, 1)}
	for todo := []open{{0, 0, len(g.order)}}; len(todo) > 0 && ctx.Err() == nil; {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		some := g.order[o.from:o.to]
		all, pure := g.count(some)
		var best division
		if !pure {
			best = g.best(some, all, &stream)
		}
		if best.score == 0 {
			t.nodes[o.node] = g.leaf(&t, all)
			continue
		}
		t.comparisons += all
		next := len(t.nodes)
		t.nodes[o.node] = node{int32(best.input), g.threshold(best.input, best.below, best.above), int32(next)}
		t.nodes = append(t.nodes, node{}, node{})
		middle := o.from + part(some, g.codes[best.input], best.below)
		todo = append(todo, open{next + 1, middle, o.to}, open{next, o.from, middle})
	}
	t.nodes, t.shares = slices.Clip(t.nodes), slices.Clip(t.shares)
	return t
}

// count makes samples the members of the node, counts them, by class in the tally, and reports
// whether there is one class alone.
func (g *grower) count(some []int32) (all int64, pure bool) {
	own := g.tally.own
	clear(own)
	g.members = g.members[:0]
	for _, i := range some {
		m := member{g.labels[i], g.weights[i]}
		own[m.label] += int64(m.weight)
		all += int64(m.weight)
		g.members = append(g.members, m)
	}
	return all, own[g.labels[some[0]]] == all
}

// leaf returns a leaf with the classes counted.
func (g *grower) leaf(t *tree, all int64) node {
	for c, count := range g.tally.own {
		if count == all {
			return node{input: -1, next: int32(-1 - c)}
		}
	}
	at := len(t.shares)
	for _, count := range g.tally.own {
		t.shares = append(t.shares, float32(float64(count)/float64(all)))
	}
	return node{input: -1, next: int32(at)}
}

// part brings the samples of the ranges up to one to the front and returns their number.
func part(some []int32, codes []uint8, below uint8) int {
	from, to := 0, len(some)
	for from < to {
		if codes[some[from]] <= below {
			from++
			continue
		}
		to--
		some[from], some[to] = some[to], some[from]
	}
	return from
}

// best returns the best division by some inputs that the stream draws, the first among equals,
// and goes on to draw while all are constant. A score of 0 means that there is none.
func (g *grower) best(some []int32, all int64, stream *random.Stream) division {
	var best division
	for n := range g.inputs {
		if n >= g.tries && best.score > 0 {
			break
		}
		other := n + stream.IntN(len(g.inputs)-n)
		g.inputs[n], g.inputs[other] = g.inputs[other], g.inputs[n]
		g.look(some, all, int(g.inputs[n]), &best)
	}
	return best
}

// look tries all divisions by an input. The Gini impurity of both sides together is 1 - score/n
// of n samples,
//
//	score = sum over sides of (sum over classes of count^2) / samples of the side
func (g *grower) look(some []int32, all int64, input int, best *division) {
	y, codes := &g.tally, g.codes[input]
	y.present = y.present[:0]
	for n, m := range g.members {
		code := codes[some[n]]
		if y.samples[code] == 0 {
			y.present = append(y.present, code)
		}
		y.samples[code] += m.weight
		y.classes[int(code)*g.classes+int(m.label)] += m.weight
	}
	slices.Sort(y.present)
	clear(y.left)
	copy(y.right, y.own)
	var squareLeft, squareRight, count int64
	for _, v := range y.own {
		squareRight += v * v
	}
	for n, code := range y.present {
		for c, v := range y.classes[int(code)*g.classes:][:g.classes] {
			v := int64(v)
			squareLeft += v * (2*y.left[c] + v)
			squareRight -= v * (2*y.right[c] - v)
			y.left[c] += v
			y.right[c] -= v
		}
		count += int64(y.samples[code])
		y.samples[code] = 0
		clear(y.classes[int(code)*g.classes:][:g.classes])
		if n+1 == len(y.present) {
			break
		}
		score := float64(squareLeft)/float64(count) + float64(squareRight)/float64(all-count)
		if score > best.score {
			*best = division{score, input, code, y.present[n+1]}
		}
	}
}
