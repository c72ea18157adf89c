package theory_test

import (
	"context"
	"fmt"
	"log"

	"basin/theory"
)

// How many fixed points a network of 12 neurons has on average, and how many nats per
// neuron that is in a large one.
func Example() {
	network := theory.Ensemble{SelfCoupling: 0.3}
	count, err := network.FixedPoints(12)
	if err != nil {
		log.Fatal(err)
	}
	entropy, err := network.Entropy()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f fixed points, %.4f nats per neuron\n", count.Value, entropy)
	// Output: 13.9998 fixed points, 0.2117 nats per neuron
}

// Typical fixed points are alone: none lies nearer than the gap.
func ExampleEnsemble_IsolationGap() {
	network := theory.Ensemble{SelfCoupling: 0.5}
	gap, err := network.IsolationGap()
	if err != nil {
		log.Fatal(err)
	}
	inside, err := network.LocalEntropy(1 - gap/2)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("gap %.5f, local entropy inside %.5f\n", gap, inside)
	// Output: gap 0.01055, local entropy inside -0.00430
}

// Below this self-coupling some overlap has no triplet of fixed points.
func ExampleEnsemble_TupleThreshold() {
	threshold, err := theory.Ensemble{}.TupleThreshold(context.Background(), 3)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f\n", threshold)
	// Output: 0.0557
}

// Modules without self-coupling have fixed points because they hold each other.
func ExampleChain() {
	chain := theory.Chain{Modules: 2, Lambda: 1}
	entropy, err := chain.Entropy()
	if err != nil {
		log.Fatal(err)
	}
	overlaps, err := chain.Overlaps()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f nats per neuron, overlap %.3f\n", entropy, overlaps[0])
	// Output: 0.1913 nats per neuron, overlap 0.931
}

// A self-coupling of 0.5 makes a margin of 1 as easy as one of 0.5.
func ExampleCapacity() {
	capacity, err := theory.Capacity(1 - 0.5)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f patterns per neuron\n", capacity)
	// Output: 0.9612 patterns per neuron
}
