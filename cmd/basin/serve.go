package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"basin/internal/online"
	"basin/internal/serve"
	"basin/internal/spelling"
)

// serveFlags are the flags of basin serve.
type serveFlags struct {
	listen     string
	batch      int
	wait       time.Duration
	maxBody    int
	timeout    time.Duration
	concurrent int
	tokenFile  string
	noToken    bool
	logForm    string
	access     bool
	learn      bool
	keep       int
}

// tokenVariable is the variable of the environment that holds the token.
const tokenVariable = "BASIN_TOKEN"

var logForms = []string{"text", "json"}

func newServe() *cobra.Command {
	f := &serveFlags{}
	cmd := &cobra.Command{
		Use:   "serve MODEL...",
		Short: "Answer requests for predictions over HTTP",
		Long: `Serve loads models and answers requests for their predictions over HTTP until it is
interrupted. When it is ready it prints "listening on http://ADDRESS" to the standard
error, and its log after that.

MODEL is the path of a model file; its name in addresses is that of the file without its
extension, or NAME with NAME=PATH. A file that changes is loaded again, as all are on the
signal SIGHUP; where it does not load, the model before it goes on.

  POST /v1/models/NAME/predict   samples as JSON, CSV, PNG or JPEG; ?logits=true
  GET  /v1/models, /v1/models/NAME
  GET  /healthz, /readyz, /metrics, /openapi.json, /docs

Samples that wait at the same time are predicted together, at most --batch of them: that is
faster, and changes no bit of a prediction. With --wait a sample waits so long for others,
which lengthens every answer and helps only where each request has a sample of its own and
the processor is the bottleneck.

A server that others can reach wants a token, which requests show in the header
"Authorization: Bearer TOKEN": the content of --token-file, or of ` + tokenVariable + `. Only
/healthz, /readyz, /docs and /openapi.json need none. There is no encryption: beyond your
own machine or network put a server with TLS before it.

With --learn the models go on learning: POST /v1/models/NAME/learn takes labelled samples
and answers when they are learned and on the disk, in the folder MODEL.online beside the
file; /history, /snapshots and /rollback say and undo what was learned. The file itself is
not written, and not loaded again while its model learns.

A first signal to end lets requests under way be answered, for at most --timeout.`,
		Example: `  basin serve digits.safetensors
  basin serve digits.safetensors people=models/people-3.safetensors --listen 127.0.0.1:8080
  curl -H 'Content-Type: text/csv' --data-binary @new.csv http://127.0.0.1:8080/v1/models/people/predict
  basin serve digits.safetensors --learn
  basin serve digits.safetensors --listen :8080 --token-file token --log json`,
		Args:              arguments(1, -1),
		ValidArgsFunction: completeFiles("safetensors"),
		RunE:              f.run,
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.listen, "listen", "l", "127.0.0.1:0", "`address` to listen on; port 0 takes a free one")
	flags.IntVar(&f.batch, "batch", 64, "largest `number` of samples that are predicted together")
	flags.DurationVar(&f.wait, "wait", 0, "`time` that a sample waits for others, such as 2ms; 0 takes those that are there")
	flags.IntVar(&f.maxBody, "max-body", 16, "largest body of a request, in `MiB`")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "`time` in which a request has to arrive, and in which it is answered")
	flags.IntVar(&f.concurrent, "concurrent", 256, "`number` of requests with samples that may wait; more are refused with status 503")
	flags.StringVar(&f.tokenFile, "token-file", "", "`file` with the token that requests have to show (default "+tokenVariable+" of the environment)")
	flags.BoolVar(&f.noToken, "no-token", false, "listen to other machines without a token: everyone who reaches the address may ask")
	flags.StringVar(&f.logForm, "log", "text", "`form` of the log: text or json")
	flags.BoolVar(&f.access, "log-requests", false, "log every request, which costs time")
	flags.BoolVar(&f.learn, "learn", false, "let models learn what is sent to them, in a folder beside each file")
	flags.IntVar(&f.keep, "keep", 20, "with --learn: snapshots of a model that are kept; the oldest go")
	complete(cmd, "log", cobra.FixedCompletions(logForms, cobra.ShellCompDirectiveNoFileComp))
	for _, name := range []string{"listen", "batch", "wait", "max-body", "timeout", "concurrent", "keep"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	between(cmd, 1, 4096, "batch")
	between(cmd, 1, 1024, "max-body")
	between(cmd, 1, 100000, "concurrent", "keep")
	return cmd
}

func (f *serveFlags) run(cmd *cobra.Command, args []string) (err error) {
	o, err := f.options(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	var sources []serve.Source
	for _, arg := range args {
		source, err := serve.ParseSource(arg)
		if err != nil {
			return usageError{err}
		}
		sources = append(sources, source)
	}
	listener, err := f.open(o.Token)
	if err != nil {
		return err
	}
	defer listener.Close()
	server, err := serve.New(sources, o)
	if err != nil {
		return err
	}
	defer func() {
		if closed := server.Close(); closed != nil {
			err = errors.Join(err, fmt.Errorf("the last checkpoint, whose samples are in the log: %w", closed))
		}
	}()
	stop := onHangup(server.Reload)
	defer stop()
	fmt.Fprintf(cmd.ErrOrStderr(), "listening on http://%s\n", listener.Addr())
	return server.Serve(cmd.Context(), listener)
}

// options are those of the server.
func (f *serveFlags) options(stderr io.Writer) (serve.Options, error) {
	o := serve.Options{
		Batch: f.batch, Wait: f.wait, MaxBody: int64(f.maxBody) << 20, Timeout: f.timeout, Concurrent: f.concurrent,
		Access: f.access, Version: version(),
	}
	if f.learn {
		o.Learn = &online.Options{Snapshots: f.keep}
	}
	switch f.logForm {
	case "text":
		o.Log = slog.New(slog.NewTextHandler(stderr, nil))
	case "json":
		o.Log = slog.New(slog.NewJSONHandler(stderr, nil))
	default:
		err := usagef("--log %q, want text or json", f.logForm)
		if near := spelling.Nearest(f.logForm, logForms); near != "" {
			return o, withHint(err, "did you mean --log %s?", near)
		}
		return o, err
	}
	if f.wait < 0 {
		return o, usagef("--wait %v, want at least 0", f.wait)
	}
	if f.timeout <= 0 {
		return o, usagef("--timeout %v, want more than 0", f.timeout)
	}
	return o, f.token(&o.Token)
}

// token reads the token from its file, or else from the environment.
func (f *serveFlags) token(into *string) error {
	from, text := tokenVariable, os.Getenv(tokenVariable)
	if f.tokenFile != "" {
		content, err := os.ReadFile(f.tokenFile)
		if err != nil {
			return fmt.Errorf("--token-file: %w", err)
		}
		from, text = "--token-file: "+f.tokenFile, string(content)
	} else if text == "" {
		return nil
	}
	if *into = strings.TrimSpace(text); *into == "" || strings.ContainsAny(*into, " \t\r\n") {
		return fmt.Errorf("%s: want one word", from)
	}
	return nil
}

// open listens. An address that other machines reach wants a token.
func (f *serveFlags) open(token string) (net.Listener, error) {
	if token != "" && f.noToken {
		return nil, usagef("--no-token, but there is a token")
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	address, ok := listener.Addr().(*net.TCPAddr)
	if token != "" || f.noToken || ok && address.IP.IsLoopback() {
		return listener, nil
	}
	return nil, errors.Join(listener.Close(), withHint(usagef("--listen %s reaches other machines, and there is no token", f.listen),
		"--token-file FILE gives one, and --no-token does without"))
}
