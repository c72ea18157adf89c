// Package keys describes the keys of a settings file. Whoever owns a struct of settings keeps
// a table beside it, one [Row] for each yaml tag: what the value is, its range, its choices.
// [Check] holds a struct to its table. Package settings puts the tables together and makes
// comments, schema, reference and the reading of files from the same rows, so that none of
// them can say something else.
//
// What depends on several keys is code of the owner, reported beside: [Mistakes.Report].
// The package is ground: it knows no setting.
package keys
