package interchange

import "fmt"

// graph is one that is being built. Values have names; every operation makes one value.
//
// Inside the graph a sample is a column: values are neurons (or inputs) x samples, so that
// a block of couplings multiplies from the left, rows being receivers.
type graph struct {
	nodes, constants, inputs, outputs []*message
	used                              map[string]int     // how often a name was asked for
	scalars                           map[float64]string // constants of one 32-bit number
	scope                             string             // put before the names of values
	integers                          bool               // couplings are those of a network of integers
}

func newGraph(integers bool) *graph {
	return &graph{integers: integers, used: map[string]int{}, scalars: map[float64]string{}}
}

// named returns a name that no other value has.
func (g *graph) named(name string) string {
	if g.used[name]++; g.used[name] > 1 {
		return fmt.Sprintf("%s.%d", name, g.used[name])
	}
	return name
}

// op adds an operation and returns the name of its value.
func (g *graph) op(kind string, inputs []string, attributes ...attribute) string {
	return g.opTo(g.named(g.scope+kind), kind, inputs, attributes...)
}

// opTo is op for a value whose name is given.
func (g *graph) opTo(name, kind string, inputs []string, attributes ...attribute) string {
	node := &message{}
	for _, input := range inputs {
		node.text(1, input)
	}
	node.text(2, name)
	node.text(3, name)
	node.text(4, kind)
	for _, a := range attributes {
		node.message(5, a.message())
	}
	g.nodes = append(g.nodes, node)
	return name
}

// constant adds an array and returns its name.
func constant[T float32 | float64 | int8 | int32 | int64](g *graph, name string, values []T, shape ...int) string {
	name = g.named(name)
	g.constants = append(g.constants, tensorOf(name, values, shape...))
	return name
}

// scalar returns the name of a constant that is one 32-bit number.
func (g *graph) scalar(v float32) string {
	name, known := g.scalars[float64(v)]
	if !known {
		name = constant(g, fmt.Sprint(v), []float32{v})
		g.scalars[float64(v)] = name
	}
	return name
}

// double returns the name of a constant that is one 64-bit number.
func (g *graph) double(v float64) string { return constant(g, g.scope+"number", []float64{v}) }

func (g *graph) add(a, b string) string { return g.op("Add", []string{a, b}) }
func (g *graph) sub(a, b string) string { return g.op("Sub", []string{a, b}) }
func (g *graph) mul(a, b string) string { return g.op("Mul", []string{a, b}) }
func (g *graph) div(a, b string) string { return g.op("Div", []string{a, b}) }

func (g *graph) matmul(a, b string) string { return g.op("MatMul", []string{a, b}) }

// where takes values of a where a condition holds, else of b.
func (g *graph) where(condition, a, b string) string {
	return g.op("Where", []string{condition, a, b})
}

func (g *graph) cast(a string, to kind) string {
	return g.op("Cast", []string{a}, attribute{"to", to})
}

// reshape gives a value other sides, of which one may be -1: what is left.
func (g *graph) reshape(a string, sides ...int64) string {
	return g.op("Reshape", []string{a, constant(g, g.scope+"shape", sides, len(sides))})
}

func (g *graph) transpose(a string, order ...int) string {
	return g.op("Transpose", []string{a}, attribute{"perm", order})
}

// rows takes rows of a value.
func (g *graph) rows(a string, list []int32, shape ...int) string {
	return g.op("Gather", []string{a, constant(g, g.scope+"rows", list, shape...)}, attribute{"axis", 0})
}

// message is the graph as ONNX has it.
func (g *graph) message(name string) *message {
	m := &message{}
	for _, part := range []struct {
		field int
		list  []*message
	}{{1, g.nodes}, {5, g.constants}, {11, g.inputs}, {12, g.outputs}} {
		for _, each := range part.list {
			m.message(part.field, each)
		}
	}
	m.text(2, name)
	return m
}
