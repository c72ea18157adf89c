package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"basin/internal/experiment"
	"basin/internal/kernel"
	"basin/internal/recipes"
	"basin/internal/sweep"
	"basin/internal/tune"
)

// clusterFlags say where the servers of a cluster are and how to be let in.
type clusterFlags struct{ sweep.Address }

// clusterFiles are the flags that name files.
var clusterFiles = []string{"nats-credentials", "nats-nkey", "nats-ca", "nats-cert", "nats-key"}

// clusterVariable is the variable of the environment that holds the address.
const clusterVariable = "NATS_URL"

func (f *clusterFlags) add(cmd *cobra.Command, use string) {
	flags := cmd.Flags()
	flags.StringVar(&f.URL, "nats", "", use)
	flags.StringVar(&f.Credentials, "nats-credentials", "", "`file` of credentials for the servers")
	flags.StringVar(&f.Key, "nats-nkey", "", "`file` of an NKEY seed for the servers")
	flags.StringVar(&f.Authority, "nats-ca", "", "`file` of certificates by which the servers are known")
	flags.StringVar(&f.Certificate, "nats-cert", "", "`file` of the certificate that is shown to the servers")
	flags.StringVar(&f.CertificateKey, "nats-key", "", "`file` of that certificate's key")
	complete(cmd, "nats", cobra.NoFileCompletions)
	for _, name := range clusterFiles {
		complete(cmd, name, completeFiles())
	}
}

// connect connects to the servers, whose address may be in the environment.
func (f *clusterFlags) connect(cmd *cobra.Command) (*sweep.Cluster, error) {
	if f.URL == "" {
		f.URL = os.Getenv(clusterVariable)
	}
	if f.URL == "" {
		return nil, usagef("no address of servers: want --nats URL, or " + clusterVariable + " of the environment")
	}
	for address := range strings.SplitSeq(f.URL, ",") {
		if scheme, _, given := strings.Cut(address, "://"); given && !slices.Contains([]string{"nats", "tls", "ws", "wss"}, strings.TrimSpace(scheme)) {
			return nil, usagef("an address of servers that begins with %s://: want nats:// or tls://, as in nats://TOKEN@head-node:4222", strings.TrimSpace(scheme))
		}
	}
	c, err := sweep.Connect(cmd.Context(), f.Address, "basin "+version())
	if sweep.Refused(err) {
		return nil, withHint(err, "the token in the address is that of the run as it is now, which it prints; servers of your own know users, keys or credentials: see --help")
	}
	if err != nil {
		return nil, withHint(err, "a server is started with nats-server -js; basin experiment NAME --listen ADDRESS starts one of its own")
	}
	return c, nil
}

// given reports flags that mean nothing without an address.
func (f *clusterFlags) given(cmd *cobra.Command) error {
	for _, name := range clusterFiles {
		if cmd.Flags().Changed(name) && f.URL == "" {
			return usagef("--%s is for servers: want --nats URL too", name)
		}
	}
	return nil
}

// recipeOf returns the recipe of a name, nil if there is none.
func recipeOf(name string) *experiment.Recipe {
	for _, r := range append(recipes.All(), tune.Recipe()) {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// build names the program: its version, or where that does not say what it computes, the hash
// of its file.
var build = sync.OnceValue(func() string {
	v := version()
	if v != "devel" && built("vcs.modified") != "true" {
		return v
	}
	path, err := os.Executable()
	if err != nil {
		return v
	}
	file, err := os.Open(path)
	if err != nil {
		return v
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return v
	}
	return "devel-" + hex.EncodeToString(hash.Sum(nil)[:6])
})

// elsewhere is where a run has its cells computed: in this process, at its own server or at
// others.
type elsewhere struct {
	cluster *sweep.Cluster
	workers int
	data    *experiment.Data
	talk    io.Writer
	mutex   sync.Mutex
}

// awayFlags say where cells are computed beside here.
type awayFlags struct {
	clusterFlags
	listen string
}

func (f *awayFlags) add(cmd *cobra.Command, what string) {
	f.clusterFlags.add(cmd, "`address` of NATS servers at which others compute "+what)
	cmd.Flags().StringVar(&f.listen, "listen", "", "`address` at which others can join, such as :4222")
	complete(cmd, "listen", cobra.NoFileCompletions)
}

// away returns where cells are computed; nil for goroutines of this process alone. queue asks for
// a server within the process though nobody else may join.
func (f *awayFlags) away(cmd *cobra.Command, workers int, queue bool, data *experiment.Data) (*elsewhere, error) {
	if f.listen != "" && f.URL != "" {
		return nil, usagef("--listen starts a server, and --nats uses others: want one of them")
	}
	if err := f.given(cmd); err != nil {
		return nil, err
	}
	e := &elsewhere{workers: workers, data: data, talk: cmd.ErrOrStderr()}
	switch {
	case f.URL != "":
		c, err := f.connect(cmd)
		if err != nil {
			return nil, err
		}
		e.cluster = c
	case f.listen != "" || queue:
		if e.workers == 0 {
			e.workers = runtime.GOMAXPROCS(0)
		}
		c, invitation, err := sweep.Start(cmd.Context(), f.listen, "basin "+version())
		if err != nil {
			return nil, err
		}
		if e.cluster = c; invitation != "" {
			e.say("others join with: basin worker --nats " + invitation)
		}
	default:
		return nil, nil
	}
	e.cluster.Say(e.say)
	return e, nil
}

// say prints a line.
func (e *elsewhere) say(line string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	fmt.Fprintln(e.talk, line)
}

// compute has cells computed, by workers of this process too.
func (e *elsewhere) compute(r *experiment.Recipe) func(ctx context.Context, cells []experiment.Cell, tell func(string, float64, *experiment.Record) error) error {
	find := func(name string) *experiment.Recipe {
		if name == r.Name {
			return r
		}
		return recipeOf(name)
	}
	return func(ctx context.Context, cells []experiment.Cell, tell func(string, float64, *experiment.Record) error) error {
		working, dismiss := context.WithCancel(ctx)
		defer dismiss()
		ended := make(chan error, 1)
		if e.workers > 0 {
			w := sweep.Worker{
				Cluster: e.cluster, Find: find, Version: build(), Cells: min(e.workers, len(cells)), Memory: memoryFor(0), Kernel: kernel.Name(), Data: e.data, // its cells are told of by the run
			}
			go func() { ended <- w.Run(working) }()
		} else {
			ended <- nil
		}
		err := e.cluster.Compute(ctx, sweep.Run{Recipe: r.Name, Version: build(), Where: e.data.Options, Say: e.say}, cells, tell)
		dismiss()
		<-ended
		return err
	}
}

// memoryFor returns the bytes that cells may take together: those asked for in GiB, or all that
// are free.
func memoryFor(gibibytes float64) int64 {
	if gibibytes > 0 {
		return int64(gibibytes * (1 << 30))
	}
	if free := availableMemory(os.DirFS("/")); free > 0 {
		return free
	}
	return 1 << 40 // nothing says
}
