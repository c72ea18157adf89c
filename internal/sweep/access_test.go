package sweep

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"basin/internal/experiment"
)

// guarded starts a server that lets in whom its options say, and returns its address.
func guarded(t *testing.T, change func(*server.Options)) string {
	t.Helper()
	o := &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true}
	change(o)
	return begun(t, o).Addr().String()
}

// begun starts a server, which ends with the test at the latest.
func begun(t *testing.T, o *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("not ready")
	}
	return s
}

// compute has a run and a worker that are both let in compute some cells.
func compute(t *testing.T, a Address) {
	t.Helper()
	recipe := coins(5, nil)
	want := folderOf(t, recipe, experiment.Options{Version: "v1", Data: &experiment.Data{}, Workers: 2})
	var sides [2]*Cluster
	for i := range sides {
		c, err := Connect(t.Context(), a, "test")
		if err != nil {
			t.Fatal(err)
		}
		c.patience = hasty
		t.Cleanup(func() { _ = c.Close() })
		sides[i] = c
	}
	defer staff(t, 1, Worker{Cluster: sides[1], Find: finder(recipe), Version: "v1", Cells: 1, Cache: t.TempDir()})()
	same(t, folderOf(t, recipe, elsewhere(sides[0], recipe, nil)), want)
}

// refused wants an error that says why.
func refused(t *testing.T, a Address, why string) {
	t.Helper()
	c, err := Connect(t.Context(), a, "test")
	if err == nil {
		_ = c.Close()
		t.Fatalf("%+v was let in", a)
	}
	if !strings.Contains(err.Error(), why) {
		t.Errorf("%v: want a word of %q", err, why)
	}
}

// written writes a file of a secret and returns its name.
func written(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// authority is one of certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	file        string
}

// certificate signs one by an authority, or by itself.
func certificate(t *testing.T, of *x509.Certificate, by *authority) (*x509.Certificate, *ecdsa.PrivateKey, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of.SerialNumber, of.NotBefore, of.NotAfter = big.NewInt(time.Now().UnixNano()), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := of, key
	if by != nil {
		parent, signer = by.certificate, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, of, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	made, key, text := certificate(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil)
	return &authority{made, key, written(t, text)}
}

// issue makes a certificate for 127.0.0.1, which servers and clients may show.
func (a *authority) issue(t *testing.T) (certificateFile, keyFile string) {
	t.Helper()
	_, key, text := certificate(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "basin"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a)
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, text), written(t, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
}

func TestServersWithCertificates(t *testing.T) {
	ours, strangers := newAuthority(t), newAuthority(t)
	certificateFile, keyFile := ours.issue(t)
	address := guarded(t, func(o *server.Options) {
		pair, err := tls.LoadX509KeyPair(certificateFile, keyFile)
		if err != nil {
			t.Fatal(err)
		}
		pool := x509.NewCertPool()
		pool.AddCert(ours.certificate)
		o.TLS, o.TLSVerify, o.TLSTimeout = true, true, 5
		o.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12}
	})
	mine, key := ours.issue(t)
	good := Address{URL: "tls://" + address, Authority: ours.file, Certificate: mine, CertificateKey: key}
	compute(t, good)

	unknown, none, foreign, mixed, noCertificates := good, good, good, good, good
	unknown.Authority = strangers.file
	refused(t, unknown, "unknown authority")
	none.Certificate, none.CertificateKey = "", ""
	refused(t, none, "tls") // "certificate required", or the end of the connection, whichever comes first
	foreign.Certificate, foreign.CertificateKey = strangers.issue(t)
	refused(t, foreign, "tls")
	_, mixed.CertificateKey = strangers.issue(t)
	refused(t, mixed, "private key does not match public key")
	noCertificates.Authority = key
	refused(t, noCertificates, key)
}

func TestServersThatKnowKeys(t *testing.T) {
	seedOf := func(pair nkeys.KeyPair) []byte {
		seed, err := pair.Seed()
		if err != nil {
			t.Fatal(err)
		}
		return seed
	}
	user := func() (nkeys.KeyPair, string) {
		pair, err := nkeys.CreateUser()
		if err != nil {
			t.Fatal(err)
		}
		public, err := pair.PublicKey()
		if err != nil {
			t.Fatal(err)
		}
		return pair, public
	}
	known, public := user()
	stranger, _ := user()
	// What docs/cluster.md asks a server to permit is enough.
	address := guarded(t, func(o *server.Options) {
		o.Nkeys = []*server.NkeyUser{{Nkey: public, Permissions: &server.Permissions{
			Publish: &server.SubjectPermission{Allow: []string{
				"basin.>", "$JS.API.>", "$JS.ACK.BASIN_CELLS.>", "$KV.BASIN_RECORDS.>", "$KV.BASIN_RUNS.>", "$KV.BASIN_WORKERS.>", "$O.BASIN_OBJECTS.>",
			}},
			Subscribe: &server.SubjectPermission{Allow: []string{"basin.>", "_INBOX.>"}},
		}}}
	})
	compute(t, Address{URL: "nats://" + address, Key: written(t, seedOf(known))})
	refused(t, Address{URL: "nats://" + address, Key: written(t, seedOf(stranger))}, "Authorization Violation")
	refused(t, Address{URL: "nats://" + address}, "Authorization Violation")
	refused(t, Address{URL: "nats://" + address, Key: written(t, []byte("no seed"))}, "no nkey seed")
}

