package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"waybill/models/store/storetest"
)

// TestMain makes this test binary stand in for the program: "bot" on the PATH
// runs it as such.
func TestMain(m *testing.M) {
	testscript.Main(databases{m}, map[string]func(){"bot": main})
}

// databases runs the tests with a MariaDB beside them.
type databases struct{ m *testing.M }

// Run runs the tests.
func (d databases) Run() int { return storetest.Main(d.m) }

// The scripts in testdata say what a person at the command line sees.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}
