package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/pflag"
)

// flagError says what is wrong with a flag, in the same words for all of them. What
// is wrong with a value its flag says; package pflag would say it of true and false
// with the name of a function.
func flagError(err error) error {
	var invalid *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	var unknown *pflag.NotExistError
	var malformed *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "bool":
		return usagef("--%s: %q is neither true nor false", invalid.GetFlag().Name, invalid.GetValue())
	case errors.As(err, &invalid):
		return usagef("--%s: %v", invalid.GetFlag().Name, invalid.Unwrap())
	case errors.As(err, &missing):
		return usagef("option --%s needs a value", missing.GetFlag().Name)
	case errors.As(err, &unknown) && len(unknown.GetSpecifiedShortnames()) > 1:
		return usagef("unknown option -%s in -%s", unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames())
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return usagef("unknown option -%s", unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		return usagef("unknown option --%s", unknown.GetSpecifiedName())
	case errors.As(err, &malformed):
		return usagef("%s is no option", malformed.GetSpecifiedFlag())
	}
	return usagef("%v", err)
}

// A countFlag is how many of something there are to be.
type countFlag int

func (c *countFlag) String() string { return strconv.Itoa(int(*c)) }
func (c *countFlag) Type() string   { return "count" }

func (c *countFlag) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return fmt.Errorf("%q is no count, want a whole number from 1, such as 10", s)
	}
	*c = countFlag(n)
	return nil
}

// A percentFlag is a percentage.
type percentFlag float64

func (p *percentFlag) String() string { return number(float64(*p)) }
func (p *percentFlag) Type() string   { return "percentage" }

func (p *percentFlag) Set(s string) error {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= 0 && f <= 100) { // not a number is neither
		return fmt.Errorf("%q is no percentage, want a number from 0 to 100, such as 90", s)
	}
	*p = percentFlag(f)
	return nil
}
