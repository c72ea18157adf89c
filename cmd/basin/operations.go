package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"basin/protocol"
)

// printOperations prints the synaptic operations of a prediction.
func printOperations(w io.Writer, c *protocol.Cost) error {
	fmt.Fprintln(w, "synaptic operations of a prediction, on average")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "  dense\t%.0f\tall that are possible, after every sweep\n", c.Dense)
	fmt.Fprintf(table, "  effective MACs\t%.0f\tmultiply-accumulates\n", c.EffectiveMACs)
	fmt.Fprintf(table, "  effective ACs\t%.0f\taccumulates, of inputs and states of -1, 0 and +1\n", c.EffectiveACs)
	fmt.Fprintf(table, "  activation sparsity\t%s\tof neurons do not flip in a sweep after the first\n", percent(c.ActivationSparsity))
	fmt.Fprintf(table, "  input sparsity\t%s\tof inputs are zero\n", percent(c.InputSparsity))
	fmt.Fprintf(table, "  connection sparsity\t%s\tof possible couplings are absent\n", percent(c.ConnectionSparsity))
	fmt.Fprintf(table, "  footprint\t%s\tcouplings and their indices\n", size(c.Footprint))
	for _, e := range c.Energy {
		fmt.Fprintf(table, "  energy, %s\t%.1f nJ\tdense %.1f nJ, if a multiplication takes %g pJ, an addition %g pJ, memory nothing\n",
			e.Numbers, e.Effective, e.Dense, e.Multiply, e.Add)
	}
	return table.Flush()
}
