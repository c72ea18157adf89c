package dynamics

import (
	"testing"

	"basin/network"
)

// A block of couplings that is dense, or not far from it, is read once for all samples, and so
// is one module after the other; the samples of other networks move one by one. A receiver of
// a block that is sparse has at most an eighth of its senders.
func TestSamplesOfSparseNetworksMoveApart(t *testing.T) {
	link := func(density float64) []network.Link {
		return []network.Link{{Kind: network.Learned, Between: [2]int{1, 0}, Gain: 1, Density: density}}
	}
	one2one := []network.Link{{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 1}}
	for _, row := range []struct {
		name    string
		density float64
		links   []network.Link
		order   Order
		want    bool
	}{
		{"dense", 1, nil, Parallel, false},
		{"a fifth", 0.2, nil, Parallel, false},
		{"an eighth", 0.125, nil, Parallel, true},
		{"sparse", 0.05, nil, Parallel, true},
		{"sparse, partial", 0.05, nil, Partial, true},
		{"sparse, sequential", 0.05, nil, Sequential, true},
		{"sparse, modules", 0.05, nil, Modules, false},
		{"one to one", 0.05, one2one, Parallel, true},
		{"sparse link", 0.05, link(0.05), Parallel, true},
		{"dense link", 0.05, link(1), Parallel, false},
		{"no block", 0, nil, Parallel, true},
		{"no block, modules", 0, nil, Modules, false},
		{"only a dense link", 0, link(1), Parallel, false},
	} {
		spec := one(80, row.density, 0)
		spec.Modules = append(spec.Modules, spec.Modules[0])
		spec.Links = row.links
		b, err := NewBatch(drawNetwork(t, spec, []int{4}, 2, 73), Settings{Order: row.order, Probability: 0.5}, 2)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Apart(); got != row.want {
			t.Errorf("%s: apart is %t, want %t", row.name, got, row.want)
		}
	}
}
