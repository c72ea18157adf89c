package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks for an orderly end, a second one ends at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// The exit statuses.
const (
	statusDone        = 0
	statusError       = 1
	statusUsage       = 2
	statusInterrupted = 130
)

// run executes one command line and returns its exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	refuseUnknown(root)
	root.SetArgs(args)
	root.SetIn(stdin)
	shown := &screen{out: stdout}
	root.SetOut(shown)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if lost := shown.flush(); err == nil {
		err = lost
	}
	if err == nil {
		return statusDone
	}
	var stopped interrupted
	if errors.Is(err, context.Canceled) && !errors.As(err, &stopped) {
		err = interrupted("interrupted")
	}
	printError(stderr, err)
	var usage usageError
	switch {
	case errors.Is(err, context.Canceled):
		return statusInterrupted
	case errors.As(err, &usage):
		return statusUsage
	}
	return statusError
}
