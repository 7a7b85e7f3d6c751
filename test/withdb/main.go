// Command withdb runs a command with the database server that its tests need:
//
//	go run ./test/withdb go test ./...
//
// The environment says which (see package db); the command finds the server
// in WAYBILL_TEST_MYSQL. Nothing of the server is left behind.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"waybill/test/db"
)

func main() {
	os.Exit(run())
}

func run() int {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: withdb COMMAND [ARGUMENT...]")
		return 2
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	stop, err := db.Provide()
	if err != nil {
		fmt.Fprintf(os.Stderr, "withdb: %v\n", err)
		return 1
	}
	code := command(ctx, os.Args[1:])
	if err := stop(); err != nil {
		fmt.Fprintf(os.Stderr, "withdb: stop the server: %v\n", err)
		return max(code, 1)
	}
	return code
}

// command runs a command and returns its exit code. A signal to us is passed on.
func command(ctx context.Context, args []string) int {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return max(exit.ExitCode(), 1)
	}
	fmt.Fprintf(os.Stderr, "withdb: %v\n", err)
	return 1
}
