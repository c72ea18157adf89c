// Package formula turns the formulas of the documents from TeX into MathML, which browsers
// draw without a program.
//
// [MathML] reads the part of TeX that the documents use: letters, numbers, operators, scripts
// and primes, \frac, \tfrac, \binom, \sqrt, accents, delimiters of all sizes, \text, \mathrm,
// \operatorname, \mathbb, \mathcal, \underbrace, the matrix in parentheses (pmatrix), and the symbols of a table
// (symbols.go). It is strict: what it does not know is an error that names it and its place, so no
// formula is shown in part or as it was typed.
//
// Read parse.go first, then compose.go, which spaces what was read.
package formula
