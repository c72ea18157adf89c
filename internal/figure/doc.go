// Package figure draws curves over one axis, and planes of values, as SVG and PNG.
//
// A [Figure] says what is drawn: titles, axes and either [Curve]s or a [Plane].
// [Figure.Render] returns it in a format. Values that are not finite, or that a
// logarithmic axis cannot show, leave gaps. An SVG needs no other file: it names the font
// that its lengths were measured with and, for a reader without it, fonts like it. All
// words have room for the widest of them; long titles and labels take several lines.
//
// Read figure.go, then curve.go and plane.go; style.go holds sizes, colours and legends,
// fit.go breaks words into lines, page.go has what pages with figures share. It is the only
// package that imports the plotting library.
package figure
