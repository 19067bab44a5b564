package matcher

// DecideSafely is Decide in code that needs no proof.
var DecideSafely = (*Image).decide
