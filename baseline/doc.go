// Package baseline has what a user would pick instead of a network of binary neurons: learners
// of other kinds, on the same samples and with the same measure, to compare with. They are
// plain, but no weaker than their kind.
//
// [Perceptron] is a multilayer perceptron with one hidden layer, trained by
// backpropagation and Adam. [New] makes one, [Perceptron.Run] trains it,
// [Perceptron.Evaluate] gives its accuracy. [NewBinarised] makes one whose hidden units are
// +-1. [Contrastive] has such a layer too, with symmetric couplings, and learns from the
// difference of two states of it.
//
// [Logistic] is logistic regression. [RandomFeatures] and [Reservoir] have hidden units that do
// not learn, without and with couplings among them, and a readout that is solved for.
// [Neighbours] votes among the samples nearest, [Forest] among trees. What their settings leave
// open, a penalty or a number of neighbours, they choose on training samples that they hold
// out: of up to 5000 each once, in five parts, of more one part. They take inputs as they
// are: standardise them.
//
// All are a [Learner]: it learns, it gives logits, it says what it costs.
//
// The products are those of internal/kernel, each sum in one fixed order: equal settings and
// samples give equal weights, whatever the number of workers and the kernel. Exponentials and
// logarithms are those of Go's library, which may differ in the last bit between processors.
//
// Read learner.go. For the perceptron, settings.go, then layered.go, perceptron.go, step.go and
// adam.go, then contrastive.go and pairs.go. For the others predict.go and held.go, then
// logistic.go, descent.go and lbfgs.go; readout.go, features.go and reservoir.go; neighbours.go;
// forest.go, tree.go and ranges.go.
package baseline
