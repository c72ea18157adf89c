// Package fetch finds data sets that have a name: it looks for their files, downloads and
// verifies them. It is the only room on the side of the data that uses the network or
// runs another program; package dataset reads what is found.
//
// [Open] takes the name of a known set ([List]) or a path and returns [dataset.Data];
// [Get] only makes sure that the files are there.
//
// "digits" is part of the program. The files of the others are looked for in the folder
// Options.Dir, in the cache of the user and in folders of the system; "mnist" and
// "fashion-mnist" are then downloaded into the cache. Every file that has a published
// form is checked against the SHA-256 of its decompressed content. A [NotFoundError]
// tells what was tried.
//
// # Reading order
//
// fetch.go, the door; known.go, the sets and their checksums; find.go, the places;
// download.go and module.go, the network.
package fetch
