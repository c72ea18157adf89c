// Package settings reads and writes the settings of a training run as YAML, and holds
// the presets.
//
// Most programs need three calls: [LoadPreset] or [Defaults] for a base, [Load]
// for a settings file over it, and [Set] for single changes such as those of a command
// line. [Marshal] writes settings with every value and a comment per key, [Schema] a
// JSON schema for editors, and [Reference] the same facts as a table.
//
// # Rules of a settings file
//
//   - A file holds what differs from its base. The base is the argument of [Load], or
//     the preset that the file names as its first key (preset: mnist).
//   - Sections merge with the base. Lists (network.modules, network.links, readout.on,
//     readout.weights) replace the list of the base.
//   - A module or link in a list starts from the one that the base has at that place.
//     Where it has none, a module starts with recurrent and input gain 1 and density 1,
//     and everything else 0.
//   - A scheduled value is a number, or {start: 0.02, end: 0.001, shape: cosine} with
//     all three keys.
//   - Reading is strict: an unknown key, a wrong type or a value out of range is an
//     error, and all of them are reported at once, each as an [Error]. Text that looks
//     like a number needs quotes. Anchors, aliases and tags are refused.
//
// Model files hold settings as JSON, where a key that is missing means its default:
// [Settings.UnmarshalJSON].
//
// What each key is, its range and its choices stand in rows beside the types, in the packages
// of network, protocol, dynamics and dataset; table.go puts them together.
//
// Read load.go, then decode.go, then table.go.
package settings
