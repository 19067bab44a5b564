package main

// It is imported in the first file, so that the linker has its code behind that of
// the runtime, in as few pages as there are.
import _ "github.com/rulesc/rulesc/cmd/rulesc/internal/ahead"
