// Package ownfolder keeps files in a folder that belongs to one user: a folder or a
// file that somebody else owns, or could write to or read, is not used.
//
// Several processes may use a folder at once. Files appear whole, by renaming.
//
// The functions are in files for platforms, because package os does not say who
// owns a file.
package ownfolder

const workSuffix = ".tmp"
