package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"basin/internal/sweep"
)

func newExperimentWatch() *cobra.Command {
	f, once, asJSON, every := &clusterFlags{}, false, false, 2*time.Second
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Show what goes on at a cluster",
		Long: `Watch shows the runs of a cluster, the cells that wait, and what each worker does, again
and again until it is interrupted. With --json it prints one object a line.`,
		Example: `  basin experiment watch --nats nats://TOKEN@head-node:4222
  basin experiment watch --nats nats://TOKEN@head-node:4222 --once --json`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if every < 100*time.Millisecond {
				return usagef("--every %v: want 100ms or more", every)
			}
			c, err := f.connect(cmd)
			if err != nil {
				return err
			}
			defer c.Close()
			for {
				v, err := c.Look(cmd.Context())
				switch {
				case cmd.Context().Err() != nil:
					return nil
				case err == nil && asJSON:
					err = json.NewEncoder(cmd.OutOrStdout()).Encode(v)
				case err == nil:
					err = printView(cmd.OutOrStdout(), v)
				case !once && !c.Closed():
					printWarning(cmd.ErrOrStderr(), fmt.Errorf("%s: the servers do not answer: %w", time.Now().Format(time.TimeOnly), err))
					err = nil
				}
				if err != nil || once {
					return err
				}
				select {
				case <-cmd.Context().Done():
					return nil
				case <-time.After(every):
				}
			}
		},
	}
	f.add(cmd, "`address` of the servers, several with commas between (default "+clusterVariable+" of the environment)")
	cmd.Flags().BoolVar(&once, "once", false, "show it once")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON objects")
	cmd.Flags().DurationVar(&every, "every", every, "`time` between two looks")
	complete(cmd, "every", cobra.NoFileCompletions)
	return cmd
}

// printView prints what goes on.
func printView(w io.Writer, v sweep.View) error {
	fmt.Fprintf(w, "%s, %s: %d cells under way, %d wait\n", counted(len(v.Runs), "run"), counted(len(v.Workers), "worker"), v.UnderWay, v.Waiting)
	if len(v.Runs) > 0 {
		rows := [][]string{}
		for _, r := range v.Runs {
			rows = append(rows, []string{"  " + r.Recipe, fmt.Sprintf("%d of %d", r.Done, r.Cells), fmt.Sprintf("%s, process %d", r.Host, r.Process), r.Version})
		}
		if err := printRows(w, []string{"  run", "cells", "at", "version"}, rows); err != nil {
			return err
		}
	}
	if len(v.Workers) == 0 {
		_, err := fmt.Fprintln(w)
		return err
	}
	rows := [][]string{}
	for _, k := range v.Workers {
		rows = append(rows, []string{"  " + k.Name, fmt.Sprint(k.Done), fmt.Sprintf("%d of %d", len(k.UnderWay), k.Cells), size(k.Memory), k.Kernel, k.Version})
	}
	if err := printRows(w, []string{"  worker", "done", "under way", "memory", "kernel", "version"}, rows); err != nil {
		return err
	}
	for _, k := range v.Workers {
		for _, u := range k.UnderWay {
			fmt.Fprintf(w, "  %3.0f %%  %s, %s, at %s\n", 100*u.Share, u.Recipe, u.Where, k.Name)
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}
