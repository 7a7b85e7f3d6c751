// Package guard keeps one piece of work's panic from ending the process.
package guard

import (
	"fmt"
	"runtime/debug"
)

// PanicError is a panic that became an error: a defect of ours, which trying
// again will not mend.
type PanicError struct {
	Doing string
	Value any
	Stack []byte
}

// Error tells what was being done, the panic's value and the stack.
func (p *PanicError) Error() string {
	return fmt.Sprintf("%s: panic: %v\n%s", p.Doing, p.Value, p.Stack)
}

// Recover makes a *PanicError of a panic; it must be deferred. doing says what was being
// done, as an error would.
func Recover(doing string, err *error) { //nolint:gocritic // only through a pointer can a deferred call change what is returned
	if r := recover(); r != nil {
		*err = &PanicError{Doing: doing, Value: r, Stack: debug.Stack()}
	}
}
