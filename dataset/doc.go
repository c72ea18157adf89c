// Package dataset finds, reads and encodes labelled samples.
//
// [Open] takes the name of a known data set ([List]) or the path of a file or
// folder and returns [Data], split into training and test samples. [Read] and
// [ReadFrom] read samples without splitting them. A [Preprocess] fitted to the
// training set gives an [Encoder]; [Encoder.Encode] gives the [Inputs] of a
// network, row by row.
//
// # Formats
//
// The format is recognised from the content, not from the name: IDX (MNIST),
// CSV, NPY, NPZ, PNG and JPEG, each also compressed with gzip; the binary
// format of CIFAR; and folders with one sub-folder of images for
// each class. Each has a reader of its own ([ReadIDX], [ReadCSV], [ReadNPY],
// [ReadNPZ], [ReadCIFAR], [ReadImage], [ReadImages]). Files may come from
// anywhere: damaged or foreign ones give an error that says where and what was
// expected, and sizes that a header announces are believed only as far as data
// arrives. No array may be larger than 4 GiB.
//
// # Known sets
//
// "digits" is part of the program. The files of the others are looked for in the
// folder Options.Dir, in the cache of the user and in folders of the system;
// "mnist" and "fashion-mnist" are then downloaded into the cache. Every file is
// checked against the SHA-256 of its decompressed content. A [NotFoundError]
// tells what was tried.
//
// # Reading order
//
// set.go and holdout.go, the samples; open.go, the door; idx.go, csv.go, npy.go,
// npz.go, cifar.go, image.go, the formats, with stream.go and array.go below
// them; known.go, find.go, download.go and module.go, where files come from;
// preprocess.go, encoder.go, projection.go, inputs.go, what a network sees.
package dataset
