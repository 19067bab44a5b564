// Package matcher holds the artifact's bytes: the image that commands are
// decided on, the container around it, and the records that say where rules
// come from. Each is an encoder and a decoder side by side; FORMAT.md is their
// specification.
//
// [OpenImage] checks an image once; [Image.Decide] then answers without
// allocating or failing, and [Image.AppendMatches] lists all rules that match.
// Package compiler/graph makes images from rules, package runtime opens files.
//
// An [Image] and a [Place] do not change and may be used by any number of
// goroutines. An Image aliases the bytes it was opened on, for as long as it is
// used.
//
// The package imports next to nothing, neither fmt nor io: a process that asks for
// one decision pays for whatever is set up before it.
package matcher
