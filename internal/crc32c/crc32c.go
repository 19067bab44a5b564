//go:build purego || race || msan || asan || !amd64

// Package crc32c computes CRC-32C checksums.
package crc32c

import "hash/crc32"

var table = crc32.MakeTable(crc32.Castagnoli)

// Checksum returns the checksum of b.
func Checksum(b []byte) uint32 { return crc32.Checksum(b, table) }

// Update returns the checksum of what crc is the checksum of, followed by b.
func Update(crc uint32, b []byte) uint32 { return crc32.Update(crc, table, b) }
