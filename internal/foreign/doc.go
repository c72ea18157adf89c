// Package foreign reads and writes the settings of two other programs that train the networks
// of arXiv:2509.05041: darnax, a JAX library of its authors, and the PyTorch program with which
// the authors made the figures of the paper.
//
// [Read] makes settings of a file, [Write] a file of settings. Neither guesses. A key that is
// not known, or whose value means something that Basin cannot do, is an error that says why;
// what is left out without changing what is learned, or cannot be kept, is a note. What [Write]
// has written [Read] turns into the same settings: it looks, and refuses the rest.
//
// Every normalisation stands where it is undone: darnax.go and paper.go have one function in
// each direction. docs/from-elsewhere.md says the same in prose. Begin with paper.go, the shorter.
//
// Sources: github.com/Willinki/darnax, tutorial 10 and the modules that it imports, which carry
// their rates and decays; github.com/mattia-scardecchia/rebuttal-temp, configs/ and
// src/batch_me_if_u_can.py.
package foreign
