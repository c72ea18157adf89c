package fetch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"basin/dataset/internal/packed"
	"basin/internal/files"
)

// moduleTimeout bounds the time of one go command.
const moduleTimeout = 60 * time.Second

// moduleFolder returns the folder data of a Go module, from the module cache or,
// unless offline, through the module proxy. The go command runs in a folder of
// its own, so that it changes no go.mod. The checksum database is not asked: the
// files are checked by their own sums.
func moduleFolder(ctx context.Context, module string, offline bool) (string, error) {
	command, err := exec.LookPath("go")
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "basin-module-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	found, err := goDownload(ctx, command, dir, module, "GOPROXY=off")
	if err != nil && !offline {
		found, err = goDownload(ctx, command, dir, module)
	}
	if err != nil {
		return "", err
	}
	return filepath.Join(found, "data"), nil
}

func goDownload(ctx context.Context, command, dir, module string, environment ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, moduleTimeout)
	defer cancel()
	run := exec.CommandContext(ctx, command, "mod", "download", "-json", module)
	run.Dir = dir
	run.WaitDelay = time.Second
	run.Env = append(os.Environ(), "GO111MODULE=on", "GOWORK=off", "GOFLAGS=", "GOSUMDB=off", "GOTOOLCHAIN=local",
		"GIT_TERMINAL_PROMPT=0")
	run.Env = append(run.Env, environment...)
	output, err := run.Output()
	var answer struct{ Dir, Error string }
	if json.Unmarshal(output, &answer) == nil && answer.Dir != "" && answer.Error == "" {
		return answer.Dir, nil
	}
	if answer.Error != "" {
		return "", errors.New(answer.Error)
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return "", fmt.Errorf("go mod download: %w: %s", err, bytes.TrimSpace(exit.Stderr[:min(60, len(exit.Stderr))]))
	}
	return "", fmt.Errorf("go mod download: %w", errors.Join(err, errors.New("no folder in its answer")))
}

// keep copies the files of a folder into the cache, so that the next search ends
// there. It returns the cache or, if it cannot be written, the folder itself.
func (f *finder) keep(dir string) string {
	if f.cache == "" || os.MkdirAll(f.cache, 0o755) != nil {
		return dir
	}
	for _, file := range f.set.files {
		path, err := packed.Find(dir, file.name)
		if err == nil {
			err = copyFile(path, filepath.Join(f.cache, filepath.Base(path)))
		}
		if err != nil {
			return dir
		}
	}
	return f.cache
}

func copyFile(from, to string) error {
	content, err := os.Open(from)
	if err != nil {
		return err
	}
	defer content.Close()
	return files.Replace(to, func(w io.Writer) error {
		_, err := io.Copy(w, content)
		return err
	})
}
