package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"basin/internal/kernel"
	"basin/internal/sweep"
)

// workerFlags are the flags of basin worker.
type workerFlags struct {
	clusterFlags
	cells  int
	memory float64
	cache  string
	idle   time.Duration
}

func newWorker() *cobra.Command {
	f := &workerFlags{}
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Compute cells of experiments for others",
		Long: `Worker computes cells of experiments that others run: at NATS servers with JetStream, or
at a run that listens itself (basin experiment NAME --listen ADDRESS prints how to join).

It takes as many cells at once as --cells says, one core each, and those that fit into
--memory. It needs no data: sets come from the run and are kept in --cache. A worker that
is stopped gives its cells back, trainings as far as they are; one that dies loses its
cells to others after half a minute. It must be of the same version as the run, and says so
where it is not.

It goes on until it is interrupted, or with --idle until there is nothing to do, or no
server, for a time.`,
		Example: `  basin worker --nats nats://TOKEN@head-node:4222
  basin worker --nats tls://cluster:4222 --nats-credentials basin.creds --cells 8 --memory 24
  NATS_URL=nats://TOKEN@head-node:4222 basin worker --idle 10m`,
		Args: arguments(0, 0),
		RunE: f.run,
	}
	f.add(cmd, "`address` of the servers, several with commas between (default "+clusterVariable+" of the environment)")
	flags := cmd.Flags()
	flags.IntVarP(&f.cells, "cells", "c", 0, "cells at once; 0 takes one per processor")
	flags.Float64Var(&f.memory, "memory", 0, "`GiB` that its cells may take together; 0 takes what is free")
	flags.StringVar(&f.cache, "cache", "", "`folder` for data sets (default sets in the cache of the user)")
	flags.DurationVar(&f.idle, "idle", 0, "end when there was nothing to do, or no server, for this `time`, such as 10m; 0 is never")
	between(cmd, 0, mostWorkers, "cells")
	complete(cmd, "cache", completeFolders)
	for _, name := range []string{"cells", "memory", "idle"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

func (f *workerFlags) run(cmd *cobra.Command, _ []string) error {
	if f.memory != 0 && f.memory*(1<<30) < sweep.LeastMemory || f.idle < 0 {
		return usagef("--memory %v and --idle %v: want at least %s of memory, which a small cell may take, and no time below 0", f.memory, f.idle, size(sweep.LeastMemory))
	}
	if f.cells == 0 {
		f.cells = runtime.GOMAXPROCS(0)
	}
	if f.cache == "" {
		root, err := os.UserCacheDir()
		if err != nil {
			return withHint(err, "give a folder with --cache")
		}
		f.cache = filepath.Join(root, "basin", "sets")
	}
	c, err := f.connect(cmd)
	if err != nil {
		return err
	}
	defer c.Close()
	talk := &elsewhere{talk: cmd.ErrOrStderr()}
	c.Say(talk.say)
	memory := memoryFor(f.memory)
	talk.say(fmt.Sprintf("ready: version %s, %s at once, %s, kernel %s", build(), counted(f.cells, "cell"), size(memory), kernel.Name()))
	err = sweep.Worker{
		Cluster: c, Find: recipeOf, Version: build(), Cells: f.cells, Memory: memory, Kernel: kernel.Name(), Cache: f.cache, Idle: f.idle, Say: talk.say,
	}.Run(cmd.Context())
	var other *sweep.VersionError
	if errors.As(err, &other) {
		return withHint(err, "install the version of the runs, or begin them again with this one")
	}
	return err
}
