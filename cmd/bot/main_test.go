package main

import (
	"flag"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"waybill/models/store/storetest"
)

// TestMain makes this test binary stand in for the program: "bot" on the PATH
// runs it as such, and "nats" a NATS server.
func TestMain(m *testing.M) {
	testscript.Main(databases{m}, map[string]func(){"bot": main, "nats": natsMain})
}

// databases runs the tests with a database server beside them.
type databases struct{ m *testing.M }

// journeys is how many tests run beside one another unless -parallel says
// otherwise: nearly all of their time they wait for the program's clocks.
const journeys = "8"

// Run runs the tests.
func (d databases) Run() int {
	if err := flag.Set("test.parallel", journeys); err != nil {
		panic(err) // go test has had this flag since Go 1
	}
	return storetest.Main(d.m)
}

// The scripts in testdata say what a person at the command line sees.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}
