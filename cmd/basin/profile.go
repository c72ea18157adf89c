package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"

	"github.com/spf13/cobra"
)

// addProfile adds the hidden flag that profiles a command.
func addProfile(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "cpuprofile", "", "write a CPU profile to this `file`")
	if err := cmd.Flags().MarkHidden("cpuprofile"); err != nil {
		panic(err) // a flag of ours that is not there
	}
}

// profiled runs a command and, where file is not "", writes its CPU profile.
func profiled(file string, command func() error) (err error) {
	if file == "" {
		return command()
	}
	out, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return errors.Join(err, out.Close())
	}
	defer func() {
		pprof.StopCPUProfile()
		err = errors.Join(err, out.Close())
	}()
	return command()
}
