package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"basin/internal/explore"

	"github.com/spf13/cobra"
)

// exploreFlags are the flags of basin explore.
type exploreFlags struct {
	listen  string
	results []string
	clusterFlags
}

func newExplore() *cobra.Command {
	f := &exploreFlags{}
	cmd := &cobra.Command{
		Use:   "explore [MODEL]",
		Short: "Look at networks in a browser: relaxing, learning, their manifold, a model",
		Long: `Explore serves a page to the browsers of this computer. In its rooms one sees neurons
settle sweep by sweep, a small network learn, all fixed points of a smaller one, the
couplings and doubts of a trained model, and the results of experiments. The page comes
from the program and asks nothing of another server.

It goes on until it is interrupted.`,
		Example: `  basin explore
  basin explore digits.safetensors
  basin explore digits.safetensors --results results --listen 127.0.0.1:8090
  basin explore --results results --nats nats://TOKEN@head-node:4222`,
		Args:              arguments(0, 1),
		ValidArgsFunction: completeFiles("safetensors"),
		RunE:              f.run,
	}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:0", "`address` of this computer to listen on; port 0 takes a free one")
	cmd.Flags().StringArrayVar(&f.results, "results", nil, "`folder` of experiments to show; may be repeated")
	complete(cmd, "listen", cobra.NoFileCompletions)
	f.add(cmd, "`address` of NATS servers whose runs and workers are shown too")
	return cmd
}

func (f *exploreFlags) run(cmd *cobra.Command, args []string) error {
	o := explore.Options{Results: f.results}
	for _, dir := range f.results {
		switch is, err := isFolder("results", dir); {
		case err != nil:
			return err
		case !is:
			return usagef("--results %s is a file, want a folder that holds experiments", dir)
		}
	}
	if len(args) == 1 {
		var err error
		if o.Model, err = readModel(args[0]); err != nil {
			return err
		}
		o.Path = args[0]
	}
	if err := f.given(cmd); err != nil {
		return err
	}
	if f.URL != "" {
		var err error
		if o.Cluster, err = f.connect(cmd); err != nil {
			return err
		}
		defer o.Cluster.Close()
	}
	explorer, err := explore.New(o)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if a, ok := listener.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		listener.Close()
		return usagef("--listen %s: the explorer has no password, and listens to this computer alone: want 127.0.0.1 or [::1]", f.listen)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "exploring at http://%s/ (Ctrl-C ends it)\n", listener.Addr())
	server := &http.Server{
		Handler: explorer, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return cmd.Context() },
	}
	go explorer.Warm(cmd.Context())
	go func() {
		<-cmd.Context().Done()
		server.Close() // whoever watches has gone
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
