// Package graph draws the modules and links of a network: as text for a terminal, in the
// language of Graphviz, and as SVG.
//
// [New] describes the network of settings in words; [Graph.Text] and [Graph.Table],
// [Graph.Dot] and [Graph.SVG] draw it. A drawing shows the size of each module, its
// self-coupling J_D, what couples its neurons, what it sees, when it hears the label, and
// whether it is read. In text and SVG the equal modules in the middle of a long chain
// are shown as one. Drawings are equal for equal settings.
//
// Read graph.go and words.go, then shown.go, then text.go, dot.go and layout.go with
// svg.go.
package graph
