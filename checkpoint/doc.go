// Package checkpoint keeps trained networks in files. [Save] and [Load] move a
// [Model]: a network with all that a prediction needs. [SaveTraining] and
// [LoadTraining] move a model together with the state of its training run, so that
// a resumed run goes on bit for bit. [Check] tells a model from another file by its header.
//
// # Format
//
// A file is in the safetensors format and opens as it is in any program that reads
// safetensors. Rows are receivers. For module M (counted from 0) with N neurons, D
// inputs and C classes it holds
//
//	modules.M.recurrent          F32 [N, N]  J_ij at row i, column j; diagonal zero
//	modules.M.input              F32 [N, D]  W_ik
//	modules.M.feedback           F32 [C, N]  F_ic at row c, at strength 1
//	modules.M.bias               F32 [N]     where the module has biases
//	readout                      F32 [C, T]  O_ci over the T neurons of the modules that are read
//	readout.average              F32 [C, T]  where the readout is averaged
//
// and, where they are known, the hashes of the R rows that were learned, ascending, each as its
// upper and its lower 32 bits (see dataset.Set.RowHashes):
//
//	training_rows                I32 [R, 2]
//
// and, where samples are whitened, the matrix of dataset.Whitening, row by row:
//
//	whitening                    F32 [V]
//
// For pathway P from N' to N neurons, learned or with random senders, it holds
//
//	pathways.P                   F32 [N, N'] the coupling from j on i at row i, column j
//
// where pathways are the directions of the links, a chain written out, in their order,
// forward before backward,
// and a sparse block in place of its matrix, in compressed rows by receiver:
//
//	modules.M.recurrent.start    I32 [N+1]   receiver i has the entries start[i] to start[i+1]
//	modules.M.recurrent.sender   I32 [E]     ascending within a receiver
//	modules.M.recurrent.value    F32 [E]
//
// (modules.M.input and pathways.P likewise). Windows that are not thinned, of V values each, are
// rows by receiver instead:
//
//	modules.M.input.window       I32 [N]     k of the first input that receiver i reads
//	modules.M.input.value        F32 [N, V]  W_ik of its window, k ascending
//
// Shared couplings of K channels, whose windows the settings place, are rows by channel:
//
//	modules.M.input.value        F32 [K, V]
//
// (modules.M.recurrent and pathways.P likewise, where that of a neuron with itself is zero.)
//
// In an image of Y x X pixels with Z channels a window of side w has the inputs
// window[i] + (y X + x) Z + z for y < w, x < w, z < Z. The self-couplings and the strengths of links
// one to one stand in the settings.
//
// A network of integers (network.Quantise) of b bits has no feedback, average and training state,
// a bias in every module, and its couplings packed: all numbers of an array one after
// another, the lowest bit first, without a gap, negative ones as their complement of two,
// receivers and then senders ascending. A coupling is its number times 2^unit:
//
//	modules.M.input.unit         I8 [N]      of each receiver
//	modules.M.input.value        I8          numbers of b bits
//	modules.M.input.sender       I8          numbers of as many bits as the last sender has, of
//	                                         a sparse block; start and window are as above
//	readout                      I8          O_ci, numbers of 8 bits, c and then i ascending
//	readout.unit                 I8 [1]
//
// (modules.M.recurrent and learned pathways likewise).
//
// The metadata are texts:
//
//	format          "basin"
//	format_version  "5" in files with a whitening or shared couplings, else "4" in those of
//	                networks of integers, else "3"; "2" in files with compressed rows for all windows, "1" in those that
//	                have no digest either
//	basin_version   of the program that wrote the file
//	settings        JSON of settings.Settings
//	encoder         JSON of dataset.Encoder, but for the matrix of its whitening
//	label_names     JSON list, one name per class, or empty
//	history         JSON list of train.EpochRecord
//	input_shape     JSON list
//	classes         C
//	columns         JSON of table.Columns; models of tables only
//	integers        JSON of network.Integers; networks of integers only
//	learned_batches mini-batches learned beside the history; absent for none
//	training_state  JSON of train.State without its history; training files only
//	scales          JSON object: scale of each block that has one, as a hexadecimal
//	                floating-point text; training files only
//	digest          SHA-256, hexadecimal, of the whole file with 64 zeros in its place
//
// A text of more than 1 MiB, such as the history of many epochs, does not stand among them but
// is the array metadata.KEY of its bytes, U8, after the others.
//
// Every text but columns is there; what is missing inside one was not known to the program that wrote
// it, and means:
//
//	settings        the default, see settings.Settings.UnmarshalJSON
//	encoder         preprocessing as in the settings, no mean and no deviation (an error where
//	                the preprocessing has them); features and divisor are always there
//	history         in a tally not counted, 0; split and held: not measured; readout: an epoch;
//	                epoch is always there
//	training_state  epoch: as many as the history has; batch and tally: none of the epoch
//	                under way; data, held: not known
//
// A key that is not known is an error: it would be lost in silence. So is what does not go
// together, such as a tally of samples after no batch.
//
// In a model file the scale of a block (see package coupling) is multiplied into its
// values. In a training file the values are as stored in memory, at full precision,
// and are to be multiplied by the block's scale. Equal models give equal files, byte
// for byte.
//
// # Safety
//
// A file is replaced as a whole or not at all. A single bit of it that changes later makes
// it unreadable: the digest is compared before anything is believed. A program that changes
// a file on purpose writes a new digest, or format_version "1" and none. A file that is read is foreign until
// every part of it has been checked: nothing in it causes a panic, and memory is
// taken only for tensors that the file really holds.
//
// Read model.go, then layout.go, then write.go and read.go.
package checkpoint
