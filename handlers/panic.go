package handlers

import (
	"fmt"
	"runtime/debug"
)

// caught, deferred, makes an error of a panic: one message that breaks
// something must not end the process.
func caught(doing string, err *error) { //nolint:gocritic // only through a pointer can a deferred call change what is returned
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: panic: %v\n%s", doing, r, debug.Stack())
	}
}
