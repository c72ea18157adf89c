// Package baseline has what a user would pick instead of a network of binary neurons: learners
// of other kinds, on the same samples and with the same measure, to compare with. They are
// plain, but no weaker than their kind.
//
// [Perceptron] is a multilayer perceptron with one hidden layer, trained by
// backpropagation and Adam. [New] makes one, [Perceptron.Run] trains it,
// [Perceptron.Evaluate] gives its accuracy.
//
// The products are those of internal/kernel, each sum in one fixed order: equal settings and
// samples give equal weights, whatever the number of workers and the kernel. Exponentials and
// logarithms are those of Go's library, which may differ in the last bit between processors.
//
// Read settings.go, then perceptron.go, step.go and adam.go.
package baseline
