package main

import "errors"

type doctorCommand struct {
	Paid bool `help:"Also make calls that are paid for."`
}

// Run is not here yet.
func (doctorCommand) Run() error { return errors.New("not yet") }