func TestServersThatTakeCredentials(t *testing.T) {
	pair := func(create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
		p, err := create()
		if err != nil {
			t.Fatal(err)
		}
		public, err := p.PublicKey()
		if err != nil {
			t.Fatal(err)
		}
		return p, public
	}
	encoded := func(claims jwt.Claims, by nkeys.KeyPair) string {
		token, err := claims.Encode(by)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	operator, operatorKey := pair(nkeys.CreateOperator)
	_, systemKey := pair(nkeys.CreateAccount)
	account, accountKey := pair(nkeys.CreateAccount)
	_, strangerKey := pair(nkeys.CreateAccount)
	unlimited := jwt.NewAccountClaims(accountKey)
	unlimited.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
	address := guarded(t, func(o *server.Options) {
		claims := jwt.NewOperatorClaims(operatorKey)
		claims.SystemAccount = systemKey
		trusted, err := jwt.DecodeOperatorClaims(encoded(claims, operator))
		if err != nil {
			t.Fatal(err)
		}
		accounts := &server.MemAccResolver{}
		for key, c := range map[string]*jwt.AccountClaims{accountKey: unlimited, systemKey: jwt.NewAccountClaims(systemKey)} {
			if err := accounts.Store(key, encoded(c, operator)); err != nil {
				t.Fatal(err)
			}
		}
		o.TrustedOperators, o.SystemAccount, o.AccountResolver = []*jwt.OperatorClaims{trusted}, systemKey, accounts
	})
	credentials := func(change func(*jwt.UserClaims)) string {
		user, userKey := pair(nkeys.CreateUser)
		claims := jwt.NewUserClaims(userKey)
		change(claims)
		seed, err := user.Seed()
		if err != nil {
			t.Fatal(err)
		}
		file, err := jwt.FormatUserConfig(encoded(claims, account), seed)
		if err != nil {
			t.Fatal(err)
		}
		return written(t, file)
	}
	compute(t, Address{URL: "nats://" + address, Credentials: credentials(func(*jwt.UserClaims) {})})
	expired := credentials(func(c *jwt.UserClaims) { c.Expires = time.Now().Add(-time.Minute).Unix() })
	refused(t, Address{URL: "nats://" + address, Credentials: expired}, "Authorization Violation")
	foreign := credentials(func(c *jwt.UserClaims) { c.IssuerAccount = strangerKey })
	refused(t, Address{URL: "nats://" + address, Credentials: foreign}, "Authorization Violation")
	refused(t, Address{URL: "nats://" + address, Credentials: written(t, []byte("nothing"))}, "secret")
}

// A worker whose server comes back with another token ends, and says why.
func TestWorkerOfARunThatBeganAgain(t *testing.T) {
	options := &server.Options{Host: "127.0.0.1", Port: freePort(t), JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true}
	serve := func(token string) *server.Server {
		o := options.Clone()
		o.Authorization = token
		return begun(t, o)
	}
	first := serve("one")
	c, err := Connect(t.Context(), Address{URL: fmt.Sprintf("nats://one@127.0.0.1:%d", options.Port)}, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	ended := make(chan error, 1)
	go func() {
		w := Worker{Cluster: c, Find: finder(coins(1, nil)), Version: "v1", Cells: 1, Cache: t.TempDir()}
		ended <- w.Run(t.Context())
	}()
	for { // until it is there
		v, err := c.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Workers) == 1 {
			break
		}
	}
	first.Shutdown()
	first.WaitForShutdown()
	serve("two")
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "another token") {
		t.Errorf("%v: want a word of the token", err)
	}
}

// A worker that waits for nothing ends also where its server is gone while it has a cell in hand.
func TestIdleWorkerWithoutAServerEnds(t *testing.T) {
	options := &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true}
	s := begun(t, options)
	connect := func() *Cluster {
		c, err := Connect(t.Context(), Address{URL: "nats://" + s.Addr().String()}, "test")
		if err != nil {
			t.Fatal(err)
		}
		c.patience = hasty
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	recipe := coins(1, func(_ int, task *throws) { task.Pause = 100 })
	run, at := connect(), connect()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { _, _ = experiment.Run(ctx, recipe, t.TempDir(), elsewhere(run, recipe, nil)) }()
	for { // until the cell waits
		v, err := at.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if v.Waiting == 2 {
			break
		}
	}
	began, ended, said := make(chan struct{}), make(chan error, 1), make(chan string, 100)
	find := func(name string) *experiment.Recipe {
		close(began)
		s.Shutdown() // while the first cell is under way
		s.WaitForShutdown()
		return recipe
	}
	go func() {
		w := Worker{Cluster: at, Find: find, Version: "v1", Cells: 1, Cache: t.TempDir(), Idle: 3 * time.Second, Say: func(line string) { said <- line }}
		ended <- w.Run(t.Context())
	}()
	select {
	case <-began:
	case err := <-ended:
		t.Fatalf("it ended before its first cell: %v", err)
	}
	select {
	case err := <-ended:
		close(said)
		last := ""
		for line := range said {
			last += line + "\n"
		}
		if err != nil || !strings.Contains(last, "no server for 3s") {
			t.Errorf("%v: %s", err, last)
		}
	case <-time.After(time.Minute):
		t.Error("it goes on")
	}
}
