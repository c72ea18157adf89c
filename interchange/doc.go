// Package interchange writes trained models in forms that other programs read. A function for each
// form takes a writer and a model, which it does not change, and writes the same bytes for the same model:
//
//	NPZ    arrays for NumPy, under the names of the model file
//	ONNX   the whole prediction, from raw values to logits, as a graph
//	C      the prediction of a model of integers, from bytes to logits, as one file of C99
//	Go     the same as one file of Go
//
// None of these files is read back: the model file (package checkpoint) stays the only one
// from which Basin predicts and learns.
//
// Read npz.go; then onnx.go, which says what the graph is, onnx_inputs.go, onnx_sweeps.go and
// onnx_couplings.go. onnx_graph.go and onnx_file.go are the format. Source code is
// program.go, what there is to do, and program_couplings.go, how couplings are packed, in the
// words of c.go and gosource.go and the templates beside them.
package interchange
