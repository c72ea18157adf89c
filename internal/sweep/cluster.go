package sweep

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Address says where a server is and how to be let in. Files are those that programs for NATS take.
type Address struct {
	// URL is one or more addresses, separated by commas, such as nats://token@host:4222 or
	// tls://host:4222.
	URL string
	// Credentials is a file of credentials, Key one of an NKEY seed.
	Credentials, Key string
	// Authority is a file of certificates that are trusted; Certificate and CertificateKey are
	// the files by which this side is known.
	Authority, Certificate, CertificateKey string
}

// Cluster is a connection to the queue of cells and what belongs to it.
type Cluster struct {
	connection *nats.Conn
	jet        jetstream.JetStream
	storage    jetstream.StorageType
	server     *server.Server // nil if it is not within the process
	alone      bool           // nobody can join from outside the process
	folder     string         // of the server's store; "" for none
	patience   patience
	rooms

	mutex sync.Mutex
	say   func(line string)
}

// Say has a function told of what is tried again and again, a line each. Calls may overlap.
func (c *Cluster) Say(say func(line string)) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.say = say
}

// rooms are the places on the server. They are made anew where the server has lost them.
type rooms struct {
	cells                  jetstream.Stream
	records, runs, workers jetstream.KeyValue
	objects                jetstream.ObjectStore
}

// patience is how long things may take.
type patience struct {
	// acknowledge is how long a worker may be silent before its cell is given to another.
	acknowledge time.Duration
	// look is how often a run looks after cells that are missing.
	look time.Duration
	// announce is how often a worker tells of itself; it is forgotten after three of them.
	announce time.Duration
}

var usual = patience{acknowledge: 30 * time.Second, look: 30 * time.Second, announce: 5 * time.Second}

// The names on the server.
const (
	cellsStream   = "BASIN_CELLS"
	cellsSubject  = "basin.cells"
	recordsBucket = "BASIN_RECORDS"
	runsBucket    = "BASIN_RUNS"
	workersBucket = "BASIN_WORKERS"
	objectsBucket = "BASIN_OBJECTS"
	// subjects that are not kept
	progressSubject  = "basin.progress"
	withdrawnSubject = "basin.withdrawn"
)

// What nobody fetched is forgotten after keep.
const keep = 30 * 24 * time.Hour

// quiet keeps the client from writing to standard error: calls return what concerns them.
var quiet = nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})

// Connect connects to servers. It does not wait for one that is not there.
func Connect(ctx context.Context, a Address, name string) (*Cluster, error) {
	options := []nats.Option{quiet, nats.Name(name), nats.MaxReconnects(-1), nats.ReconnectWait(500 * time.Millisecond), nats.Timeout(5 * time.Second)}
	if a.Credentials != "" {
		options = append(options, nats.UserCredentials(a.Credentials))
	}
	if a.Key != "" {
		option, err := nats.NkeyOptionFromSeed(a.Key)
		if err != nil {
			return nil, fmt.Errorf("sweep: %s: %w", a.Key, err)
		}
		options = append(options, option)
	}
	if a.Authority != "" {
		options = append(options, nats.RootCAs(a.Authority))
	}
	if a.Certificate != "" || a.CertificateKey != "" {
		options = append(options, nats.ClientCert(a.Certificate, a.CertificateKey))
	}
	for _, file := range []string{a.Credentials, a.Key, a.Authority, a.Certificate, a.CertificateKey} {
		if file == "" {
			continue
		}
		if _, err := os.Stat(file); err != nil {
			return nil, fmt.Errorf("sweep: %w", err)
		}
	}
	connection, err := nats.Connect(a.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("sweep: %s: %w", redacted(a.URL), err)
	}
	c, err := newCluster(ctx, connection, jetstream.FileStorage, usual)
	if err != nil {
		connection.Close()
		if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrJetStreamNotEnabled) {
			return nil, fmt.Errorf("sweep: %s: a server without JetStream: start it with -js", redacted(a.URL))
		}
		return nil, fmt.Errorf("sweep: %s: %w", redacted(a.URL), err)
	}
	return c, nil
}

