package fetch

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	connectTimeout = 5 * time.Second  // for each address
	answerTimeout  = 10 * time.Second // until the first header
	stallTimeout   = 30 * time.Second // without a byte
)

// newClient returns a client that gives up soon when there is no network.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout:   connectTimeout,
		ResponseHeaderTimeout: answerTimeout,
		DisableCompression:    true, // files are stored as they come
	}}
}

// download completes the cache from one mirror. Files that are already right
// stay.
func (f *finder) download(ctx context.Context, mirror string) error {
	if err := os.MkdirAll(f.cache, 0o755); err != nil {
		return err
	}
	for _, file := range f.set.files {
		if file.consume(f.cache, ignore) == nil {
			continue
		}
		name := file.name + ".gz"
		part := f.part(mirror, name)
		if err := f.complete(ctx, mirror+name, part, file); err != nil {
			if partSize(part) == 0 {
				err = errors.Join(err, os.Remove(part))
			}
			return err
		}
		err := file.consumePath(part, ignore)
		if err != nil {
			return errors.Join(fmt.Errorf("discarded: %w", err), os.Remove(part))
		}
		if err := os.Rename(part, filepath.Join(f.cache, name)); err != nil {
			return err
		}
		for _, other := range f.set.mirrors {
			_ = os.Remove(f.part(other, name)) // no longer needed, mostly absent
		}
	}
	return nil
}

// part returns the path of an unfinished file. It belongs to one mirror: others
// may compress differently.
func (f *finder) part(mirror, name string) string {
	sum := sha256.Sum256([]byte(mirror))
	return filepath.Join(f.cache, fmt.Sprintf("%s.%x.part", name, sum[:4]))
}

// complete downloads one file into part, going on where an earlier attempt ended,
// as long as attempts make progress.
func (f *finder) complete(ctx context.Context, address, part string, file sourceFile) error {
	before := partSize(part)
	for {
		err := f.request(ctx, address, part, file)
		if err == nil || ctx.Err() != nil {
			return err
		}
		after := partSize(part)
		if after <= before {
			return err
		}
		before = after
	}
}

func partSize(part string) int64 {
	info, err := os.Stat(part)
	if err != nil {
		return 0
	}
	return info.Size()
}

// request makes one request. What arrives is appended to part and synced.
func (f *finder) request(ctx context.Context, address, part string, file sourceFile) (err error) {
	out, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Sync(), out.Close()) }()
	have := partSize(part)

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	if have > 0 {
		get.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	response, err := f.client.Do(get)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		have = 0
		if err := out.Truncate(0); err != nil {
			return err
		}
	case http.StatusPartialContent:
		if got := response.Header.Get("Content-Range"); !strings.HasPrefix(got, fmt.Sprintf("bytes %d-", have)) {
			return fmt.Errorf("%s: range %q, want bytes from %d on", file.name, got, have)
		}
	case http.StatusRequestedRangeNotSatisfiable:
		return nil // nothing is missing; the checksum decides
	default:
		return fmt.Errorf("%s: %s", file.name, response.Status)
	}
	stall := time.AfterFunc(stallTimeout, func() { cancel(errors.New("no data for " + stallTimeout.String())) })
	defer stall.Stop()
	if err := f.receive(out, response, have, file, func() { stall.Reset(stallTimeout) }); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", file.name, err), context.Cause(ctx))
	}
	return nil
}

// receive appends the body of an answer to out, which has the bytes before it,
// and calls alive whenever some arrive.
func (f *finder) receive(out *os.File, response *http.Response, have int64, file sourceFile, alive func()) error {
	total := int64(-1)
	if response.ContentLength >= 0 {
		total = have + response.ContentLength
	}
	// gzip adds a few bytes to what it cannot compress.
	limit := file.size + file.size/100 + 1024 - have
	body := &watchedBody{body: response.Body, step: func(n int) {
		alive()
		have += int64(n)
		if f.o.Progress != nil {
			f.o.Progress(file.name+".gz", have, total)
		}
	}}
	n, err := io.Copy(out, io.LimitReader(body, limit+1))
	if err != nil {
		return fmt.Errorf("after %d bytes: %w", have, err)
	}
	if n > limit {
		return errors.Join(fmt.Errorf("more than %d bytes, want a compressed file of %d", limit, file.size), out.Truncate(0))
	}
	return nil
}

// watchedBody reports each read that brings data.
type watchedBody struct {
	body io.Reader
	step func(n int)
}

func (w *watchedBody) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	if n > 0 {
		w.step(n)
	}
	return n, err
}
