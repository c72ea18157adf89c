package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

var builds = flag.Bool("builds", false, "build the program twice, which takes minutes, and compare")

// mostBytes bounds the program for linux/amd64 as it is released. What its parts cost is in
// docs/release.md.
const mostBytes = 48 << 20

// The program is the same, byte for byte, wherever it is built, and no larger than is said. It
// is run before a release: go test ./cmd/basin -run TestBuilds -builds -timeout 30m
func TestBuildsAreEqual(t *testing.T) {
	if !*builds {
		t.Skip("skipped: -builds builds the program twice")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var programs [2][]byte
	for k := range programs {
		copied := filepath.Join(t.TempDir(), "a folder of another name")
		if err := os.CopyFS(copied, os.DirFS(root)); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "basin")
		build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", out, "./cmd/basin")
		build.Dir = copied
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOCACHE="+t.TempDir())
		if k == 1 {
			build.Env = append(build.Env, "GOMAXPROCS=1", "HOME="+t.TempDir(), "GOMODCACHE="+moduleCache(t))
		}
		if text, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		programs[k] = read(t, out)
	}
	if !bytes.Equal(programs[0], programs[1]) {
		t.Errorf("two builds differ: %d and %d bytes", len(programs[0]), len(programs[1]))
	}
	t.Logf("%d bytes for %s/%s", len(programs[0]), runtime.GOOS, runtime.GOARCH)
	if size := len(programs[0]); size > mostBytes {
		t.Errorf("%d bytes, want at most %d: look at what was added", size, mostBytes)
	}
}

// moduleCache is where the modules are.
func moduleCache(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(out))
}
