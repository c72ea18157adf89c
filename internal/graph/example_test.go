package graph_test

import (
	"fmt"

	"basin/internal/graph"
	"basin/network"
	"basin/settings"
)

func Example() {
	s := settings.Defaults()
	s.Data.Set = "digits"
	s.Network.Chain = network.Chain{Modules: 3, Size: 100, Lambda: 0.5}
	fmt.Print(graph.New(s).Text())
	// Output:
	// digits: 300 neurons in 3 modules, 2 links
	//
	// module  neurons  J_D  J      input  label    read
	// 0       100      0.5  dense  dense  clamped  yes
	// ↕ excitatory, lambda 0.5
	// 1       100      0.5  dense  -      clamped  yes
	// ↕ excitatory, lambda 0.5
	// 2       100      0.5  dense  -      clamped  yes
}
