// Package dataset reads and encodes labelled samples. Package fetch finds the data sets
// that have a name.
//
// [Open] takes the path of a file or folder, or "digits" for the set that is part of
// the program, and returns [Data], split into training and test samples. [Read] and
// [ReadFrom] read samples without splitting them. A [Preprocess] fitted to the
// training set gives an [Encoder]; [Encoder.Encode] gives the [Inputs] of a
// network, row by row.
//
// # Formats
//
// The format is recognised from the content, not from the name: IDX (MNIST),
// tables (see package table), NPY, NPZ, PNG and JPEG, each also compressed with gzip; a ZIP
// archive of one file; the binary
// format of CIFAR; and folders with one sub-folder of images for
// each class. Each has a reader of its own ([ReadIDX], [ReadCSV], [ReadNPY],
// [ReadNPZ], [ReadCIFAR], [ReadImage], [ReadImages]). Files may come from
// anywhere: damaged or foreign ones give an error that says where and what was
// expected, and sizes that a header announces are believed only as far as data
// arrives. No array may be larger than 4 GiB, unless
// Options.Limit says so.
//
// # Reading order
//
// set.go, doubles.go, join.go and holdout.go, the samples; open.go, the door; idx.go, csv.go,
// npy.go, npz.go, zip.go, cifar.go, image.go, the formats, with stream.go and array.go below
// them; digits.go, the embedded set; preprocess.go, coding.go (the columns of a table),
// encoder.go, row.go, contrast.go, whiten.go, whiten_fit.go, projection.go, inputs.go, what a
// network sees; augment.go, augment_draw.go, augment_apply.go and augment_inputs.go, how images
// change while they are learned.
package dataset