func newCluster(ctx context.Context, connection *nats.Conn, storage jetstream.StorageType, p patience) (*Cluster, error) {
	jet, err := jetstream.New(connection)
	if err != nil {
		return nil, err
	}
	c := &Cluster{connection: connection, jet: jet, storage: storage, patience: p}
	c.rooms, err = c.furnish(ctx)
	return c, err
}

// furnish makes what is missing on the server. Rooms are known by their names: those that a
// cluster has are good for ones that are made anew.
func (c *Cluster) furnish(ctx context.Context) (r rooms, err error) {
	r.cells, err = c.jet.Stream(ctx, cellsStream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		r.cells, err = c.jet.CreateStream(ctx, jetstream.StreamConfig{
			Name: cellsStream, Description: "cells to compute", Subjects: []string{cellsSubject + ".>"},
			Retention: jetstream.WorkQueuePolicy, Storage: c.storage, MaxAge: keep,
			// A cell waits once: giving it out again while it waits, or is under way, is refused.
			MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, DiscardNewPerSubject: true,
		})
	}
	bucket := func(name, about string, forget time.Duration) (b jetstream.KeyValue) {
		if err != nil {
			return nil
		}
		if b, err = c.jet.KeyValue(ctx, name); errors.Is(err, jetstream.ErrBucketNotFound) {
			b, err = c.jet.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: name, Description: about, TTL: forget, Storage: c.storage, History: 1})
		}
		return b
	}
	r.records = bucket(recordsBucket, "records of cells", keep)
	r.runs = bucket(runsBucket, "runs", keep)
	r.workers = bucket(workersBucket, "workers", 3*c.patience.announce)
	if err != nil {
		return r, err
	}
	if r.objects, err = c.jet.ObjectStore(ctx, objectsBucket); errors.Is(err, jetstream.ErrBucketNotFound) {
		r.objects, err = c.jet.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: objectsBucket, Description: "data sets, trainings under way", TTL: keep, Storage: c.storage})
	}
	return r, err
}

// Close ends the connection, and the server if it is within the process.
func (c *Cluster) Close() error {
	c.connection.Close()
	if c.server == nil {
		return nil
	}
	c.server.Shutdown()
	c.server.WaitForShutdown()
	if c.folder == "" {
		return nil
	}
	return os.RemoveAll(c.folder)
}

// Refused says that a server did not let somebody in.
func Refused(err error) bool { return errors.Is(err, nats.ErrAuthorization) }

// Closed says that the connection is closed for good, as where a server lets nobody in any more.
func (c *Cluster) Closed() bool { return c.connection.IsClosed() }

// token is a name as a part of a subject.
func token(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:6])
}

// again calls do until it succeeds, fails for good, or ctx ends. What goes on for long is said.
func (c *Cluster) again(ctx context.Context, do func() error) error {
	begin, said := time.Now(), false
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := do()
		if last := c.connection.LastError(); errors.Is(err, nats.ErrConnectionClosed) && last != nil {
			return fmt.Errorf("the server lets nobody in any more: %w; a run that was begun again has another token, which it prints", last)
		}
		if err == nil || !passes(err) {
			return err
		}
		if c.mutex.Lock(); c.say != nil && !said && time.Since(begin) > c.patience.announce {
			said = true
			c.say(fmt.Sprintf("the server does not answer as it should: %v; tried again until it does", err))
		}
		c.mutex.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(ctx.Err(), err)
		case <-timer.C:
		}
	}
}

// passes says whether an error may be gone later: the server is not there, or begins, or has no
// room. Errors of the request itself stay.
func passes(err error) bool {
	var api jetstream.JetStreamError
	var lasting permanent
	switch {
	case errors.As(err, &lasting):
		return false
	case errors.Is(err, nats.ErrMaxPayload), errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrConnectionClosed),
		errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &api) && api.APIError() != nil:
		code := api.APIError()
		return code.Code >= 500 || code.ErrorCode == jetstream.JSErrCodeStreamNotFound || code.ErrorCode == jetstream.JSErrCodeConsumerNotFound
	}
	return true
}
