// Package interchange writes trained models in forms that other programs read. A function for each
// form takes a writer and a model, which it does not change, and writes the same bytes for the same model:
//
//	NPZ    arrays for NumPy, under the names of the model file
//
// None of these files is read back: the model file (package checkpoint) stays the only one
// from which Basin predicts and learns.
//
// Read npz.go.
package interchange
