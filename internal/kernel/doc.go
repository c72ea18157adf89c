// Package kernel holds the loops that Basin spends its time in: products of couplings
// with the states of several samples, sweeps, flips and plasticity.
//
// Every loop exists as plain Go (the files *_reference.go, always compiled)
// and, on amd64 with AVX2 or AVX-512, as generated assembly. The comment of a kernel is the loop
// it equals, bit for bit: all versions share one order of floating-point sums, so the
// choice of a kernel changes speed only. Products with a state of -1 or +1 are exact,
// and so free to be fused with the sum that follows; a product with a real number is
// rounded before it is added, never fused.
//
// The choice is made at start from the processor's features. BASIN_KERNEL=portable,
// avx2 or avx512 in the environment forces one, and the build tag noasm plain Go. [Use] forces
// a version for tests.
//
// # Layouts
//
//   - A state or field of one sample is a vector over neurons, padded to 16.
//   - A group is 8 samples. A plane is the signs of one group: one byte per neuron,
//     bit b set where the neuron of sample b is -1.
//   - Lanes are the values of 8 or 16 samples side by side, neuron after neuron.
//
// The assembly is written by the program in _generate.
package kernel
