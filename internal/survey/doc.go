// Package survey puts what is found in small networks beside what theory says of them. It is
// the only package that sees both: [basin/manifold/census] visits all states of drawn
// networks, [basin/theory] integrates, and neither knows the other.
//
// A [Kind] of random networks is both a spec to draw from and a chain of ensembles. [Average]
// takes a census of many draws and puts the exact averages beside it; [TallyOf] is the census
// alone, for other draws and other sums; [List] looks at the fixed points of one network.
// [Curves] are what theory has formulas for, in numbers.
//
// Read kind.go, look.go (one network), tally.go (many), then averages.go and listing.go;
// curve.go and curves.go stand apart.
package survey
