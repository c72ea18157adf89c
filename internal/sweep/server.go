package sweep

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Start starts a server within the process and connects to it. It opens no port, unless listen
// names an address for workers on other machines, such as :4222 or 127.0.0.1:0; then invitation
// is the URL with which they come, and has a token that was drawn for this server. Its store is
// in memory and ends with it. Data sets are not sent where nobody can join: give workers theirs.
func Start(ctx context.Context, listen, name string) (c *Cluster, invitation string, err error) {
	return start(ctx, listen, name, usual)
}

func start(ctx context.Context, listen, name string, p patience) (c *Cluster, invitation string, err error) {
	folder, err := os.MkdirTemp("", "basin-cluster-*")
	if err != nil {
		return nil, "", fmt.Errorf("sweep: %w", err)
	}
	o := &server.Options{ServerName: "basin", JetStream: true, StoreDir: folder, DontListen: listen == "", NoSigs: true, NoLog: true}
	secret := ""
	if listen != "" {
		if o.Host, o.Port, err = split(listen); err != nil {
			return nil, "", errors.Join(err, os.RemoveAll(folder))
		}
		var random [16]byte
		_, _ = rand.Read(random[:]) // it never fails
		secret = hex.EncodeToString(random[:])
		o.Authorization = secret
	}
	s, err := server.NewServer(o)
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("sweep: %w", err), os.RemoveAll(folder))
	}
	fail := func(err error) (*Cluster, string, error) {
		s.Shutdown()
		return nil, "", errors.Join(fmt.Errorf("sweep: server: %w", err), os.RemoveAll(folder))
	}
	if listen != "" {
		// The server ends the process where it cannot listen: it is tried before.
		l, err := net.Listen("tcp", listen)
		if err != nil {
			return fail(err)
		}
		if o.Port == server.RANDOM_PORT {
			o.Port = l.Addr().(*net.TCPAddr).Port
		}
		_ = l.Close()
	}
	go s.Start()
	if !s.ReadyForConnections(20 * time.Second) {
		return fail(errors.New("it is not ready after 20 seconds"))
	}
	connection, err := nats.Connect("", quiet, nats.InProcessServer(s), nats.Name(name), nats.Token(secret))
	if err != nil {
		return fail(err)
	}
	if c, err = newCluster(ctx, connection, jetstream.MemoryStorage, p); err != nil {
		connection.Close()
		return fail(err)
	}
	c.server, c.folder, c.alone = s, folder, listen == ""
	if listen != "" {
		address := s.Addr().(*net.TCPAddr)
		host := o.Host
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			if host, err = os.Hostname(); err != nil {
				host = "localhost"
			}
		}
		u := url.URL{Scheme: "nats", User: url.User(secret), Host: net.JoinHostPort(host, strconv.Itoa(address.Port))}
		invitation = u.String()
	}
	return c, invitation, nil
}

// split takes an address apart.
func split(listen string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(listen)
	if err != nil {
		return "", 0, fmt.Errorf("sweep: %w: want an address such as 127.0.0.1:4222", err)
	}
	port, err = strconv.Atoi(text)
	switch {
	case err != nil || port < 0 || port > 65535:
		return "", 0, fmt.Errorf("sweep: %q: want a port from 0 to 65535", listen)
	case port == 0:
		port = server.RANDOM_PORT
	}
	return host, port, nil
}

// redacted is a list of URLs without passwords and tokens.
func redacted(list string) string {
	var safe []string
	for address := range strings.SplitSeq(list, ",") {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil {
			safe = append(safe, "(an address that cannot be read)")
			continue
		}
		if u.User != nil {
			u.User = url.User("...")
		}
		safe = append(safe, u.String())
	}
	return strings.Join(safe, ",")
}
